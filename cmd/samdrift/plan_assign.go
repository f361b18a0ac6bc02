package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

func newPlanAssign(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "assign",
		Short: "Show which centre each municipality goes to, with how good the whole is",
		Long: `Show which centre each municipality goes to and why. Beside the sum of users times kilometres stands the
bound that no other choice can go below, so that everybody sees how good it is.
Exit code 3 tells that some municipality fits into no centre.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Assign(cmd.Context(), operator)
				if err != nil {
					return err
				}
				if err := a.print(v, assignTable(v)); err != nil {
					return err
				}
				if n := len(v.Refusals); n > 0 {
					return findingsError{fmt.Errorf("%d municipalities fit into no centre", n)}
				}
				return nil
			})
		},
	}
}

func assignTable(v hub.AssignView) table {
	t := table{demo: v.Demo, head: []string{"municipality", "name", "centre", "km", "by", "reasons"}}
	for _, x := range v.Assignments {
		by := "planner"
		switch {
		case x.Host:
			by = "host"
		case x.Chosen:
			by = "choice"
		case x.Decided:
			by = "agreement"
		}
		t.rows = append(t.rows, []string{x.Municipality, v.Names[x.Municipality], v.Names[x.Centre], fmt.Sprintf("%.1f", x.DistanceKM), by, joinReasons(x.Reasons)})
	}
	lines := []string{certificateLine(v.Distance)}
	for _, c := range v.Capacity {
		b, a, all := c.Before, c.After, c.Capacity
		lines = append(lines, fmt.Sprintf("%s: vCPUs %d → %d of %d, memory %d → %d of %d GB, storage %d → %d of %d GB, users %d → %d of %d, power %s → %s of %s kW, staff %s → %s of %s full-time equivalents (0: not known).",
			v.Names[c.Centre], b.VCPUs, a.VCPUs, all.VCPUs, b.MemoryGB, a.MemoryGB, all.MemoryGB, b.StorageGB, a.StorageGB, all.StorageGB,
			b.Users, a.Users, all.Users, b.PowerKW, a.PowerKW, all.PowerKW, b.StaffFTE, a.StaffFTE, all.StaffFTE))
	}
	for _, r := range v.Refusals {
		lines = append(lines, fmt.Sprintf("Not placed: %s: %s", r.Subject, joinReasons(r.Reasons)))
	}
	t.note = strings.Join(lines, "\n") + demoNote(v.Demo)
	return t
}

// certificateLine says how good a choice of centres is.
func certificateLine(c planner.Certificate) string {
	if c.Proven {
		return fmt.Sprintf("%.0f users x km, proven to be the least.", c.UserKM)
	}
	return fmt.Sprintf("%.0f users x km; nothing goes below %.0f.", c.UserKM, c.Bound)
}

func newPlanValidate(a *app) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Judge a choice of centres: broken limits, regret, who may have to move twice",
		Long: `Judge a choice of centres that people made: which limits it breaks, how much farther from the users it
is than the best that could be found (and than anything possible), and which municipalities have a nearer
centre among those chosen, which is a risk that their servers move twice.

Without --file the choice is today's: where each agreement sends its municipality, however far it has
come. A file has one line per municipality: CSV with code and centre (479,odense), or YAML (479: odense).
Exit code 3 tells that a limit is broken.`,
		Example: "  samdrift plan validate\n  samdrift plan validate --file choice.csv",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var choice map[string]string
			if file != "" {
				var err error
				if choice, err = readChoice(file); err != nil {
					return err
				}
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.JudgeChoice(cmd.Context(), operator, choice)
				if err != nil {
					return err
				}
				if err := a.print(v, verdictTable(v)); err != nil {
					return err
				}
				if n := len(v.Broken); n > 0 {
					return findingsError{fmt.Errorf("the choice breaks %d limits: %s", n, v.Broken[0])}
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "CSV or YAML of municipality code and centre; empty: today's agreements")
	return cmd
}

func verdictTable(v hub.VerdictView) table {
	t := table{demo: v.Demo, head: []string{"municipality", "name", "chosen", "km", "best for all", "nearer", "km nearer", "room there"}}
	for _, r := range v.Rows {
		near, km, room := "", "", ""
		if r.Near != "" {
			near, km, room = v.Names[r.Near], fmt.Sprintf("%.1f", r.KM-r.NearKM), yesNo(r.Room)
		}
		t.rows = append(t.rows, []string{r.Municipality, v.Names[r.Municipality], v.Names[r.Chosen], fmt.Sprintf("%.1f", r.KM), v.Names[r.Best], near, km, room})
	}
	lines := []string{fmt.Sprintf("The choice: %.0f users x km.", v.UserKM)}
	if v.Fits {
		lines = append(lines, "The best found: "+certificateLine(v.Best), fmt.Sprintf("Regret %.0f users x km; at most %.0f could be gained.", v.Regret, v.AtMost))
	} else {
		lines = append(lines, "No choice at all keeps every limit.")
	}
	for _, b := range v.Broken {
		lines = append(lines, "Broken: "+b.String())
	}
	for _, r := range v.Lacks {
		lines = append(lines, r.Named(v.Names).String()+".")
	}
	if len(v.Open) > 0 {
		lines = append(lines, "Nothing is chosen yet for "+strings.Join(v.Open, ", ")+".")
	}
	t.note = strings.Join(lines, "\n") + demoNote(v.Demo)
	return t
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// readChoice reads municipality → centre from a CSV or YAML file.
func readChoice(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	choice := map[string]string{}
	if ext := filepath.Ext(path); ext == ".yaml" || ext == ".yml" {
		if err := yaml.Unmarshal(data, &choice); err != nil {
			return nil, fmt.Errorf("%s: %w: want lines such as \"479\": odense", path, err)
		}
		return choice, nil
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.FieldsPerRecord, r.TrimLeadingSpace = 2, true
	if first, _, _ := bytes.Cut(data, []byte("\n")); bytes.ContainsRune(first, ';') {
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: want two columns, municipality code and centre", path, err)
	}
	var faults []error
	for i, row := range rows {
		if i == 0 && row[0] == "municipality" {
			continue
		}
		if _, twice := choice[row[0]]; twice {
			faults = append(faults, fmt.Errorf("%s: line %d: %s has a line already", path, i+1, row[0]))
		}
		choice[row[0]] = row[1]
	}
	return choice, errors.Join(faults...)
}
