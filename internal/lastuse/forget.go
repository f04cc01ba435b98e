package lastuse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/internal/staging"
)

// Forget drops the rows of what was removed from the home in dir, and those of other
// archives, sources and checkouts that are no longer there, as Cargo would before it
// collects (cargo 1.95: update_db_for_removed). All happens or nothing. The caller
// holds Cargo's lock.
func Forget(ctx context.Context, dir string, gone []Key) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	db, err := open(ctx, dir, "rw")
	if db == nil || err != nil {
		return err
	}
	err = forget(ctx, db, dir, gone)
	if err := errors.Join(err, db.Close()); err != nil {
		return wrap(dir, err)
	}
	return nil
}

func forget(ctx context.Context, db *sql.DB, dir string, gone []Key) error {
	if err := staging.Point(staging.OpWrite, filepath.Join(dir, fileName)); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // of no effect after Commit
	for _, k := range gone {
		if err := drop(ctx, tx, k); err != nil {
			return err
		}
	}
	for table := range children {
		if err := dropMissing(ctx, tx, dir, table); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func drop(ctx context.Context, tx *sql.Tx, k Key) error {
	c, isChild := children[k.Table]
	if !isChild {
		_, err := tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE name = ?", k.Table), k.Folder)
		return err
	}
	query := fmt.Sprintf("DELETE FROM %s WHERE name = ? AND %s = (SELECT id FROM %s WHERE name = ?)", k.Table, c.id, c.parent)
	_, err := tx.ExecContext(ctx, query, k.Name, k.Folder)
	return err
}

func dropMissing(ctx context.Context, tx *sql.Tx, dir string, table Table) error {
	ids, err := missing(ctx, tx, dir, table)
	for _, id := range ids {
		if err == nil {
			_, err = tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE rowid = ?", table), id)
		}
	}
	return err
}

// missing returns the rows of what is not there.
func missing(ctx context.Context, tx *sql.Tx, dir string, table Table) (ids []int64, err error) {
	c := children[table]
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT c.rowid, p.name, c.name FROM %s p, %s c WHERE c.%s = p.id", c.parent, table, c.id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var folder, name string
		if err := rows.Scan(&id, &folder, &name); err != nil {
			return nil, err
		}
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(c.dir), folder, name)); errors.Is(err, fs.ErrNotExist) {
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}
