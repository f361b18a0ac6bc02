package hub

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory/facts"
)

type personKey struct{}

// WithPerson gives a context that carries who asks.
func WithPerson(ctx context.Context, p Person) context.Context {
	return context.WithValue(ctx, personKey{}, p)
}

// PersonFrom tells who asks. Without one the zero Person is given, who sees nothing.
func PersonFrom(ctx context.Context) (Person, bool) {
	p, ok := ctx.Value(personKey{}).(Person)
	return p, ok
}

// Grant lets a person in with a new token for a while. The token is given once and only its digest
// is stored. Who granted it goes into the audit trail.
func (h *Hub) Grant(ctx context.Context, by string, p Person, valid time.Duration) (token string, err error) {
	if err := p.validate(); err != nil {
		return "", err
	}
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(random)
	now := h.now()
	access := store.Access{Name: p.Name, Role: string(p.Role), Organisation: p.Organisation, Expires: now.Add(valid)}
	if err := h.store.SaveAccess(ctx, token, access, now); err != nil {
		return "", err
	}
	return token, h.record(ctx, by, "access.grant", p.Name, fmt.Sprintf("%s %s until %s", p.Role, p.Organisation, access.Expires.UTC().Format(time.RFC3339)))
}

// validate refuses persons that no scope could be worked out for.
func (p Person) validate() error {
	switch p.Role {
	case RoleAdmin, RoleSteering:
	case RoleCentre:
		if p.Organisation == "" {
			return errors.New("a person of a centre needs the centre's slug as organisation")
		}
	case RoleMunicipality:
		if _, ok := facts.Municipality(p.Organisation); !ok {
			return fmt.Errorf("%q is no municipality code: a person of a municipality needs its three-digit code as organisation", p.Organisation)
		}
	default:
		return fmt.Errorf("role %q is none of municipality, centre, steering, admin", p.Role)
	}
	if p.Name == "" {
		return errors.New("a person needs a name: approvals and the audit trail stand on it")
	}
	return nil
}

// Authenticate tells whom a token lets in.
func (h *Hub) Authenticate(token string) (Person, bool) {
	if token == "" {
		return Person{}, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	a, err := h.store.Access(ctx, token, h.now())
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			h.log.Error("sign-in failed", "error", err)
		}
		return Person{}, false
	}
	return Person{Name: a.Name, Role: Role(a.Role), Organisation: a.Organisation}, true
}

// record adds a line to the audit trail.
func (h *Hub) record(ctx context.Context, actor, action, subject, detail string) error {
	return h.store.AddAudit(ctx, store.Audit{At: h.now(), Actor: actor, Action: action, Subject: subject, Detail: detail})
}

// noteReading keeps who read other municipalities' answers, evidence or single figures, and which. Every
// query that gives any of them calls it; a municipality's reading of its own is nobody's business.
func (h *Hub) noteReading(ctx context.Context, p Person, what string, municipalities ...string) error {
	others := only(municipalities, func(code string) bool { return p.Role != RoleMunicipality || p.Organisation != code })
	if len(others) == 0 || h.config.ReadOnly {
		return nil // who reads the files beside the hub could read them anyway
	}
	slices.Sort(others)
	return h.record(ctx, p.Name, "gap.read", strings.Join(slices.Compact(others), " "), what)
}

// AuditTrail answers who did what, oldest first, after checking that no line was changed or taken out.
// Only the admin may read it.
func (h *Hub) AuditTrail(ctx context.Context, p Person) ([]store.Audit, error) {
	if p.Role != RoleAdmin {
		return nil, fmt.Errorf("the audit trail as %s: %w", p.Role, ErrForbidden)
	}
	return h.store.AuditTrail(ctx)
}
