package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// keepSnapshots is how many of the newest snapshots stay whole. Older states remain readable as
// changes, which are never removed.
const keepSnapshots = 20

// SaveSnapshot stores a snapshot with the changes that led to it, in one transaction.
func (s *Store) SaveSnapshot(ctx context.Context, snapshot *inventory.Snapshot, changes []inventory.Change) error {
	body, err := pack(snapshot)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	hash := snapshot.Hash()
	return s.transaction(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO snapshots (hash, taken_at, demo, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			hash, timeText(snapshot.TakenAt), snapshot.Demo, body); err != nil {
			return fmt.Errorf("save snapshot: %w", err)
		}
		insert, err := tx.PrepareContext(ctx, `INSERT INTO changes
			(at, noun, id, municipality, name, field, old_value, new_value, collector, source)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`)
		if err != nil {
			return err
		}
		defer func() { _ = insert.Close() }()
		for _, c := range changes {
			if _, err := insert.ExecContext(ctx, timeText(c.At), c.Noun, c.ID, c.Municipality, c.Name, c.Field, c.From, c.To, c.Collector, c.Source); err != nil {
				return fmt.Errorf("save change of %s %s: %w", c.Noun, c.ID, err)
			}
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM snapshots WHERE taken_at < (SELECT MIN(taken_at) FROM
			(SELECT taken_at FROM snapshots ORDER BY taken_at DESC LIMIT $1) AS newest)`, keepSnapshots)
		return err
	})
}

// LatestSnapshot reads the newest snapshot. ErrNotFound when none is stored.
func (s *Store) LatestSnapshot(ctx context.Context) (*inventory.Snapshot, error) {
	var body []byte
	err := s.db.QueryRowContext(ctx, `SELECT body FROM snapshots ORDER BY taken_at DESC LIMIT 1`).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("snapshot: %w", ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", explain(err))
	}
	return unpackSnapshot(body)
}

// SnapshotAt reads the newest stored snapshot that is not newer than at.
func (s *Store) SnapshotAt(ctx context.Context, at time.Time) (*inventory.Snapshot, error) {
	var body []byte
	err := s.db.QueryRowContext(ctx, `SELECT body FROM snapshots WHERE taken_at <= $1 ORDER BY taken_at DESC LIMIT 1`, timeText(at)).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("snapshot at %s: %w", at.Format(time.RFC3339), ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", explain(err))
	}
	return unpackSnapshot(body)
}

// Changes lists the changes of one thing, newest first.
func (s *Store) Changes(ctx context.Context, noun, id string, limit int) ([]inventory.Change, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT at, noun, id, municipality, name, field, old_value, new_value, collector, source
		FROM changes WHERE noun = $1 AND id = $2 ORDER BY at DESC, field LIMIT $3`, noun, id, limit)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var changes []inventory.Change
	for rows.Next() {
		var c inventory.Change
		var at string
		if err := rows.Scan(&at, &c.Noun, &c.ID, &c.Municipality, &c.Name, &c.Field, &c.From, &c.To, &c.Collector, &c.Source); err != nil {
			return nil, err
		}
		if c.At, err = parseTime(at); err != nil {
			return nil, fmt.Errorf("change of %s %s: %w", noun, id, err)
		}
		changes = append(changes, c)
	}
	return changes, rows.Err()
}

// pack gives a value as gzipped JSON.
func pack(v any) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(v); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// unpacked opens what pack wrote.
func unpacked(body []byte) (io.ReadCloser, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("stored body is damaged: %w", err)
	}
	return z, nil
}

func unpack(body []byte, into any) error {
	z, err := unpacked(body)
	if err != nil {
		return err
	}
	defer func() { _ = z.Close() }()
	if err := json.NewDecoder(z).Decode(into); err != nil {
		return fmt.Errorf("stored body is damaged: %w", err)
	}
	return nil
}

func unpackSnapshot(body []byte) (*inventory.Snapshot, error) {
	z, err := unpacked(body)
	if err != nil {
		return nil, err
	}
	defer func() { _ = z.Close() }()
	return inventory.DecodeSnapshot(z)
}
