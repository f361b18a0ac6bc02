package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/dashboards/api"
	"github.com/samdrift/samdrift/dashboards/web"
	"github.com/samdrift/samdrift/hub"
)

// tokenValid is how long a link printed on the terminal opens the pages.
const tokenValid = 30 * 24 * time.Hour

func newServe(a *app) *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the hub: collect on a schedule, keep time series, serve pages and API",
		Long: `Run the hub: collect on a schedule, keep time series, serve pages and API.

It listens on 127.0.0.1 unless told otherwise; put a reverse proxy with TLS before it to let others
in. A link for the administrator is printed at start. SIGINT or SIGTERM stops it in order.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			if listen != "" {
				c.Listen = listen
			}
			targets, err := c.targets()
			if err != nil {
				return err
			}
			log, err := a.logger()
			if err != nil {
				return err
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				ln, err := openPort(cmd.Context(), c.Listen)
				if err != nil {
					return err
				}
				token, err := h.Grant(cmd.Context(), operator.Name, hub.Person{Name: "Administrator", Role: hub.RoleAdmin}, tokenValid)
				if err != nil {
					return errors.Join(err, ln.Close())
				}
				a.say("samdrift serves http://%s\n  administrator: %s", ln.Addr(), enterLink(ln.Addr(), token))
				jobs, err := c.jobs(targets, log)
				if err != nil {
					return errors.Join(err, ln.Close())
				}
				if len(jobs) == 0 {
					a.say("nothing is collected: name SNMP targets with snmp.targets in the configuration")
				}
				group, ctx := errgroup.WithContext(cmd.Context())
				group.Go(func() error { return serveHTTP(ctx, ln, pages(h, log)) })
				group.Go(func() error { return h.Run(ctx, jobs, nil) })
				return stoppedByUser(cmd.Context(), group.Wait())
			})
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "host:port; default from the configuration, else 127.0.0.1:8098")
	return cmd
}

// jobs are the collectors that the configuration asks for.
func (c config) jobs(targets []snmp.Target, log *slog.Logger) ([]collectors.Job, error) {
	if len(targets) == 0 {
		return nil, nil
	}
	sc := c.SNMP.Config
	sc.Targets = targets
	collector, err := snmp.New(sc, log)
	if err != nil {
		return nil, err
	}
	return []collectors.Job{{Collector: collector, Every: c.Schedule.Full, PollEvery: c.Schedule.Poll}}, nil
}

// pages is everything the hub serves over HTTP.
func pages(h *hub.Hub, log *slog.Logger) http.Handler {
	return web.New(h, web.Options{Logger: log, API: api.Routes(h), Prometheus: h.Monitor(), Version: readVersion().Version})
}

// openPort listens, and says what to do when it cannot.
func openPort(ctx context.Context, address string) (net.Listener, error) {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w: stop what uses the port, or choose another with --listen host:port", address, err)
	}
	return ln, nil
}

func enterLink(address net.Addr, token string) string {
	return fmt.Sprintf("http://%s/enter?token=%s", address, token)
}

// serveHTTP answers until ctx ends, then lets open requests finish for a moment.
func serveHTTP(ctx context.Context, ln net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := server.Shutdown(finish)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
