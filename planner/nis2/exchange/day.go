package exchange

import (
	"fmt"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// layouts are how people and office programs write a date.
var layouts = []string{time.DateOnly, "02-01-2006", "2-1-2006", "02.01.2006", "2.1.2006", "02/01/2006", "2/1/2006", "02-01-06", "2006-01-02 15:04:05", time.RFC3339}

// readDay reads a date as people write it in Denmark, or as ISO has it.
func readDay(cell string) (inventory.Date, error) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, cell); err == nil {
			return inventory.DateOf(t), nil
		}
	}
	return 0, fmt.Errorf("%q is no date; write it as 2027-03-31 or 31-03-2027", cell)
}
