package responder

import (
	"slices"
	"time"
)

// The error statuses that are used (RFC 1157, RFC 3416).
const (
	statusTooBig      = 1
	statusNoSuchName  = 2
	statusNotWritable = 17
)

// pdu is a request. For GETBULK, status holds the non-repeaters and index the repetitions.
type pdu struct {
	tag       byte
	requestID int
	status    int
	index     int
	binds     []bind
}

// bind is one variable of a request, with its value as it came.
type bind struct {
	oid OID
	raw []byte
}

// pdu takes one request off the packet.
func (r *reader) pdu() pdu {
	tag, contents := r.any()
	in := &reader{data: contents, err: r.err}
	p := pdu{tag: tag, requestID: in.integer(), status: in.integer(), index: in.integer()}
	list := in.sequence(tagSequence)
	for list.err == nil && len(list.data) > 0 {
		one := list.sequence(tagSequence)
		b := bind{oid: one.oid()}
		b.raw = one.data
		tag, contents := one.any()
		if one.err == nil && (len(one.data) > 0 || !wellFormed(tag, contents)) {
			one.err = errMalformed
		}
		if list.err = one.err; list.err == nil {
			p.binds = append(p.binds, b)
		}
	}
	r.err = list.err
	return p
}

// wellFormed tells whether a value of a request could be one.
func wellFormed(tag byte, contents []byte) bool {
	n := len(contents)
	switch tag {
	case tagNull:
		return n == 0
	case tagInteger:
		return n >= 1 && n <= 4
	case tagIP:
		return n == 4
	case tagCounter32, tagGauge32, tagTicks:
		return n >= 1 && n <= 5
	case tagCounter64:
		return n >= 1 && n <= 9
	case tagOID:
		_, err := decodeOID(contents)
		return n > 0 && err == nil
	}
	return tag == tagOctets
}

// encodePDU writes a PDU around encoded varbinds.
func encodePDU(tag byte, requestID, status, index int, binds []byte) []byte {
	body := appendInteger(nil, int64(requestID))
	body = appendInteger(body, int64(status))
	body = appendInteger(body, int64(index))
	body = appendTLV(body, tagSequence, binds)
	return appendTLV(nil, tag, body)
}

func appendBind(to []byte, o OID, v Value) []byte {
	return appendTLV(to, tagSequence, v.append(appendOID(nil, o)))
}

// respond works out the answer PDU, at most room bytes of varbinds; nil means silence.
func (a *Agent) respond(p pdu, version1 bool, room int, now time.Time) []byte {
	answer := func(status, index int, binds []byte) []byte {
		return encodePDU(tagAnswer, p.requestID, status, index, binds)
	}
	refuse := func(status, index int) []byte {
		var echo []byte
		for _, b := range p.binds {
			echo = appendTLV(echo, tagSequence, append(appendOID(nil, b.oid), b.raw...))
		}
		return answer(status, index, echo)
	}
	asked := len(p.binds)
	if p.tag == tagGetBulk {
		repeaters := max(0, asked-max(0, p.status))
		asked = asked - repeaters + repeaters*max(0, p.index)
	}
	if a.Faults.TooBig > 0 && asked > a.Faults.TooBig {
		return answer(statusTooBig, 0, nil)
	}
	var binds []byte
	switch {
	case p.tag == tagGet || p.tag == tagGetNext:
		for i, b := range p.binds {
			o, v, silent := a.lookup(p.tag, b.oid, version1, now)
			if silent {
				return nil
			}
			if version1 && v.tag >= tagNoSuchObject {
				return refuse(statusNoSuchName, i+1)
			}
			binds = appendBind(binds, o, v)
		}
		if len(binds) > room {
			return answer(statusTooBig, 0, nil)
		}
	case p.tag == tagGetBulk && !version1:
		var silent bool
		if binds, silent = a.bulk(p, room, now); silent {
			return nil
		}
		if binds == nil && len(p.binds) > 0 && p.index > 0 {
			return answer(statusTooBig, 0, nil)
		}
	case p.tag == tagSet && version1:
		return refuse(statusNoSuchName, 1)
	case p.tag == tagSet:
		return refuse(statusNotWritable, 1)
	default:
		return nil
	}
	return answer(0, 0, binds)
}

// lookup answers one variable of GET or GETNEXT, with the exceptions of version 2 for what is not
// there. Version 1 steps over what it cannot carry.
func (a *Agent) lookup(tag byte, o OID, version1 bool, now time.Time) (OID, Value, bool) {
	if tag == tagGet {
		v, object, ok := a.View.get(o, now)
		switch {
		case ok && (!version1 || v.tag != tagCounter64):
			return o, v, false
		case object:
			return o, Value{tag: tagNoSuchInstance}, false
		}
		return o, Value{tag: tagNoSuchObject}, false
	}
	for {
		next, v, state := a.step(o, now)
		switch {
		case state == silence:
			return nil, Value{}, true
		case state == end:
			return o, Value{tag: tagEndOfView}, false
		case version1 && v.tag == tagCounter64:
			o = next
		default:
			return next, v, false
		}
	}
}

// What step may find.
type state int

const (
	found state = iota
	end
	silence
)

// step gives what follows an object, or what a faulty device claims does.
func (a *Agent) step(o OID, now time.Time) (OID, Value, state) {
	switch f := a.Faults; {
	case f.StopAfter != nil && slices.Equal(o, f.StopAfter):
		return nil, Value{}, silence
	case f.LoopAfter != nil && slices.Equal(o, f.LoopAfter):
		if v, _, ok := a.View.get(f.LoopTo, now); ok {
			return f.LoopTo, v, found
		}
	}
	next, v, ok := a.View.next(o, now)
	if !ok {
		return nil, Value{}, end
	}
	return next, v, found
}

// bulk answers GETBULK with as many varbinds as there is room for. Nil binds: not even one fits.
func (a *Agent) bulk(p pdu, room int, now time.Time) (binds []byte, silent bool) {
	nonRepeaters := min(max(0, p.status), len(p.binds))
	add := func(o OID, v Value) bool {
		longer := appendBind(binds, o, v)
		if len(longer) > room {
			return false
		}
		binds = longer
		return true
	}
	for _, b := range p.binds[:nonRepeaters] {
		o, v, state := a.step(b.oid, now)
		switch state {
		case silence:
			return nil, true
		case end:
			o, v = b.oid, Value{tag: tagEndOfView}
		}
		if !add(o, v) {
			return binds, false
		}
	}
	at := make([]OID, 0, len(p.binds)-nonRepeaters)
	for _, b := range p.binds[nonRepeaters:] {
		at = append(at, b.oid)
	}
	ended := make([]bool, len(at))
	for range p.index {
		live := false
		for i, o := range at {
			next, v, state := o, Value{tag: tagEndOfView}, end
			if !ended[i] {
				next, v, state = a.step(o, now)
			}
			switch state {
			case silence:
				// What was found before the fault is sent; asked from there on, nothing comes.
				return binds, binds == nil
			case end:
				ended[i], next, v = true, o, Value{tag: tagEndOfView}
			case found:
				live = true
			}
			if !add(next, v) {
				return binds, false
			}
			at[i] = next
		}
		if !live {
			break
		}
	}
	return binds, false
}
