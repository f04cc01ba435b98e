//go:build conform && linux

package conform

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
)

// checkFullDisk: homes on a file system of their own, which has no room any more, a page, or
// enough.
func checkFullDisk(t *testing.T, sites []*checkSite) {
	for _, name := range []string{"sparse", "sparse cold", "local registry cold", "git", "git cold"} {
		for _, free := range []int64{0, 4 << 10, 16 << 20} {
			t.Run(fmt.Sprintf("%s, %d bytes free", name, free), (&checkCase{site: siteNamed(t, sites, name), harm: func(t *testing.T, dir string) error {
				return moveHome(t, filepath.Join(dir, "home"), free)
			}}).test)
		}
	}
}

// moveHome puts a home onto a file system that has a number of bytes left beside it.
func moveHome(t *testing.T, home string, free int64) error {
	aside := home + ".aside"
	if err := errors.Join(os.Rename(home, aside), os.Mkdir(home, 0o777)); err != nil {
		return err
	}
	if err := syscall.Mount("room", home, "tmpfs", 0, "size=32m"); err != nil {
		t.Skipf("file systems cannot be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(home, 0) })
	entries, err := os.ReadDir(aside)
	for _, e := range entries {
		err = errors.Join(err, cargotest.CopyTree(filepath.Join(aside, e.Name()), filepath.Join(home, e.Name())))
	}
	return errors.Join(err, os.RemoveAll(aside), fill(home, free))
}

// fill leaves a number of bytes on a file system.
func fill(dir string, free int64) error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return err
	}
	size := int64(fs.Bavail)*fs.Bsize - free
	return os.WriteFile(filepath.Join(dir, "filler"), make([]byte, size), 0o666)
}
