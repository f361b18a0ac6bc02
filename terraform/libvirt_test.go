package terraform_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/libvirt/libvirttest"
	"github.com/samdrift/samdrift/terraform/mirrortest"
	"github.com/samdrift/samdrift/terraform/platform"
)

// lab is a host with libvirt, and two servers on it: the first runs, the second is off.
type lab struct {
	*libvirttest.World
	mover
	names []string
}

func newLab(t *testing.T) *lab {
	t.Helper()
	r, folder := runner(t), mirrortest.Folder(t, platform.Libvirt{})
	l := &lab{World: libvirttest.New(t), names: []string{"lab-01", "lab-02"}}
	l.Server(t, l.names[0], "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001", "")
	l.Server(t, l.names[1], "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a002", "")
	l.Virsh(t, "start", l.names[0])
	l.mover = newMover(t, r, folder, l.Login, terraform.Mapping{Target: "centre", Networks: map[string]string{libvirttest.Network: libvirttest.Network}})
	return l
}

// The whole way between two hosts: adopted at the one, stopped and renamed there, copied by somebody, taken
// over where it arrived, over SSH, and read back. samdrift itself changes neither host.
func TestMoveBetweenLibvirts(t *testing.T) {
	t.Parallel() // it mostly waits for the provider
	l := newLab(t)
	l.carry(t, l.to(t, platform.Adopt, ""))
	centre := libvirttest.New(t)
	login, _ := centre.OverSSH(t)
	l.runner.Environments["centre"] = login.Environment()
	for i, name := range l.names {
		centre.Server(t, name, l.snap.Assets[i].UUID, "")
		if i == 0 { // the one that runs
			l.Virsh(t, "destroy", name)
			centre.Virsh(t, "start", name)
		}
		l.Virsh(t, "domrename", name, name+"-moved")
	}
	arrived, err := login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.ground.Origins = l.ground.Machines
	l.source, l.ground.Machines = login, terraform.Attach(l.snap, arrived)
	before := states(t, centre, l.names)
	units := l.to(t, platform.Arrive, "")
	for _, u := range units {
		if u.Source != "centre" || len(u.Refusals) > 0 {
			t.Fatalf("unit %s works on %q, refused by %v", u.ID, u.Source, u.Refusals)
		}
	}
	l.carry(t, units)
	l.verify(t, units)
	if diff := cmp.Diff(before, states(t, centre, l.names)); diff != "" {
		t.Errorf("what libvirt says of the servers has changed (-before +after):\n%s", diff)
	}
}

// states is all that libvirt says of the servers.
func states(t *testing.T, w *libvirttest.World, names []string) []string {
	t.Helper()
	var all []string
	for _, name := range names {
		all = append(all, w.State(t, name))
	}
	return all
}

// Real servers under a real libvirt are taken over by the real provider: nothing about them is changed,
// none is started, stopped or defined anew, and whoever changes one afterwards is seen.
func TestAdoptFromLibvirt(t *testing.T) {
	t.Parallel() // it mostly waits for the provider
	l := newLab(t)
	units := l.to(t, platform.Adopt, "")
	before := states(t, l.World, l.names)

	t.Run("as it was written before, taking over a server that is off would start it", func(t *testing.T) {
		naive := units[1]
		text := strings.ReplaceAll(string(naive.Files["main.tf"]), ", qemu_agent", "")
		naive.Files = map[string][]byte{"main.tf": []byte(text)}
		if err := terraform.Write(l.dir, []terraform.Unit{naive}); err != nil {
			t.Fatal(err)
		}
		p := plan(t, l.runner, l.dir, []terraform.Unit{naive})[0]
		_, err := terraform.Approve(p, "Bo", l.runner.Now(), terraform.Terms{Valid: time.Hour})
		wantRefused(t, err, terraform.GateAttribute)
		l.units(t)
	})

	t.Run("a server whose CPUs were changed after the approval", func(t *testing.T) {
		a := approve(t, l.runner, plan(t, l.runner, l.dir, units[1:])[0])
		l.Virsh(t, "setvcpus", l.names[1], "2", "--maximum", "--config")
		_, err := l.runner.Apply(t.Context(), l.dir, units[1], a)
		wantRefused(t, err, terraform.GateChanged)
		l.Virsh(t, "setvcpus", l.names[1], "1", "--maximum", "--config")
	})

	l.carry(t, units)
	l.verify(t, units)
	if diff := cmp.Diff(before, states(t, l.World, l.names)); diff != "" {
		t.Errorf("what libvirt says of the servers has changed (-before +after):\n%s", diff)
	}
	for _, p := range plan(t, l.runner, l.dir, units) {
		if p.Add+p.Change+p.Destroy > 0 || len(p.Refusals) > 0 {
			t.Errorf("unit %s: a second plan finds something to do: %+v", p.Unit, p)
		}
	}

	t.Run("a server that somebody changed is seen", func(t *testing.T) {
		if found, err := l.runner.Drift(t.Context(), l.dir, units[0]); err != nil || len(found) > 0 {
			t.Fatalf("drift before anything was changed: %+v, %v", found, err)
		}
		l.Virsh(t, "desc", l.names[0], "--live", "--config", "changed by somebody")
		found, err := l.runner.Drift(t.Context(), l.dir, units[0])
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 1 || found[0].Attribute != "description" || found[0].Is != "changed by somebody" {
			t.Errorf("drift %+v, want the description", found)
		}
	})
}
