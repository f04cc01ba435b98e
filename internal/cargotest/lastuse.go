package cargotest

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// lastUseSchema is what Cargo 1.78 to 1.95 make (spec 11.1).
const lastUseSchema = `
CREATE TABLE IF NOT EXISTS registry_index (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, timestamp INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS registry_crate (registry_id INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, timestamp INTEGER NOT NULL,
	PRIMARY KEY (registry_id, name), FOREIGN KEY (registry_id) REFERENCES registry_index (id) ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS registry_src (registry_id INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER, timestamp INTEGER NOT NULL,
	PRIMARY KEY (registry_id, name), FOREIGN KEY (registry_id) REFERENCES registry_index (id) ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS git_db (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, timestamp INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS git_checkout (git_id INTEGER NOT NULL, name TEXT UNIQUE NOT NULL, size INTEGER, timestamp INTEGER NOT NULL,
	PRIMARY KEY (git_id, name), FOREIGN KEY (git_id) REFERENCES git_db (id) ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS global_data (last_auto_gc INTEGER NOT NULL);
PRAGMA user_version = 7;
`

// lastUseChildren are the tables with rows that belong to those of another.
var lastUseChildren = map[string]struct{ parent, id string }{
	"registry_crate": {"registry_index", "registry_id"},
	"registry_src":   {"registry_index", "registry_id"},
	"git_checkout":   {"git_db", "git_id"},
}

// LastUseDB opens the home's database of last uses, which is made if need be. The
// caller closes it.
func (h *Home) LastUseDB() *sql.DB {
	uri := url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(h.Dir, ".global-cache"), RawQuery: "_pragma=foreign_keys(1)"}
	db, err := sql.Open("sqlite", uri.String())
	check(h.t, err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec(lastUseSchema)
	check(h.t, err)
	return db
}

// Used notes in a table of the database that something was last used at a time, in
// Unix seconds. A child's parent is noted with the same time, unless it is there.
func (h *Home) Used(table, folder, name string, when int64) {
	db := h.LastUseDB()
	defer db.Close()
	c, isChild := lastUseChildren[table]
	if !isChild {
		_, err := db.Exec(fmt.Sprintf("INSERT OR REPLACE INTO %s (name, timestamp) VALUES (?, ?)", table), folder, when)
		check(h.t, err)
		return
	}
	_, err := db.Exec(fmt.Sprintf("INSERT OR IGNORE INTO %s (name, timestamp) VALUES (?, ?)", c.parent), folder, when)
	check(h.t, err)
	_, err = db.Exec(fmt.Sprintf("INSERT OR REPLACE INTO %s (%s, name, size, timestamp) SELECT id, ?, 0, ? FROM %s WHERE name = ?", table, c.id, c.parent), name, when, folder)
	check(h.t, err)
}

// LastUses lists the database, one line for each row: "TABLE FOLDER[/NAME]", sorted.
func (h *Home) LastUses() (rows []string) {
	db := h.LastUseDB()
	defer db.Close()
	list := func(query string) {
		found, err := db.Query(query)
		check(h.t, err)
		defer found.Close()
		for found.Next() {
			var row string
			check(h.t, found.Scan(&row))
			rows = append(rows, row)
		}
		check(h.t, found.Err())
	}
	for _, table := range []string{"git_checkout", "git_db", "registry_crate", "registry_index", "registry_src"} {
		if c, isChild := lastUseChildren[table]; isChild {
			list(fmt.Sprintf("SELECT '%s ' || p.name || '/' || c.name FROM %s p, %s c WHERE c.%s = p.id ORDER BY 1", table, c.parent, table, c.id))
		} else {
			list(fmt.Sprintf("SELECT '%s ' || name FROM %s ORDER BY 1", table, table))
		}
	}
	return rows
}
