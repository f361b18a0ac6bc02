package main

import (
	"context"
	"errors"

	"github.com/samdrift/samdrift/hub"
)

// operator is who works at the command line: whoever may read and write the data directory.
var operator = hub.Person{Name: "operator at the command line", Role: hub.RoleAdmin}

// withHub opens the hub on the data directory, lets a command work with it, and closes it.
// A reader stands beside a running hub; a writer needs the directory for itself.
func (a *app) withHub(ctx context.Context, readOnly bool, work func(*hub.Hub) error) (err error) {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	hc, err := c.hub(a.dir, a.asOf)
	if err != nil {
		return err
	}
	hc.ReadOnly = readOnly
	log, err := a.logger()
	if err != nil {
		return err
	}
	h, err := hub.Open(ctx, hc, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return work(h)
}
