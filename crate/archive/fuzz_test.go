package archive_test

import (
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
	"unicode/utf8"

	"cargohome/crate/archive"
	"cargohome/internal/cargotest"
)

// Whatever a tar holds: nothing is written outside the package's folder, nothing
// at all is published after an error, what is reported is what is on disk, and that
// is within the limits. The function unpack checks all but the last.
func FuzzUnpack(f *testing.F) {
	for _, h := range cargotest.HostileArchives() {
		if tar, err := gunzip(h); err == nil {
			f.Add(tar, h.Name != "git_folder")
		}
	}
	f.Fuzz(func(t *testing.T, tar []byte, everything bool) {
		if len(tar) > 1<<20 {
			return
		}
		include := archive.Include(archive.Vendored)
		if everything {
			include = nil
		}
		data := cargotest.Gzip("x", slices.Concat(manifest, fixSums(tar)))
		dir, err := unpackInto(t, data, include)
		if err == nil {
			checkLimits(t, dir, len(tar), include)
		}
	})
}

func gunzip(h cargotest.Hostile) ([]byte, error) {
	if h.Heavy {
		return nil, io.ErrShortBuffer
	}
	z, err := gzip.NewReader(bytes.NewReader(h.Archive()))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// checkLimits looks at all that was published: a folder of a package, in which
// there are but files and folders, with names that any system can have, and no more
// bytes than were in the tar.
func checkLimits(t *testing.T, dir string, size int, include archive.Include) {
	t.Helper()
	entries, total := 0, int64(0)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !d.IsDir() {
			entries, total = entries+1, total+info.Size()
			checkName(t, rel, include)
		}
		if kind := info.Mode().Type(); kind != 0 && kind != fs.ModeDir || info.Mode()&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0 {
			t.Errorf("%q has mode %v", rel, info.Mode())
		}
		return nil
	})
	if err != nil && !os.IsPermission(err) {
		t.Fatal(err)
	}
	if entries > archive.MaxEntries || total > int64(size+len(manifest)) {
		t.Errorf("%d files of %d bytes came of a tar of %d", entries, total, size)
	}
}

func checkName(t *testing.T, path string, include archive.Include) {
	t.Helper()
	if len(path) > archive.MaxPath || strings.Count(path, "/") > archive.MaxDepth || len(filepath.Base(path)) > archive.MaxName ||
		!utf8.ValidString(path) || strings.ContainsAny(path, "\\\x00") ||
		filepath.Base(path) == ".cargo-ok" || strings.HasPrefix(path, ".cargo-ok/") || include != nil && !include(path) {
		t.Errorf("%q was unpacked", path)
	}
}

// fixSums makes the checksum of each header right, where the blocks of a tar
// would lie if all entries were empty, so that the fuzzer gets past it.
func fixSums(tar []byte) []byte {
	tar = slices.Clone(tar)
	for at := 0; at+512 <= len(tar); at += 512 {
		if block := tar[at : at+512]; string(block[257:262]) == "ustar" {
			fixSum(block)
		}
	}
	return tar
}

func fixSum(block []byte) {
	copy(block[148:156], "        ")
	sum := 0
	for _, c := range block {
		sum += int(c)
	}
	copy(block[148:156], fmt.Sprintf("%06o\x00 ", sum))
}
