package nis2

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// span is a range of addresses of one family, both ends included.
type span struct{ from, to netip.Addr }

// notPublic are ranges that netip does not call private and that are not used between networks either.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
}

// public tells whether an address is one that others can reach.
func public(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(a) })
}

// parseSpan reads 192.0.2.0/24, 192.0.2.1 or 192.0.2.1-192.0.2.9, and the same of IPv6.
func parseSpan(text string) (span, error) {
	var s span
	if p, err := netip.ParsePrefix(text); err == nil {
		if p != p.Masked() {
			return s, fmt.Errorf("range %q begins within its network; want %s", text, p.Masked())
		}
		s = spanOf(p)
	} else {
		from, to, both := strings.Cut(text, "-")
		if !both {
			to = from
		}
		var wrong [2]error
		s.from, wrong[0] = netip.ParseAddr(strings.TrimSpace(from))
		s.to, wrong[1] = netip.ParseAddr(strings.TrimSpace(to))
		if cmp.Or(wrong[:]...) != nil || s.from.Zone()+s.to.Zone() != "" {
			return span{}, fmt.Errorf("range %q: want a network (192.0.2.0/24), one address, or the first and the last with a hyphen", text)
		}
		s.from, s.to = s.from.Unmap(), s.to.Unmap()
	}
	switch {
	case s.from.Is4() != s.to.Is4() || s.to.Less(s.from):
		return span{}, fmt.Errorf("range %q ends before it begins", text)
	case !public(s.from) || !public(s.to):
		return span{}, fmt.Errorf("range %q is not public; leave it out", text)
	}
	return s, nil
}

// spanOf gives the first and the last address of a network.
func spanOf(p netip.Prefix) span {
	p = p.Masked()
	last := p.Addr().AsSlice()
	for bit := p.Bits(); bit < 8*len(last); bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	to, _ := netip.AddrFromSlice(last)
	return span{p.Addr(), to}
}

// String writes a range in one way, however it was told; empty for none.
func (s span) String() string {
	switch {
	case !s.from.IsValid():
		return ""
	case s.from == s.to:
		return s.from.String()
	}
	for bits := range s.from.BitLen() {
		if p := netip.PrefixFrom(s.from, bits); spanOf(p) == s {
			return p.String()
		}
	}
	return s.from.String() + "-" + s.to.String()
}

// joined puts ranges in order and together where they touch or overlap.
func joined(all []span) []span {
	all = slices.SortedFunc(slices.Values(all), func(a, b span) int { return a.from.Compare(b.from) })
	var list []span
	for _, s := range all {
		if n := len(list) - 1; n >= 0 && list[n].from.Is4() == s.from.Is4() && (!list[n].to.Less(s.from) || list[n].to.Next() == s.from) {
			if list[n].to.Less(s.to) {
				list[n].to = s.to
			}
			continue
		}
		list = append(list, s)
	}
	return list
}

// covers tells whether one of joined ranges holds all of s.
func covers(all []span, s span) bool {
	after, _ := slices.BinarySearchFunc(all, s, func(x, s span) int {
		if s.from.Less(x.from) {
			return 1
		}
		return -1
	})
	return after > 0 && !all[after-1].to.Less(s.to)
}
