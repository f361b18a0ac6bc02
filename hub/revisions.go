package hub

import (
	"context"
	"errors"
	"fmt"

	"github.com/samdrift/samdrift/hub/store"
)

// keepRevised stores a record that people change, under a new id when it has none. One that was changed
// since its writer read it is left as it is, and told with store.ErrConflict: the record names the revision
// that was read, and gets the next. marks gives a record's id and revision.
func keepRevised[T any](ctx context.Context, h *Hub, kind store.Kind, municipality string, record *T, marks func(*T) (id *string, revision *int)) error {
	h.revising.Lock()
	defer h.revising.Unlock()
	id, revision := marks(record)
	if *id == "" {
		made, err := newRecordID()
		if err != nil {
			return err
		}
		*id, *revision = made, 0
	} else {
		kept, err := store.Record[T](ctx, h.store, kind, municipality, *id)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s %q: %w", kind, *id, ErrNotFound)
		}
		if err != nil {
			return err
		}
		if _, now := marks(&kept); *now != *revision {
			return fmt.Errorf("%s %s: revision %d was read, it is %d: read it anew: %w", kind, *id, *revision, *now, store.ErrConflict)
		}
	}
	next := *record
	_, number := marks(&next)
	*number++
	if err := h.store.SaveRecord(ctx, kind, municipality, *id, h.now(), next); err != nil {
		return err
	}
	*record = next
	return nil
}
