package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Kind tells what a record holds.
type Kind string

// The kinds of records.
const (
	KindRound    Kind = "round"
	KindResult   Kind = "result" // assessment of a municipality in a closed round
	KindEvidence Kind = "evidence"
	KindAction   Kind = "action"
	KindIncident Kind = "incident"
	KindEntry    Kind = "entry" // a line of a municipality's own register
	KindSharing  Kind = "sharing"
	KindFacts    Kind = "facts"   // a dataset that another system told, by its name
	KindChoices  Kind = "choices" // an overlay on the catalogue, by version
	KindMove     Kind = "move"    // of a unit, by its id
	KindContact  Kind = "contact" // of an agreement's moves: personal data
	KindRun      Kind = "run"     // an apply under way or cut short, by its unit
	KindRunbook  Kind = "runbook" // what is ticked off in a wave's runbooks, by its id
)

// SaveRecord stores a record, in place of the one with the same kind, municipality and id.
func (s *Store) SaveRecord(ctx context.Context, kind Kind, municipality, id string, at time.Time, value any) error {
	body, err := pack(value)
	if err != nil {
		return fmt.Errorf("%s %s: %w", kind, id, err)
	}
	_, err = s.db.ExecContext(ctx, saveRecord, kind, municipality, id, timeText(at), body)
	return explain(err)
}

const saveRecord = `INSERT INTO records (kind, municipality, id, at, body) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (kind, municipality, id) DO UPDATE SET at = excluded.at, body = excluded.body`

// Row is a record to store.
type Row struct {
	Municipality, ID string
	Value            any
}

// SaveRecords stores records of a kind like SaveRecord, all of them or, when one fails, none.
func (s *Store) SaveRecords(ctx context.Context, kind Kind, at time.Time, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	var p packer
	return s.transaction(ctx, func(tx *sql.Tx) error {
		save, err := tx.PrepareContext(ctx, saveRecord)
		if err != nil {
			return err
		}
		defer func() { _ = save.Close() }() // with the transaction
		for _, r := range rows {
			body, err := p.pack(r.Value)
			if err != nil {
				return fmt.Errorf("%s %s: %w", kind, r.ID, err)
			}
			if _, err := save.ExecContext(ctx, kind, r.Municipality, r.ID, timeText(at), body); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteRecord removes a record. One that is not there is no fault.
func (s *Store) DeleteRecord(ctx context.Context, kind Kind, municipality, id string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM records WHERE kind = $1 AND municipality = $2 AND id = $3`, kind, municipality, id)
	return explain(err)
}

// Records reads every record of a kind, by municipality and id. Scope is the hub's work.
func Records[T any](ctx context.Context, s *Store, kind Kind) ([]T, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT body FROM records WHERE kind = $1 ORDER BY municipality, id`, kind)
	if err != nil {
		return nil, explain(err)
	}
	return bodies[T](rows, string(kind))
}

// EachRecord yields every record of a kind like Records, one at a time: all of them may be too much to hold.
// An error is the last that it yields.
func EachRecord[T any](ctx context.Context, s *Store, kind Kind) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		rows, err := s.db.QueryContext(ctx, `SELECT body FROM records WHERE kind = $1 ORDER BY municipality, id`, kind)
		if err != nil {
			yield(*new(T), explain(err))
			return
		}
		defer func() { _ = rows.Close() }() // Err has told
		var u unpacker
		for rows.Next() {
			value, err := body[T](&u, rows, string(kind))
			if !yield(value, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(*new(T), explain(err))
		}
	}
}

// RecordsOf reads a municipality's records of a kind, by id.
func RecordsOf[T any](ctx context.Context, s *Store, kind Kind, municipality string) ([]T, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT body FROM records WHERE kind = $1 AND municipality = $2 ORDER BY id`, kind, municipality)
	if err != nil {
		return nil, explain(err)
	}
	return bodies[T](rows, string(kind))
}

// Record reads one record.
func Record[T any](ctx context.Context, s *Store, kind Kind, municipality, id string) (T, error) {
	return record[T](kind, id, s.db.QueryRowContext(ctx, `SELECT body FROM records WHERE kind = $1 AND municipality = $2 AND id = $3`, kind, municipality, id))
}

// RecordByID reads the record of a kind whose id is its own among all municipalities.
func RecordByID[T any](ctx context.Context, s *Store, kind Kind, id string) (T, error) {
	return record[T](kind, id, s.db.QueryRowContext(ctx, `SELECT body FROM records WHERE kind = $1 AND id = $2`, kind, id))
}

func record[T any](kind Kind, id string, row *sql.Row) (T, error) {
	var value T
	var body []byte
	err := row.Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return value, fmt.Errorf("%s %q: %w", kind, id, ErrNotFound)
	}
	if err != nil {
		return value, explain(err)
	}
	return value, unpack(body, &value)
}

// bodies reads rows of one packed column and closes them.
func bodies[T any](rows *sql.Rows, what string) (values []T, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	var u unpacker
	for rows.Next() {
		value, err := body[T](&u, rows, what)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

// body reads a row of one packed column.
func body[T any](u *unpacker, rows *sql.Rows, what string) (value T, err error) {
	var packed sql.RawBytes // unpacked before the next is read
	if err := rows.Scan(&packed); err != nil {
		return value, err
	}
	if err := u.unpack(packed, &value); err != nil {
		return value, fmt.Errorf("%s: %w", what, err)
	}
	return value, nil
}

// SaveEvidenceFile keeps a sealed file. The same file given twice is kept once.
func (s *Store) SaveEvidenceFile(ctx context.Context, municipality, hash string, sealed []byte) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO evidence_files (municipality, hash, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, municipality, hash, sealed)
	return explain(err)
}

// EvidenceFile reads a sealed file.
func (s *Store) EvidenceFile(ctx context.Context, municipality, hash string) ([]byte, error) {
	var sealed []byte
	err := s.db.QueryRowContext(ctx, `SELECT sealed FROM evidence_files WHERE municipality = $1 AND hash = $2`, municipality, hash).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("evidence file: %w", ErrNotFound)
	}
	return sealed, explain(err)
}

// DeleteEvidenceFile removes a sealed file.
func (s *Store) DeleteEvidenceFile(ctx context.Context, municipality, hash string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM evidence_files WHERE municipality = $1 AND hash = $2`, municipality, hash)
	return explain(err)
}
