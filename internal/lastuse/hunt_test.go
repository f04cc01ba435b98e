package lastuse_test

import (
	"database/sql"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/lastuse"
)

// No database of ten megabytes, whatever is in tables that are Cargo's, takes 20 seconds
// or 512 MiB. A part is the SQL that fills it, and is repeated as a text's is.
func TestHunt(t *testing.T) {
	h := cargotest.Hunt{
		Seeds: []string{
			"INSERT OR REPLACE INTO registry_index VALUES (%d, 'n%d', 1);\n",
			"INSERT OR REPLACE INTO registry_crate VALUES (1, 'c%d-1.0.0.crate', 1, 1);\n",
			"INSERT OR REPLACE INTO registry_src VALUES (%d, 's%d', NULL, 9e99);\n",
			"INSERT OR REPLACE INTO git_db VALUES (-%d, hex(randomblob(120)) || %d, 1);\n",
			"INSERT OR REPLACE INTO git_checkout VALUES (%d, 'k%d', 1, 1);\n",
			"INSERT INTO registry_crate SELECT %d, name || %d, 1, 1 FROM registry_crate LIMIT 50;\n",
			"UPDATE registry_index SET name = name || 'x%d';\n",
		},
		Size: 1 << 20, Time: 20 * time.Second, Memory: 480 << 20,
	}
	home := cargotest.NewHome(t, t.TempDir())
	h.Prepare = func(text []byte) {
		if err := os.RemoveAll(filepath.Join(home.Dir, ".global-cache")); err != nil {
			t.Fatal(err)
		}
		fill(t, home.LastUseDB(), string(text))
	}
	h.Read = func([]byte) { _, _ = lastuse.Read(t.Context(), home.Dir, &lastuse.Options{}) }
	t.Log(h.Run(t, cargotest.NewLottery(rand.Uint64(), 0)))
}

// fill carries out as many statements as make ten megabytes, and passes over those that
// are none.
func fill(t *testing.T, db *sql.DB, statements string) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var pages int
	for n, statement := range strings.Split(statements, "\n") {
		_, _ = tx.Exec(statement)
		if n%100 == 0 && tx.QueryRow("PRAGMA page_count").Scan(&pages) == nil && pages > 2500 {
			break
		}
	}
	if err := errors.Join(tx.Commit(), db.Close()); err != nil {
		t.Fatal(err)
	}
}
