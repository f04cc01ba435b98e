package index

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// A cache file is believed if it was made of what the repository has, which need not be
// there then; all else is.
func TestIntact(t *testing.T) {
	const line = `{"name":"a","vers":"1.0.0","deps":[],"cksum":""}`
	dir := t.TempDir()
	blob := gitObject(t, dir, "blob", line+"\n")
	id := hex.EncodeToString([]byte(blob))
	gitRepo(t, dir, map[string]string{"1/a": line + "\n"})
	cached := func(version string) {
		write(t, filepath.Join(dir, ".cache/1/a"), string(cacheHead)+version+"\x001.0.0\x00"+line+"\x00")
	}
	expect := func(what string, sound bool) {
		t.Helper()
		x := Git(dir)
		defer x.Close()
		if err := x.Intact("a"); (err == nil) != sound {
			t.Errorf("%s: %v", what, err)
		}
	}
	cached("something else")
	expect("a cache file of something else", true)
	if err := os.Remove(filepath.Join(dir, ".git/objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	expect("and nothing in its place", false)
	cached(id)
	expect("a cache file of what is there no more", true)
	if err := os.RemoveAll(filepath.Join(dir, ".git/objects")); err != nil {
		t.Fatal(err)
	}
	expect("no objects", false)
	if err := Sparse(dir).Intact("a"); err != nil {
		t.Errorf("a sparse index: %v", err)
	}
}
