package hubtest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/look"
	"github.com/samdrift/samdrift/terraform/platform"
)

// The people who move servers, and when the first of them was moved.
const (
	proposer = "Carl"
	approver = "Dorte"
)

var began = Today.Time().Add(-60 * 24 * time.Hour)

// Build leaves in dir what a hub has there in the middle of the moves: an estate, a kept move for each unit at
// some stage of its way, and servers that have arrived.
func (c Country) Build(ctx context.Context, dir string, log *slog.Logger) error {
	err := c.with(ctx, dir, log, func(h *hub.Hub) error {
		if err := h.Collect(ctx, round{country: c, at: began}); err != nil {
			return err
		}
		_, err := h.RenderTerraform(ctx, hub.Person{Name: proposer, Role: hub.RoleAdmin})
		return err
	})
	if err != nil {
		return err
	}
	arrived, err := moveOn(ctx, dir)
	if err != nil {
		return err
	}
	return c.with(ctx, dir, log, func(h *hub.Hub) error {
		return h.Collect(ctx, round{c, Today.Time().Add(8 * time.Hour), arrived})
	})
}

// with lets work use a hub over dir, and closes it.
func (c Country) with(ctx context.Context, dir string, log *slog.Logger, work func(*hub.Hub) error) error {
	h, err := c.Open(ctx, dir, log)
	if err != nil {
		return err
	}
	return errors.Join(work(h), h.Close())
}

// moveOn takes every kept move to its stage, and gives the names of the servers that their centre operates
// from then on. The earlier a unit's night, the further it has come.
func moveOn(ctx context.Context, dir string) (map[string]bool, error) {
	s, err := store.Open(ctx, store.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	moves, err := store.Records[hub.Move](ctx, s, store.KindMove)
	slices.SortFunc(moves, func(a, b hub.Move) int {
		return cmp.Or(cmp.Compare(a.Group.Cutover, b.Group.Cutover), cmp.Compare(a.Unit, b.Unit))
	})
	arrived := map[string]bool{}
	var rows []store.Row
	for i := range moves {
		w := way{Move: &moves[i], at: began.Add(time.Duration(i) * 50 * 24 * time.Hour / time.Duration(len(moves)))}
		w.come(i*100/len(moves), i)
		err = errors.Join(err, w.err)
		rows = append(rows, store.Row{Municipality: w.Municipality, ID: w.Unit, Value: w.Move})
		for _, m := range w.Origin {
			arrived[m.Name] = w.arrived
		}
	}
	if err == nil {
		err = s.SaveRecords(ctx, store.KindMove, Today.Time(), rows)
	}
	return arrived, errors.Join(err, s.Close())
}

// way is a move that is taken on. The first error stops it.
type way struct {
	*hub.Move
	at      time.Time
	arrived bool
	err     error
}

// come takes the move as far as its percentile among all units says; number varies what is known of it.
func (w *way) come(percentile, number int) {
	switch {
	case percentile < 30: // final
		w.adopt().ready().place().verify(false).done(platform.Finalize)
		w.arrived = true
	case percentile < 40: // verified
		w.adopt().ready().place().verify(false)
		w.arrived = true
	case percentile < 43: // verified, and taken back
		w.adopt().ready().place().verify(false)
		w.err = errors.Join(w.err, w.Progress.Return("the application did not start"), w.Progress.Returned(proposer, w.at.Add(30*time.Hour)))
		w.Plan, w.Approval = nil, nil
	case percentile < 45: // on its way back
		w.adopt().ready().place()
		w.err = errors.Join(w.err, w.Progress.Return("the application did not start"))
		w.planned(platform.Rollback, number%2 == 0)
	case percentile < 50: // applied; one in four is not as meant
		w.adopt().ready().place()
		if number%4 == 0 {
			w.verify(true)
		}
	case percentile < 53: // the apply failed
		w.adopt().ready().start(platform.Place)
		w.Error = "unit " + w.Unit + ": apply: Error: error while relocating virtual machine: The operation is not allowed in the current state"
		w.err = errors.Join(w.err, w.Progress.Fail(platform.Place, w.Error, w.at.Add(time.Hour)))
	case percentile < 63:
		w.adopt().ready().planned(platform.Place, false).approved()
	case percentile < 73: // planned; one in five is refused
		w.adopt().ready().planned(platform.Place, number%5 == 0)
	case percentile < 80:
		w.adopt().ready()
	case percentile < 90: // adopted; somebody changed one in ten
		w.adopt()
		if number%10 == 0 {
			w.Drift = []terraform.Drift{{Unit: w.Unit, Resource: w.resource(), Attribute: "memory", Was: "16384", Is: "32768"}}
		}
	case percentile < 95: // planned to be adopted; one in five is refused
		w.planned(platform.Adopt, number%5 == 0)
	}
}

func (w *way) start(stage platform.Stage) *way {
	w.err = errors.Join(w.err, w.Progress.Start(stage, proposer, w.at))
	return w
}

func (w *way) done(stage platform.Stage) *way {
	w.start(stage)
	w.err = errors.Join(w.err, w.Progress.Finish(stage, "ticket 7", "", w.at.Add(time.Hour)))
	return w
}

func (w *way) adopt() *way { return w.planned(platform.Adopt, false).applied(platform.Adopt) }

func (w *way) ready() *way { return w.done(platform.Test).done(platform.Ready) }

func (w *way) place() *way {
	w.Memory = &look.Memory{Domain: "kommune.invalid"}
	for _, m := range w.Origin {
		a := inventory.Asset{ID: m.Asset, Name: m.Name, UUID: m.UUID, Addresses: []inventory.Address{{IP: "10.1.2.3"}}}
		for _, port := range []int{135, 443, 445, 1433, 3389, 5985} {
			a.Listeners = append(a.Listeners, inventory.Listener{Protocol: "tcp", Port: port, Process: "service.exe"})
		}
		w.Memory.Assets = append(w.Memory.Assets, a)
		w.Memory.Flows = append(w.Memory.Flows, inventory.Flow{Municipality: w.Municipality, FromIP: "10.1.2.3", ToIP: "10.255.0.1", Protocol: "tcp", Port: 443, BytesPerDay: 90_000, From: m.Asset})
	}
	return w.planned(platform.Place, false).applied(platform.Place)
}

// resource is the address of the unit's first server.
func (w *way) resource() string { return "vsphere_virtual_machine.server_" + w.Group.Assets[0] }

// planned gives the move a plan, which a gate may refuse.
func (w *way) planned(stage platform.Stage, refused bool) *way {
	p := terraform.UnitPlan{Unit: w.Unit, Agreement: w.Agreement, Wave: w.Wave.ID, Decided: true, PlanSHA256: digest(w.Unit, string(stage), "plan"),
		LockSHA256: digest("lock"), Digest: digest(w.Unit, string(stage)), Engine: "tofu", Version: "1.10.6", ProposedBy: proposer, Resources: len(w.Origin), Refusals: []terraform.Refusal{}}
	for _, attribute := range []string{"resource_pool_id", "datastore_id", "disk[0].datastore_id", "disk[1].datastore_id", "network_interface[0].network_id", "folder"} {
		p.Changes = append(p.Changes, terraform.AttributeChange{Resource: w.resource(), Action: "change", Attribute: attribute, Before: "before-" + attribute, After: "after-" + attribute})
	}
	if stage == platform.Adopt {
		p.Import, p.Changes = len(w.Origin), []terraform.AttributeChange{{Resource: w.resource(), Action: "import", After: "/KIT/vm/" + w.Group.Name}}
	} else {
		p.Change = len(w.Origin)
	}
	if refused {
		p.Refusals = append(p.Refusals, terraform.Refusal{Gate: terraform.GateConcern, Resource: w.resource(), Attribute: terraform.ConcernBackup, Reason: "its newest backup is of 2026-11-01, and may be 24 hours old"})
	}
	w.Plan, w.Approval = &p, nil
	return w
}

func (w *way) approved() *way {
	w.Approval = &terraform.Approval{Unit: w.Unit, Agreement: w.Agreement, PlanSHA256: w.Plan.PlanSHA256, Digest: w.Plan.Digest, LockSHA256: w.Plan.LockSHA256,
		Engine: w.Plan.Engine, Version: w.Plan.Version, ProposedBy: proposer, By: approver, At: w.at, From: w.at, Expires: w.at.Add(8 * time.Hour)}
	return w
}

// applied carries the plan out, as the engine tells of it.
func (w *way) applied(stage platform.Stage) *way {
	line := w.resource() + ": Still modifying... [id=4200aaaa-0000-4000-8000-000000000000, 10s elapsed]\n"
	w.Output = strings.Repeat(line, 20) + "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n"
	return w.done(stage)
}

// verify looks at the servers; bad: one thing is not as it was meant to be.
func (w *way) verify(bad bool) *way {
	for _, m := range w.Origin {
		for _, what := range []string{"present", "place", "machine", "power", "disks", "networks", "ports", "name", "old_address", "flows", "backup", "monitoring"} {
			w.Checks = append(w.Checks, terraform.Check{Server: m.Name, What: what, Want: "as before the move", Got: "as before the move", OK: true})
		}
	}
	if !bad {
		return w.done(platform.Verify)
	}
	last := &w.Checks[len(w.Checks)-1]
	last.OK, last.Got = false, "no sample since the move"
	w.start(platform.Verify)
	w.err = errors.Join(w.err, w.Progress.Fail(platform.Verify, fmt.Sprintf("%d checks, 1 not as meant, 0 could not be told", len(w.Checks)), w.at.Add(time.Hour)))
	return w
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, " ")))
	return hex.EncodeToString(sum[:])
}
