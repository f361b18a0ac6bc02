package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

const changeColumns = `at, noun, id, municipality, name, field, part, old_value, new_value, collector, source`

func saveChanges(ctx context.Context, tx *sql.Tx, changes []inventory.Change) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO history (`+changeColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, c := range changes {
		if _, err := insert.ExecContext(ctx, timeText(c.At), c.Noun, c.ID, c.Municipality, c.Name, c.Field, c.Part, c.From, c.To, c.Collector, c.Source); err != nil {
			return fmt.Errorf("save change of %s %s: %w", c.Noun, c.ID, err)
		}
	}
	return nil
}

// Changes lists the changes of one thing, newest first.
func (s *Store) Changes(ctx context.Context, noun, id string, limit int) ([]inventory.Change, error) {
	return s.changes(ctx, `SELECT `+changeColumns+` FROM history WHERE noun = $1 AND id = $2 ORDER BY at DESC, field, part LIMIT $3`, noun, id, limit)
}

// ChangesBetween lists what changed after one time up to and with another, oldest first.
func (s *Store) ChangesBetween(ctx context.Context, from, to time.Time) ([]inventory.Change, error) {
	return s.changes(ctx, `SELECT `+changeColumns+` FROM history WHERE at > $1 AND at <= $2 ORDER BY at, noun, id, field, part`, timeText(from), timeText(to))
}

func (s *Store) changes(ctx context.Context, query string, args ...any) ([]inventory.Change, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var changes []inventory.Change
	for rows.Next() {
		var c inventory.Change
		var at string
		if err := rows.Scan(&at, &c.Noun, &c.ID, &c.Municipality, &c.Name, &c.Field, &c.Part, &c.From, &c.To, &c.Collector, &c.Source); err != nil {
			return nil, err
		}
		if c.At, err = parseTime(at); err != nil {
			return nil, fmt.Errorf("change of %s %s: %w", c.Noun, c.ID, err)
		}
		changes = append(changes, c)
	}
	return changes, rows.Err()
}

// MergeTime gives when the estate had a hash, given its first characters. ErrNotFound when it never
// had, and when several states begin so.
func (s *Store) MergeTime(ctx context.Context, hash string) (time.Time, error) {
	const like = `0123456789abcdef`
	if hash == "" || strings.Trim(hash, like) != "" {
		return time.Time{}, fmt.Errorf("snapshot %q: %w", hash, ErrNotFound)
	}
	var n int
	var at sql.NullString
	err := s.db.QueryRowContext(ctx, `SELECT COUNT(DISTINCT hash), MAX(taken_at) FROM merges WHERE hash LIKE $1`, hash+"%").Scan(&n, &at)
	if err != nil {
		return time.Time{}, explain(err)
	}
	if n != 1 {
		return time.Time{}, fmt.Errorf("snapshot %q: %d have a hash that begins so: %w", hash, n, ErrNotFound)
	}
	return parseTime(at.String)
}
