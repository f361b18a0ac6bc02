package nis2

import (
	"errors"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// The rows of the datasets about rooms and address ranges. Site is a site's id or name in the inventory;
// Room tells rooms of one site apart, and is empty where there is only one.

// Climate is what another system tells of the power and the temperature of a server room.
type Climate struct {
	Site        string         `json:"site"`
	Room        string         `json:"room,omitempty"`
	UPSOK       *bool          `json:"ups_ok,omitempty"`         // no: there is none, or it tells of a fault
	BatteryTest inventory.Date `json:"battery_test_at,omitzero"` // the latest that was passed; notYet: none was
	Temperature *float64       `json:"temperature,omitempty"`    // °C
	MeasuredAt  time.Time      `json:"temperature_at,omitzero"`
}

func (r *Climate) fields() []field {
	return []field{{name: "site", into: &r.Site, need: true}, {name: "room", into: &r.Room}, {name: "ups_ok", into: &r.UPSOK},
		{name: "battery_test_at", into: &r.BatteryTest, past: true, open: true}, {name: "temperature", into: &r.Temperature, sign: true},
		{name: "temperature_at", into: &r.MeasuredAt, past: true}}
}

func (r *Climate) finish(string) error {
	if (r.Temperature == nil) != r.MeasuredAt.IsZero() {
		return errors.New("temperature and temperature_at go together")
	}
	return nil
}

func (r *Climate) identity() string { return roomOf(r.Site, r.Room) }

// Door is what the access control tells of a room with servers or network equipment.
type Door struct {
	Site  string `json:"site"`
	Room  string `json:"room,omitempty"`
	Log   *bool  `json:"access_log,omitempty"` // an electronic log of who went in
	Alarm *bool  `json:"door_alarm,omitempty"` // a door alarm that somebody is told of
}

func (r *Door) fields() []field {
	return []field{{name: "site", into: &r.Site, need: true}, {name: "room", into: &r.Room}, {name: "access_log", into: &r.Log},
		{name: "door_alarm", into: &r.Alarm}}
}

func (r *Door) identity() string { return roomOf(r.Site, r.Room) }

// Range is a range of public addresses that the municipality uses, or that it is registered with.
type Range struct {
	Range        string         `json:"range"` // a network, one address, or the first and the last with a hyphen
	InUse        *bool          `json:"in_use,omitempty"`
	InUseSince   inventory.Date `json:"in_use_since,omitzero"`
	RegisteredAt inventory.Date `json:"registered_at,omitzero"` // notYet: it is not
}

func (r *Range) fields() []field {
	return []field{{name: "range", into: &r.Range, need: true}, {name: "in_use", into: &r.InUse},
		{name: "in_use_since", into: &r.InUseSince, past: true}, {name: "registered_at", into: &r.RegisteredAt, past: true, open: true}}
}

func (r *Range) finish(string) error {
	s, err := parseSpan(r.Range)
	if err == nil {
		r.Range = s.String()
	}
	return err
}

func (r *Range) identity() string { return r.Range }
