package chance

import "math"

// The PERT distribution of a task is a beta distribution between low and high whose peak is the likely
// value. Its quantiles only depend on where the peak lies between the two, which is taken to the
// nearest 64th; for each such shape they are worked out once.
const (
	shapes    = 64
	quantiles = 256
)

// pert holds the quantiles of the shapes that are asked for.
type pert [shapes + 1]*[quantiles + 1]float64

// learn works out the shape of a risk.
func (p *pert) learn(r Risk) {
	if k := r.shape(); p[k] == nil {
		p[k] = beta(float64(k) / shapes)
	}
}

// draw gives the duration that a share u of all draws lies below.
func (p *pert) draw(r Risk, u float64) float64 {
	q := p[r.shape()]
	k := min(quantiles-1, int(u*quantiles))
	return r.Low + (r.High-r.Low)*(q[k]+(q[k+1]-q[k])*(u*quantiles-float64(k)))
}

// shape is where the peak lies between low and high, in 64ths.
func (r Risk) shape() int {
	if r.High == r.Low {
		return 0
	}
	return int(math.Round((r.Likely - r.Low) / (r.High - r.Low) * shapes))
}

// beta gives the quantiles of the beta distribution with shape parameters 1 + 4 peak and 5 - 4 peak.
func beta(peak float64) *[quantiles + 1]float64 {
	const steps = 4096
	var sum [steps + 1]float64
	for k := range steps {
		x := (float64(k) + 0.5) / steps
		sum[k+1] = sum[k] + math.Pow(x, 4*peak)*math.Pow(1-x, 4*(1-peak))
	}
	var q [quantiles + 1]float64
	k := 0
	for n := range q {
		want := sum[steps] * float64(n) / quantiles
		for k < steps-1 && sum[k+1] < want {
			k++
		}
		q[n] = (float64(k) + (want-sum[k])/(sum[k+1]-sum[k])) / steps
	}
	return &q
}
