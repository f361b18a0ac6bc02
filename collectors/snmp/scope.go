package snmp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Scope is a part of the network that may be searched for devices, and what is tried there.
type Scope struct {
	Name         string         `yaml:"name"`
	CIDRs        []netip.Prefix `yaml:"cidrs"`
	Exclude      []netip.Prefix `yaml:"exclude"`
	Municipality string         `yaml:"municipality"` // noted on what is found
	Site         string         `yaml:"site"`
	Port         uint16         `yaml:"port"`        // 0: 161
	Credentials  []string       `yaml:"credentials"` // names, in the order in which they are tried; none: all, in their file's order

	Seeds []netip.Prefix `yaml:"-"` // what to look at of the scope; none: all of it
}

// Limits of one discovery. More than largeSpace addresses must be asked for in so many words; more
// than mostAddresses is a slip of the pen: at 10,000 packets a second it would take an hour.
const (
	largeSpace    = 1 << 20
	mostAddresses = 1 << 24
)

var yamlType = regexp.MustCompile(`not found in type \S+`)

// ReadScopes reads a YAML file with the key scopes. Unknown keys are errors.
func ReadScopes(r io.Reader, name string) ([]Scope, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var file struct {
		Scopes []Scope `yaml:"scopes"`
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		text := yamlType.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "is not a key here")
		return nil, fmt.Errorf("%s: %s", name, text)
	}
	if len(file.Scopes) == 0 {
		return nil, fmt.Errorf("%s: no scope in the file: want a list under the key scopes", name)
	}
	var faults []error
	for _, s := range file.Scopes {
		if err := s.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("%s: scope %q: %w", name, s.Name, err))
		}
	}
	return file.Scopes, errors.Join(faults...)
}

// Validate reports every fault of the scope.
func (s Scope) Validate() error {
	var faults []error
	if len(s.CIDRs) == 0 {
		faults = append(faults, errors.New("cidrs is empty: name at least one range, such as 10.46.0.0/16"))
	}
	for _, p := range slices.Concat(s.CIDRs, s.Exclude) {
		if !p.IsValid() {
			faults = append(faults, errors.New("a range is empty: want an address and a length, such as 10.46.0.0/16"))
		}
	}
	place := Target{Address: "10.0.0.1", Municipality: s.Municipality}
	return errors.Join(append(faults, place.validatePlace())...)
}

// ParseRange reads "10.46.0.0/16", or one address.
func ParseRange(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is no range of addresses: want CIDR such as 10.46.0.0/16, or one address", text)
	}
	return p.Masked(), nil
}

// Narrow gives the scopes with only these ranges to look at. Each range must lie inside a scope: what
// lies outside is not the asker's to search.
func Narrow(scopes []Scope, ranges []netip.Prefix) ([]Scope, error) {
	narrowed := slices.Clone(scopes)
	var faults []error
	for _, r := range ranges {
		inside := false
		for i, s := range scopes {
			if slices.ContainsFunc(s.CIDRs, func(p netip.Prefix) bool { return p.Bits() <= r.Bits() && p.Contains(r.Addr()) }) {
				narrowed[i].Seeds, inside = append(narrowed[i].Seeds, r), true
				break
			}
		}
		if !inside {
			faults = append(faults, fmt.Errorf("%v lies in no scope: add it to a scope's cidrs, or leave it out", r))
		}
	}
	return slices.DeleteFunc(narrowed, func(s Scope) bool { return len(s.Seeds) == 0 }), errors.Join(faults...)
}

// space is a set of addresses as ranges that do not overlap, in order, so that a /12 costs no memory
// for each address.
type space struct {
	ranges []netip.Prefix
	before []int // addresses in the ranges before
	size   int
}

// newSpace gives the addresses of some ranges without those of others.
func newSpace(include, exclude []netip.Prefix) (space, error) {
	var parts []netip.Prefix
	for _, p := range include {
		parts = append(parts, p.Masked())
	}
	slices.SortFunc(parts, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	var s space
	for _, p := range parts {
		// Ranges nest or are apart; those that hold others stand before them.
		if n := len(s.ranges); n > 0 && s.ranges[n-1].Overlaps(p) {
			continue
		}
		if host := p.Addr().BitLen() - p.Bits(); host > 24 {
			return space{}, fmt.Errorf("%v has 2^%d addresses, more than can be searched: name smaller ranges, at most 2^24 addresses in all", p, host)
		}
		s.ranges = append(s.ranges, p)
	}
	for _, e := range exclude {
		var rest []netip.Prefix
		for _, p := range s.ranges {
			rest = append(rest, without(p, e.Masked())...)
		}
		s.ranges = rest
	}
	for _, p := range s.ranges {
		s.before = append(s.before, s.size)
		s.size += 1 << (p.Addr().BitLen() - p.Bits())
	}
	if s.size > mostAddresses {
		return space{}, fmt.Errorf("%d addresses are more than can be searched: name smaller ranges, at most 2^24 addresses in all", s.size)
	}
	return s, nil
}

// without gives what is left of a range when another is taken out.
func without(p, e netip.Prefix) []netip.Prefix {
	switch {
	case !p.Overlaps(e):
		return []netip.Prefix{p}
	case e.Bits() <= p.Bits():
		return nil
	}
	low := netip.PrefixFrom(p.Addr(), p.Bits()+1)
	high := netip.PrefixFrom(plus(p.Addr(), 1<<(p.Addr().BitLen()-p.Bits()-1)), p.Bits()+1)
	return append(without(low, e), without(high, e)...)
}

// plus gives the address so many further on.
func plus(a netip.Addr, n uint64) netip.Addr {
	b := a.AsSlice()
	for i := len(b) - 1; i >= 0 && n > 0; i-- {
		n += uint64(b[i])
		b[i] = byte(n)
		n >>= 8
	}
	sum, _ := netip.AddrFromSlice(b)
	return sum
}

// at gives the address with a number.
func (s space) at(i int) netip.Addr {
	n, found := slices.BinarySearch(s.before, i)
	if !found {
		n--
	}
	return plus(s.ranges[n].Addr(), uint64(i-s.before[n]))
}

// number gives an address's number.
func (s space) number(a netip.Addr) (int, bool) {
	n, found := slices.BinarySearchFunc(s.ranges, a, func(p netip.Prefix, a netip.Addr) int { return p.Addr().Compare(a) })
	if !found {
		n--
	}
	if n < 0 || !s.ranges[n].Contains(a) {
		return 0, false
	}
	offset := uint64(0)
	from := s.ranges[n].Addr().AsSlice()
	for i, b := range a.AsSlice() {
		offset = offset<<8 | uint64(b-from[i])
	}
	return s.before[n] + int(offset), true
}
