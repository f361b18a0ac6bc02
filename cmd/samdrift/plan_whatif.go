package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/scenario"
)

// changeFlag is a flag that makes one kind of change; it may be given again for more.
type changeFlag struct {
	name, about string
	read        func(text string) (scenario.Change, error)
}

// changeFlags are the changes that can be typed. All others come in a file.
var changeFlags = []changeFlag{
	{"pin", "GROUP=DATE: cut a move group over on that night", readPin},
	{"choose", "CODE=CENTRE: a municipality goes to a centre", pair(func(code, centre string) (scenario.Change, error) {
		return scenario.Change{Kind: scenario.Choose, Municipality: code, Centre: centre}, nil
	})},
	{"crews", "[CENTRE=]NUMBER[@DATE]: crews of every centre, or more at one from a day on", readCrews},
	{"freeze", "[CODE=]FROM..TO: nothing is cut over on these days, for all or one municipality", readFreeze(scenario.Freeze)},
	{"lift", "[CODE=]FROM..TO: no freeze holds on these days", readFreeze(scenario.Lift)},
	{"link", "CODE:CENTRE=MBPS: speed of a municipality's link to a centre", readLink},
	{"link-ready", "CODE=DATE: a municipality's link carries nothing before the day", pair(func(code, day string) (scenario.Change, error) {
		d, err := inventory.ParseDate(day)
		return scenario.Change{Kind: scenario.LinkReady, Municipality: code, Date: d}, err
	})},
	{"without", "CODE: a municipality leaves", func(code string) (scenario.Change, error) {
		return scenario.Change{Kind: scenario.Leave, Municipality: code}, nil
	}},
	{"join", "CODE=SERVERS: a municipality joins with so many servers of unknown size", pair(func(code, servers string) (scenario.Change, error) {
		n, err := strconv.Atoi(servers)
		return scenario.Change{Kind: scenario.Join, Municipality: code, Servers: n}, err
	})},
	{"agreement", "CODE=STATE: treat an agreement as being in a state; none: as if there were no agreement", pair(func(code, state string) (scenario.Change, error) {
		if state == "none" {
			state = ""
		}
		return scenario.Change{Kind: scenario.Agreement, Municipality: code, State: inventory.AgreementState(state)}, nil
	})},
	{"set", "NAME=VALUE: one of the planner's settings, by its name in JSON", pair(func(name, value string) (scenario.Change, error) {
		if !json.Valid([]byte(value)) {
			quoted, err := json.Marshal(value) // a date or other word
			return scenario.Change{Kind: scenario.Setting, Setting: name, Value: quoted}, err
		}
		return scenario.Change{Kind: scenario.Setting, Setting: name, Value: json.RawMessage(value)}, nil
	})},
}

// changes holds what the flags of a command said.
type changes struct {
	texts map[string]*[]string
	file  string
}

// define adds the flags to a command.
func (c *changes) define(cmd *cobra.Command) {
	c.texts = map[string]*[]string{}
	for _, f := range changeFlags {
		c.texts[f.name] = cmd.Flags().StringArray(f.name, nil, f.about)
	}
	cmd.Flags().StringVar(&c.file, "changes", "", "JSON file with a list of changes, as docs/planning.md describes them (- is standard input)")
}

// read gives the changes, those of flags on top of those in the file.
func (c *changes) read(cmd *cobra.Command) ([]scenario.Change, error) {
	var all []scenario.Change
	if c.file != "" {
		if err := readJSON(cmd.InOrStdin(), c.file, &all); err != nil {
			return nil, err
		}
	}
	var typed []scenario.Change
	for _, f := range changeFlags {
		for _, text := range *c.texts[f.name] {
			change, err := f.read(text)
			if err != nil {
				return nil, usageError{fmt.Errorf("--%s %q: %w: want %s", f.name, text, err, f.about)}
			}
			typed = append(typed, change)
		}
	}
	return append(all, typed...), nil
}

func pair(read func(key, value string) (scenario.Change, error)) func(string) (scenario.Change, error) {
	return func(text string) (scenario.Change, error) {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" || value == "" {
			return scenario.Change{}, fmt.Errorf("there is nothing on one side of =")
		}
		return read(key, value)
	}
}

func readPin(text string) (scenario.Change, error) {
	return pair(func(group, day string) (scenario.Change, error) {
		d, err := inventory.ParseDate(day)
		return scenario.Change{Kind: scenario.Pin, Group: group, Date: d}, err
	})(text)
}

func readCrews(text string) (c scenario.Change, err error) {
	c.Kind = scenario.Crews
	rest, day, dated := strings.Cut(text, "@")
	if dated {
		if c.From, err = inventory.ParseDate(day); err != nil {
			return c, err
		}
	}
	number := rest
	if centre, n, ok := strings.Cut(rest, "="); ok {
		c.Centre, number = centre, n
	}
	c.Crews, err = strconv.Atoi(number)
	return c, err
}

func readLink(text string) (scenario.Change, error) {
	return pair(func(ends, mbps string) (scenario.Change, error) {
		code, centre, ok := strings.Cut(ends, ":")
		if !ok {
			return scenario.Change{}, fmt.Errorf("there is no : between municipality and centre")
		}
		n, err := strconv.Atoi(mbps)
		return scenario.Change{Kind: scenario.Link, Municipality: code, Centre: centre, Mbps: n}, err
	})(text)
}

func readFreeze(kind scenario.Kind) func(string) (scenario.Change, error) {
	return func(text string) (c scenario.Change, err error) {
		c.Kind = kind
		days := text
		if code, d, ok := strings.Cut(text, "="); ok {
			c.Municipality, days = code, d
		}
		from, to, _ := strings.Cut(days, "..")
		if c.From, err = inventory.ParseDate(from); err != nil {
			return c, err
		}
		if c.To, err = inventory.ParseDate(to); err == nil && !c.To.Known() {
			c.To = c.From // one day
		}
		return c, err
	}
}

func newPlanWhatIf(a *app) *cobra.Command {
	var c changes
	var ref string
	var keep bool
	cmd := &cobra.Command{
		Use:   "what-if",
		Short: "Show what changes would make of the plan, and why; nothing is kept",
		Long: `Show what changes would make of the plan: centres, dates and money that differ, largest first, each with
the change it comes from. All dates are found anew, unless --keep-dates is given. Nothing is kept; 'plan scenario save' keeps changes under a name.
Exit code 3 tells that the changes break rules or leave something without a place.`,
		Example: "  samdrift plan what-if --crews odense=3@2027-02-01\n  samdrift plan what-if --pin 450-s1=2027-03-02 --without 479",
		RunE: func(cmd *cobra.Command, _ []string) error {
			given, err := c.read(cmd)
			if err != nil {
				return err
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				if ref != "" {
					base, err := h.Scenario(cmd.Context(), operator, ref)
					if err != nil {
						return err
					}
					given, keep = scenario.Overlay(base.Scenario.Changes, given), keep || base.Scenario.KeepDates
				}
				v, err := h.WhatIf(cmd.Context(), operator, given, keep)
				if err != nil {
					return err
				}
				if err := a.print(v, differenceTable(v.Difference, v.Names, v.Conflicts, v.Demo)); err != nil {
					return err
				}
				if n := len(v.Conflicts); n > 0 {
					return findingsError{fmt.Errorf("the changes meet %d conflicts", n)}
				}
				return nil
			})
		},
	}
	c.define(cmd)
	cmd.Flags().BoolVar(&keep, "keep-dates", false, "the present dates and centres stay where the changes say nothing else")
	cmd.Flags().StringVar(&ref, "scenario", "", "begin with the changes of a scenario: id or id@version")
	return cmd
}
