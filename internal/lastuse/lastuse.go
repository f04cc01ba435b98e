// Package lastuse reads Cargo's database of last uses, and keeps it true when
// something is removed or put there.
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
// under Cargo's lock alone, and only if its schema is Cargo's to the letter.
//
// It may be hostile as all else. What is read is read by plain queries of one table
// each, and within these bounds; 100,000 packages take 30 MB, 200,000 rows, 6 MiB of
// names and a second. Peak memory is below 256 MiB.
//
//	file       1 GiB      of which SQLite holds 2 MB at a time
//	SQLite     64 MiB     of memory
//	value      64 KiB     one row or one text, tables' definitions included
//	schema     100        tables and indexes
//	rows       1,048,576  of all tables
//	names      64 MiB     of all rows; one has 255 bytes, as a file's
//	time       10 s       not counting that for which somebody else has it locked
//
// A link, a pipe or a device in the place of the database or its journal is refused, a
// log of writing ahead too, and a journal that names another file, as SQLite would delete
// that. What somebody puts there between our look and SQLite's, in a home that they may
// write to, is not seen.
package lastuse

import (
	"context"
	"database/sql"
	"time"

	"cargohome/internal/home"
)

// The bounds of the package comment, in bytes but for rows, objects and time.
const (
	maxFile    = 1 << 30
	maxHeap    = 64 << 20
	maxValue   = 64 << 10
	maxObjects = 100
	maxRows    = 1 << 20
	maxNames   = 64 << 20
	maxName    = 255
	patience   = 10 * time.Second
)

// Table is a table of the database.
type Table string

// The tables, as Cargo calls them.
const (
	Indexes   Table = "registry_index" // a parent, of Archives and Sources
	Archives  Table = "registry_crate"
	Sources   Table = "registry_src"
	Databases Table = "git_db" // a parent, of Checkouts
	Checkouts Table = "git_checkout"
)

// child is a table whose rows belong to a row of another.
type child struct {
	table, parent Table
	id            string // the column
	dir           string // below the home
}

var children = []child{
	{Archives, Indexes, "registry_id", home.CachePath},
	{Sources, Indexes, "registry_id", home.SrcPath},
	{Checkouts, Databases, "git_id", home.CheckoutsPath},
}

// Key names a row.
type Key struct {
	Table  Table  // that it is in
	Folder string // NAME
	Name   string // below that, "" for a parent
}

// Origin is who says when something was used.
type Origin string

// Who does.
const (
	Cargo Origin = "cargo" // its database
	Files Origin = "files" // the times of files
)

// Uses are the times of last use. A nil one knows none.
type Uses struct {
	times   map[Key]int64
	version int
}

// Version is that of the database's schema, 0 if there is none.
func (u *Uses) Version() int {
	if u == nil {
		return 0
	}
	return u.version
}

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

// Read reads the database of the home in dir. It returns nil if there is none, as
// before Cargo 1.78. The error matches ErrBusy or ErrForeign, or is that of SQLite or the
// system.
func Read(ctx context.Context, dir string, opts *Options) (u *Uses, err error) {
	mode := "ro"
	if opts.Locked {
		mode = "rw"
	}
	err = opts.attempt(ctx, func() error {
		u = nil
		return with(ctx, dir, mode, func(ctx context.Context, conn *sql.Conn) error {
			version, err := checkSchema(ctx, conn, false)
			if err != nil {
				return err
			}
			u = &Uses{map[Key]int64{}, version}
			return u.read(ctx, conn)
		})
	})
	if err != nil {
		return nil, wrap(dir, err)
	}
	return u, nil
}

func (u *Uses) read(ctx context.Context, conn *sql.Conn) error {
	r := &reader{from: conn}
	for _, table := range []Table{Indexes, Databases} {
		err := r.each(ctx, table, "id", "timestamp", func(_ int64, name string, when int64) {
			u.times[Key{table, name, ""}] = when
		})
		if err != nil {
			return err
		}
	}
	for _, c := range children {
		folders, err := r.folders(ctx, c.parent)
		if err != nil {
			return err
		}
		err = r.each(ctx, c.table, c.id, "timestamp", func(id int64, name string, when int64) {
			if folder, ok := folders[id]; ok {
				u.times[Key{c.table, folder, name}] = when
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
