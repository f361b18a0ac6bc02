package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

func newCollect(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "collect", Short: "Look at devices and hosts once"}
	cmd.AddCommand(newCollectSNMP(a), newCollectDiscover(a))
	return cmd
}

func newCollectSNMP(a *app) *cobra.Command {
	var file, credentials string
	var save bool
	cmd := &cobra.Command{
		Use:   "snmp",
		Short: "Collect SNMP devices and print one record per target",
		Long: `Collect SNMP devices and print one record per target, as each look ends.

Targets are read from --targets (YAML or CSV; docs/collect-snmp.md), or from the file that the
configuration names. With --save what was seen is also merged into the data directory.
A target that cannot be read is a record with its status and what to do, and never stops the others.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			sc := c.SNMP.Config
			if file != "" {
				sc.Targets, err = readTargets(file, cmp.Or(credentials, beside(c.path, c.SNMP.Credentials)))
			} else {
				sc.Targets, err = c.targets()
			}
			if err != nil {
				return err
			}
			if len(sc.Targets) == 0 {
				return usageError{errors.New("no targets: name a file with --targets, or with snmp.targets in the configuration")}
			}
			log, err := a.logger()
			if err != nil {
				return err
			}
			collector, err := snmp.New(sc, log)
			if err != nil {
				return err
			}
			p := &recordPrinter{app: a}
			if !save {
				return p.collect(cmd.Context(), collector)
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				p.next = h.Sink()
				err := p.collect(cmd.Context(), collector)
				changes, flushErr := h.Flush(cmd.Context())
				if flushErr == nil {
					a.say("merged into %s: %d changes", h.Dir(), changes)
				}
				return errors.Join(err, flushErr)
			})
		},
	}
	cmd.Flags().StringVar(&file, "targets", "", "file with the targets, YAML or CSV")
	cmd.Flags().StringVar(&credentials, "credentials", "", "file with the credentials that targets name, YAML")
	cmd.Flags().BoolVar(&save, "save", false, "merge what was seen into the data directory")
	return cmd
}

// recordPrinter prints each observation as it comes, and hands it on to next when there is one.
type recordPrinter struct {
	app  *app
	next collectors.Sink

	mu   sync.Mutex
	rows []snmp.Record
}

func (p *recordPrinter) collect(ctx context.Context, c collectors.Collector) error {
	if err := c.Collect(ctx, p); err != nil {
		return err
	}
	if p.app.output == "json" {
		return nil // printed line by line
	}
	t := table{head: []string{"target", "status", "name", "vendor", "model", "version", "serial", "interfaces", "error"}}
	for _, r := range p.rows {
		t.rows = append(t.rows, []string{r.Target, string(r.Status), r.SysName, r.Vendor, r.Model, r.Version, r.Serial, strconv.Itoa(len(r.Interfaces)), r.Error})
	}
	return p.app.print(nil, t)
}

// Observe prints the record of an observation.
func (p *recordPrinter) Observe(ctx context.Context, o inventory.Observation) error {
	r := snmp.NewRecord(o)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.app.output == "json" {
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("record of %s: %w", r.Target, err)
		}
		if _, err := fmt.Fprintf(p.app.out, "%s\n", line); err != nil {
			return err
		}
	} else {
		p.rows = append(p.rows, r)
	}
	if p.next != nil {
		return p.next.Observe(ctx, o)
	}
	return nil
}

// Measure hands samples on.
func (p *recordPrinter) Measure(ctx context.Context, samples []collectors.Sample) error {
	if p.next != nil {
		return p.next.Measure(ctx, samples)
	}
	return nil
}
