// Package proxmoxtest is the API of a Proxmox VE cluster in the test's own process, with as much of it as
// samdrift and the provider ask for, and with a record of what would change something.
//
// Its answers have the fields and forms that Proxmox documents (API viewer, qm.conf, the sources of
// qemu-server and pve-manager): numbers as numbers where the schema says integer and memory as text, network
// cards in the short form, errors in the status line. It knows nothing of what a cluster would refuse, and
// what it is asked for and does not know it answers with 501. It is not a cluster.
package proxmoxtest

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/samdrift/samdrift/terraform/proxmox"
)

// Server is a virtual machine.
type Server struct {
	ID         int
	Node, Pool string
	Was        string // the first overviews (Late) still name this node, and the server has left it
	Late       int
	HA         string
	Running    bool
	Config     map[string]string // as in qm.conf
	Snapshots  []map[string]any  // besides "current"
	Pending    map[string]string // settings that wait for a restart
	Agent      int               // HTTP status that the guest agent's answer comes with; 0: 200
}

// Storage is a storage and the nodes that have it.
type Storage struct {
	Name, Kind string
	Shared     bool
	Nodes      []string
}

// World is the cluster: nodes pve1 and pve2 are up, pve3 is down. Its fields are to be set before it is read.
type World struct {
	Login       proxmox.Login
	Version     string
	Storages    []Storage
	Replication []map[string]any
	Blind       bool // the token has no privileges
	Broken      int  // the number of a server whose node does not answer

	mu        sync.Mutex
	servers   map[int]*Server
	overviews int
	changes   []string
}

// New starts a cluster with the given servers. It ends with the test.
func New(t testing.TB, servers ...Server) *World {
	t.Helper()
	w := &World{Version: "8.4.1", servers: map[int]*Server{}, Storages: []Storage{
		{"ceph1", "rbd", true, []string{"pve1", "pve2", "pve3"}},
		{"cephfs", "cephfs", true, []string{"pve1", "pve2", "pve3"}},
		{"local-lvm", "lvmthin", false, []string{"pve1", "pve2", "pve3"}},
		{"fast", "zfspool", false, []string{"pve1"}},
	}}
	for _, s := range servers {
		w.servers[s.ID] = &s
	}
	server := httptest.NewUnstartedServer(w)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // connections that a client opened and did not need
	server.StartTLS()
	t.Cleanup(server.Close)
	w.Login = proxmox.Login{Server: strings.TrimPrefix(server.URL, "https://"), TokenID: "samdrift@pve!read",
		TokenSecret: "5b1c0f5e-7d3c-4c55-9d0e-6f1f3f6b2a11", Insecure: true}
	return w
}

// Changes lists what was asked for that is not reading, and forgets it.
func (w *World) Changes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	changes := w.changes
	w.changes = nil
	return changes
}

// Server gives a server as it now is.
func (w *World) Server(id int) Server {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := *w.servers[id]
	s.Config = maps.Clone(s.Config)
	return s
}

// Change has somebody change a server at the cluster itself.
func (w *World) Change(id int, change func(*Server)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w.servers[id])
}

// fault is an answer that says no.
type fault struct {
	code int
	text string
}

// ServeHTTP answers one question.
func (w *World) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Header.Get("Authorization") != "PVEAPIToken="+w.Login.TokenID+"="+w.Login.TokenSecret {
		refuse(out, fault{http.StatusUnauthorized, "invalid token value!"})
		return
	}
	escaped, _ := strings.CutPrefix(r.URL.EscapedPath(), "/api2/json/")
	if r.Method != http.MethodGet {
		w.changes = append(w.changes, r.Method+" "+escaped)
	}
	parts := strings.Split(escaped, "/")
	for i := range parts {
		parts[i], _ = url.PathUnescape(parts[i])
	}
	if err := r.ParseForm(); err != nil {
		refuse(out, fault{http.StatusBadRequest, err.Error()})
		return
	}
	data, no := w.answer(r.Method, parts, r.Form)
	if no.code != 0 {
		refuse(out, no)
		return
	}
	out.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(out).Encode(map[string]any{"data": data}) // the client went away
}

// refuse writes the reason where Proxmox VE has it: in the status line, which net/http does not offer.
func refuse(out http.ResponseWriter, no fault) {
	conn, _, err := out.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{\"data\":null}", no.code, no.text)
}

// answer finds what a path is about.
func (w *World) answer(method string, path []string, form url.Values) (any, fault) {
	unknown := fault{http.StatusNotImplemented, fmt.Sprintf("Method '%s /%s' not implemented", method, strings.Join(path, "/"))}
	switch at := method + " " + strings.Join(path[:min(2, len(path))], "/"); {
	case at == "GET version":
		return map[string]any{"version": w.Version, "release": w.Version[:3], "repoid": "a1b2c3d4e5f60718"}, fault{}
	case at == "GET cluster/resources":
		return w.overview(form.Get("type")), fault{}
	case at == "GET cluster/replication":
		return append([]map[string]any{}, w.Replication...), fault{}
	case path[0] == "cluster" && len(path) > 3 && path[1] == "ha":
		return w.ha(path[3], method+" "+strings.Join(path[4:], "/"), form, unknown)
	case path[0] == "pools":
		return w.pools(method, form)
	case path[0] != "nodes" || len(path) < 5:
		return nil, unknown
	case path[2] == "qemu":
		return w.server(method, path[1], path[3], strings.Join(path[4:], "/"), form, unknown)
	case path[2] == "storage" && len(path) == 6:
		return map[string]any{"path": "/dev/" + path[5], "format": "raw", "size": 34359738368, "used": 34359738368}, fault{}
	case path[2] == "tasks" && path[4] == "status":
		return map[string]any{"upid": path[3], "node": path[1], "pid": 4711, "status": "stopped", "exitstatus": "OK", "type": "qmigrate"}, fault{}
	}
	return nil, unknown
}

// overview is cluster/resources.
func (w *World) overview(kind string) []map[string]any {
	w.overviews++
	list := []map[string]any{}
	if w.Blind {
		return append(list, map[string]any{"id": "node/pve1", "type": "node", "node": "pve1", "status": "online"})
	}
	for _, id := range slices.Sorted(maps.Keys(w.servers)) {
		s := w.servers[id]
		entry := map[string]any{"id": "qemu/" + strconv.Itoa(id), "type": "qemu", "vmid": id, "name": s.Config["name"], "node": s.Node,
			"status": s.status(), "template": 0, "maxcpu": 4, "cpu": 0.0123, "maxmem": 8589934592, "mem": 2147483648, "maxdisk": 34359738368, "disk": 0, "uptime": 86400}
		if w.overviews <= s.Late {
			entry["node"] = s.Was
		}
		if s.Pool != "" {
			entry["pool"] = s.Pool
		}
		if s.HA != "" {
			entry["hastate"] = s.HA
		}
		list = append(list, entry)
	}
	list = append(list, map[string]any{"id": "lxc/900", "type": "lxc", "vmid": 900, "name": "container", "node": "pve1", "status": "running", "template": 0})
	if kind == "vm" {
		return list
	}
	for node, status := range map[string]string{"pve1": "online", "pve2": "online", "pve3": "offline"} {
		list = append(list, map[string]any{"id": "node/" + node, "type": "node", "node": node, "status": status, "level": "", "cgroup-mode": 2})
	}
	for _, s := range w.Storages {
		for _, node := range s.Nodes {
			list = append(list, map[string]any{"id": "storage/" + node + "/" + s.Name, "type": "storage", "storage": s.Name, "node": node,
				"status": "available", "plugintype": s.Kind, "content": "images", "shared": map[bool]int{true: 1}[s.Shared]})
		}
	}
	return list
}
