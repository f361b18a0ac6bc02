package responder

import (
	"bytes"
	"crypto/hmac"
	"encoding/binary"
	"time"
)

// The flags of a version 3 message.
const (
	flagAuth       = 1
	flagPriv       = 2
	flagReportable = 4
)

// timeWindow is how far a request's engine time may lie from the device's (RFC 3414 section 2.2.3).
const timeWindow = 150

// overheadUSM is what a version 3 message needs around its varbinds.
const overheadUSM = 220

// securityModel is that of USM.
const securityModel = 3

// fault of a version 3 request, by the last number of its counter in usmStats (RFC 3414 section 5).
type usmFault uint32

const (
	unsupportedLevel usmFault = 1 + iota
	notInTimeWindow
	unknownUser
	unknownEngine
	wrongDigest
	decryptionError
)

// message is a version 3 request as far as it can be read without keys.
type message struct {
	id, maxSize  int
	flags        byte
	engineID     []byte
	boots, time  int
	user         string
	digest, salt []byte
	payload      *reader // from the scoped PDU on
}

func (r *reader) message() message {
	var m message
	header := r.sequence(tagSequence)
	m.id, m.maxSize = header.integer(), header.integer()
	flags := header.next(tagOctets)
	model := header.integer()
	if header.err != nil || len(flags) != 1 || model != securityModel {
		r.err = errMalformed
		return m
	}
	m.flags = flags[0]
	wrapped := &reader{data: r.next(tagOctets), err: r.err}
	security := wrapped.sequence(tagSequence)
	m.engineID = security.next(tagOctets)
	m.boots, m.time = security.integer(), security.integer()
	m.user = string(security.next(tagOctets))
	m.digest, m.salt = security.next(tagOctets), security.next(tagOctets)
	r.err = security.err
	m.payload = r
	return m
}

// answerUSM answers version 3: it checks the engine, the user, the digest and the time in the order
// of RFC 3414 section 3.2 and reports what is wrong.
func (a *Agent) answerUSM(packet []byte, r *reader, now time.Time) []byte {
	m := r.message()
	if r.err != nil {
		return nil
	}
	if !bytes.Equal(m.engineID, a.EngineID) {
		return a.report(m, unknownEngine, nil, now)
	}
	user := a.user(m.user)
	if user == nil {
		return a.report(m, unknownUser, nil, now)
	}
	// A device answers a user at the level it was set up for, neither more nor less.
	if m.flags&(flagAuth|flagPriv) != user.level() {
		return a.report(m, unsupportedLevel, nil, now)
	}
	keys := a.keys.of(user, a.EngineID)
	if m.flags&flagAuth != 0 {
		if !keys.genuine(packet, m.digest) {
			return a.report(m, wrongDigest, nil, now)
		}
		if drift := m.time - a.engineTime(now); m.boots != a.Boots || drift < -timeWindow || drift > timeWindow {
			return a.report(m, notInTimeWindow, keys, now)
		}
	}
	scoped := m.payload
	if m.flags&flagPriv != 0 {
		secret := scoped.next(tagOctets)
		if scoped.err != nil || len(m.salt) != 8 {
			return nil
		}
		scoped = &reader{data: keys.decrypt(secret, m.boots, m.time, m.salt)}
	}
	scoped = scoped.sequence(tagSequence)
	contextEngine, context := scoped.next(tagOctets), scoped.next(tagOctets)
	p := scoped.pdu()
	if scoped.err != nil && m.flags&flagPriv != 0 {
		// What comes out of the wrong key reads as noise.
		return a.report(m, decryptionError, keys, now)
	}
	if scoped.err != nil || len(context) > 0 {
		return nil
	}
	room := min(a.maxSize(), max(484, m.maxSize)) - overheadUSM
	answer := a.respond(p, false, room, now)
	if answer == nil {
		return nil
	}
	return a.seal(m, keys, m.flags&(flagAuth|flagPriv), contextEngine, answer, now)
}

// report tells the sender what was wrong, where it asked to be told. With keys the report is signed.
func (a *Agent) report(m message, f usmFault, keys *keys, now time.Time) []byte {
	count := a.keys.count(f)
	if m.flags&flagReportable == 0 {
		return nil
	}
	o := MustOID("1.3.6.1.6.3.15.1.1").With(uint32(f), 0)
	body := encodePDU(tagReport, 0, 0, 0, appendBind(nil, o, Counter32(uint64(count))))
	var flags byte
	if keys != nil {
		flags = flagAuth
	}
	return a.seal(m, keys, flags, a.EngineID, body, now)
}

// seal wraps a PDU as an answer to a message, encrypted and signed as flags say.
func (a *Agent) seal(m message, keys *keys, flags byte, contextEngine, body []byte, now time.Time) []byte {
	scoped := appendTLV(nil, tagOctets, contextEngine)
	scoped = appendTLV(scoped, tagOctets, nil)
	scoped = appendTLV(nil, tagSequence, append(scoped, body...))

	engineTime := a.engineTime(now)
	var salt, digest []byte
	if flags&flagPriv != 0 {
		salt = binary.BigEndian.AppendUint64(nil, a.keys.salt.Add(1))
		scoped = appendTLV(nil, tagOctets, keys.encrypt(scoped, a.Boots, engineTime, salt))
	}
	if flags&flagAuth != 0 {
		digest = make([]byte, keys.digestSize)
	}
	security := appendTLV(nil, tagOctets, a.EngineID)
	security = appendInteger(security, int64(a.Boots))
	security = appendInteger(security, int64(engineTime))
	security = appendTLV(security, tagOctets, []byte(m.user))
	security = appendTLV(security, tagOctets, digest)
	afterDigest := len(security)
	security = appendTLV(security, tagOctets, salt)
	tail := len(security) - afterDigest + len(scoped) // what stands behind the digest
	security = appendTLV(nil, tagSequence, security)

	header := appendInteger(nil, int64(m.id))
	header = appendInteger(header, 65507)
	header = appendTLV(header, tagOctets, []byte{flags})
	header = appendInteger(header, securityModel)

	message := appendInteger(nil, 3)
	message = appendTLV(message, tagSequence, header)
	message = appendTLV(message, tagOctets, security)
	packet := appendTLV(nil, tagSequence, append(message, scoped...))
	if flags&flagAuth != 0 {
		// The digest is made over the packet with zeros in its place, then put there.
		copy(packet[len(packet)-tail-len(digest):], keys.digest(packet))
	}
	return packet
}

// engineTime is the seconds since the device last started.
func (a *Agent) engineTime(now time.Time) int { return max(0, int(now.Sub(a.Started)/time.Second)) }

// genuine tells whether a packet carries the digest that only the key's holders can make.
func (k *keys) genuine(packet, digest []byte) bool {
	at := bytes.Index(packet, digest) // 12 bytes or more that the sender made: they stand nowhere else
	if len(digest) != k.digestSize || at < 0 {
		return false
	}
	zeroed := bytes.Clone(packet)
	clear(zeroed[at : at+len(digest)])
	return hmac.Equal(digest, k.digest(zeroed))
}
