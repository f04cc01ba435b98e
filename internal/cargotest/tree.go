package cargotest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Tree lists what is in dir, sorted by path, one line each:
//
//	9f86d081 0644 1153704088 src/lib.rs
//	dir      0755 now        src/
//	link     -    -          latest -> src
//
// Eight digits of its SHA-256 stand for a file's content. Times are in Unix
// seconds, those within a month of the present print as "now": what is compared with may be
// kept for a while.
func Tree(dir string) (string, error) {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		line, err := treeLine(path, filepath.ToSlash(rel), d)
		b.WriteString(line)
		return err
	})
	return b.String(), err
}

// TreePath is the path in a line of Tree, without blanks it may begin with.
func TreePath(line string) string {
	for range 3 {
		_, line, _ = strings.Cut(strings.TrimLeft(line, " "), " ")
	}
	return strings.TrimLeft(line, " ")
}

func treeLine(path, rel string, d fs.DirEntry) (string, error) {
	info, err := d.Info()
	if err != nil {
		return "", err
	}
	mode, when := treeMode(info.Mode()), treeTime(info.ModTime())
	switch info.Mode().Type() {
	case 0:
		data, err := readAny(path, info.Mode())
		return fmt.Sprintf("%s %s %-10s %s\n", Checksum(data)[:8], mode, when, rel), err
	case fs.ModeDir:
		return fmt.Sprintf("dir      %s %-10s %s/\n", mode, when, rel), nil
	case fs.ModeSymlink:
		target, err := os.Readlink(path)
		return fmt.Sprintf("link     -    -          %s -> %s\n", rel, target), err
	}
	return fmt.Sprintf("other    %s %-10s %s\n", mode, when, rel), nil
}

// readAny reads a file that its mode may keep even its owner from reading.
func readAny(path string, mode fs.FileMode) ([]byte, error) {
	data, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrPermission) {
		return data, err
	}
	if err := os.Chmod(path, mode|0o400); err != nil {
		return nil, err
	}
	data, err = os.ReadFile(path)
	return data, errors.Join(err, os.Chmod(path, mode))
}

func treeMode(mode fs.FileMode) string {
	bits := uint32(mode.Perm())
	for bit, special := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if mode&special != 0 {
			bits |= bit
		}
	}
	return fmt.Sprintf("%04o", bits)
}

func treeTime(t time.Time) string {
	if time.Since(t).Abs() < 30*24*time.Hour {
		return "now"
	}
	return fmt.Sprint(t.Unix())
}
