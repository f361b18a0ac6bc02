package terraform

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform/platform"
)

// The keys of concerns that the destination itself raises. Each can be accepted by a named person.
const (
	ConcernStore   = "datastore_space" // a datastore has too little left, or has not told how much
	ConcernCluster = "cluster_room"    // the hosts have too little left, or have not told what they have
	ConcernLicence = "licence"         // a host may not run servers, or has not told whether it may
)

// What is to stay free at a destination. A full datastore stops every server on it, and vCenter's own
// alarm turns red at 85 %; with more virtual processors to a core servers wait for each other.
const (
	storeFreePercent = 15
	vCPUsPerCore     = 8
)

// concerns asks each place that the group's servers have still to come to, once.
func (r *rooms) concerns(group *planner.Group, mapping Mapping, refuse refuser) {
	if r == nil {
		return
	}
	asked := map[place]bool{}
	for _, asset := range slices.Sorted(slices.Values(group.Assets)) {
		for _, a := range r.asks(asset, mapping) {
			switch {
			case asked[a.at]:
			case a.at.cluster:
				r.cluster(a.at, group.Cutover, refuse)
				r.licences(a.at, group.Cutover, refuse)
			default:
				r.store(a.at, group.Cutover, refuse)
			}
			asked[a.at] = true
		}
	}
}

// store refuses a datastore on which too little would stay free.
func (r *rooms) store(at place, date inventory.Date, refuse refuser) {
	s, told := r.stores[at]
	coming, keep := r.until(at, date).storage, s.Bytes/100*storeFreePercent
	switch {
	case !told:
		refuse(at.name, ConcernStore, "%s tells of no such datastore in %q: is it there, and may the login see it?", at.source, at.datacenter)
	case s.Fault != "":
		refuse(at.name, ConcernStore, "it %s", s.Fault)
	case s.Bytes == 0:
		refuse(at.name, ConcernStore, "it has not told how large it is")
	case s.Free-coming < keep:
		refuse(at.name, ConcernStore, "it has %s free of %s; %s come to it until then, and %s are to stay free",
			gigabytes(s.Free), gigabytes(s.Bytes), gigabytes(coming), gigabytes(keep))
	}
}

// cluster refuses hosts that could not carry what runs and what comes when the largest of them fails.
func (r *rooms) cluster(at place, date inventory.Date, refuse refuser) {
	working, off := r.working(at)
	if len(working) == 0 {
		refuse(at.name, ConcernCluster, "%s tells of no working host in this cluster of %q (%s)", at.source, at.datacenter, strings.Join(append(off, "no other is told of"), ", "))
		return
	}
	var memory, most int64
	cores, mostCores := 0, 0
	for _, h := range working {
		if h.Cores == 0 || h.Memory == 0 {
			refuse(at.name, ConcernCluster, "host %s has not told its processors and memory", h.Name)
			return
		}
		memory, most = memory+h.Memory, max(most, h.Memory)
		cores, mostCores = cores+h.Cores, max(mostCores, h.Cores)
	}
	memory, cores = memory-most, cores-mostCores
	need := r.running[at].plus(r.until(at, date))
	hosts := fmt.Sprintf("%d of %d hosts work; when the largest of them fails", len(working), len(working)+len(off))
	if need.memory > memory {
		refuse(at.name, ConcernCluster, "%s, %s memory are left, and what runs there and comes until then has %s", hosts, gigabytes(memory), gigabytes(need.memory))
	}
	if need.vcpus > cores*vCPUsPerCore {
		refuse(at.name, ConcernCluster, "%s, %d cores are left, and what runs there and comes until then has %d vCPUs, more than %d to a core", hosts, cores, need.vcpus, vCPUsPerCore)
	}
}

// working gives a cluster's hosts that run servers, and the names of the others with the reason.
func (r *rooms) working(at place) (hosts []platform.Host, off []string) {
	for _, h := range r.hosts[at] {
		if h.Fault == "" {
			hosts = append(hosts, h)
			continue
		}
		off = append(off, h.Name+": "+h.Fault)
	}
	return hosts, off
}

// licences refuses hosts that may not run servers up to the end of the night.
func (r *rooms) licences(at place, date inventory.Date, refuse refuser) {
	night := r.grounds.Known.Now
	if end := date.AddDays(1).Time(); date.Known() && end.After(night) {
		night = end
	}
	hosts := map[string][]string{} // by what is wrong with their licence
	working, _ := r.working(at)
	for _, h := range working {
		if fault := unlicensed(h.Licence, night); fault != "" {
			hosts[fault] = append(hosts[fault], h.Name)
		}
	}
	for _, fault := range sortedKeys(hosts) {
		refuse(at.name, ConcernLicence, "hosts %s: %s", strings.Join(hosts[fault], ", "), fault)
	}
}

// unlicensed says why a licence does not hold at a time; empty when it does.
func unlicensed(l *platform.Licence, at time.Time) string {
	switch {
	case l == nil:
		return "nobody has told what licence they have: may the login see licences?"
	case !l.Until.IsZero() && l.Until.Before(at):
		return fmt.Sprintf("licence %q ends %s", l.Name, l.Until.UTC().Format(time.RFC3339))
	case l.Evaluation && l.Until.IsZero():
		return fmt.Sprintf("licence %q is for evaluation, and its end is not told", l.Name)
	case l.Total > 0 && l.Used > l.Total:
		return fmt.Sprintf("%d of licence %q are in use, and there are %d", l.Used, l.Name, l.Total)
	}
	return ""
}

// gigabytes rounds to whole ones.
func gigabytes(bytes int64) string { return fmt.Sprintf("%d GB", (bytes+1<<29)>>30) }
