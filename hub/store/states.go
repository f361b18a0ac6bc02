package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/samdrift/samdrift/terraform"
)

// The store keeps states for engines.
var _ terraform.States = (*Store)(nil)

// State reads the latest version of a unit's state, or gives terraform.ErrNoState.
func (s *Store) State(ctx context.Context, unit string) ([]byte, error) {
	var body []byte
	err := s.db.QueryRowContext(ctx, `SELECT body FROM state_versions WHERE unit = $1 ORDER BY number DESC LIMIT 1`, unit).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, terraform.ErrNoState
	}
	if err != nil {
		return nil, explain(err)
	}
	var state json.RawMessage
	err = unpack(body, &state)
	return state, err
}

// SaveState adds a version under the lock that is held.
func (s *Store) SaveState(ctx context.Context, unit, lock string, data []byte, at time.Time) error {
	body, err := pack(json.RawMessage(data))
	if err != nil {
		return fmt.Errorf("state of %s: %w", unit, err)
	}
	return s.transaction(ctx, func(tx *sql.Tx) error {
		if err := held(ctx, tx, unit, lock); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO state_versions (unit, number, at, lock_id, body)
			SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4 FROM state_versions WHERE unit = $1`, unit, timeText(at), lock, body)
		return err
	})
}

// StateVersion gives the number of the latest version of a unit's state; 0 when there is none.
func (s *Store) StateVersion(ctx context.Context, unit string) (int, error) {
	var number int
	err := s.db.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) FROM state_versions WHERE unit = $1`, unit).Scan(&number)
	return number, explain(err)
}

// LockState takes the lock of a unit's state.
func (s *Store) LockState(ctx context.Context, unit string, lock terraform.StateLock) error {
	body, err := pack(lock)
	if err != nil {
		return err
	}
	result, err := s.db.ExecContext(ctx, `INSERT INTO state_locks (unit, lock_id, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, unit, lock.ID, body)
	if err != nil {
		return explain(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	holder, _, err := s.StateHolder(ctx, unit)
	return errors.Join(&terraform.LockedError{Holder: holder}, err)
}

// UnlockState gives the lock back to whoever asks next.
func (s *Store) UnlockState(ctx context.Context, unit, lock string) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		if err := held(ctx, tx, unit, lock); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM state_locks WHERE unit = $1 AND lock_id = $2`, unit, lock)
		return err
	})
}

// StateHolder tells who holds the lock of a unit's state; false when nobody does.
func (s *Store) StateHolder(ctx context.Context, unit string) (terraform.StateLock, bool, error) {
	return holder(ctx, s.db, unit)
}

// StateHolders tells who holds which states' locks now, by state.
func (s *Store) StateHolders(ctx context.Context) (held map[string]terraform.StateLock, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT unit, body FROM state_locks`)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	held = map[string]terraform.StateLock{}
	for rows.Next() {
		var unit string
		var body []byte
		if err := rows.Scan(&unit, &body); err != nil {
			return nil, err
		}
		var lock terraform.StateLock
		if err := unpack(body, &lock); err != nil {
			return nil, err
		}
		held[unit] = lock
	}
	return held, rows.Err()
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func holder(ctx context.Context, q querier, unit string) (terraform.StateLock, bool, error) {
	var lock terraform.StateLock
	var body []byte
	err := q.QueryRowContext(ctx, `SELECT body FROM state_locks WHERE unit = $1`, unit).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return lock, false, nil
	}
	if err != nil {
		return lock, false, explain(err)
	}
	err = unpack(body, &lock)
	return lock, err == nil, err
}

// held wants the lock to be held under this id.
func held(ctx context.Context, tx *sql.Tx, unit, lock string) error {
	h, ok, err := holder(ctx, tx, unit)
	if err != nil {
		return err
	}
	if !ok || h.ID != lock {
		return &terraform.LockedError{Holder: h}
	}
	return nil
}
