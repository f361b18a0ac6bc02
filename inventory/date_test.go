package inventory_test

import (
	"testing"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

func TestMondayIsTheFirstDayOfItsWeek(t *testing.T) {
	monday := inventory.NewDate(2027, time.January, 4)
	for day := range 7 {
		if got := monday.AddDays(day).Monday(); got != monday {
			t.Errorf("the week of %s begins on %s, want %s", monday.AddDays(day), got, monday)
		}
	}
	if got := monday.AddDays(-1).Monday(); got != monday-7 {
		t.Errorf("the Sunday before belongs to the week of %s", got)
	}
}
