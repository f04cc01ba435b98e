//go:build unix

package index

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Of an index in git cargo passes over a cache file that it cannot open or read; at a pipe it
// waits for ever.
func TestStrictly_git_pipe(t *testing.T) {
	dir := t.TempDir()
	gitObject(t, dir, "blob", strictLine+"\n")
	gitRepo(t, dir, map[string]string{"1/a": strictLine + "\n"})
	write(t, filepath.Join(dir, ".git/HEAD"), "ref: refs/heads/master\n")
	file := filepath.Join(dir, ".cache/1/a")
	for what, c := range map[string]struct {
		make  func() error
		sound bool
	}{
		"a pipe":   {func() error { return unix.Mkfifo(file, 0o666) }, false},
		"a folder": {func() error { return os.Mkdir(file, 0o777) }, true},
		"a link":   {func() error { return os.Symlink("/dev/null", file) }, true},
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.RemoveAll(file), c.make()); err != nil {
			t.Fatal(err)
		}
		x := Git(dir).Strictly()
		if _, err := x.Lookup("a", "1.0.0"); (err == nil) != c.sound {
			t.Errorf("%s: %v", what, err)
		}
		_ = x.Close()
	}
}
