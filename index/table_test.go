package index

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lookupAll asks for every version, and some that are not there.
func lookupAll(t *testing.T, x *Index, n int) {
	t.Helper()
	for i := range n {
		version := fmt.Sprintf("1.0.%d", i)
		if e, err := x.Lookup("many", version); err != nil || e.Version != version || !strings.Contains(e.Line, version) {
			t.Fatalf("%s: %+v, %v", version, e, err)
		}
	}
	for range 2 * manyLookups {
		if _, err := x.Lookup("many", "2.0.0"); !errors.Is(err, ErrNoVersion) {
			t.Fatalf("2.0.0: %v", err)
		}
	}
}

// Many versions of one crate are found in one reading of its file: each by itself
// took a minute.
func TestLookup_many(t *testing.T) {
	const n = 5000
	var entries, cache strings.Builder
	cache.WriteString(string(cacheHead) + "x\x00")
	for i := range n {
		line := fmt.Sprintf(`{"name":"many","vers":"1.0.%d","deps":[],"cksum":"","features":{"x":[%q]}}`, i, strings.Repeat("x", 500))
		entries.WriteString(line + "\n")
		fmt.Fprintf(&cache, "1.0.%d\x00%s\x00", i, line)
	}
	sparse, git, local := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(sparse, ".cache/ma/ny/many"), cache.String())
	gitRepo(t, git, map[string]string{"ma/ny/many": entries.String()})
	write(t, filepath.Join(local, "index/ma/ny/many"), entries.String())
	start := time.Now()
	for _, x := range []*Index{Sparse(sparse), Git(git), Local(local)} {
		lookupAll(t, x, n)
		if x.repo != nil {
			x.Close()
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}

// A damaged file says so of what is not in it.
func TestLookup_many_damaged(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "index/1/a"), `{"name":"a","vers":"1.0.0","deps":[],"cksum":""}`+"\n{\"2.0.0\"\n")
	x := Local(dir)
	for i := range 2 * manyLookups {
		if _, err := x.Lookup("a", "1.0.0"); err != nil {
			t.Errorf("lookup %d: %v", i, err)
		}
		if _, err := x.Lookup("a", "2.0.0"); !errors.Is(err, ErrEntry) {
			t.Errorf("lookup %d: %v, want %v", i, err, ErrEntry)
		}
	}
}
