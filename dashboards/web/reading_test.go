package web_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/dashboards"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

// aggregates are the routes that change with a municipality's answers although they show no single one's:
// their figures stand for at least three. Whoever adds a route here says that it shows nothing else.
var aggregates = []string{
	"GET /{$}", "GET /api/v1/overview", // the mean of the cooperation
	"GET /api/v1/report-facts", // the half-year report's means
	// The joint report: hub/aggregates_test.go attacks it.
	"GET /gap/joint/report.html", "GET /gap/joint/report.xlsx", "GET /api/v1/gap/joint/report",
}

// unstable is what differs between two answers to the same question: times, and what is measured meanwhile.
var unstable = regexp.MustCompile(`\d\d:\d\d(:\d\d(\.\d+)?)?|"(left|value|up)":-?[\d.]+|\d+ (minutter|timer|dage|sekunder)`)

// Whoever reads another municipality's answers, evidence or figures leaves a line in the audit trail. The
// list of routes is the site's own: one that shows the administrator something else once a municipality has
// answered, or the centre something else once it no longer shares, must leave a line. A new route cannot
// forget it.
func TestReadingAnothersAnswersIsNoted(t *testing.T) {
	const municipality = "479"
	ctx := t.Context()
	owner, centre, admin := people[0], people[1], people[3]
	share := func(articles ...string) {
		check(estate.Hub.Share(ctx, owner, hub.Sharing{Municipality: municipality, Articles: articles}))
	}
	answer := func(level int) {
		check(estate.Hub.SaveAnswers(ctx, admin, []nis2.Answer{{Municipality: municipality, Control: "20-01", Level: level, AnsweredBy: "Anna"}}))
	}
	before, err := estate.Hub.ExportAnswers(ctx, owner, municipality)
	check(err)
	defer func() { check(estate.Hub.SaveAnswers(ctx, admin, before.Answers)) }()
	defer share()
	paths := map[string]string{} // by pattern
	for _, r := range routes() {
		if r.Access != dashboards.Public && !strings.HasPrefix(r.Pattern, "POST ") {
			paths[r.Pattern] = r.Probe(municipality, asset(t, municipality).ID)
		}
	}
	for _, x := range []struct {
		reader       hub.Person
		undo, change func()
		least        int // routes that must be noted, so that the test cannot fall asleep
	}{{admin, func() { answer(1) }, func() { answer(4) }, 10}, {centre, func() { share() }, func() { share("20") }, 3}} {
		read := func(path string) string {
			status, body, _ := get(t, x.reader.Role, path)
			return unstable.ReplaceAllString(fmt.Sprint(status, body), "")
		}
		x.undo()
		before := map[string]string{}
		for pattern, path := range paths {
			before[pattern] = read(path)
		}
		x.change()
		noted, lines := 0, readings(t, admin, x.reader, municipality)
		for pattern, path := range paths {
			body := read(path)
			last := lines
			if lines = readings(t, admin, x.reader, municipality); lines > last {
				noted++
				continue
			}
			if body == before[pattern] && !strings.Contains(pattern, "/evidence/") || !strings.HasPrefix(body, "200") || slices.Contains(aggregates, pattern) {
				continue
			}
			look := func() (steady, shows bool) {
				x.undo()
				one, two := read(path), read(path)
				x.change()
				return one == two, one == two && read(path) != two
			}
			steady, shows := look()
			if shows { // once more: an alarm may have begun between two looks
				_, shows = look()
			}
			switch {
			case !steady && strings.Contains(path, "gap"):
				t.Errorf("%s as %s differs from one look to the next, so it cannot be told what it shows", path, x.reader.Role)
			case shows || strings.Contains(pattern, "/evidence/"):
				t.Errorf("%s as %s shows what %s answers, and leaves no line in the audit trail", path, x.reader.Role, municipality)
			}
		}
		if noted < x.least {
			t.Errorf("readings of the %s are noted of %d routes only", x.reader.Role, noted)
		}
	}
}

// readings counts the lines that say that a person read a municipality's gap data.
func readings(t *testing.T, admin, p hub.Person, municipality string) int {
	t.Helper()
	trail, err := estate.Hub.AuditTrail(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range trail {
		if line.Action == "gap.read" && line.Actor == p.Name && slices.Contains(strings.Fields(line.Subject), municipality) {
			n++
		}
	}
	return n
}
