package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrConflict says that somebody else changed a row after it was read.
var ErrConflict = errors.New("changed by somebody else meanwhile")

// SaveScenario stores a version of a scenario in place of the revision that was read; revision 0 means
// that there is none yet. The stored revision is one higher. The value carries both numbers itself.
func (s *Store) SaveScenario(ctx context.Context, id string, version, revision int, at time.Time, value any) error {
	body, err := pack(value)
	if err != nil {
		return fmt.Errorf("scenario %s: %w", id, err)
	}
	var result sql.Result
	if revision == 0 {
		result, err = s.db.ExecContext(ctx, `INSERT INTO scenarios (id, version, revision, at, body) VALUES ($1, $2, 1, $3, $4)
			ON CONFLICT DO NOTHING`, id, version, timeText(at), body)
	} else {
		result, err = s.db.ExecContext(ctx, `UPDATE scenarios SET revision = revision + 1, at = $1, body = $2
			WHERE id = $3 AND version = $4 AND revision = $5`, timeText(at), body, id, version, revision)
	}
	if err != nil {
		return explain(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("scenario %s version %d: %w", id, version, ErrConflict)
}

// Scenarios reads every version of every scenario, by id, oldest version first. Scope is the hub's work.
func Scenarios[T any](ctx context.Context, s *Store) ([]T, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT body FROM scenarios ORDER BY id, version`)
	if err != nil {
		return nil, explain(err)
	}
	return bodies[T](rows, "scenario")
}

// DeleteScenario removes a version as it was read.
func (s *Store) DeleteScenario(ctx context.Context, id string, version, revision int) error {
	result, err := s.db.ExecContext(ctx, `DELETE FROM scenarios WHERE id = $1 AND version = $2 AND revision = $3`, id, version, revision)
	if err != nil {
		return explain(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("scenario %s version %d: %w", id, version, ErrConflict)
}

// The kinds of records that belong to a plan.
const (
	KindBaseline Kind = "plan_baseline" // a version of the plan, frozen; by its name
	KindEvent    Kind = "plan_event"    // what happened to a group or wave
	KindAdoption Kind = "plan_adoption" // a scenario put in force; by its number
)
