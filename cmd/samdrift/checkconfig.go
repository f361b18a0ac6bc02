package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func newCheckConfig(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check-config",
		Short: "Check the configuration and every file and secret it names, and print all faults at once",
		RunE: func(*cobra.Command, []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			targets, targetsErr := c.targets()
			_, hubErr := c.hub(a.dir, a.asOf)
			var grafanaErr error
			if c.Grafana.URL != "" {
				_, _, grafanaErr = c.grafana()
			}
			if err := errors.Join(targetsErr, hubErr, grafanaErr); err != nil {
				return err
			}
			h, err := c.hub(a.dir, a.asOf)
			if err != nil {
				return err
			}
			result := map[string]any{"file": c.path, "dir": h.Dir, "members": len(h.Members), "snmp_targets": len(targets), "ok": true}
			return a.print(result, table{
				head: []string{"file", "dir", "members", "snmp targets"},
				rows: [][]string{{cmp.Or(c.path, "(defaults)"), h.Dir, fmt.Sprint(len(h.Members)), fmt.Sprint(len(targets))}},
				note: "No faults found.",
			})
		},
	}
}
