//go:build unix

package object

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
)

// An index likewise.
func TestPipes_index(t *testing.T) {
	for _, place := range []string{".git", ".git/objects", ".git/objects/pack", ".git/refs/remotes/origin/HEAD", ".git/packed-refs", ".git/FETCH_HEAD"} {
		dir := t.TempDir()
		f := cargotest.NewRepo(t, indexFiles())
		f.Write(filepath.Join(dir, ".git"), true)
		path := filepath.Join(dir, filepath.FromSlash(place))
		if err := errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Dir(path), 0o777), syscall.Mkfifo(path, 0o666)); err != nil {
			t.Skip(err)
		}
		cargotest.InTime(t, func() {
			Remotes(dir)
			if tree, err := OpenIndex(dir); err == nil {
				t.Errorf("%s: opened", place)
				tree.Close()
			}
		})
	}
}
