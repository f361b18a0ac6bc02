package simulated

import (
	"context"
	"math"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/inventory"
)

// agentSamples is what the agent on a server measures at a moment. An agent that is silent is told
// by samdrift_device_up alone.
func (e *Estate) agentSamples(s *server, now time.Time) []collectors.Sample {
	labels := map[string]string{"municipality": s.member.Code, "site": s.site, "job": "agent", "instance": s.name}
	sample := func(name string, value float64) collectors.Sample {
		return collectors.Sample{Name: name, Labels: labels, Value: value, At: now}
	}
	if e.silent(s, now) {
		return []collectors.Sample{sample("samdrift_device_up", 0)}
	}
	out := []collectors.Sample{
		sample("samdrift_device_up", 1),
		sample("samdrift_cpu_load_percent", round(e.cpu(s.name, s.cpuBase, now), 1)),
		sample("samdrift_memory_used_percent", round(e.memoryUsed(s, now), 1)),
	}
	for _, d := range s.disks {
		if d.idle {
			continue
		}
		volume := map[string]string{"volume": d.mount}
		for k, v := range labels {
			volume[k] = v
		}
		out = append(out,
			collectors.Sample{Name: "samdrift_storage_used_bytes", Labels: volume, Value: float64(e.used(d, now)), At: now},
			collectors.Sample{Name: "samdrift_storage_size_bytes", Labels: volume, Value: float64(d.bytes), At: now})
	}
	return out
}

// silent tells whether a server does not answer at a moment: one in about 150 at any time, for a
// quarter of an hour.
func (e *Estate) silent(s *server, now time.Time) bool {
	h := mix(hash(s.name+" silent") ^ e.config.Seed ^ uint64(now.Unix()/900))
	return h%150 == 0
}

// linkSamples measures the municipality's link to the centre.
func (e *Estate) linkSamples(m *member, now time.Time) []collectors.Sample {
	var out []collectors.Sample
	for _, link := range e.links(m) {
		labels := map[string]string{"municipality": m.Code, "site": link.FromSite, "job": "link", "instance": link.ID}
		use := math.Max(0.01, 0.05+0.3*busy(now)+0.04*e.wobble(link.ID, now))
		out = append(out,
			collectors.Sample{Name: "samdrift_link_latency_seconds", Labels: labels, Value: link.LatencyMS / 1000 * (1 + use), At: now},
			collectors.Sample{Name: "samdrift_link_utilisation_ratio", Labels: labels, Value: round(use, 4), At: now})
	}
	return out
}

// serviceSamples is how the most critical systems on own servers look to their users in the
// municipality, and, where the centre runs them, to its operators. A system is down while a server it
// runs on is silent. Now and then users lose one that the operators see as up: its servers answer,
// but the way to them does not.
func (e *Estate) serviceSamples(m *member, now time.Time) []collectors.Sample {
	var out []collectors.Sample
	for _, x := range m.systems {
		if x.product.criticality < inventory.CriticalityBusiness || len(x.servers) == 0 {
			continue
		}
		up := 1.0
		for _, s := range x.servers {
			if e.silent(s, now) && !x.foundation() {
				up = 0
			}
		}
		sample := func(perspective string, value float64) {
			out = append(out, collectors.Sample{
				Name: "samdrift_service_up", Value: value, At: now,
				Labels: map[string]string{
					"municipality": m.Code, "site": m.sites[1].ID, "job": "probe", "instance": x.ID,
					"service": x.Name, "perspective": perspective,
				},
			})
		}
		if x.servers[0].movedTo == "" {
			sample("municipality", up)
			continue
		}
		sample("operator", up)
		if e.unseen(x.ID, now) {
			up = 0
		}
		sample("municipality", up)
	}
	return out
}

// unseen tells whether users lose a system without its operators seeing it: one in about 80 at any
// time, for a quarter of an hour.
func (e *Estate) unseen(system string, now time.Time) bool {
	return mix(hash(system+" unseen")^e.config.Seed^uint64(now.Unix()/900))%80 == 0
}

// Poll sends what agents and probes measure at this moment.
func (c *agents) Poll(ctx context.Context, sink collectors.Sink) error {
	now := c.estate.config.Now()
	for _, m := range c.estate.members {
		samples := append(c.estate.linkSamples(m, now), c.estate.serviceSamples(m, now)...)
		for _, s := range m.servers {
			if s.hasAgent {
				samples = append(samples, c.estate.agentSamples(s, now)...)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := sink.Measure(ctx, samples); err != nil {
			return err
		}
	}
	return nil
}
