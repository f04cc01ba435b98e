package lastuse

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
)

// schemaVersion is the user_version of the schema below.
const schemaVersion = 7

// schema is what Cargo makes its tables with (cargo 1.95: global_cache_tracker.rs,
// migrations), without the blanks that say nothing.
var schema = map[string]string{
	"registry_index": "CREATE TABLE registry_index(id INTEGER PRIMARY KEY AUTOINCREMENT,name TEXT UNIQUE NOT NULL,timestamp INTEGER NOT NULL)",
	"registry_crate": "CREATE TABLE registry_crate(registry_id INTEGER NOT NULL,name TEXT NOT NULL,size INTEGER NOT NULL,timestamp INTEGER NOT NULL,PRIMARY KEY(registry_id,name),FOREIGN KEY(registry_id)REFERENCES registry_index(id)ON DELETE CASCADE)",
	"registry_src":   "CREATE TABLE registry_src(registry_id INTEGER NOT NULL,name TEXT NOT NULL,size INTEGER,timestamp INTEGER NOT NULL,PRIMARY KEY(registry_id,name),FOREIGN KEY(registry_id)REFERENCES registry_index(id)ON DELETE CASCADE)",
	"git_db":         "CREATE TABLE git_db(id INTEGER PRIMARY KEY AUTOINCREMENT,name TEXT UNIQUE NOT NULL,timestamp INTEGER NOT NULL)",
	"git_checkout":   "CREATE TABLE git_checkout(git_id INTEGER NOT NULL,name TEXT UNIQUE NOT NULL,size INTEGER,timestamp INTEGER NOT NULL,PRIMARY KEY(git_id,name),FOREIGN KEY(git_id)REFERENCES git_db(id)ON DELETE CASCADE)",
	"global_data":    "CREATE TABLE global_data(last_auto_gc INTEGER NOT NULL)",
}

// sequences is the table SQLite itself keeps for AUTOINCREMENT.
const sequences = "sqlite_sequence"

// checkSchema refuses a database whose tables are not Cargo's, each as Cargo makes it:
// what is asked of them would not mean what it says. A newer Cargo may have more tables
// beside them, for reading; to write, one must know all there is. Views and triggers
// Cargo has not, nor indexes that the tables do not bring with them.
func checkSchema(ctx context.Context, conn *sql.Conn, write bool) (version int, err error) {
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, err
	}
	if version < schemaVersion || write && version != schemaVersion {
		return 0, fmt.Errorf("%w: its version is %d, and not %d", ErrForeign, version, schemaVersion)
	}
	return version, checkTables(ctx, conn, version, write)
}

func checkTables(ctx context.Context, conn *sql.Conn, version int, write bool) error {
	rows, err := conn.QueryContext(ctx, "SELECT type, name, coalesce(sql, '') FROM sqlite_master LIMIT ?", maxObjects)
	if err != nil {
		return err
	}
	defer rows.Close()
	known := 0
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			return fmt.Errorf("%w: %w", ErrForeign, err)
		}
		want, ours := schema[name]
		switch {
		case kind == "index" && text == "" || kind == "table" && name == sequences:
		case ours && compact(text) == want:
			known++
		case ours || write || kind != "table" || version == schemaVersion:
			return fmt.Errorf("%w: the %s %q is another's", ErrForeign, kind, name)
		}
	}
	if err := rows.Err(); err != nil || known == len(schema) {
		return err
	}
	return fmt.Errorf("%w: tables are missing", ErrForeign)
}

var blanks = regexp.MustCompile(`\s+`)

// compact leaves out the blanks that say nothing.
func compact(text string) string {
	text = blanks.ReplaceAllString(text, " ")
	for _, mark := range []string{"(", ")", ","} {
		text = strings.ReplaceAll(strings.ReplaceAll(text, " "+mark, mark), mark+" ", mark)
	}
	return text
}
