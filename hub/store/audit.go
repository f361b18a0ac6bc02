package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Audit is one line of the audit trail. Each line carries the hash of the line before it, so that a
// line taken out or changed later shows.
type Audit struct {
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor"`
	Action   string    `json:"action"`
	Subject  string    `json:"subject"`
	Detail   string    `json:"detail"`
	Previous string    `json:"previous"`
	Hash     string    `json:"hash"`
}

// sum is the hash of a line, over everything but itself.
func (a Audit) sum() string {
	a.Hash = ""
	a.At = a.At.UTC().Truncate(time.Millisecond)
	data, err := json.Marshal(a)
	if err != nil {
		panic("audit line cannot be encoded: " + err.Error()) // plain texts and a time
	}
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// AddAudit appends a line. Sequence, Previous and Hash are filled in.
func (s *Store) AddAudit(ctx context.Context, a Audit) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, `SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1`)
		if err := row.Scan(&a.Sequence, &a.Previous); err != nil && err != sql.ErrNoRows {
			return err
		}
		a.Sequence++
		a.Hash = a.sum()
		_, err := tx.ExecContext(ctx, `INSERT INTO audit (sequence, at, actor, action, subject, detail, previous, hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			a.Sequence, timeText(a.At), a.Actor, a.Action, a.Subject, a.Detail, a.Previous, a.Hash)
		return err
	})
}

// AuditTrail reads the whole trail, oldest first, and tells when the chain is broken.
func (s *Store) AuditTrail(ctx context.Context) ([]Audit, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT sequence, at, actor, action, subject, detail, previous, hash FROM audit ORDER BY sequence`)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var trail []Audit
	previous := ""
	for rows.Next() {
		var a Audit
		var at string
		if err := rows.Scan(&a.Sequence, &at, &a.Actor, &a.Action, &a.Subject, &a.Detail, &a.Previous, &a.Hash); err != nil {
			return nil, err
		}
		if a.At, err = parseTime(at); err != nil {
			return nil, fmt.Errorf("audit line %d: %w", a.Sequence, err)
		}
		if a.Previous != previous || a.Hash != a.sum() || a.Sequence != int64(len(trail))+1 {
			return trail, fmt.Errorf("audit line %d: the chain is broken here: a line was changed or removed", a.Sequence)
		}
		previous = a.Hash
		trail = append(trail, a)
	}
	return trail, rows.Err()
}
