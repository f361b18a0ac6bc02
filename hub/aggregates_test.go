package hub_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// The attack: whoever reads every figure that the steering group can see, adds and subtracts them in
// every way, and knows what applies where, who has answered what and what the agreements say, must
// not learn what one municipality lacks. Each published figure is a weighted sum of what is missing in
// single cells (municipality and control), known as exactly as its rounding allows. Gaussian
// elimination finds every weighting of the figures in which all cells of all other municipalities
// cancel out; what is left tells of one. It counts as told when it is known to a tenth of its span.

// told is how narrow the interval of a figure may be, as a part of its span, before it counts as told.
const told = 0.2

// figure is one published sum.
type figure struct {
	name string
	of   map[int]float64 // weight of each cell's missing share
	half float64         // the figure is known to plus or minus this
}

// published are the figures about what is missing, over cells numbered municipality*controls + control.
type published struct {
	t       *testing.T
	cat     *nis2.Catalogue
	all     []nis2.Assessment
	figures []figure
}

// untold is the value of a figure that is a sum only up to a constant that is not worked out here.
var untold = math.NaN()

// add takes a figure that is the weighted sum of what is missing in the known cells, and checks that
// the value published is that.
func (p *published) add(name string, half, value float64, weight func(i, k int) float64) {
	f := figure{name, map[int]float64{}, half}
	largest, sum := 0.0, 0.0
	for i := range p.all {
		for k := range p.cat.Controls {
			if w := weight(i, k); w != 0 && p.known(i, k) {
				f.of[i*len(p.cat.Controls)+k] = w
				largest = max(largest, math.Abs(w))
				r := &p.all[i].Controls[k]
				sum += w * max(0, float64(r.Target-r.Effective)) / float64(r.Target)
			}
		}
	}
	if math.Abs(sum-value) > half+1e-6 { // never of what is untold
		p.t.Errorf("%s is published as %g, and the cells sum to %g", name, value, sum)
	}
	if largest == 0 {
		return // nothing but what everybody knows
	}
	for c := range f.of {
		f.of[c] /= largest
	}
	f.half /= largest
	p.figures = append(p.figures, f)
}

func (p *published) known(i, k int) bool {
	r := &p.all[i].Controls[k]
	return r.Applicable && r.State != nis2.Unanswered
}

// over sums weights over the applicable cells that are known, or over those that are not.
func (p *published) over(known bool, weight func(i, k int) float64) (sum float64) {
	for i := range p.all {
		for k := range p.cat.Controls {
			if p.all[i].Controls[k].Applicable && p.known(i, k) == known {
				sum += weight(i, k)
			}
		}
	}
	return sum
}

// solved names what the figures tell of the municipalities in the set alone.
func (p *published) solved(set ...int) []string {
	n := len(p.cat.Controls)
	inside := func(c int) bool { return slices.Contains(set, c/n) }
	figures := slices.Clone(p.figures)
	slices.SortStableFunc(figures, func(a, b figure) int { return int(math.Copysign(1, a.half-b.half)) }) // the sharpest first
	rows, how := make([][]float64, len(figures)), make([][]float64, len(figures))
	for r, f := range figures {
		rows[r], how[r] = make([]float64, len(p.all)*n), make([]float64, len(figures))
		how[r][r] = 1
		for c, w := range f.of {
			rows[r][c] = w
		}
	}
	next := 0
	for c := range len(p.all) * n {
		if inside(c) {
			continue
		}
		pivot := slices.IndexFunc(rows[next:], func(row []float64) bool { return math.Abs(row[c]) > 1e-9 })
		if pivot < 0 {
			continue
		}
		rows[next], rows[next+pivot], how[next], how[next+pivot] = rows[next+pivot], rows[next], how[next+pivot], how[next]
		cells, used := nonzero(rows[next]), nonzero(how[next])
		for r := next + 1; r < len(rows); r++ {
			if rows[r][c] != 0 {
				times := rows[r][c] / rows[next][c]
				subtract(rows[r], rows[next], cells, times)
				subtract(how[r], how[next], used, times)
				rows[r][c] = 0
			}
		}
		if next++; next == len(rows) {
			break
		}
	}
	var leaks []string
	for r := next; r < len(rows); r++ { // all that is left in these rows is inside the set
		span, blur := 0.0, 0.0
		for c, w := range rows[r] {
			if inside(c) {
				span += math.Abs(w)
			}
		}
		for f, y := range how[r] {
			blur += 2 * math.Abs(y) * figures[f].half
		}
		if span > 1e-6 && blur < told*span {
			var used []string
			for f, y := range how[r] {
				if math.Abs(y) > 1e-9 {
					used = append(used, figures[f].name)
				}
			}
			leaks = append(leaks, fmt.Sprintf("municipalities %v are told to %.2f of the span by %s", set, blur/span, strings.Join(used, ", ")))
		}
	}
	return leaks
}

// nonzero gives where a row is not zero: most rows nearly everywhere are.
func nonzero(row []float64) (at []int) {
	for i, w := range row {
		if w != 0 {
			at = append(at, i)
		}
	}
	return at
}

// subtract takes a row a number of times from another, where it is not zero.
func subtract(from, row []float64, at []int, times float64) {
	for _, i := range at {
		from[i] -= times * row[i]
	}
}

// cooperation is a hub of municipalities with answers and agreements, and no assets.
func cooperation(t *testing.T, codes []string, agreements []inventory.Agreement, answers func(*nis2.Catalogue) []nis2.Answer) *hub.Hub {
	t.Helper()
	h := open(t, t.TempDir(), func(c *hub.Config) { c.Members = codes })
	s := &inventory.Snapshot{Schema: inventory.SchemaVersion, Agreements: agreements}
	for _, code := range codes {
		s.Municipalities = append(s.Municipalities, inventory.Municipality{Code: code, Name: "Kommune " + code})
	}
	s.Centres = []inventory.Centre{{ID: "fyn", Name: "Fyn", Host: codes[0]}}
	if _, err := h.Import(t.Context(), admin, s, false); err != nil {
		t.Fatal(err)
	}
	if err := h.SaveAnswers(t.Context(), admin, answers(h.Catalogue())); err != nil {
		t.Fatal(err)
	}
	return h
}

var fyn = []string{"420", "430", "440", "450", "461", "479", "480", "482", "492"}

// drawn answers as the demo does, by its seed.
func drawn(seed uint64, codes []string) func(*nis2.Catalogue) []nis2.Answer {
	return func(cat *nis2.Catalogue) []nis2.Answer { return nis2.DemoAnswers(cat, codes, seed, today) }
}

// twoKinds answers so that there are clear groups of the given size and the rest, with a left out one.
func twoKinds(codes []string, first int) func(*nis2.Catalogue) []nis2.Answer {
	return func(cat *nis2.Catalogue) []nis2.Answer {
		var all []nis2.Answer
		for m, code := range codes {
			for k, c := range cat.Controls {
				level := 4 - (k+m)%2
				if (k < len(cat.Controls)/2) == (m < first) {
					level = (k + m) % 2
				}
				all = append(all, nis2.Answer{Municipality: code, Control: c.ID, Level: level, AnsweredBy: "rolle", AnsweredAt: today})
			}
		}
		return all
	}
}

// withoutArticle adds that one municipality has a whole article not applicable.
func withoutArticle(code, article string, answers func(*nis2.Catalogue) []nis2.Answer) func(*nis2.Catalogue) []nis2.Answer {
	return func(cat *nis2.Catalogue) []nis2.Answer {
		all := answers(cat)
		for _, k := range cat.Controls {
			if k.Article != article {
				continue
			}
			all = slices.DeleteFunc(all, func(a nis2.Answer) bool { return a.Municipality == code && a.Control == k.ID })
			all = append(all, nis2.Answer{Municipality: code, Control: k.ID, AnsweredBy: "rolle", AnsweredAt: today,
				NotApplicable: &nis2.NotApplicable{Reason: "bruges ikke", ApprovedBy: "Direktør", Until: today.AddDays(100)}})
		}
		return all
	}
}

func TestNobodyCanBeSolvedFromTheAggregates(t *testing.T) {
	hosted := []inventory.Agreement{
		{ID: "a", Customer: fyn[1], Host: fyn[0], Centre: "fyn", State: inventory.StateStable},
		{ID: "b", Customer: fyn[2], Host: fyn[0], Centre: "fyn", State: inventory.StatePlanned, CommittedLevels: map[string]int{"21c-03": 3, "21c-04": 5}},
	}
	for name, x := range map[string]struct {
		codes      []string
		agreements []inventory.Agreement
		answers    func(*nis2.Catalogue) []nis2.Answer
		moved      []string // whose first wave is verified
	}{
		"nine":                     {fyn, nil, drawn(1, fyn), nil},
		"nine with a host":         {fyn, hosted, drawn(2, fyn), nil},
		"four with a host":         {fyn[:4], hosted, drawn(3, fyn[:4]), nil},
		"three":                    {fyn[:3], nil, drawn(4, fyn[:3]), nil},
		"one without an article":   {fyn, nil, withoutArticle(fyn[3], "21h", drawn(5, fyn)), nil},
		"groups of five and four":  {fyn, hosted, twoKinds(fyn, 5), nil},
		"groups of seven and two":  {fyn, nil, twoKinds(fyn, 7), nil},
		"groups of eight and one":  {fyn, hosted[:1], twoKinds(fyn, 8), nil},
		"one has begun to move":    {fyn, hosted, drawn(6, fyn), fyn[2:3]},
		"three have begun to move": {fyn, nil, drawn(7, fyn), fyn[1:4]},
	} {
		t.Run(name, func(t *testing.T) {
			h := cooperation(t, x.codes, x.agreements, x.answers)
			for _, code := range x.moved {
				pretend(t, h, code)
			}
			p := everything(t, h)
			if len(p.figures) < 40 {
				t.Errorf("only %d figures are published: nothing is tried", len(p.figures))
			}
			for i := range p.all {
				for _, leak := range p.solved(i) {
					t.Error(leak)
				}
			}
		})
	}
}

// pretend lets a municipality have a wave that was moved and verified after everybody answered.
func pretend(t *testing.T, h *hub.Hub, code string) {
	t.Helper()
	at := time.Now()
	m := hub.Move{Unit: code + "-a", Municipality: code, Group: planner.Group{ID: code + "-a", Assets: []string{"a"}}, Wave: planner.Wave{ID: code + "-w1", Name: "Bølge 1"},
		Progress: terraform.Progress{Steps: []terraform.Step{
			{Stage: platform.Place, State: terraform.Done, Started: at, Ended: at}, {Stage: platform.Verify, State: terraform.Done, Started: at, Ended: at},
		}}}
	if err := h.Pretend(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	a, _, err := h.GapOf(t.Context(), admin, code)
	if err != nil || !slices.ContainsFunc(a.Controls, func(r nis2.ControlResult) bool { return r.Reassess != nil }) {
		t.Fatalf("nothing of %s is to be reassessed: %v", code, err)
	}
}

// The attack finds what leaks: a sum over all but one beside the sum over all, a group beside the whole
// it leaves one out of, and the same in a second round that one has joined.
func TestTheAttackFindsWhatLeaks(t *testing.T) {
	p := everything(t, cooperation(t, fyn, nil, drawn(1, fyn)))
	if leaks := p.solved(4); len(leaks) > 0 {
		t.Fatalf("leaks before anything leaky is published: %v", leaks)
	}
	i := slices.IndexFunc(p.figures, func(f figure) bool { return strings.HasPrefix(f.name, "shortfall of ") })
	control := strings.TrimPrefix(p.figures[i].name, "shortfall of ")
	p.add("shortfall without one", 0, untold, func(i, k int) float64 { return is(p.cat.Controls[k].ID == control && i != 4) })
	if leaks := p.solved(4); len(leaks) == 0 {
		t.Error("all but one is published beside all, and the attack finds nothing")
	}
	if leaks := p.solved(3); len(leaks) > 0 {
		t.Errorf("another municipality is said to be solved: %v", leaks)
	}
	sharp := everything(t, cooperation(t, fyn, nil, drawn(1, fyn)))
	leaks := []string{}
	for i := range sharp.figures {
		sharp.figures[i].half = 0
	}
	for i := range sharp.all {
		leaks = append(leaks, sharp.solved(i)...)
	}
	if len(leaks) == 0 {
		t.Error("figures that are not rounded tell of nobody: then the attack misses what differs in applicability")
	}
}

var index = regexp.MustCompile(`\[\d+\]`)

// tenths are the figures in points and levels; all others are counts and shares.
var tenths = regexp.MustCompile(`(^|\.)(gap|unknown|points|shortfall|closed|opened|opened_first|opened_after|left)$`)

// numbersIn gives all numbers in a JSON value by their path.
func numbersIn(t *testing.T, answer any) map[string][]float64 {
	t.Helper()
	data, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	found := map[string][]float64{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case float64:
			path = index.ReplaceAllString(path, "[]")
			found[path] = append(found[path], v)
		case []any:
			for i, x := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), x)
			}
		case map[string]any:
			for key, x := range v {
				walk(strings.TrimPrefix(path+"."+key, "."), x)
			}
		}
	}
	walk("", tree)
	return found
}

// accounted are the figures that everything turns into sums, or that are counts and choices. Proven and
// coverage are means of the same kind as headline, with nothing published below the articles.
var accounted = regexp.MustCompile(`^(data\.|actions|n$|(mean|equal_weights|articles\[\]\.mean|lever\.(today|day_one|after|day_one_without|after_without))\.(headline|proven|coverage|gap)$|articles\[\]\.n$|` +
	`patterns\[\]\.(known|short|of|shortfall|spread|trust|points|examples)$|groups\.(silhouette|groups\[\]\.(n|lacks\[\]\.(here|others)))$|` +
	`lever\.(n|gap|unknown|closed|opened_first|opened_after|share_closed|staying|left_out|controls\[\]\.(gap|closed|opened|left))$)`)

// Whoever publishes a new figure must tell the attack of it.
func TestEveryPublishedFigureIsTried(t *testing.T) {
	h := cooperation(t, fyn, nil, twoKinds(fyn, 5))
	pretend(t, h, fyn[1])
	j, err := h.JointReport(t.Context(), steering)
	if err != nil {
		t.Fatal(err)
	}
	for path, values := range numbersIn(t, j) {
		step := 0.01
		if tenths.MatchString(path) {
			step = 0.1
		}
		for _, v := range values {
			if n := v / step; math.Abs(n-math.Round(n)) > 1e-6 {
				t.Errorf("%s leaves as %v, which is not rounded to %g", path, v, step)
			}
		}
		if !accounted.MatchString(path) {
			t.Errorf("the steering group can read %s, and the attack does not know of it", path)
		}
	}
	v, err := h.Gap(t.Context(), steering)
	if err != nil || len(v.Own) > 0 {
		t.Errorf("%d single assessments, %v", len(v.Own), err)
	}
	facts, err := h.ReportFacts(t.Context(), steering)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []*hub.JointGap{v.Joint, facts.Gap} {
		if x.Overall != j.Mean || len(x.Articles) != len(j.Articles) {
			t.Errorf("the mean stands elsewhere with other figures: %+v and %+v", x.Overall, j.Mean)
		}
	}
	if _, err := h.Trend(t.Context(), steering, fyn[0]); err == nil {
		t.Error("the steering group reads a municipality's line over the rounds")
	}
}
