package snmp

import (
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A space holds exactly what is included and not excluded, each address once, under numbers that lead
// back to it.
func TestSpaceHoldsWhatItShould(t *testing.T) {
	within := func(bits int) *rapid.Generator[netip.Prefix] {
		return rapid.Custom(func(t *rapid.T) netip.Prefix {
			a := netip.AddrFrom4([4]byte{10, 0, rapid.Byte().Draw(t, "third") % 4, rapid.Byte().Draw(t, "fourth")})
			return netip.PrefixFrom(a, rapid.IntRange(bits, 32).Draw(t, "bits")).Masked()
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		include := rapid.SliceOfN(within(23), 1, 4).Draw(t, "include")
		exclude := rapid.SliceOfN(within(22), 0, 4).Draw(t, "exclude")
		s, err := newSpace(include, exclude)
		if err != nil {
			t.Fatal(err)
		}
		holds := func(ranges []netip.Prefix, a netip.Addr) bool {
			for _, p := range ranges {
				if p.Contains(a) {
					return true
				}
			}
			return false
		}
		count := 0
		for i := range 1024 {
			a := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
			want := holds(include, a) && !holds(exclude, a)
			n, got := s.number(a)
			if got != want {
				t.Fatalf("%v: in the space %v, want %v", a, got, want)
			}
			if want {
				if count++; s.at(n) != a {
					t.Fatalf("%v has number %d, which is %v", a, n, s.at(n))
				}
			}
		}
		if count != s.size {
			t.Fatalf("size %d, want %d", s.size, count)
		}
	})
}

func TestLeapReachesEveryNumberOnce(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 100, 256, 1000, 65536} {
		seen, leap := make([]bool, n), leapOf(n)
		for k, i := 0, 0; k < n; k, i = k+1, (i+leap)%n {
			if seen[i] {
				t.Fatalf("of %d numbers, %d is reached twice by leaps of %d", n, i, leap)
			}
			seen[i] = true
		}
	}
}

func TestSpaceOfIPv6(t *testing.T) {
	s, err := newSpace([]netip.Prefix{netip.MustParsePrefix("fd00:46::/112")}, []netip.Prefix{netip.MustParsePrefix("fd00:46::8000/113")})
	if err != nil || s.size != 1<<15 || s.at(259) != netip.MustParseAddr("fd00:46::103") {
		t.Errorf("%v: %d addresses, number 259 is %v", err, s.size, s.at(259))
	}
}

func TestAbsurdRangesAreRefused(t *testing.T) {
	search := func(ranges ...string) Discovery {
		d := DefaultDiscovery()
		d.Credentials = []Credential{{Name: "c", Community: "secret"}}
		scope := Scope{Name: "all"}
		for _, r := range ranges {
			p, err := ParseRange(r)
			if err != nil {
				t.Fatal(err)
			}
			scope.CIDRs = append(scope.CIDRs, p)
		}
		d.Scopes = []Scope{scope}
		return d
	}
	for says, d := range map[string]Discovery{
		"2^32":      search("0.0.0.0/0"),
		"2^64":      search("fd00::/64"),
		"very many": search("10.0.0.0/11"),
	} {
		if err := d.Validate(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want an error that says %q, got %v", says, err)
		}
	}
	large := search("10.0.0.0/11")
	large.Large = true
	for _, d := range []Discovery{large, search("10.0.0.0/12"), search("10.0.0.1", "fd00::1")} {
		if err := d.Validate(); err != nil {
			t.Error(err)
		}
	}
	if _, err := Narrow(search("10.0.0.0/24").Scopes, []netip.Prefix{netip.MustParsePrefix("10.0.1.0/24")}); err == nil || !strings.Contains(err.Error(), "lies in no scope") {
		t.Errorf("a range outside all scopes: %v", err)
	}
}
