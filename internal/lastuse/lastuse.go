// Package lastuse reads Cargo's database of last uses, and keeps it true when
// something is removed.
//
//	.global-cache, SQLite, user_version 7               times in Unix seconds
//	    registry_index (id, name, timestamp)                registry/index/NAME
//	    registry_crate (registry_id, name, size, timestamp) registry/cache/NAME/x-1.0.0.crate
//	    registry_src   (registry_id, name, size, timestamp) registry/src/NAME/x-1.0.0
//	    git_db         (id, name, timestamp)                git/db/NAME
//	    git_checkout   (git_id, name, size, timestamp)      git/checkouts/NAME/SHORT
//
// Rows of children go with those of their parents. Cargo writes a time anew only if
// the old one is five minutes older, and adds what it finds on disk with the present
// time (spec 11.1; cargo 1.95: global_cache_tracker.rs).
//
// The database is Cargo's: no table is made, no version changed, and it is written to
// under Cargo's lock alone. It may be hostile as all else: one with views, triggers or
// virtual tables, which Cargo's has not, is not read, and reading ends after a while.
package lastuse

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Table is a table of the database.
type Table string

const (
	Indexes   Table = "registry_index"
	Archives  Table = "registry_crate"
	Sources   Table = "registry_src"
	Databases Table = "git_db"
	Checkouts Table = "git_checkout"
)

// children are the tables whose rows belong to a row of another.
var children = map[Table]struct {
	parent Table
	id     string // the column
	dir    string // below the home
}{
	Archives:  {Indexes, "registry_id", "registry/cache"},
	Sources:   {Indexes, "registry_id", "registry/src"},
	Checkouts: {Databases, "git_id", "git/checkouts"},
}

// Key names a row.
type Key struct {
	Table  Table
	Folder string // NAME
	Name   string // below that, "" for a parent
}

// Origin is who says when something was used.
type Origin string

const (
	Cargo Origin = "cargo" // its database
	Files Origin = "files" // the times of files
)

// Uses are the times of last use. A nil one knows none.
type Uses struct{ times map[Key]int64 }

// Origin says where times come from, as far as they can.
func (u *Uses) Origin() Origin {
	if u == nil {
		return Files
	}
	return Cargo
}

// Last returns when something was used: as the database has it, or else files.
func (u *Uses) Last(k Key, files int64) (int64, Origin) {
	if u != nil {
		if t, ok := u.times[k]; ok {
			return t, Cargo
		}
	}
	return files, Files
}

const (
	fileName  = ".global-cache"
	maxFile   = 1 << 30 // bytes; 100,000 packages take 30 MB
	maxRows   = 8 << 20
	patience  = time.Minute // what honest databases need is a second
	walFormat = 2           // in bytes 18 and 19 of the file
)

// ErrForeign is matched by the error for a database that Cargo did not write.
var ErrForeign = errors.New("not as cargo writes it")

// Read reads the database of the home in dir. It returns nil if there is none, as
// before Cargo 1.78. A caller who holds Cargo's lock for writing says so: then what a
// Cargo that was killed while it wrote left behind is cleared up, as SQLite does. For
// others such a database cannot be read.
func Read(ctx context.Context, dir string, locked bool) (*Uses, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	mode := "ro"
	if locked {
		mode = "rw"
	}
	db, err := open(ctx, dir, mode)
	if db == nil || err != nil {
		return nil, err
	}
	defer db.Close()
	u := &Uses{times: map[Key]int64{}}
	for _, parent := range []Table{Indexes, Databases} {
		if err := u.read(ctx, db, parent, "SELECT name, '', timestamp FROM "+string(parent)); err != nil {
			return nil, wrap(dir, err)
		}
	}
	for table, c := range children {
		query := fmt.Sprintf("SELECT p.name, c.name, c.timestamp FROM %s p, %s c WHERE c.%s = p.id", c.parent, table, c.id)
		if err := u.read(ctx, db, table, query); err != nil {
			return nil, wrap(dir, err)
		}
	}
	return u, nil
}

func (u *Uses) read(ctx context.Context, db *sql.DB, table Table, query string) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		k := Key{Table: table}
		var when int64
		if err := rows.Scan(&k.Folder, &k.Name, &when); err != nil {
			return fmt.Errorf("%w: %w", ErrForeign, err)
		}
		if u.times[k] = when; len(u.times) > maxRows {
			return fmt.Errorf("%w: it has too many rows", ErrForeign)
		}
	}
	return rows.Err()
}

func wrap(dir string, err error) error {
	return fmt.Errorf("%s: %w", filepath.Join(dir, fileName), err)
}

// open opens the database in a mode of SQLite's, "ro" or "rw". It returns nil if
// there is none.
func open(ctx context.Context, dir, mode string) (*sql.DB, error) {
	path := filepath.Join(dir, fileName)
	switch err := checkFile(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, wrap(dir, err)
	}
	query := url.Values{"mode": {mode}, "_pragma": {"busy_timeout(2000)", "trusted_schema(0)", "foreign_keys(1)", "temp_store(2)"}}
	uri := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, wrap(dir, err)
	}
	db.SetMaxOpenConns(1)
	if err := checkSchema(ctx, db); err != nil {
		return nil, wrap(dir, cmp.Or(err, db.Close()))
	}
	return db, nil
}

// checkFile: what is no plain file is not opened, and one with a log of writing
// ahead would need a file beside it.
func checkFile(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: not a regular file", ErrForeign)
	case info.Size() > maxFile:
		return fmt.Errorf("%w: larger than %d MiB", ErrForeign, maxFile>>20)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var head [20]byte
	if _, err := f.ReadAt(head[:], 0); err != nil || head[18] == walFormat || head[19] == walFormat {
		return fmt.Errorf("%w: no database with a rollback journal", ErrForeign)
	}
	return nil
}

func checkSchema(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT type, name FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'")
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	var kind, name string
	if err := rows.Scan(&kind, &name); err != nil {
		return err
	}
	return fmt.Errorf("%w: it has a %s %q", ErrForeign, kind, name)
}
