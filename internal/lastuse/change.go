package lastuse

import (
	"context"
	"database/sql"
	"path/filepath"
	"time"

	"cargohome/internal/home"
	"cargohome/internal/staging"
)

// changePatience is how long a busy database is waited for when all else is done.
const changePatience = 5 * time.Second

// change writes to the database by f: all of it or nothing. It does nothing if there is
// no database.
func change(ctx context.Context, dir string, f func(context.Context, *sql.Tx) error) error {
	opts := &Options{Patience: changePatience}
	return wrap(dir, opts.attempt(ctx, func() error {
		return with(ctx, dir, "rw", func(ctx context.Context, conn *sql.Conn) error {
			if _, err := checkSchema(ctx, conn, true); err != nil {
				return err
			}
			if err := staging.Point(staging.OpWrite, filepath.Join(dir, home.LastUsePath)); err != nil {
				return err
			}
			tx, err := conn.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			defer func() { _ = tx.Rollback() }() // of no effect after Commit
			if err := f(ctx, tx); err != nil {
				return err
			}
			return tx.Commit()
		})
	}))
}
