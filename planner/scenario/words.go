package scenario

import (
	"fmt"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// String gives the change in English, with codes and slugs as they are.
func (c Change) String() string {
	where := "the whole country"
	if c.Municipality != "" {
		where = c.Municipality
	}
	switch c.Kind {
	case Leave:
		return c.Municipality + " leaves the cooperation"
	case Join:
		return fmt.Sprintf("%s joins with %d servers of unknown size", c.Municipality, c.Servers)
	case Agreement:
		if c.State == "" {
			return c.Municipality + " has no agreement"
		}
		return strings.TrimSpace(fmt.Sprintf("the agreement of %s counts as %s %s %s", c.Municipality, c.State, c.Centre, c.Window))
	case Capacity:
		return fmt.Sprintf("%s has %s", c.Centre, capacityWords(*c.Capacity))
	case Link:
		return fmt.Sprintf("the link of %s to %s has %d Mbit/s", c.Municipality, c.Centre, c.Mbps)
	case LinkReady:
		return fmt.Sprintf("the link of %s is ready on %s", c.Municipality, c.Date)
	case Setting:
		return fmt.Sprintf("%s is %s", c.Setting, c.Value)
	case Crews:
		whose := c.Centre
		if whose == "" {
			whose = "every centre"
		}
		return fmt.Sprintf("crews of %s: %d", whose, c.Crews) + spanWords(c.From, c.To)
	case Lift:
		return "nothing is frozen for " + where + spanWords(c.From, c.To)
	case Freeze:
		text := "a freeze for " + where + spanWords(c.From, c.To)
		if c.Name != "" {
			text += " (" + c.Name + ")"
		}
		return text
	case Choose:
		return c.Municipality + " goes to " + c.Centre
	case Pin:
		if c.Group == "" {
			return fmt.Sprintf("a group of %s is cut over on %s", c.Municipality, c.Date) // its id is kept from this reader
		}
		return fmt.Sprintf("%s is cut over on %s", c.Group, c.Date)
	}
	return string(c.Kind)
}

func spanWords(from, to inventory.Date) string {
	text := ""
	if from.Known() {
		text += " from " + from.String()
	}
	if to.Known() {
		text += " to " + to.String()
	}
	return text
}

func capacityWords(c inventory.Capacity) string {
	return fmt.Sprintf("%d vCPUs, %d GB memory, %d GB storage, %d users, %s kW, %s full-time equivalents (0: not known)",
		c.VCPUs, c.MemoryGB, c.StorageGB, c.Users, c.PowerKW, c.StaffFTE)
}
