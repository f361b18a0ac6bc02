package responder

import (
	"errors"
)

// The tags of ASN.1 BER that SNMP uses.
const (
	tagInteger   = 0x02
	tagOctets    = 0x04
	tagNull      = 0x05
	tagOID       = 0x06
	tagSequence  = 0x30
	tagIP        = 0x40
	tagCounter32 = 0x41
	tagGauge32   = 0x42
	tagTicks     = 0x43
	tagOpaque    = 0x44
	tagCounter64 = 0x46

	tagNoSuchObject   = 0x80
	tagNoSuchInstance = 0x81
	tagEndOfView      = 0x82

	tagGet     = 0xa0
	tagGetNext = 0xa1
	tagAnswer  = 0xa2
	tagSet     = 0xa3
	tagGetBulk = 0xa5
	tagReport  = 0xa8
)

// errMalformed is all that is said about a packet that cannot be read: nobody is told but the test.
var errMalformed = errors.New("malformed packet")

// reader takes BER values off the front of a packet. After the first fault every read fails.
type reader struct {
	data []byte
	err  error
}

// next takes one value with the wanted tag and gives its contents.
func (r *reader) next(tag byte) []byte {
	got, contents := r.any()
	if r.err == nil && got != tag {
		r.err = errMalformed
		return nil
	}
	return contents
}

// any takes one value and gives its tag and contents.
func (r *reader) any() (tag byte, contents []byte) {
	if r.err != nil || len(r.data) < 2 {
		r.err = errMalformed
		return 0, nil
	}
	tag = r.data[0]
	length, rest := int(r.data[1]), r.data[2:]
	if length >= 0x80 {
		octets := length & 0x7f
		// Four length octets hold any packet; none at all is the indefinite form, which SNMP forbids.
		if octets == 0 || octets > 4 || octets > len(rest) {
			r.err = errMalformed
			return 0, nil
		}
		length = 0
		for _, b := range rest[:octets] {
			length = length<<8 | int(b)
		}
		rest = rest[octets:]
	}
	if length < 0 || length > len(rest) {
		r.err = errMalformed
		return 0, nil
	}
	r.data = rest[length:]
	return tag, rest[:length]
}

// sequence takes one constructed value and gives a reader of what is in it.
func (r *reader) sequence(tag byte) *reader {
	contents := r.next(tag)
	return &reader{data: contents, err: r.err}
}

// integer takes one INTEGER of at most 32 bits.
func (r *reader) integer() int {
	contents := r.next(tagInteger)
	if r.err != nil || len(contents) == 0 || len(contents) > 4 {
		r.err = errMalformed
		return 0
	}
	n := int(int8(contents[0]))
	for _, b := range contents[1:] {
		n = n<<8 | int(b)
	}
	return n
}

// oid takes one OBJECT IDENTIFIER.
func (r *reader) oid() OID {
	contents := r.next(tagOID)
	if r.err != nil {
		return nil
	}
	o, err := decodeOID(contents)
	if err != nil {
		r.err = err
	}
	return o
}

func decodeOID(contents []byte) (OID, error) {
	var o OID
	var n uint64
	for i, b := range contents {
		if n == 0 && b == 0x80 {
			return nil, errMalformed // a leading zero octet
		}
		n = n<<7 | uint64(b&0x7f)
		if n > 0xffffffff {
			return nil, errMalformed
		}
		if b&0x80 != 0 {
			if i == len(contents)-1 {
				return nil, errMalformed
			}
			continue
		}
		if o == nil {
			// The first two numbers come in one.
			first := min(n/40, 2)
			o = append(o, uint32(first), uint32(n-40*first))
		} else {
			o = append(o, uint32(n))
		}
		n = 0
	}
	if len(o) > 128 {
		return nil, errMalformed
	}
	return o, nil
}

// appendTLV appends tag, length and contents.
func appendTLV(to []byte, tag byte, contents []byte) []byte {
	to = append(to, tag)
	to = appendLength(to, len(contents))
	return append(to, contents...)
}

func appendLength(to []byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(to, byte(n))
	case n < 0x100:
		return append(to, 0x81, byte(n))
	case n < 0x10000:
		return append(to, 0x82, byte(n>>8), byte(n))
	}
	return append(to, 0x83, byte(n>>16), byte(n>>8), byte(n))
}

// appendInteger appends an INTEGER in as few octets as it needs.
func appendInteger(to []byte, n int64) []byte {
	var contents []byte
	for shift := 56; shift >= 0; shift -= 8 {
		b := byte(n >> shift)
		if len(contents) == 0 && shift > 0 {
			// An octet that only repeats the sign is left out.
			sign := byte(n >> (shift - 8) & 0x80)
			if b == 0 && sign == 0 || b == 0xff && sign == 0x80 {
				continue
			}
		}
		contents = append(contents, b)
	}
	return appendTLV(to, tagInteger, contents)
}

// appendUnsigned appends an unsigned number, with a zero octet where it would read as negative.
func appendUnsigned(to []byte, tag byte, n uint64) []byte {
	var contents []byte
	for shift := 56; shift >= 0; shift -= 8 {
		b := byte(n >> shift)
		if len(contents) == 0 && b == 0 && shift > 0 {
			continue
		}
		if len(contents) == 0 && b&0x80 != 0 {
			contents = append(contents, 0)
		}
		contents = append(contents, b)
	}
	return appendTLV(to, tag, contents)
}

func appendOID(to []byte, o OID) []byte {
	if len(o) < 2 {
		return appendTLV(to, tagOID, []byte{0})
	}
	contents := make([]byte, 0, len(o)+8)
	contents = appendArc(contents, uint64(o[0])*40+uint64(o[1]))
	for _, n := range o[2:] {
		contents = appendArc(contents, uint64(n))
	}
	return appendTLV(to, tagOID, contents)
}

// appendArc appends one number in groups of seven bits, all but the last marked.
func appendArc(to []byte, n uint64) []byte {
	for shift := 35; shift > 0; shift -= 7 {
		if n>>shift != 0 {
			to = append(to, byte(n>>shift)|0x80)
		}
	}
	return append(to, byte(n&0x7f))
}
