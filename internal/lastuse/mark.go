package lastuse

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// resolution is how much older a time must be to be written anew (cargo 1.95:
// UPDATE_RESOLUTION).
const resolution = 5 * time.Minute

// Use is a use of something.
type Use struct {
	Key
	// Size is that of an archive or of what was unpacked of it, or of a work tree, in
	// bytes; 0 if it is not known, which it must be of an archive.
	Size int64
}

// Mark writes that things in the home in dir were used at a time, as Cargo does
// (cargo 1.95: DeferredGlobalLastUse::save): with what is used its folder is, and a time
// is written anew only if the old one is five minutes older. So Cargo's own collection
// does not take for long unused what has come to the home under a name that it knows, or
// into a folder that it has not used for months. All happens or nothing. The caller holds
// Cargo's lock.
//
// Where there is no database none is made: the next Cargo makes it, and counts from then
// for all that it finds (cargo 1.95: sync_db_with_files). Errors are as those of [Forget].
func Mark(ctx context.Context, dir string, used []Use, when time.Time) error {
	return change(ctx, dir, func(ctx context.Context, tx *sql.Tx) error {
		m := &marker{tx: tx, now: when.Unix(), stale: when.Add(-resolution).Unix(), ids: map[Key]int64{}}
		for _, u := range used {
			if err := m.mark(ctx, u); err != nil {
				return err
			}
		}
		return nil
	})
}

// marker writes uses in one transaction.
type marker struct {
	tx         *sql.Tx
	now, stale int64         // Unix time
	ids        map[Key]int64 // of parents that are marked
}

func (m *marker) mark(ctx context.Context, u Use) error {
	for _, c := range children {
		if c.table != u.Table {
			continue
		}
		id, err := m.parent(ctx, Key{c.parent, u.Folder, ""})
		if err != nil {
			return err
		}
		size := sql.NullInt64{Int64: u.Size, Valid: u.Size > 0 || u.Table == Archives}
		query := fmt.Sprintf("INSERT INTO %s (%s, name, size, timestamp) VALUES (?, ?, ?, ?) "+again, c.table, c.id)
		_, err = m.tx.ExecContext(ctx, query, id, u.Name, size, m.now, m.stale)
		return err
	}
	_, err := m.parent(ctx, u.Key)
	return err
}

// again is what becomes of a row that is there.
const again = "ON CONFLICT DO UPDATE SET timestamp = excluded.timestamp WHERE timestamp < ?"

// parent marks a folder, and returns the number of its row.
func (m *marker) parent(ctx context.Context, k Key) (id int64, err error) {
	if id, ok := m.ids[k]; ok {
		return id, nil
	}
	if _, err := m.tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO %s (name, timestamp) VALUES (?, ?) "+again, k.Table), k.Folder, m.now, m.stale); err != nil {
		return 0, err
	}
	err = m.tx.QueryRowContext(ctx, fmt.Sprintf("SELECT id FROM %s WHERE name = ?", k.Table), k.Folder).Scan(&id)
	m.ids[k] = id
	return id, err
}
