package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/dashboards/grafana"
	"github.com/samdrift/samdrift/hub"
)

func newDashboards(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "dashboards", Short: "Dashboards for Grafana"}
	cmd.AddCommand(newDashboardsPush(a))
	return cmd
}

func newDashboardsPush(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "push",
		Short: "Put data source, folder and dashboards into the Grafana that the configuration names",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			if c.Grafana.URL == "" {
				return usageError{errors.New("grafana.url is not set in the configuration: docs/samdrift.yaml shows how")}
			}
			gc, token, err := c.grafana()
			if err != nil {
				return err
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Overview(cmd.Context(), operator)
				if err != nil {
					return err
				}
				names := map[string]string{}
				for _, t := range v.Tiles {
					if t.Member {
						names[t.Code] = t.Name
					}
				}
				results, err := grafana.Push(cmd.Context(), gc, []grafana.Organisation{{
					Token:      token,
					Dashboards: grafana.Dashboards(grafana.Options{Demo: v.Demo, Names: names, HubURL: c.Grafana.HubURL, Interval: c.Schedule.Poll}),
				}})
				t := table{head: []string{"kind", "title", "action", "url"}}
				for _, r := range results {
					t.rows = append(t.rows, []string{r.Kind, r.Title, string(r.Action), r.URL})
				}
				t.note = fmt.Sprintf("%d things at %s.", len(results), c.Grafana.URL)
				return errors.Join(err, a.print(results, t))
			})
		},
	}
}
