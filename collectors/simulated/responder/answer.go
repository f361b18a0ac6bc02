package responder

import (
	"bytes"
	"time"
)

// overhead is what a community message needs around its varbinds besides the community.
const overhead = 64

// Answer gives the answer to one packet, or nil when a device would stay silent: malformed packets,
// wrong communities, versions that are not spoken.
func (a *Agent) Answer(packet []byte, now time.Time) []byte {
	if a.Faults.Silent {
		return nil
	}
	r := (&reader{data: packet}).sequence(tagSequence)
	version := r.integer()
	switch {
	case r.err != nil:
		return nil
	case version == 0:
		return a.answerCommunity(r, version, a.V1, now)
	case version == 1:
		return a.answerCommunity(r, version, a.V2c, now)
	case version == 3 && len(a.Users) > 0:
		return a.answerUSM(packet, r, now)
	}
	return nil
}

// answerCommunity answers versions 1 and 2c.
func (a *Agent) answerCommunity(r *reader, version int, community string, now time.Time) []byte {
	got := r.next(tagOctets)
	p := r.pdu()
	if r.err != nil || community == "" || !bytes.Equal(got, []byte(community)) {
		return nil
	}
	answer := a.respond(p, version == 0, a.maxSize()-overhead-len(community), now)
	if answer == nil {
		return nil
	}
	body := appendInteger(nil, int64(version))
	body = appendTLV(body, tagOctets, got)
	return appendTLV(nil, tagSequence, append(body, answer...))
}
