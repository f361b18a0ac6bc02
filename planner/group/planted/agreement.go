package planted

// Agreement is the adjusted Rand index of two divisions of the same servers, given as the number of each
// server's group: 1 is equal, 0 is what chance gives.
func Agreement(a, b []int) float64 {
	pairs := func(n int) float64 { return float64(n) * float64(n-1) / 2 }
	joint, left, right := map[[2]int]int{}, map[int]int{}, map[int]int{}
	for i := range a {
		joint[[2]int{a[i], b[i]}]++
		left[a[i]]++
		right[b[i]]++
	}
	// The counts are whole numbers, so the order in which maps give them does not matter.
	var both, inA, inB float64
	for _, n := range joint {
		both += pairs(n)
	}
	for _, n := range left {
		inA += pairs(n)
	}
	for _, n := range right {
		inB += pairs(n)
	}
	if inA == inB && both == inA {
		return 1 // equal, also where every server stands alone
	}
	chance := inA * inB / pairs(len(a))
	return (both - chance) / ((inA+inB)/2 - chance)
}
