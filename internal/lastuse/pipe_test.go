//go:build unix

package lastuse_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cargohome/internal/lastuse"
)

// A pipe in the place of the database, or of a file that SQLite opens beside it, is not
// waited for.
func TestRead_pipes(t *testing.T) {
	for _, name := range []string{".global-cache", ".global-cache-journal", ".global-cache-wal"} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			path := filepath.Join(h.Dir, name)
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(path, 0o666); err != nil {
				t.Skip(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				for _, locked := range []bool{false, true} {
					if _, err := lastuse.Read(t.Context(), h.Dir, &lastuse.Options{Locked: locked}); !errors.Is(err, lastuse.ErrForeign) {
						t.Errorf("error is %v, want ErrForeign", err)
					}
				}
				if err := lastuse.Forget(t.Context(), h.Dir, gone); !errors.Is(err, lastuse.ErrForeign) {
					t.Errorf("error is %v, want ErrForeign", err)
				}
			}()
			select {
			case <-done:
			case <-time.After(10 * time.Second):
				t.Fatal("it is waited for")
			}
		})
	}
}
