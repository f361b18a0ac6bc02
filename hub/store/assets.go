package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/inventory"
)

// saveAssets brings the rows of assets to what the snapshot says. What was last saved or read here
// tells which rows differ; when the database holds another estate than that, all are written.
func (s *Store) saveAssets(ctx context.Context, tx *sql.Tx, snapshot *inventory.Snapshot) error {
	before := s.saved
	var stored string
	err := tx.QueryRowContext(ctx, `SELECT hash FROM estate WHERE id = 1`).Scan(&stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return explain(err)
	}
	if before == nil || stored != s.savedHash {
		before = &inventory.Snapshot{}
		if _, err := tx.ExecContext(ctx, `DELETE FROM assets`); err != nil {
			return fmt.Errorf("save assets: %w", err)
		}
	}
	put, err := tx.PrepareContext(ctx, `INSERT INTO assets (part, id, municipality, kind, name, presence, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (part, id) DO UPDATE SET municipality = excluded.municipality, kind = excluded.kind, name = excluded.name,
		presence = excluded.presence, body = excluded.body`)
	if err != nil {
		return err
	}
	defer func() { _ = put.Close() }()
	drop, err := tx.PrepareContext(ctx, `DELETE FROM assets WHERE part = $1 AND id = $2`)
	if err != nil {
		return err
	}
	defer func() { _ = drop.Close() }()
	var p packer
	for _, set := range []struct {
		part      bool
		old, news []inventory.Asset
	}{{false, before.Assets, snapshot.Assets}, {true, before.Parts, snapshot.Parts}} {
		// Both are sorted by id: one walk along them finds what came, went and changed.
		old := set.old
		for i := range set.news {
			a := &set.news[i]
			for len(old) > 0 && old[0].ID < a.ID {
				if _, err := drop.ExecContext(ctx, set.part, old[0].ID); err != nil {
					return fmt.Errorf("remove row of asset %s: %w", old[0].ID, err)
				}
				old = old[1:]
			}
			if len(old) > 0 && old[0].ID == a.ID {
				same := inventory.SameAsset(&old[0], a)
				old = old[1:]
				if same {
					continue
				}
			}
			body, err := p.pack(a)
			if err != nil {
				return fmt.Errorf("asset %s: %w", a.ID, err)
			}
			if _, err := put.ExecContext(ctx, set.part, a.ID, a.Municipality, string(a.Kind), a.Name, string(a.Presence), body); err != nil {
				return fmt.Errorf("save asset %s: %w", a.ID, err)
			}
		}
		for i := range old {
			if _, err := drop.ExecContext(ctx, set.part, old[i].ID); err != nil {
				return fmt.Errorf("remove row of asset %s: %w", old[i].ID, err)
			}
		}
	}
	return nil
}

// readBatch is how many bodies one worker decodes at a time.
const readBatch = 256

// readAssets fills in the snapshot's assets and parts. Bodies are decoded side by side.
func readAssets(ctx context.Context, tx *sql.Tx, snapshot *inventory.Snapshot) error {
	rows, err := tx.QueryContext(ctx, `SELECT part, body FROM assets ORDER BY part, id`)
	if err != nil {
		return fmt.Errorf("read assets: %w", explain(err))
	}
	defer func() { _ = rows.Close() }()
	type batch struct {
		bodies [][]byte
		part   []bool
		assets []inventory.Asset
	}
	var batches []*batch
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	decode := func(b *batch) {
		group.Go(func() error {
			var u unpacker
			b.assets = make([]inventory.Asset, len(b.bodies))
			for i, body := range b.bodies {
				if err := ctx.Err(); err != nil {
					return err
				}
				a := &b.assets[i]
				if err := u.unpack(body, a); err != nil {
					return fmt.Errorf("asset %d of the stored estate: %w", i+1, err)
				}
				inventory.Share(a, nil)
				inventory.Intern(a)
			}
			b.bodies = nil
			return nil
		})
	}
	now := &batch{}
	for rows.Next() {
		var part bool
		var body []byte
		if err := rows.Scan(&part, &body); err != nil {
			return errors.Join(err, group.Wait())
		}
		now.bodies, now.part = append(now.bodies, body), append(now.part, part)
		if len(now.bodies) == readBatch {
			batches = append(batches, now)
			decode(now)
			now = &batch{}
		}
	}
	batches = append(batches, now)
	decode(now)
	if err := errors.Join(group.Wait(), rows.Err()); err != nil {
		return err
	}
	count := 0
	for _, b := range batches {
		count += len(b.assets)
	}
	if count > 0 {
		snapshot.Assets = make([]inventory.Asset, 0, count)
	}
	for _, b := range batches {
		for i := range b.assets {
			if b.part[i] {
				snapshot.Parts = append(snapshot.Parts, b.assets[i])
			} else {
				snapshot.Assets = append(snapshot.Assets, b.assets[i])
			}
		}
		b.assets = nil
	}
	return nil
}
