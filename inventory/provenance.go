package inventory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Origin tells who gave a field its value.
type Origin struct {
	Collector string    `json:"collector"`
	Source    string    `json:"source"`
	At        time.Time `json:"at"`
	// Evidence is where in the device the collector found the value ("sysDescr", "ENTITY-MIB chassis");
	// empty where the collector did not say.
	Evidence string `json:"evidence,omitempty"`
}

// String gives "collector source", and the evidence where there is some.
func (o Origin) String() string {
	if o.Evidence == "" {
		return fmt.Sprintf("%s %s", o.Collector, o.Source)
	}
	return fmt.Sprintf("%s %s: %s", o.Collector, o.Source, o.Evidence)
}

// Provenance tells for each field of an asset who gave it its value. As JSON it is an object of JSON
// field name → Origin. In memory one look that gave many fields stands once: at 50,000 assets with
// twenty-five fields each that is the difference between 13 and 135 MB.
//
// A Provenance is never changed once made; tell gives a new one.
type Provenance []told

// told is what one look gave. Bit i of fields stands for originFields[i].
type told struct {
	collector, source string
	at                time.Time
	fields            uint64
	evidence          []string // one per field given, in order of bits; nil when there is none at all
}

// originFields names what can have an origin, in the order of the bits.
var originFields = func() []string {
	names := []string{"municipality"}
	for _, f := range assetFields {
		names = append(names, f.name)
	}
	if len(names) > 64 {
		panic("inventory: an asset has more than 64 fields with an origin: widen told.fields")
	}
	return names
}()

// originBit gives the bit of a field.
var originBit = func() map[string]int {
	bits := map[string]int{}
	for i, name := range originFields {
		bits[name] = i
	}
	return bits
}()

// bitsByName gives the bits in the order of their fields' names, in which JSON has them.
var bitsByName = func() []int {
	var bits []int
	for _, name := range slices.Sorted(slices.Values(originFields)) {
		bits = append(bits, originBit[name])
	}
	return bits
}()

// Of tells who gave a field its value, by JSON name; false when nobody is known to have.
func (p Provenance) Of(field string) (Origin, bool) {
	bit, ok := originBit[field]
	if !ok {
		return Origin{}, false
	}
	return p.ofBit(bit)
}

func (p Provenance) ofBit(bit int) (Origin, bool) {
	for i := range p {
		if t := &p[i]; t.fields>>bit&1 == 1 {
			return t.origin(bit), true
		}
	}
	return Origin{}, false
}

func (t *told) origin(bit int) Origin {
	o := Origin{Collector: t.collector, Source: t.source, At: t.at}
	if t.evidence != nil {
		o.Evidence = t.evidence[bits.OnesCount64(t.fields&(1<<bit-1))]
	}
	return o
}

// tell gives the provenance after a look that gave the fields of a bit set. evidence, by field name,
// may be nil.
func (p Provenance) tell(by Origin, fields uint64, evidence map[string]string) Provenance {
	if fields == 0 {
		return p
	}
	next := make(Provenance, 0, len(p)+1)
	now := told{collector: by.Collector, source: by.Source, at: by.At, fields: fields}
	for i := range p {
		if t := p[i].without(fields); t.fields != 0 {
			next = append(next, t)
		}
	}
	if len(evidence) > 0 {
		given := make([]string, 0, bits.OnesCount64(fields))
		any := false
		for rest := fields; rest != 0; rest &= rest - 1 {
			e := evidence[originFields[bits.TrailingZeros64(rest)]]
			any = any || e != ""
			given = append(given, e)
		}
		if any {
			now.evidence = given
		}
	}
	next = append(next, now)
	return next.joined()
}

// joined gives the canonical form: sorted by look, no look twice.
func (p Provenance) joined() Provenance {
	slices.SortFunc(p, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.collector, b.collector), cmp.Compare(a.source, b.source), a.at.Compare(b.at))
	})
	out := p[:0]
	for _, t := range p {
		if n := len(out); n > 0 && out[n-1].sameLook(&t) {
			out[n-1] = out[n-1].and(&t)
			continue
		}
		out = append(out, t)
	}
	return slices.Clip(out)
}

func (t *told) sameLook(x *told) bool {
	return t.collector == x.collector && t.source == x.source && t.at.Equal(x.at)
}

// without gives the look less some fields.
func (t told) without(fields uint64) told {
	if t.fields&fields == 0 {
		return t
	}
	kept := t
	kept.fields &^= fields
	kept.evidence = nil
	kept.evidence = t.evidenceOf(kept.fields)
	return kept
}

// and gives one look with the fields of both; they have none in common.
func (t told) and(x *told) told {
	both := t
	both.fields |= x.fields
	both.evidence = nil
	if t.evidence == nil && x.evidence == nil {
		return both
	}
	for rest := both.fields; rest != 0; rest &= rest - 1 {
		bit := bits.TrailingZeros64(rest)
		from := &t
		if x.fields>>bit&1 == 1 {
			from = x
		}
		both.evidence = append(both.evidence, from.origin(bit).Evidence)
	}
	return both
}

// evidenceOf gives the evidence of some of the look's fields, nil when there is none.
func (t *told) evidenceOf(fields uint64) []string {
	var kept []string
	any := false
	for rest := fields; rest != 0 && t.evidence != nil; rest &= rest - 1 {
		e := t.origin(bits.TrailingZeros64(rest)).Evidence
		any = any || e != ""
		kept = append(kept, e)
	}
	if !any {
		return nil
	}
	return kept
}

// Equal tells whether two provenances say the same.
func (p Provenance) Equal(q Provenance) bool {
	return slices.EqualFunc(p, q, func(a, b told) bool {
		return a.sameLook(&b) && a.fields == b.fields && slices.Equal(a.evidence, b.evidence)
	})
}

// MarshalJSON writes an object of field name → Origin, sorted by name. It is most of what is written
// of an asset, so what one look's origins have in common is made into text once.
func (p Provenance) MarshalJSON() ([]byte, error) {
	looks, size := make([][]byte, len(p)), 2
	for i := range p {
		text, err := json.Marshal(Origin{Collector: p[i].collector, Source: p[i].source, At: p[i].at})
		if err != nil {
			return nil, err
		}
		looks[i] = text[:len(text)-1] // the object stays open for the evidence
		size += bits.OnesCount64(p[i].fields) * (len(text) + 64)
	}
	all := append(make([]byte, 0, size), '{')
	for _, bit := range bitsByName {
		i := slices.IndexFunc(p, func(t told) bool { return t.fields>>bit&1 == 1 })
		if i < 0 {
			continue
		}
		if len(all) > 1 {
			all = append(all, ',')
		}
		all = append(all, '"')
		all = append(all, originFields[bit]...)
		all = append(all, '"', ':')
		all = append(all, looks[i]...)
		if e := p[i].origin(bit).Evidence; e != "" {
			text, err := json.Marshal(e)
			if err != nil {
				return nil, err
			}
			all = append(all, `,"evidence":`...)
			all = append(all, text...)
		}
		all = append(all, '}')
	}
	return append(all, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Provenance) UnmarshalJSON(data []byte) error {
	var all map[string]Origin
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	looks := map[Origin]*told{}
	evidence := map[string]string{}
	for name, o := range all {
		bit, ok := originBit[name]
		if !ok {
			return fmt.Errorf("provenance of unknown field %q", name)
		}
		evidence[name] = o.Evidence
		o.Evidence = ""
		if looks[o] == nil {
			looks[o] = &told{collector: o.Collector, source: o.Source, at: o.At}
		}
		looks[o].fields |= 1 << bit
	}
	*p = nil
	for o, t := range looks {
		*p = p.tell(o, t.fields, evidence)
	}
	return nil
}

// assetField is one field of Asset that collectors may state, by its JSON name.
type assetField struct {
	name  string
	index []int
}

// assetFields lists what Merge weighs and Diff compares. Identity, presence and bookkeeping are
// Merge's own and left out; Management is weighed field by field because the network and people
// each know a part of it.
var assetFields = func() []assetField {
	own := map[string]bool{
		"id": true, "municipality": true, "presence": true, "presence_note": true,
		"sources": true, "provenance": true, "first_seen": true, "last_seen": true,
	}
	var fields []assetField
	var walk func(t reflect.Type, prefix string, index []int)
	walk = func(t reflect.Type, prefix string, index []int) {
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			at := append(append([]int{}, index...), i)
			switch {
			case prefix == "" && own[name]:
			case f.Type == reflect.TypeFor[Management]():
				walk(f.Type, name+".", at)
			default:
				fields = append(fields, assetField{prefix + name, at})
			}
		}
	}
	walk(reflect.TypeFor[Asset](), "", nil)
	return fields
}()
