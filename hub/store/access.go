package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Access is what a token opens. The token itself is never stored, only its digest.
type Access struct {
	Name         string
	Role         string
	Organisation string
	Expires      time.Time
}

// SaveAccess lets a token open something until it expires. Expired tokens are removed on the way.
func (s *Store) SaveAccess(ctx context.Context, token string, a Access, now time.Time) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM access_tokens WHERE expires_at < $1`, timeText(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO access_tokens (digest, name, role, organisation, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			tokenDigest(token), a.Name, a.Role, a.Organisation, timeText(a.Expires))
		return err
	})
}

// Access tells what a token opens. ErrNotFound for an unknown or expired one. The look-up is by
// digest, so how long it takes tells nothing about the token.
func (s *Store) Access(ctx context.Context, token string, now time.Time) (Access, error) {
	var a Access
	var expires string
	err := s.db.QueryRowContext(ctx, `SELECT name, role, organisation, expires_at FROM access_tokens WHERE digest = $1 AND expires_at >= $2`,
		tokenDigest(token), timeText(now)).Scan(&a.Name, &a.Role, &a.Organisation, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return Access{}, fmt.Errorf("access token: %w", ErrNotFound)
	}
	if err != nil {
		return Access{}, explain(err)
	}
	a.Expires, err = parseTime(expires)
	return a, err
}

// tokenDigest needs no salt or stretching: tokens are 256 random bits, not words people choose.
func tokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
