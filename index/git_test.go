package index

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// gitRepo writes the loose objects of a repository whose fetched tip has the
// files given, each in one folder at most.
func gitRepo(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	tree := gitTree(t, dir, files)
	commit := gitObject(t, dir, "commit", "tree "+hex.EncodeToString([]byte(tree))+"\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\n")
	write(t, filepath.Join(dir, ".git/refs/remotes/origin/HEAD"), hex.EncodeToString([]byte(commit))+"\n")
}

func gitTree(t *testing.T, dir string, files map[string]string) string {
	entries, below := map[string]string{}, map[string]map[string]string{}
	for name, content := range files {
		folder, rest, ok := strings.Cut(name, "/")
		if !ok {
			entries[name] = "100644 " + name + "\x00" + gitObject(t, dir, "blob", content)
			continue
		}
		if below[folder] == nil {
			below[folder] = map[string]string{}
		}
		below[folder][rest] = content
	}
	for name, sub := range below {
		entries[name] = "40000 " + name + "\x00" + gitTree(t, dir, sub)
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		b.WriteString(entries[name])
	}
	return gitObject(t, dir, "tree", b.String())
}

// gitObject writes a loose object and returns its hash in binary.
func gitObject(t *testing.T, dir, typ, content string) string {
	text := fmt.Sprintf("%s %d\x00%s", typ, len(content), content)
	sum := sha1.Sum([]byte(text))
	name := hex.EncodeToString(sum[:])
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	write(t, filepath.Join(dir, ".git/objects", name[:2], name[2:]), b.String())
	return string(sum[:])
}

// What was closed is not opened again, nor for the first time.
func TestGit_closed(t *testing.T) {
	dir := t.TempDir()
	gitRepo(t, dir, map[string]string{"1/a": `{"name":"a","vers":"1.0.0","deps":[],"cksum":""}` + "\n"})
	for _, used := range []bool{false, true} {
		x := Git(dir)
		if _, err := x.Lookup("a", "1.0.0"); used && err != nil {
			t.Fatal(err)
		}
		if !used {
			x = Git(dir)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Lookup("a", "1.0.0"); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("used before: %t; error %v, want %v", used, err, fs.ErrClosed)
		}
	}
}
