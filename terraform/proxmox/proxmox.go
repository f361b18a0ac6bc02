// Package proxmox reads servers from a cluster of Proxmox VE as it sees them itself, over its REST API with
// an API token: what the configuration of a move is written from, and what a move is verified against
// afterwards. It only reads (GET), and the role PVEAuditor on / is enough for it. Containers are left out.
package proxmox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/terraform/platform"
)

// Login says which cluster, and with which token. The secret is never written down.
type Login struct {
	Server      string // one node: host, or host:port (8006 when left out)
	TokenID     string // user@realm!name
	TokenSecret string
	Insecure    bool // accept a certificate that nobody vouches for: labs only
}

// atATime is how many servers are asked about at once: a cluster's API answers with three workers a node.
const atATime = 6

// oldest is the first release that the provider works with.
const oldest = 8

// Platform is Proxmox VE.
func (Login) Platform() platform.Platform { return platform.Proxmox{} }

// Environment is how the login reaches the provider.
func (l Login) Environment() map[string]string {
	return map[string]string{
		"PROXMOX_VE_ENDPOINT": "https://" + l.address() + "/", "PROXMOX_VE_API_TOKEN": l.TokenID + "=" + l.TokenSecret,
		"PROXMOX_VE_INSECURE": strconv.FormatBool(l.Insecure),
	}
}

// address is the server with a port.
func (l Login) address() string {
	if _, _, err := net.SplitHostPort(l.Server); err == nil {
		return l.Server
	}
	return net.JoinHostPort(strings.Trim(l.Server, "[]"), "8006")
}

// Read gives every virtual machine of the cluster that the token may see, sorted by UUID. Machines on nodes
// that are down are left out: nobody can tell about them. Asset is left empty: the inventory knows it.
func (l Login) Read(ctx context.Context) ([]platform.Machine, error) {
	machines, err := l.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("proxmox %s: %w", l.Server, l.withoutSecret(err))
	}
	return machines, nil
}

// withoutSecret keeps an error from telling the token.
func (l Login) withoutSecret(err error) error {
	if l.TokenSecret == "" || !strings.Contains(err.Error(), l.TokenSecret) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), l.TokenSecret, "…"))
}

func (l Login) read(ctx context.Context) ([]platform.Machine, error) {
	c := newClient(l)
	defer c.http.CloseIdleConnections()
	if err := c.checkVersion(ctx); err != nil {
		return nil, err
	}
	guests := map[int]guest{}
	var cl cluster
	var gone []int
	// A server that moves or goes while the cluster is read is asked for once more, where it then is.
	for range 2 {
		var err error
		if cl, err = c.cluster(ctx); err != nil {
			return nil, err
		}
		if gone, err = c.guests(ctx, cl, guests); err != nil {
			return nil, err
		}
		if len(gone) == 0 {
			break
		}
	}
	if len(gone) > 0 {
		return nil, fmt.Errorf("servers %v were moved again and again while they were read: read the cluster once more when it is quiet", gone)
	}
	cl.share(guests)
	var machines []platform.Machine
	for _, g := range guests {
		machines = append(machines, machine(g, cl))
	}
	slices.SortFunc(machines, func(a, b platform.Machine) int { return strings.Compare(a.UUID+a.ImportID, b.UUID+b.ImportID) })
	return machines, nil
}

// guests asks about every server of the cluster that is not in known yet, some at a time, and gives the
// numbers of those that were no longer where the cluster had said.
func (c *client) guests(ctx context.Context, cl cluster, known map[int]guest) (gone []int, err error) {
	var asked []resource
	for _, r := range cl.servers {
		if _, done := known[r.ID]; !done && !cl.down[r.Node] {
			asked = append(asked, r)
		}
	}
	found, absent := make([]guest, len(asked)), make([]bool, len(asked))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(atATime)
	for i, r := range asked {
		work.Go(func() error {
			g, err := c.guest(ctx, r)
			if errors.Is(err, errGone) {
				absent[i] = true
				return nil
			}
			if err != nil {
				return fmt.Errorf("node %s, server %d (%s): %w", r.Node, r.ID, r.Name, err)
			}
			found[i] = g
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	for i, r := range asked {
		if absent[i] {
			gone = append(gone, r.ID)
			continue
		}
		known[r.ID] = found[i]
	}
	return gone, nil
}
