package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// day parses a date given as a flag; an empty one is not known.
func day(flag, text string) (inventory.Date, error) {
	if text == "" {
		return 0, nil
	}
	d, err := inventory.ParseDate(text)
	if err != nil {
		return 0, usageError{fmt.Errorf("--%s: %w", flag, err)}
	}
	return d, nil
}

func newGapAnswer(a *app) *cobra.Command {
	var answer nis2.Answer
	var until, file, link string
	var version int64
	cmd := &cobra.Command{
		Use:   "answer",
		Short: "Answer one control for a municipality",
		Long: `Answer one control for a municipality, with evidence as a file or link if there is some. What was
answered before stays in the history. With --version, the number that an earlier answer or review printed, an
answer that somebody changed meanwhile is left as it is. A review is a second person's: see 'gap review'.`,
		Example: "  samdrift gap answer --municipality 479 --control 20-01 --level 3 --by 'IT-chef' --file referat.pdf",
		RunE: func(cmd *cobra.Command, _ []string) error {
			validUntil, err := day("until", until)
			if err != nil {
				return err
			}
			answer.EvidenceUntil = validUntil
			var content []byte
			if file != "" {
				if content, err = os.ReadFile(file); err != nil {
					return fmt.Errorf("evidence: %w", err)
				}
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				edit := hub.AnswerEdit{Answer: answer, Base: versionRead(cmd, version)}
				if err := h.EditAnswers(cmd.Context(), operator, []hub.AnswerEdit{edit}); err != nil {
					return err
				}
				if file != "" || link != "" {
					e := hub.Evidence{Municipality: answer.Municipality, Control: answer.Control, Title: filepath.Base(file), Link: link, Until: validUntil}
					if file == "" {
						e.Title = link
					}
					if _, err := h.AddEvidence(cmd.Context(), operator, e, file, content); err != nil {
						return err
					}
				}
				return a.showAnswer(cmd, h, answer.Municipality, answer.Control)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&answer.Municipality, "municipality", "", "three-digit code")
	f.StringVar(&answer.Control, "control", "", "id, such as 20-01")
	f.IntVar(&answer.Level, "level", 0, "0-5 on the catalogue's scale")
	f.StringVar(&answer.AnsweredBy, "by", "", "who answers (default: the operator)")
	f.StringVar(&answer.Owner, "owner", "", "the accountable role in the municipality")
	f.StringVar(&answer.Evidence, "evidence", "", "evidence in words, such as a journal number")
	f.StringVar(&until, "until", "", "the evidence holds until this day")
	f.StringVar(&file, "file", "", "keep this file as evidence, sealed")
	f.StringVar(&link, "link", "", "keep this address as evidence")
	f.Int64Var(&version, "version", 0, "the version that was read, 0 for no answer yet; refused if there is another now")
	for _, needed := range []string{"municipality", "control", "level"} {
		mustRequire(cmd, needed)
	}
	return cmd
}

func newGapReview(a *app) *cobra.Command {
	var municipality, control, by string
	var version int64
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Put a second person's name under an answer",
		RunE: func(cmd *cobra.Command, _ []string) error {
			person := hub.Person{Name: by, Role: hub.RoleMunicipality, Organisation: municipality}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				if err := h.ReviewAnswer(cmd.Context(), person, municipality, control, versionRead(cmd, version)); err != nil {
					return err
				}
				return a.showAnswer(cmd, h, municipality, control)
			})
		},
	}
	cmd.Flags().StringVar(&municipality, "municipality", "", "three-digit code")
	cmd.Flags().StringVar(&control, "control", "", "id, such as 20-01")
	cmd.Flags().StringVar(&by, "by", "", "the second person")
	cmd.Flags().Int64Var(&version, "version", 0, "the version that was read; refused if there is another now")
	for _, needed := range []string{"municipality", "control", "by"} {
		mustRequire(cmd, needed)
	}
	return cmd
}

// versionRead gives the version that the operator says was read, or nil where none was named.
func versionRead(cmd *cobra.Command, version int64) *int64 {
	if !cmd.Flags().Changed("version") {
		return nil
	}
	return &version
}

// mustRequire marks a flag as needed. The flag exists: it was defined a line before.
func mustRequire(cmd *cobra.Command, flag string) {
	if err := cmd.MarkFlagRequired(flag); err != nil {
		panic(err)
	}
}

// showAnswer prints what an answer now counts as.
func (a *app) showAnswer(cmd *cobra.Command, h *hub.Hub, municipality, control string) error {
	v, err := h.Answers(cmd.Context(), operator, municipality)
	if errors.Is(err, hub.ErrNotReady) {
		return nil // stored; it counts once something was collected
	}
	if err != nil {
		return err
	}
	for _, r := range v.Rows {
		if r.Control == control {
			t := table{demo: v.Data.Demo, head: []string{"control", "version", "answered", "counts as", "target", "confidence", "state"}, rows: [][]string{{
				r.Control, fmt.Sprint(r.Version), level(r.Result.Declared), fmt.Sprint(r.Result.Effective), fmt.Sprint(r.Result.Target), fmt.Sprintf("%.2f", r.Result.Confidence), string(r.Result.State),
			}}}
			return a.print(r, t)
		}
	}
	return fmt.Errorf("control %q: %w", control, hub.ErrNotFound)
}
