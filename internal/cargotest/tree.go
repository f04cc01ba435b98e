package cargotest

import (
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
// seconds, those within a day of the present print as "now".
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

func treeLine(path, rel string, d fs.DirEntry) (string, error) {
	info, err := d.Info()
	if err != nil {
		return "", err
	}
	mode, when := fmt.Sprintf("%04o", info.Mode().Perm()), treeTime(info.ModTime())
	switch info.Mode().Type() {
	case 0:
		data, err := os.ReadFile(path)
		return fmt.Sprintf("%s %s %-10s %s\n", Checksum(data)[:8], mode, when, rel), err
	case fs.ModeDir:
		return fmt.Sprintf("dir      %s %-10s %s/\n", mode, when, rel), nil
	case fs.ModeSymlink:
		target, err := os.Readlink(path)
		return fmt.Sprintf("link     -    -          %s -> %s\n", rel, target), err
	}
	return fmt.Sprintf("other    %s %-10s %s\n", mode, when, rel), nil
}

func treeTime(t time.Time) string {
	if time.Since(t).Abs() < 24*time.Hour {
		return "now"
	}
	return fmt.Sprint(t.Unix())
}
