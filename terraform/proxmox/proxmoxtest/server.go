package proxmoxtest

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// integers are settings that the API's schema has as integers or truth values; all others are text.
var integers = []string{"acpi", "autostart", "balloon", "cores", "cpuunits", "freeze", "kvm", "localtime", "numa", "onboot", "protection", "shares", "sockets", "tablet", "tdf", "template", "vcpus"}

func (s *Server) status() string {
	if s.Running {
		return "running"
	}
	return "stopped"
}

// settings are a server's configuration as the API gives it.
func (s *Server) settings() map[string]any {
	sum := sha1.Sum([]byte(fmt.Sprint(s.Config)))
	out := map[string]any{"digest": hex.EncodeToString(sum[:])}
	for key, text := range s.Config {
		out[key] = text
		if n, err := strconv.Atoi(text); err == nil && slices.Contains(integers, key) {
			out[key] = n
		}
	}
	return out
}

// server answers what is asked about one server.
func (w *World) server(method, node, number, what string, form url.Values, unknown fault) (any, fault) {
	id, _ := strconv.Atoi(number)
	s, ok := w.servers[id]
	if !ok || s.Node != node {
		return nil, fault{http.StatusInternalServerError, fmt.Sprintf("Configuration file 'nodes/%s/qemu-server/%s.conf' does not exist", node, number)}
	}
	if id == w.Broken {
		return nil, fault{595, "No route to host"}
	}
	switch method + " " + what {
	case "GET config":
		return s.settings(), fault{}
	case "GET status/current":
		return map[string]any{"vmid": id, "name": s.Config["name"], "status": s.status(), "qmpstatus": s.status(), "cpus": 4, "maxmem": 8589934592, "uptime": 86400, "ha": map[string]any{"managed": 0}}, fault{}
	case "GET snapshot":
		return append(slices.Clone(s.Snapshots), map[string]any{"name": "current", "description": "You are here!", "running": 1, "digest": "7c2f"}), fault{}
	case "GET pending":
		return s.pending(), fault{}
	case "GET agent/info", "GET agent/network-get-interfaces":
		return s.agent(what)
	case "POST migrate":
		s.Node = form.Get("target")
		return fmt.Sprintf("UPID:%s:00001267:0012D687:673F4C3B:qmigrate:%d:samdrift@pve!read:", node, id), fault{}
	case "PUT config":
		s.set(form)
		return nil, fault{}
	}
	return nil, unknown
}

// pending lists every setting with its value, and besides it what waits for a restart.
func (s *Server) pending() []map[string]any {
	var list []map[string]any
	for _, key := range slices.Sorted(maps.Keys(s.Config)) {
		entry := map[string]any{"key": key, "value": s.Config[key]}
		if next, waits := s.Pending[key]; waits {
			entry["pending"] = next
		}
		list = append(list, entry)
	}
	return list
}

func (s *Server) agent(what string) (any, fault) {
	switch {
	case s.Agent == http.StatusForbidden:
		return nil, fault{s.Agent, "Permission check failed (/vms, VM.Monitor)"}
	case s.Agent != 0:
		return nil, fault{s.Agent, "QEMU guest agent is not running"}
	case what == "agent/info":
		return map[string]any{"result": map[string]any{"version": "7.2.0", "supported_commands": []any{}}}, fault{}
	}
	address := map[string]any{"ip-address-type": "ipv4", "ip-address": "10.20.0.10", "prefix": 24}
	card := map[string]any{"name": "eth0", "hardware-address": "bc:24:11:00:00:01", "ip-addresses": []any{address}}
	return map[string]any{"result": []any{card}}, fault{}
}

// set changes the configuration, and keeps network cards in the short form as Proxmox VE does.
func (s *Server) set(form url.Values) {
	for key := range form {
		if key == "delete" {
			for gone := range strings.SplitSeq(form.Get(key), ",") {
				delete(s.Config, gone)
			}
			continue
		}
		value := form.Get(key)
		if strings.HasPrefix(key, "net") && strings.Contains(value, "model=") {
			var model, mac string
			var rest []string
			for part := range strings.SplitSeq(value, ",") {
				switch name, v, _ := strings.Cut(part, "="); name {
				case "model":
					model = v
				case "macaddr":
					mac = v
				default:
					rest = append(rest, part)
				}
			}
			slices.Sort(rest)
			value = strings.Join(append([]string{model + "=" + mac}, rest...), ",")
		}
		s.Config[key] = value
	}
}

// ha answers what is asked about a resource (vm:101) of the high availability manager.
func (w *World) ha(resource, what string, form url.Values, unknown fault) (any, fault) {
	id, _ := strconv.Atoi(strings.TrimPrefix(resource, "vm:"))
	s, ok := w.servers[id]
	if !ok || s.HA == "" {
		return nil, fault{http.StatusInternalServerError, fmt.Sprintf("no such resource '%s'", resource)}
	}
	switch what {
	case "GET ":
		return map[string]any{"sid": resource, "type": "vm", "state": s.HA, "digest": "9b1c", "max_restart": 1, "max_relocate": 1}, fault{}
	case "POST migrate":
		s.Node = form.Get("node")
		return map[string]any{"sid": resource, "requested-node": s.Node}, fault{}
	}
	return nil, unknown
}

// pools answers about resource pools.
func (w *World) pools(method string, form url.Values) (any, fault) {
	members := map[string][]map[string]any{"nyborg": {}, "odense": {}}
	for id, s := range w.servers {
		if s.Pool != "" {
			members[s.Pool] = append(members[s.Pool], map[string]any{"id": "qemu/" + strconv.Itoa(id), "type": "qemu", "vmid": id, "node": s.Node})
		}
	}
	name := form.Get("poolid")
	if method == http.MethodGet {
		var list []map[string]any
		for _, pool := range slices.Sorted(maps.Keys(members)) {
			switch name {
			case "":
				list = append(list, map[string]any{"poolid": pool})
			case pool:
				list = append(list, map[string]any{"poolid": pool, "members": members[pool]})
			}
		}
		return list, fault{}
	}
	id, _ := strconv.Atoi(form.Get("vms"))
	w.servers[id].Pool = name
	if form.Get("delete") == "1" {
		w.servers[id].Pool = ""
	}
	return nil, fault{}
}
