package lockfile_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/lockfile"
)

// What is there and is no file is not taken for absent.
func TestRead_no_file(t *testing.T) {
	for what, make := range map[string]func(path string) error{
		"a folder":                  func(path string) error { return os.Mkdir(path, 0o777) },
		"a link that leads nowhere": func(path string) error { return os.Symlink("nowhere", path) },
		"a socket": func(path string) error {
			l, err := net.Listen("unix", path)
			if err == nil {
				t.Cleanup(func() { l.Close() })
			}
			return err
		},
	} {
		t.Run(strings.ReplaceAll(what, " ", "_"), func(t *testing.T) {
			dir, err := os.MkdirTemp("", "lock") // the name of a socket may not be long
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(dir)
			path := filepath.Join(dir, "Cargo.lock")
			if err := make(path); err != nil {
				t.Skipf("this system makes none: %v", err)
			}
			_, err = lockfile.Read(path)
			if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path+" is "+what) {
				t.Errorf("error %v", err)
			}
		})
	}
}
