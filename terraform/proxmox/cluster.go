package proxmox

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// resource is a line of the cluster's overview: a server, a node or a storage on a node.
type resource struct {
	Type    string `json:"type"` // qemu, lxc, node, storage, pool, sdn …
	ID      int    `json:"vmid"`
	Name    string `json:"name"`
	Node    string `json:"node"`
	Pool    string `json:"pool"`
	Status  string `json:"status"`
	HA      string `json:"hastate"`
	Storage string `json:"storage"`
	Shared  flag   `json:"shared"`
}

// storage is a storage by its name: the nodes that have one, and whether it is the same on all.
type storage struct {
	shared bool
	nodes  []string
}

// cluster is what is known of the whole.
type cluster struct {
	servers    []resource
	down       map[string]bool    // nodes
	storages   map[string]storage // by name
	replicated map[int][]string   // nodes that a server is replicated to, by its number
	users      map[string][]int   // servers by the volume that they use
}

// errBlind is met with a token that has privileges of its own and was given none.
var errBlind = errors.New("the token sees neither servers nor storages: give it the role PVEAuditor on / (a token with privilege separation needs it besides its user)")

// cluster reads the overview.
func (c *client) cluster(ctx context.Context) (cluster, error) {
	var resources []resource
	if err := c.get(ctx, &resources, "cluster", "resources"); err != nil {
		return cluster{}, err
	}
	cl := cluster{down: map[string]bool{}, storages: map[string]storage{}, replicated: map[int][]string{}}
	for _, r := range resources {
		switch r.Type {
		case "qemu":
			cl.servers = append(cl.servers, r)
		case "node":
			cl.down[r.Node] = r.Status == "offline"
		case "storage":
			s := cl.storages[r.Storage]
			cl.storages[r.Storage] = storage{shared: bool(r.Shared), nodes: append(s.nodes, r.Node)}
		}
	}
	if len(cl.servers) == 0 && len(cl.storages) == 0 {
		return cluster{}, errBlind
	}
	var jobs []struct {
		Guest   int    `json:"guest"`
		Target  string `json:"target"`
		Disable flag   `json:"disable"`
	}
	if err := c.get(ctx, &jobs, "cluster", "replication"); err != nil {
		return cluster{}, err
	}
	for _, j := range jobs {
		if !j.Disable {
			cl.replicated[j.Guest] = append(cl.replicated[j.Guest], j.Target)
		}
	}
	return cl, nil
}

// share notes which servers use each volume.
func (cl *cluster) share(guests map[int]guest) {
	cl.users = map[string][]int{}
	for id, g := range guests {
		for _, d := range g.drives() {
			cl.users[d.volume] = append(cl.users[d.volume], id)
		}
	}
	for _, ids := range cl.users {
		slices.Sort(ids)
	}
}

// guest is all that the cluster tells about one server.
type guest struct {
	resource
	config    config
	running   bool
	snapshots []snapshot
	pending   []string // settings that wait for a restart
	silent    bool     // its guest agent is to run, and does not answer
}

// snapshot is a line of the tree of snapshots, of which one, "current", is the server itself.
type snapshot struct {
	Name string `json:"name"`
	Time int64  `json:"snaptime"`
}

// guest asks about one server.
func (c *client) guest(ctx context.Context, r resource) (guest, error) {
	g := guest{resource: r}
	ask := func(out any, path ...string) error {
		return c.get(ctx, out, append([]string{"nodes", r.Node, "qemu", strconv.Itoa(r.ID)}, path...)...)
	}
	if err := ask(&g.config, "config"); err != nil {
		// The API says so with 500 and words, since the file with the configuration is elsewhere.
		if status := new(statusError); errors.As(err, &status) && strings.Contains(status.text, "does not exist") {
			return guest{}, errGone
		}
		return guest{}, err
	}
	var status struct {
		Status string `json:"status"`
	}
	var pending []struct {
		Key     string `json:"key"`
		Pending any    `json:"pending"`
		Delete  any    `json:"delete"`
	}
	if err := errors.Join(ask(&status, "status", "current"), ask(&g.snapshots, "snapshot"), ask(&pending, "pending")); err != nil {
		return guest{}, err
	}
	g.running = status.Status == "running"
	for _, p := range pending {
		if p.Pending != nil || p.Delete != nil {
			g.pending = append(g.pending, p.Key)
		}
	}
	if g.running && g.config.agent() {
		var info any
		err := ask(&info, "agent", "info")
		// Whoever may not ask the agent (403) is told nothing about it.
		status := new(statusError)
		if err != nil && !errors.As(err, &status) {
			return guest{}, err
		}
		g.silent = status.code == http.StatusInternalServerError
	}
	return g, nil
}
