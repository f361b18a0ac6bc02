// Package store keeps the hub's data in a SQLite file, or in PostgreSQL when a URL is given. It is
// the only place with SQL. One SQL text serves both engines; migrations are numbered files, applied
// forward only, each in a transaction.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // PostgreSQL
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	_ "modernc.org/sqlite" // SQLite without cgo

	"github.com/samdrift/samdrift/inventory"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNotFound says that a row does not exist.
var ErrNotFound = errors.New("not found")

// ErrNotInitialised says that the data directory holds no data yet.
var ErrNotInitialised = errors.New("no data here yet")

// ErrLocked says that another process uses the data directory.
var ErrLocked = errors.New("another samdrift uses this data directory")

// Config says where the data are.
type Config struct {
	Dir      string // data directory; holds samdrift.db and the lock
	Database string // postgres:// URL; empty: SQLite in Dir
	ReadOnly bool   // reads beside a running hub; takes no lock and migrates nothing
}

// Store is an open database.
type Store struct {
	db     *sql.DB
	lock   *os.File
	steady sql.IsolationLevel // in which a transaction reads one state throughout

	saving    sync.Mutex
	saved     *inventory.Snapshot // what the rows of assets were last known to hold; nil: not known
	savedHash string
}

// Open opens, locks and migrates the database.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{}
	if err := s.open(ctx, c); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, c Config) error {
	if !c.ReadOnly {
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return fmt.Errorf("data directory: %w: choose another with --dir", err)
		}
		lock, err := lockFile(filepath.Join(c.Dir, "samdrift.lock"))
		if err != nil {
			return fmt.Errorf("%s: %w (%w): stop it, or choose another directory with --dir", c.Dir, ErrLocked, err)
		}
		s.lock = lock
	}
	driver, dsn, dialect := "sqlite", sqliteDSN(c), database.DialectSQLite3
	if c.Database == "" && !c.ReadOnly {
		// SQLite makes its other files with the rights of this one.
		f, err := os.OpenFile(filepath.Join(c.Dir, "samdrift.db"), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return fmt.Errorf("database: %w: choose another directory with --dir", explain(err))
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	if c.Database != "" {
		driver, dsn, dialect = "pgx", c.Database, database.DialectPostgres
		s.steady = sql.LevelRepeatableRead // SQLite always does
	} else if _, err := os.Stat(filepath.Join(c.Dir, "samdrift.db")); c.ReadOnly && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w: run samdrift demo or samdrift serve first, or name the directory with --dir", c.Dir, ErrNotInitialised)
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.db = db
	if driver == "sqlite" {
		db.SetMaxOpenConns(4) // one writes, the others read; more only wait for each other
	}
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("open database: %w", explain(err))
	}
	if c.ReadOnly {
		return nil
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", explain(err))
	}
	return nil
}

// sqliteDSN names the file and how it is opened.
//   - WAL: readers do not wait for the writer, so pages answer during a merge.
//   - busy_timeout: a second reader waits a moment instead of failing.
//   - foreign_keys: off by default in SQLite.
//   - synchronous NORMAL: with WAL a power cut may lose the last transaction, never the file.
//   - _txlock immediate: a transaction that will write takes its place at once, not halfway.
func sqliteDSN(c Config) string {
	options := "_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)"
	if c.ReadOnly {
		options += "&mode=ro"
	} else {
		options += "&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_txlock=immediate"
	}
	path := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(filepath.Join(c.Dir, "samdrift.db")))
	return "file:" + path + "?" + options
}

// Close closes the database and frees the directory.
func (s *Store) Close() error {
	var faults []error
	if s.db != nil {
		faults = append(faults, s.db.Close())
	}
	if s.lock != nil {
		faults = append(faults, s.lock.Close())
	}
	return errors.Join(faults...)
}

// explain adds to a database error what the operator can do about it.
func explain(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "disk is full"), strings.Contains(text, "no space left"), strings.Contains(text, "SQLITE_FULL"), strings.Contains(text, "disk I/O error"):
		return fmt.Errorf("%w: the disk is full or unwritable; free space and run again, what was stored before is kept", err)
	case strings.Contains(text, "readonly"):
		return fmt.Errorf("%w: the data directory cannot be written by this user", err)
	default:
		return err
	}
}

// transaction runs work in one transaction: all of it is stored, or nothing.
func (s *Store) transaction(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if err := work(tx); err != nil {
		return explain(err)
	}
	return explain(tx.Commit())
}

// timeText is how times are stored: UTC with fixed width, so that text order is time order.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func parseTime(text string) (time.Time, error) { return time.Parse(time.RFC3339Nano, text) }
