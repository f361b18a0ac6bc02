package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// SaveResult keeps the newest value of a kind ("plan", "terraform") with the snapshot it stands on.
func (s *Store) SaveResult(ctx context.Context, kind string, at time.Time, snapshot string, value any) error {
	body, err := pack(value)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO results (kind, at, snapshot, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind) DO UPDATE SET at = excluded.at, snapshot = excluded.snapshot, body = excluded.body`,
		kind, timeText(at), snapshot, body)
	return explain(err)
}

// Result reads the newest value of a kind into the given place and tells the snapshot it stands on.
func (s *Store) Result(ctx context.Context, kind string, into any) (snapshot string, err error) {
	var body []byte
	err = s.db.QueryRowContext(ctx, `SELECT snapshot, body FROM results WHERE kind = $1`, kind).Scan(&snapshot, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("%s: %w", kind, ErrNotFound)
	}
	if err != nil {
		return "", explain(err)
	}
	return snapshot, unpack(body, into)
}

// Report is a frozen half-year report: the facts it stands on, their hash, and the page.
type Report struct {
	ID        string    `json:"id"` // period and first characters of the hash
	Period    string    `json:"period"`
	Hash      string    `json:"hash"`     // SHA-256 of Facts
	Snapshot  string    `json:"snapshot"` // hash of the snapshot
	CreatedAt time.Time `json:"created_at"`
	Demo      bool      `json:"demo"`
	Facts     []byte    `json:"-"` // canonical JSON
	HTML      []byte    `json:"-"`
}

// SaveReport stores a frozen report. The same facts give the same id and are stored once.
func (s *Store) SaveReport(ctx context.Context, r Report) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO reports (id, period, hash, snapshot, created_at, demo, facts, html)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		r.ID, r.Period, r.Hash, r.Snapshot, timeText(r.CreatedAt), r.Demo, r.Facts, r.HTML)
	return explain(err)
}

// Reports lists the frozen reports with their facts and pages, newest first.
func (s *Store) Reports(ctx context.Context) ([]Report, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, period, hash, snapshot, created_at, demo, facts, html FROM reports ORDER BY created_at DESC, id`)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var reports []Report
	for rows.Next() {
		var r Report
		var created string
		if err := rows.Scan(&r.ID, &r.Period, &r.Hash, &r.Snapshot, &created, &r.Demo, &r.Facts, &r.HTML); err != nil {
			return nil, err
		}
		if r.CreatedAt, err = parseTime(created); err != nil {
			return nil, fmt.Errorf("report %s: %w", r.ID, err)
		}
		reports = append(reports, r)
	}
	return reports, rows.Err()
}
