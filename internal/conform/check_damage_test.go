//go:build conform && unix

package conform

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"cargohome/internal/cargotest"
)

// errUnfit is for what cannot be damaged in a way, or would stay as it is.
var errUnfit = errors.New("no such damage")

// damage is one way to spoil whatever is at a path.
type damage struct {
	name string
	do   func(l cargotest.Lottery, path string) error

	// limited: it shows only for those whom permissions bind.
	limited bool
}

var damages = []damage{
	{name: "removed", do: func(_ cargotest.Lottery, path string) error { return os.RemoveAll(path) }},
	{name: "emptied", do: emptied},
	{name: "cut", do: rewritten(func(_ cargotest.Lottery, data []byte) []byte { return data[:len(data)/2] })},
	{name: "cut by a byte", do: rewritten(func(_ cargotest.Lottery, data []byte) []byte { return data[:max(0, len(data)-1)] })},
	{name: "flipped", do: rewritten(flipped)},
	{name: "flipped early", do: rewritten(func(l cargotest.Lottery, data []byte) []byte { return flippedAmong(l, data, 16) })},
	{name: "zeroed", do: rewritten(func(_ cargotest.Lottery, data []byte) []byte { return make([]byte, len(data)) })},
	{name: "grown", do: rewritten(func(_ cargotest.Lottery, data []byte) []byte { return append(data, "\nmore"...) })},
	{name: "line ends", do: rewritten(func(_ cargotest.Lottery, data []byte) []byte {
		return bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	})},
	{name: "renamed", do: func(_ cargotest.Lottery, path string) error { return os.Rename(path, path+".old") }},
	{name: "in other case", do: otherCase},
	{name: "swapped with its neighbour", do: swapped},
	{name: "a folder in its place", do: instead(os.ModeDir, func(path string) error { return os.Mkdir(path, 0o777) })},
	{name: "a file in its place", do: instead(0, func(path string) error { return os.WriteFile(path, []byte("x"), 0o666) })},
	{name: "a pipe in its place", do: instead(os.ModeNamedPipe, func(path string) error { return syscall.Mkfifo(path, 0o666) })},
	{name: "a link to nothing", do: instead(os.ModeSymlink, func(path string) error { return os.Symlink("nothing", path) })},
	{name: "a link to itself", do: instead(os.ModeSymlink, func(path string) error { return os.Symlink(filepath.Base(path), path) })},
	{name: "a link to where it went", do: linked},
	{name: "not to be read", limited: true, do: func(_ cargotest.Lottery, path string) error { return os.Chmod(path, 0) }},
	{name: "not to be written", limited: true, do: readOnly},
	{name: "not to be entered", limited: true, do: notEntered},
}

func emptied(_ cargotest.Lottery, path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return rewritten(func(cargotest.Lottery, []byte) []byte { return nil })(cargotest.Lottery{}, path)
	}
	if len(entries) == 0 {
		return errUnfit
	}
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(path, e.Name())))
	}
	return err
}

// rewritten puts another content in the place of a file's; files may have other names that
// keep theirs.
func rewritten(f func(cargotest.Lottery, []byte) []byte) func(cargotest.Lottery, string) error {
	return func(l cargotest.Lottery, path string) error {
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() {
			return errors.Join(err, errUnfit)
		}
		old, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data := f(l, bytes.Clone(old))
		if bytes.Equal(data, old) {
			return errUnfit
		}
		return errors.Join(os.Remove(path), os.WriteFile(path, data, info.Mode()))
	}
}

func flipped(l cargotest.Lottery, data []byte) []byte { return flippedAmong(l, data, len(data)) }

// flippedAmong flips one bit of the first n bytes.
func flippedAmong(l cargotest.Lottery, data []byte, n int) []byte {
	if n = min(n, len(data)); n > 0 {
		data[l.IntN(n)] ^= 1 << l.IntN(8)
	}
	return data
}

func otherCase(_ cargotest.Lottery, path string) error {
	name := filepath.Base(path)
	other := strings.ToUpper(name)
	if other == name {
		return errUnfit
	}
	return os.Rename(path, filepath.Join(filepath.Dir(path), other))
}

// swapped exchanges the names of two neighbours of one kind.
func swapped(l cargotest.Lottery, path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	var others []string
	for _, e := range entries {
		if e.Name() != info.Name() && e.Type() == info.Mode().Type() {
			others = append(others, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	if len(others) == 0 {
		return errUnfit
	}
	other := cargotest.Pick(l, others...)
	return errors.Join(os.Rename(path, path+".tmp"), os.Rename(other, path), os.Rename(path+".tmp", other))
}

// instead makes something of a kind in place of what is of another.
func instead(kind fs.FileMode, make func(path string) error) func(cargotest.Lottery, string) error {
	return func(_ cargotest.Lottery, path string) error {
		info, err := os.Lstat(path)
		if err != nil || info.Mode().Type() == kind {
			return errors.Join(err, errUnfit)
		}
		return errors.Join(os.RemoveAll(path), make(path))
	}
}

// linked moves what is there to a neighbouring name that nobody looks for, and leaves a
// link: cargo follows links, mostly.
func linked(_ cargotest.Lottery, path string) error {
	moved := filepath.Join(filepath.Dir(path), ".moved")
	return errors.Join(os.Rename(path, moved), os.Symlink(".moved", path))
}

func readOnly(_ cargotest.Lottery, path string) error {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&os.ModeSymlink != 0 {
		return errors.Join(err, errUnfit)
	}
	return os.Chmod(path, info.Mode().Perm()&^0o222)
}

func notEntered(_ cargotest.Lottery, path string) error {
	if info, err := os.Lstat(path); err != nil || !info.IsDir() {
		return errors.Join(err, errUnfit)
	}
	return os.Chmod(path, 0o666)
}

// places are the paths in a site that can be damaged: all but the project's own sources
// and what cargo keeps for itself.
func (s *checkSite) places() (all []string) {
	s.t.Helper()
	err := filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(s.dir, path)
		rel = filepath.ToSlash(rel)
		switch {
		case err != nil || rel == "." || rel == "app":
			return err
		case strings.HasPrefix(rel, "app/") && filepath.Base(rel) == "src", rel == "app/target": // of members, too
			return fs.SkipDir
		}
		all = append(all, rel)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}
