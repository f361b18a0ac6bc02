package terraform

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform/platform"
)

// move is all that the HCL of one server depends on.
type move struct {
	asset        *inventory.Asset
	group        *planner.Group
	wave         *planner.Wave
	municipality string // name, or the code when the name is not known
}

// Render writes the HCL of every group that the plan gave a wave, in the order of cutover. It is
// pure: the same plan and snapshot give the same bytes, and a unit's bytes depend on that unit
// only. Groups without a wave are not rendered: the plan's refusals say why they have none.
// All names from the inventory come out as literals, whatever they contain.
//
// A unit whose agreement has a mapping is written for its platform, in the stage that it has reached;
// what is missing for that stands in its Refusals. The others are written as records that move nothing.
func Render(plan planner.Plan, snap *inventory.Snapshot, grounds Grounds) ([]Unit, error) {
	waves := map[string]*planner.Wave{}
	for i := range plan.Waves {
		waves[plan.Waves[i].ID] = &plan.Waves[i]
	}
	var groups []*planner.Group
	seen := map[string]bool{}
	for i := range plan.Groups {
		group := &plan.Groups[i]
		if group.Wave == "" {
			continue
		}
		if seen[group.ID] {
			return nil, fmt.Errorf("render group %s: it stands twice in the plan, and two units cannot share one state", group.ID)
		}
		seen[group.ID] = true
		if waves[group.Wave] == nil {
			return nil, fmt.Errorf("render group %s: its wave %q is not in the plan: propose the plan again", group.ID, group.Wave)
		}
		groups = append(groups, group)
	}
	around := survey(plan, snap, grounds)
	units, faults := make([]Unit, len(groups)), make([]error, len(groups))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0)) // each unit by itself: nearly all of the time goes into formatting
	for i, group := range groups {
		work.Go(func() error {
			var err error
			if units[i], err = renderUnit(plan, group, waves[group.Wave], snap, grounds, around); err != nil {
				faults[i] = fmt.Errorf("render group %s: %w", group.ID, err)
			}
			return nil
		})
	}
	_ = work.Wait() // the workers keep their errors in faults
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	shared, err := sharedUnits(plan, snap, grounds, units)
	if err != nil {
		return nil, err
	}
	units = append(shared, units...)
	slices.SortStableFunc(units, func(a, b Unit) int { // a shared unit before its agreement's others
		return cmp.Or(cmp.Compare(a.Cutover, b.Cutover), cmp.Compare(a.Agreement, b.Agreement), cmp.Compare(b.rank(), a.rank()), cmp.Compare(a.ID, b.ID))
	})
	return units, nil
}

// ProposedAgreement is the id under which units stand while municipality and centre have no agreement.
func ProposedAgreement(municipality, centre string) string {
	return "proposal-" + municipality + "-" + centre
}

func renderUnit(plan planner.Plan, group *planner.Group, wave *planner.Wave, snap *inventory.Snapshot, grounds Grounds, around *surroundings) (Unit, error) {
	u := Unit{
		ID: group.ID, Name: group.Name, Wave: group.Wave, Cutover: group.Cutover,
		Municipality: group.Municipality, Servers: len(group.Assets), Platform: TerraformData,
	}
	if a, ok := snap.AgreementOf(group.Municipality); ok && a.Centre == group.Centre {
		u.Agreement, u.Decided = a.ID, a.Decided()
	} else {
		u.Agreement = ProposedAgreement(group.Municipality, group.Centre)
	}
	mapping, mapped := grounds.Mappings[u.Agreement]
	if mapped {
		u.Stage = cmp.Or(grounds.Stages[u.ID], platform.Adopt)
		u.Platform = mapping.PlatformIn(u.Stage)
		u.NeedsConsent, u.Source = mapping.Consent, mapping.SourceIn(u.Stage)
	}

	file := hclwrite.NewEmptyFile()
	from := group.Municipality
	if m, ok := snap.Municipality(group.Municipality); ok {
		from = m.Name
	}
	header(file.Body(), u, plan, from, group)
	var moves []move
	for _, id := range slices.Sorted(slices.Values(group.Assets)) {
		asset, ok := snap.Asset(id)
		if !ok {
			return Unit{}, fmt.Errorf("asset %q is not in the snapshot: render a plan from the snapshot it was made of, or propose it again", id)
		}
		moves = append(moves, move{asset: asset, group: group, wave: wave, municipality: from})
	}
	if mapped || grounds.State != "" && grounds.State != StateLocal {
		backend(file.Body(), u, grounds)
	}
	if mapped {
		if err := onPlatform(file.Body(), &u, moves, mapping, grounds); err != nil {
			return Unit{}, err
		}
		u.Refusals = append(u.Refusals, around.concerns(&u, group, moves, mapping)...)
		u.Refusals = append(u.Refusals, unshared(u, mapping, grounds)...)
		u.Refusals, u.Accepted = setAside(u.Refusals, grounds.Known.Accepted[u.ID], grounds.Known.Now)
	} else {
		for _, m := range moves {
			record(file.Body(), m)
		}
	}
	if !slices.ContainsFunc(u.Refusals, func(r Refusal) bool { return r.Gate == GateUnmapped || r.Gate == GateUnread }) {
		u.Files = map[string][]byte{"main.tf": platform.Layout(file)}
	}
	return u, nil
}

// onPlatform writes the servers of a unit for their platform, or puts into the unit what is missing.
func onPlatform(body *hclwrite.Body, u *Unit, moves []move, mapping Mapping, grounds Grounds) error {
	p, err := platform.Find(u.Platform)
	if err != nil {
		return err
	}
	if mapping.ByHand() { // there is nothing to read, and all that stands in HCL is the record
		for _, m := range moves {
			record(body, m)
		}
		return p.Write(body, nil, label, false)
	}
	for _, m := range moves {
		machine, ok := grounds.Machines[m.asset.ID]
		if !ok {
			u.Refusals = append(u.Refusals, Refusal{Gate: GateUnread, Resource: m.asset.Name,
				Reason: fmt.Sprintf("%s has not told about this server: no machine there has its UUID %q", u.Platform, m.asset.UUID)})
			continue
		}
		u.Refusals = append(u.Refusals, concerns(machine, u.Stage)...)
		// Where it shall be is asked at once, so that a missing name is met long before the night of the move.
		moved, unmapped := mapping.at(machine)
		switch u.Stage {
		case platform.Place:
			machine = moved
		case platform.Arrive: // it is described as it arrived
			unmapped = mapping.misplaced(machine)
			u.Meant = append(u.Meant, mapping.meant(machine, grounds.Origins))
		}
		u.Refusals = append(u.Refusals, unmapped...)
		if u.Stage == platform.Place { // not where it arrives: a provider that changes what it takes over reconfigures it too
			var untagged []Refusal
			machine, untagged = mapping.tagged(machine, grounds.Tagging[u.Agreement])
			u.Refusals = append(u.Refusals, untagged...)
		}
		u.Machines = append(u.Machines, machine)
	}
	if err := p.Write(body, u.Machines, label, u.Stage.Imports()); err != nil { // no other unit waits for this one
		u.Refusals = append(u.Refusals, Refusal{Gate: GateUnread, Reason: err.Error()})
	}
	return nil
}

// backend says where the state lies. What is secret about it the engine is told by environment.
func backend(body *hclwrite.Body, u Unit, grounds Grounds) {
	kind, texts := "local", [][2]string{{"path", filepath.ToSlash(u.state())}}
	switch grounds.State {
	case StateHub:
		kind, texts = "http", nil
	case StatePG:
		kind, texts = "pg", [][2]string{{"schema_name", "samdrift-" + slug(u.stateName())}}
	case StateS3:
		s3 := grounds.S3
		kind, texts = "s3", [][2]string{{"bucket", s3.Bucket}, {"region", s3.Region}, {"key", path.Join(s3.Prefix, slug(u.stateName())+".tfstate")}}
	}
	body.AppendNewline()
	block := body.AppendNewBlock("terraform", nil).Body().AppendNewBlock("backend", []string{kind}).Body()
	for _, t := range texts {
		block.SetAttributeValue(t[0], cty.StringVal(t[1]))
	}
	if kind == "s3" {
		block.SetAttributeValue("use_lockfile", cty.True)
		if grounds.S3.Endpoint != "" {
			block.SetAttributeValue("endpoints", cty.ObjectVal(map[string]cty.Value{"s3": cty.StringVal(grounds.S3.Endpoint)}))
			block.SetAttributeValue("use_path_style", cty.True)
		}
	}
	body.AppendNewline()
}

// label is a server's resource name, fixed by the asset's id: a rename changes no address.
func label(asset string) string { return "server_" + slug(asset) }

// header says what the file is, where it came from, and that it is not to be edited.
func header(body *hclwrite.Body, u Unit, plan planner.Plan, from string, group *planner.Group) {
	place := fmt.Sprintf(", wave %s, from %s to %s, cutover %s", u.Wave, from, group.Centre, cmp.Or(u.Cutover.String(), "not known"))
	heading(body, u, plan.Demo, place)
}

// heading writes the comment on top of a unit's file. Place is what follows the name of its agreement.
func heading(body *hclwrite.Body, u Unit, demo bool, place string) {
	lines := []string{
		"Code generated by samdrift. DO NOT EDIT: the next render overwrites it.",
	}
	if demo {
		lines = append(lines, "Demodata: all figures about servers, security and money are invented.")
	}
	agreement := "agreement " + u.Agreement
	if !u.Decided {
		agreement += " (not decided: may be planned, not applied)"
	}
	lines = append(lines, fmt.Sprintf("Unit %s, %s", u.ID, u.Name), "Under "+agreement+place)
	if u.Stage == "" {
		lines = append(lines, "No platform is configured: terraform_data carries the facts of the move and moves nothing.")
	} else {
		lines = append(lines, fmt.Sprintf("Stage %s on %s", u.Stage, u.Platform))
	}
	var tokens hclwrite.Tokens
	for _, line := range lines {
		tokens = append(tokens, comment(line))
	}
	body.AppendUnstructuredTokens(tokens)
}

// comment makes a one-line comment. Anything that does not print, line ends above all, is shown as
// a question mark: a server's name must not be able to end the comment.
func comment(text string) *hclwrite.Token {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
	return &hclwrite.Token{Type: hclsyntax.TokenComment, Bytes: []byte("# " + text + "\n")}
}

// text gives a string value, or null when nothing is known.
func text(s string) cty.Value {
	if s == "" {
		return cty.NullVal(cty.String)
	}
	return cty.StringVal(strings.ToValidUTF8(s, "\uFFFD"))
}

// number gives a number value, or null when nothing is known.
func number[N int | int64](n N) cty.Value {
	if n == 0 {
		return cty.NullVal(cty.Number)
	}
	return cty.NumberIntVal(int64(n))
}
