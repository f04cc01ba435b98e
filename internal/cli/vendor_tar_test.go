//go:build unix

package cli_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"cargohome/internal/cargotest"
)

// tarEntries returns what a tar holds, a line for each entry, in order.
func tarEntries(t *testing.T, path string) (lines []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(data)
	switch {
	case strings.HasSuffix(path, ".gz"):
		r, err = gzip.NewReader(r)
	case strings.Contains(path, ".zst"):
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if err == io.EOF {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, tarLine(strings.TrimSuffix(h.Name, "/"), h.FileInfo(), h.ModTime, content))
	}
}

func tarLine(name string, info fs.FileInfo, modified time.Time, content []byte) string {
	return fmt.Sprintf("%s %s %s %q", name, info.Mode(), modified.UTC().Format(time.DateTime), content)
}

// folderEntries is the same of a folder, in the order of `tar --sort=name`. What was
// dated by the run has the time generated, or that of the commit in the folder dep.
func folderEntries(t *testing.T, root, prefix string, commit time.Time) (lines []string) {
	t.Helper()
	recently := time.Now().Add(-24 * time.Hour)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		modified := info.ModTime()
		switch {
		case modified.Before(recently):
		case name == "dep" || strings.HasPrefix(name, "dep/"):
			modified = commit
		default:
			modified = time.Unix(1153704088, 0)
		}
		var content []byte
		if !d.IsDir() {
			content, err = os.ReadFile(path)
		}
		lines = append(lines, tarLine(prefix+name, info, modified, content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// A tar holds what the vendor folder does, filtered or not, is sorted, and is the same
// bytes each time.
func TestVendor_tar(t *testing.T) {
	for name, filter := range map[string][]string{
		"whole": nil,
		"stubs": {"--keep-dep-kinds", "build"},
		"parts": {"--exclude-crate-path", "a#deep", "--exclude-crate-path", "a#sealed/x", "--exclude", "tests"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := scene{}.build(t)
			mustRun(t, dir, append([]string{"vendor"}, filter...)...)
			app := filepath.Join(dir, "app")
			want := folderEntries(t, filepath.Join(app, "vendor"), "third/party/", time.Unix(cargotest.MTime, 0))
			folder := tarLine("third", mustStat(t, app), time.Unix(1153704088, 0), nil)
			want = append([]string{folder, strings.Replace(folder, "third", "third/party", 1)}, want...)
			for _, format := range []string{"tar", "tar.gz", "tar.zstd"} {
				compareTar(t, dir, format, want, filter)
			}
		})
	}
}

// compareTar vendors into a tar with several numbers of jobs.
func compareTar(t *testing.T, dir, format string, want, filter []string) {
	t.Helper()
	var first []byte
	for _, jobs := range []string{"1", "2", "7"} {
		file := filepath.Join(dir, "app", "v."+format)
		args := []string{"vendor", "--format", format, "--prefix", "third/party", "--jobs", jobs, file}
		mustRun(t, dir, append(args, filter...)...)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
			if got := tarEntries(t, file); !slices.Equal(got, want) {
				t.Errorf("%s holds\n%s\nthe folder\n%s", format, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		if !bytes.Equal(data, first) {
			t.Errorf("%s: other bytes with %s jobs", format, jobs)
		}
	}
}

func mustStat(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
