package api

import (
	"context"
	"net/http"

	"github.com/samdrift/samdrift/hub"
)

// contactsAnswer is whom to reach about an agreement's moves.
type contactsAnswer struct {
	Contacts []hub.Contact `json:"contacts"`
}

// contactEndpoints keep whom to reach on the nights of an agreement.
var contactEndpoints = []endpoint{
	{
		path: "/agreements/{agreement}/contacts", summary: "Whom to reach on the nights of an agreement's moves (who sees the municipality's servers)", answer: contactsAnswer{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			list, err := h.Contacts(ctx, p, q.path("agreement"))
			return contactsAnswer{list}, err
		},
		probe: agreementPath(""),
	},
	{
		method: http.MethodPost, path: "/agreements/{agreement}/contacts", summary: "Keep a contact: a new one, or in place of the one with the id", takes: hub.Contact{}, answer: hub.Contact{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var c hub.Contact
			if err := q.into(&c); err != nil {
				return nil, err
			}
			c.Agreement = q.path("agreement")
			return h.SaveContact(ctx, p, c)
		},
		probe: agreementPath(""),
	},
	{
		method: http.MethodPost, path: "/agreements/{agreement}/contacts/{id}/remove", summary: "Take a contact away; nothing of it is kept", takes: struct{}{}, answer: contactsAnswer{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			if err := h.RemoveContact(ctx, p, q.path("agreement"), q.path("id")); err != nil {
				return nil, err
			}
			list, err := h.Contacts(ctx, p, q.path("agreement"))
			return contactsAnswer{list}, err
		},
		probe: agreementPath("/none/remove"),
	},
}

// agreementPath gives the path that the scope test asks for: the agreement of a municipality with its centre's host.
func agreementPath(below string) func(municipality, asset string) string {
	return func(municipality, _ string) string { return "/agreements/" + municipality + "-461/contacts" + below }
}
