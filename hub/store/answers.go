package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/samdrift/samdrift/planner/nis2"
)

// AnswerVersion is an answer as it once was, with who made it so.
type AnswerVersion struct {
	Number int64       `json:"number"` // from 1
	At     time.Time   `json:"at"`
	Actor  string      `json:"actor"`
	Answer nis2.Answer `json:"answer"`
}

// AnswerEdit is an answer to store. Base is the number of the version that its giver saw, 0 where there was
// none; nil: whatever there is gives way.
type AnswerEdit struct {
	nis2.Answer
	Base *int64 `json:"base_version,omitempty"`
}

// ConflictError says that an answer was given anew after its giver had read it. Nothing was stored.
type ConflictError struct {
	Yours nis2.Answer   `json:"yours"`
	Now   AnswerVersion `json:"now"`
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the answer to %s of %s was changed by %s while you wrote: it is version %d at level %d now, yours is level %d; read it again and decide which holds",
		e.Yours.Control, e.Yours.Municipality, e.Now.Actor, e.Now.Number, e.Now.Answer.Level, e.Yours.Level)
}

// SaveAnswers stores NIS2 answers, all or none; a control that was answered before is answered anew, and
// what it was before stays readable. An answer that was made from another version than the latest gives a
// ConflictError.
func (s *Store) SaveAnswers(ctx context.Context, edits []AnswerEdit, at time.Time, actor string) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		for _, e := range edits {
			if err := saveAnswer(ctx, tx, e, at, actor); err != nil {
				return err
			}
		}
		return nil
	})
}

func saveAnswer(ctx context.Context, tx *sql.Tx, e AnswerEdit, at time.Time, actor string) error {
	var last int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) FROM answer_versions WHERE municipality = $1 AND control = $2`,
		e.Municipality, e.Control).Scan(&last); err != nil {
		return err
	}
	if e.Base != nil && *e.Base != last {
		versions, err := answerVersions(ctx, tx, e.Municipality, e.Control)
		if err != nil {
			return err
		}
		c := &ConflictError{Yours: e.Answer}
		if len(versions) > 0 {
			c.Now = versions[0]
		}
		return c
	}
	body, err := pack(e.Answer)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO answers (municipality, control, body) VALUES ($1, $2, $3)
		ON CONFLICT (municipality, control) DO UPDATE SET body = excluded.body`, e.Municipality, e.Control, body); err != nil {
		return fmt.Errorf("save answer %s of %s: %w", e.Control, e.Municipality, err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO answer_versions (municipality, control, number, at, actor, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Municipality, e.Control, last+1, timeText(at), actor, body); err != nil {
		return fmt.Errorf("keep version of answer %s of %s: %w", e.Control, e.Municipality, err)
	}
	return nil
}

// Answers reads every answer, by municipality and control. Scope is the hub's work.
func (s *Store) Answers(ctx context.Context) ([]nis2.Answer, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT body FROM answers ORDER BY municipality, control`)
	if err != nil {
		return nil, explain(err)
	}
	return bodies[nis2.Answer](rows, "answer")
}

// AnswersOf reads a municipality's answers, by control.
func (s *Store) AnswersOf(ctx context.Context, municipality string) ([]nis2.Answer, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT body FROM answers WHERE municipality = $1 ORDER BY control`, municipality)
	if err != nil {
		return nil, explain(err)
	}
	return bodies[nis2.Answer](rows, "answer")
}

// AnswerNumbers gives the number of the latest version of each of a municipality's answers, by control.
func (s *Store) AnswerNumbers(ctx context.Context, municipality string) (numbers map[string]int64, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT control, MAX(number) FROM answer_versions WHERE municipality = $1 GROUP BY control`, municipality)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	numbers = map[string]int64{}
	for rows.Next() {
		var control string
		var number int64
		if err := rows.Scan(&control, &number); err != nil {
			return nil, err
		}
		numbers[control] = number
	}
	return numbers, rows.Err()
}

// AnswerVersions reads what an answer has been, newest first.
func (s *Store) AnswerVersions(ctx context.Context, municipality, control string) ([]AnswerVersion, error) {
	return answerVersions(ctx, s.db, municipality, control)
}

// asker is a database or a transaction on it.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func answerVersions(ctx context.Context, db asker, municipality, control string) (versions []AnswerVersion, err error) {
	rows, err := db.QueryContext(ctx, `SELECT number, at, actor, body FROM answer_versions
		WHERE municipality = $1 AND control = $2 ORDER BY number DESC`, municipality, control)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var v AnswerVersion
		var at string
		var body []byte
		if err := rows.Scan(&v.Number, &at, &v.Actor, &body); err != nil {
			return nil, err
		}
		if v.At, err = parseTime(at); err != nil {
			return nil, err
		}
		if err := unpack(body, &v.Answer); err != nil {
			return nil, err
		}
		versions = append(versions, v)
	}
	return versions, rows.Err()
}
