package simulated

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/agent"
	"github.com/samdrift/samdrift/inventory"
)

// demoData opens the source of every observation of this package.
const demoData = "Demodata"

// Collectors gives the collectors of the estate besides SNMP: "agent" for the documents and
// measurements of the hosts' agents (it is a collectors.Poller), and "sheet" for the registers that
// people keep. SNMP is collected for real, from the targets of Network.Targets.
func (e *Estate) Collectors() []collectors.Collector {
	return []collectors.Collector{&agents{e}, &sheets{e}}
}

// agents stands for the agents on the hosts.
type agents struct{ estate *Estate }

// Name is "agent".
func (c *agents) Name() string { return "agent" }

// Collect sends one observation per host with an agent. Each document goes through its JSON text
// and the parser of package agent, as it does on the wire.
func (c *agents) Collect(ctx context.Context, sink collectors.Sink) error {
	now := c.estate.config.Now()
	for _, m := range c.estate.members {
		flows := m.flowsBy()
		for _, s := range m.servers {
			if err := ctx.Err(); err != nil {
				return err
			}
			if !s.hasAgent {
				continue
			}
			place := agent.Place{Municipality: m.Code, Site: s.site, Source: demoData + " agent " + s.name}
			o := inventory.Observation{
				Collector: c.Name(), Source: place.Source, Instance: s.name, Municipality: m.Code, Site: s.site, At: now,
				Status: inventory.StatusUnreachable, Error: "the agent has not reported: check that the host is up and samdrift-agent runs on it",
			}
			if !c.estate.silent(s, now) {
				d, err := overTheWire(c.estate.document(s, flows[s], now))
				if err != nil {
					return fmt.Errorf("host %s: %w", s.name, err)
				}
				o = d.Observation(place)
			}
			if err := sink.Observe(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// overTheWire writes a document and reads it again.
func overTheWire(d agent.Document) (agent.Document, error) {
	var wire bytes.Buffer
	if err := json.NewEncoder(&wire).Encode(d); err != nil {
		return agent.Document{}, fmt.Errorf("write agent document: %w", err)
	}
	return agent.Parse(&wire)
}
