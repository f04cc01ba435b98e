package lastuse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Forget drops the rows of what was removed from the home in dir, and those of other
// archives, sources and checkouts that are no longer there, as Cargo would before it
// collects (cargo 1.95: update_db_for_removed). All happens or nothing. The caller
// holds Cargo's lock. The error matches ErrBusy or ErrForeign, or is that of SQLite or the
// system, as for a disk without room for the journal.
func Forget(ctx context.Context, dir string, gone []Key) error {
	return change(ctx, dir, func(ctx context.Context, tx *sql.Tx) error {
		for _, k := range gone {
			if err := drop(ctx, tx, k); err != nil {
				return err
			}
		}
		for _, c := range children {
			if err := dropMissing(ctx, tx, dir, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func drop(ctx context.Context, tx *sql.Tx, k Key) error {
	for _, c := range children {
		if c.table == k.Table {
			query := fmt.Sprintf("DELETE FROM %s WHERE name = ? AND %s = (SELECT id FROM %s WHERE name = ?)", k.Table, c.id, c.parent)
			_, err := tx.ExecContext(ctx, query, k.Name, k.Folder)
			return err
		}
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE name = ?", k.Table), k.Folder)
	return err
}

func dropMissing(ctx context.Context, tx *sql.Tx, dir string, c child) error {
	ids, err := missing(ctx, tx, dir, c)
	for _, id := range ids {
		if err == nil {
			_, err = tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE rowid = ?", c.table), id)
		}
	}
	return err
}

// missing returns the rows of what is not there.
func missing(ctx context.Context, tx *sql.Tx, dir string, c child) (ids []int64, err error) {
	r := &reader{from: tx}
	folders, err := r.folders(ctx, c.parent)
	if err != nil {
		return nil, err
	}
	err = r.each(ctx, c.table, c.id, "rowid", func(id int64, name string, row int64) {
		folder, ok := folders[id]
		if !ok || !isName(folder) || !isName(name) {
			return
		}
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(c.dir), folder, name)); errors.Is(err, fs.ErrNotExist) {
			ids = append(ids, row)
		}
	})
	return ids, err
}

// isName: of what is no name of a file, nobody can say whether it is there.
func isName(s string) bool {
	return s != "" && s != "." && s != ".." && !strings.ContainsAny(s, "/\\\x00")
}
