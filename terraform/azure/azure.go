// Package azure reads servers from a subscription of Microsoft Azure as it sees them itself: what the
// configuration of a move is written from, and what a move is verified against afterwards. It only reads,
// and the role Reader on the subscription is all that its login needs.
//
// It speaks to the Azure Resource Manager with Microsoft's own client core, which the program holds for
// Prometheus already; the generated clients would add 20 MB of source for a handful of lists.
package azure

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/terraform/platform"
)

// Login says which subscription, and as which app registration. The secret is never written down.
type Login struct {
	Tenant       string // id of the directory
	Subscription string // id
	ClientID     string // of the app registration
	ClientSecret string

	// Endpoint and Authority are the URLs of the resource manager and of where logins are made, for labs;
	// empty: those of the public Azure. CAs vouch for their certificates; nil: the system's.
	Endpoint, Authority string
	CAs                 *x509.CertPool
}

// Platform is Azure.
func (Login) Platform() platform.Platform { return platform.Azure{} }

// Environment is how the login reaches the provider, which must not fall back on somebody's own login of
// the command line.
func (l Login) Environment() map[string]string {
	return map[string]string{
		"ARM_TENANT_ID": l.Tenant, "ARM_SUBSCRIPTION_ID": l.Subscription,
		"ARM_CLIENT_ID": l.ClientID, "ARM_CLIENT_SECRET": l.ClientSecret, "ARM_USE_CLI": "false",
	}
}

// Read gives every server of the subscription, sorted by UUID. Asset is left empty: the inventory knows it.
// The UUID is Azure's own id of a server. Many guests show it with the bytes of its first three groups
// reversed (github.com/Azure/WALinuxAgent/issues/830); inventory.ComparableUUID makes both alike.
func (l Login) Read(ctx context.Context) ([]platform.Machine, error) {
	c, err := newClient(l)
	if err != nil {
		return nil, fmt.Errorf("azure subscription %s: %w", l.Subscription, l.withoutSecret(err))
	}
	var s subscription
	if err := s.read(ctx, c); err != nil {
		return nil, fmt.Errorf("azure subscription %s: %w", l.Subscription, l.withoutSecret(err))
	}
	var machines []platform.Machine
	for _, vm := range s.servers {
		m, err := s.machine(vm)
		if err != nil {
			return nil, fmt.Errorf("azure subscription %s: server %q: %w", l.Subscription, vm.Name, err)
		}
		machines = append(machines, m)
	}
	slices.SortFunc(machines, func(a, b platform.Machine) int {
		return cmp.Or(strings.Compare(a.UUID, b.UUID), strings.Compare(a.ImportID, b.ImportID))
	})
	return machines, nil
}

// withoutSecret keeps an answer that repeats the secret from telling it.
func (l Login) withoutSecret(err error) error {
	if l.ClientSecret == "" || !strings.Contains(err.Error(), l.ClientSecret) {
		return err
	}
	return fmt.Errorf("%s", strings.ReplaceAll(err.Error(), l.ClientSecret, "…"))
}
