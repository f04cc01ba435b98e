package lastuse

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/par"
)

const (
	walFormat = 2 // in bytes 18 and 19 of the file
	busyPoll  = 50 * time.Millisecond
)

var (
	// ErrForeign is matched by the error for a database that Cargo did not write, or
	// that is damaged.
	ErrForeign = errors.New("not as cargo writes it")
	// ErrBusy is matched by the error for one that somebody was at for too long.
	ErrBusy = errors.New("another program is using it")
)

// Options say how the database is opened.
type Options struct {
	// Locked: the caller holds Cargo's lock for writing. Then what a Cargo that was
	// killed while it wrote left behind is cleared up, as SQLite does. For others such
	// a database cannot be read.
	Locked bool
	// Waiting is called once when somebody else is at the database. It may be nil.
	Waiting func()
	// Patience is how long that is waited for at most.
	Patience time.Duration
}

// attempt calls f until the database is not busy, or patience ends.
func (o *Options) attempt(ctx context.Context, f func() error) error {
	end := time.Now().Add(o.Patience)
	for told := false; ; told = true {
		err := f()
		switch {
		case !isBusy(err):
			return err
		case !time.Now().Before(end):
			return fmt.Errorf("%w (%w)", ErrBusy, err)
		}
		if !told && o.Waiting != nil {
			o.Waiting()
		}
		if err := par.Sleep(ctx, busyPoll); err != nil {
			return err
		}
	}
}

func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED)
}

// pragmas are settings of a connection: no wait in SQLite, which could not be
// interrupted; no trust in what a schema says; nothing mapped that others may cut short;
// no more memory than maxHeap.
var pragmas = []string{"busy_timeout(0)", "trusted_schema(0)", "foreign_keys(1)", "temp_store(2)", "cell_size_check(1)", "mmap_size(0)", fmt.Sprintf("hard_heap_limit(%d)", maxHeap)}

// with opens the database of the home in dir in a mode of SQLite's, "ro" or "rw", and
// calls f with it. It does nothing if there is none.
func with(ctx context.Context, dir, mode string, f func(context.Context, *sql.Conn) error) error {
	path := filepath.Join(dir, home.LastUsePath)
	switch err := checkFiles(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	query := url.Values{"mode": {mode}, "_pragma": pragmas}
	uri := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return errors.Join(limited(ctx, db, f), db.Close())
}

func limited(ctx context.Context, db *sql.DB, f func(context.Context, *sql.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := sqlite.Limit(conn, sqlite3.SQLITE_LIMIT_LENGTH, maxValue); err != nil {
		return err
	}
	return f(ctx, conn)
}

// checkFiles: what is no plain file is not opened, neither by us nor by SQLite, which
// would wait for a pipe; nor a database with a log of writing ahead, which Cargo's has
// not.
func checkFiles(path string) error {
	f, err := fsx.OpenHere(path, os.O_RDONLY, 0)
	if err != nil {
		return foreign(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > maxFile {
		return fmt.Errorf("%w: larger than %d MiB", ErrForeign, maxFile>>20)
	}
	var head [20]byte
	if _, err := f.ReadAt(head[:], 0); err != nil || head[18] == walFormat || head[19] == walFormat {
		return fmt.Errorf("%w: no database with a rollback journal", ErrForeign)
	}
	if _, err := os.Lstat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is a log of writing ahead", ErrForeign)
	}
	return checkJournal(path + "-journal")
}

// superMagic ends a journal that names another file, of a change to several databases at
// once: SQLite opens that file, and may delete it (sqlite: pager_delsuper). Cargo has one
// database.
const superMagic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"

func checkJournal(path string) error {
	f, err := fsx.OpenHere(path, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return foreign(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var end [16]byte // length, checksum, magic
	if _, err := f.ReadAt(end[:], info.Size()-int64(len(end))); err == nil && string(end[8:]) == superMagic && binary.BigEndian.Uint32(end[:]) > 0 {
		return fmt.Errorf("%w: its journal names another file", ErrForeign)
	}
	return nil
}

// foreign tells what no Cargo makes from what cannot be looked at.
func foreign(err error) error {
	if errors.Is(err, fsx.ErrNotRegular) {
		return fmt.Errorf("%w: %w", ErrForeign, err)
	}
	return err
}

func wrap(dir string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok && !errors.Is(err, ErrForeign) {
		err = e.Err
	}
	return fmt.Errorf("%s: %w", filepath.Join(dir, home.LastUsePath), err)
}
