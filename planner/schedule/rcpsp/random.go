package rcpsp

import "math/bits"

// random is a small, quick generator (Wyrand's step): the search draws several numbers per schedule.
type random struct{ state uint64 }

// seeded mixes numbers into the state of a generator, so that each (seed, generation, individual) has
// its own stream whichever worker draws from it.
func seeded(parts ...uint64) random {
	r := random{0x9e3779b97f4a7c15}
	for _, p := range parts {
		r.state ^= p * 0xbf58476d1ce4e5b9
		r.state = r.next()
	}
	return r
}

func (r *random) next() uint64 {
	r.state += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(r.state, r.state^0xe7037ed1a0b428db)
	return hi ^ lo
}

// below gives a number from 0 to n-1; 0 for n < 1.
func (r *random) below(n int) int {
	if n < 1 {
		return 0
	}
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// chance is true once in a thousand for each permille.
func (r *random) chance(permille int) bool { return r.below(1000) < permille }
