package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// keepSnapshots is how many of the newest estates that an import replaced stay whole.
const keepSnapshots = 20

// SaveSnapshot stores the estate as it is now with the changes that led to it, in one transaction.
// Only rows that differ from what is stored are written.
func (s *Store) SaveSnapshot(ctx context.Context, snapshot *inventory.Snapshot, changes []inventory.Change) error {
	return s.save(ctx, snapshot, changes, nil)
}

// ReplaceSnapshot is SaveSnapshot for an estate that takes another's place: the one before, if any, is
// kept whole beside the changes.
func (s *Store) ReplaceSnapshot(ctx context.Context, snapshot *inventory.Snapshot, changes []inventory.Change, before *inventory.Snapshot) error {
	return s.save(ctx, snapshot, changes, before)
}

func (s *Store) save(ctx context.Context, snapshot *inventory.Snapshot, changes []inventory.Change, before *inventory.Snapshot) error {
	s.saving.Lock()
	defer s.saving.Unlock()
	hash := snapshot.Hash()
	rest := *snapshot
	rest.Assets, rest.Parts = nil, nil
	body, err := pack(&rest)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	err = s.transaction(ctx, func(tx *sql.Tx) error {
		if before != nil {
			if err := keepWhole(ctx, tx, before); err != nil {
				return err
			}
		}
		if err := s.saveAssets(ctx, tx, snapshot); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO estate (id, hash, taken_at, demo, body) VALUES (1, $1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, taken_at = excluded.taken_at, demo = excluded.demo, body = excluded.body`,
			hash, timeText(snapshot.TakenAt), snapshot.Demo, body); err != nil {
			return fmt.Errorf("save estate: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO merges (taken_at, hash, assets, changes) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			timeText(snapshot.TakenAt), hash, len(snapshot.Assets), len(changes)); err != nil {
			return fmt.Errorf("save estate: %w", err)
		}
		return saveChanges(ctx, tx, changes)
	})
	if err != nil {
		return err
	}
	s.saved, s.savedHash = snapshot, hash
	return nil
}

// Hash gives the snapshot's hash, which for the estate that was last saved or read here is known.
func (s *Store) Hash(snapshot *inventory.Snapshot) string {
	s.saving.Lock()
	defer s.saving.Unlock()
	if snapshot == s.saved {
		return s.savedHash
	}
	return snapshot.Hash()
}

// keepWhole keeps an estate as one body.
func keepWhole(ctx context.Context, tx *sql.Tx, whole *inventory.Snapshot) error {
	body, err := pack(whole)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO snapshots (hash, taken_at, demo, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		whole.Hash(), timeText(whole.TakenAt), whole.Demo, body); err != nil {
		return fmt.Errorf("keep the estate before: %w", err)
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM snapshots WHERE taken_at < (SELECT MIN(taken_at) FROM
		(SELECT taken_at FROM snapshots ORDER BY taken_at DESC LIMIT $1) AS newest)`, keepSnapshots)
	return err
}

// LatestSnapshot reads the estate as last stored. ErrNotFound when none is.
func (s *Store) LatestSnapshot(ctx context.Context) (*inventory.Snapshot, error) {
	s.saving.Lock()
	defer s.saving.Unlock()
	// One transaction, so that what is read beside a running hub is of one state.
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.steady})
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = tx.Rollback() }()
	var hash string
	var body []byte
	err = tx.QueryRowContext(ctx, `SELECT hash, body FROM estate WHERE id = 1`).Scan(&hash, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return wholeSnapshot(tx.QueryRowContext(ctx, `SELECT body FROM snapshots ORDER BY taken_at DESC LIMIT 1`))
	}
	if err != nil {
		return nil, fmt.Errorf("read estate: %w", explain(err))
	}
	var u unpacker
	r, err := u.open(body)
	if err != nil {
		return nil, err
	}
	snapshot, err := inventory.DecodeSnapshot(r)
	if err != nil {
		return nil, fmt.Errorf("stored estate: %w", err)
	}
	if err := readAssets(ctx, tx, snapshot); err != nil {
		return nil, err
	}
	s.saved, s.savedHash = snapshot, hash
	return snapshot, nil
}

// ReplacedSnapshot reads the newest estate that was kept whole and is not newer than at: one that an
// import replaced, or that an earlier version stored.
func (s *Store) ReplacedSnapshot(ctx context.Context, at time.Time) (*inventory.Snapshot, error) {
	return wholeSnapshot(s.db.QueryRowContext(ctx, `SELECT body FROM snapshots WHERE taken_at <= $1 ORDER BY taken_at DESC LIMIT 1`, timeText(at)))
}

func wholeSnapshot(row *sql.Row) (*inventory.Snapshot, error) {
	var body []byte
	err := row.Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("snapshot: %w", ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", explain(err))
	}
	r, err := new(unpacker).open(body)
	if err != nil {
		return nil, err
	}
	return inventory.DecodeSnapshot(r)
}
