package hub

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub/store"
)

// Contact is somebody to reach on the nights of an agreement's moves. It is personal data: it stays with
// those who see the municipality's servers, and in the audit trail only its role is named.
type Contact struct {
	ID        string    `json:"id"`
	Agreement string    `json:"agreement"`
	Role      string    `json:"role"` // one of ContactRoles
	Name      string    `json:"name"`
	Phone     string    `json:"phone,omitempty"`
	Email     string    `json:"email,omitempty"`
	By        string    `json:"by"` // who wrote it
	At        time.Time `json:"at"`
}

// ContactRoles are whom a contact can stand for.
var ContactRoles = []string{"municipality", "centre", "supplier"}

var phone = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{2,29}$`)

// validate tells the first fault of a contact.
func (c Contact) validate() error {
	const longest = 200
	if !slices.Contains(ContactRoles, c.Role) {
		return fmt.Errorf("role %q is none of %v", c.Role, ContactRoles)
	}
	if c.Name == "" || len(c.Name) > longest || len(c.Email) > longest {
		return fmt.Errorf("a contact needs a name, and name and e-mail have at most %d bytes", longest)
	}
	if c.Phone == "" && c.Email == "" {
		return errors.New("a contact needs a telephone number or an e-mail address")
	}
	if c.Phone != "" && !phone.MatchString(c.Phone) {
		return fmt.Errorf("%q is no telephone number: it has figures, spaces, hyphens and brackets, and may begin with +", c.Phone)
	}
	if a, err := mail.ParseAddress(c.Email); c.Email != "" && (err != nil || a.Address != c.Email) {
		return fmt.Errorf("%q is no e-mail address", c.Email)
	}
	return nil
}

// Contacts answers whom to reach about an agreement's moves, by role and name, for whoever may see the
// municipality's servers.
func (h *Hub) Contacts(ctx context.Context, p Person, agreement string) ([]Contact, error) {
	municipality, err := h.contactsOf(p, agreement)
	if err != nil {
		return nil, err
	}
	return h.contacts(ctx, municipality, agreement)
}

// contactsOf tells whose agreement it is, if the person may see its contacts.
func (h *Hub) contactsOf(p Person, agreement string) (municipality string, err error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return "", err
	}
	if municipality = e.customerOf(agreement); !sc.detail[municipality] {
		return "", fmt.Errorf("agreement %q: %w", agreement, ErrNotFound)
	}
	return municipality, nil
}

func (h *Hub) contacts(ctx context.Context, municipality, agreement string) ([]Contact, error) {
	all, err := store.RecordsOf[Contact](ctx, h.store, store.KindContact, municipality)
	list := append([]Contact{}, only(all, func(c Contact) bool { return c.Agreement == agreement })...)
	slices.SortStableFunc(list, func(a, b Contact) int {
		if by := slices.Index(ContactRoles, a.Role) - slices.Index(ContactRoles, b.Role); by != 0 {
			return by
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, err
}

// SaveContact keeps a contact of an agreement with who wrote it; one without an id is new. The municipality's
// own people, its centre's and the admin may.
func (h *Hub) SaveContact(ctx context.Context, p Person, c Contact) (Contact, error) {
	municipality, err := h.contactsOf(p, c.Agreement)
	if err != nil {
		return c, err
	}
	c.Name, c.Phone, c.Email = strings.TrimSpace(c.Name), strings.TrimSpace(c.Phone), strings.TrimSpace(c.Email)
	if err := c.validate(); err != nil {
		return c, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if c.ID == "" {
		if c.ID, err = newRecordID(); err != nil {
			return c, err
		}
	} else if err := h.knownContact(ctx, municipality, c.Agreement, c.ID); err != nil {
		return c, err
	}
	c.By, c.At = p.Name, h.now().UTC()
	if err := h.store.SaveRecord(ctx, store.KindContact, municipality, c.ID, h.now(), c); err != nil {
		return c, err
	}
	return c, h.record(ctx, p.Name, "contact.save", c.Agreement, c.Role)
}

// RemoveContact takes a contact away. Nothing of it is kept.
func (h *Hub) RemoveContact(ctx context.Context, p Person, agreement, id string) error {
	municipality, err := h.contactsOf(p, agreement)
	if err != nil {
		return err
	}
	if err := h.knownContact(ctx, municipality, agreement, id); err != nil {
		return err
	}
	if err := h.store.DeleteRecord(ctx, store.KindContact, municipality, id); err != nil {
		return err
	}
	return h.record(ctx, p.Name, "contact.remove", agreement, "")
}

func (h *Hub) knownContact(ctx context.Context, municipality, agreement, id string) error {
	list, err := h.contacts(ctx, municipality, agreement)
	if err == nil && !slices.ContainsFunc(list, func(c Contact) bool { return c.ID == id }) {
		err = fmt.Errorf("contact %q of agreement %s: %w", id, agreement, ErrNotFound)
	}
	return err
}
