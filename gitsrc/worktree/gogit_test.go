package worktree

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/cargotest/worst"

	"github.com/go-git/go-billy/v5/osfs"
	gitconfig "github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	gogit "github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// BenchmarkGoGit does the same with what is here and with go-git; the package comment has
// what came of it. The index is go-git's own.
func BenchmarkGoGit(b *testing.B) {
	modules := ""
	for i := range 100 {
		modules += fmt.Sprintf("[submodule \"m%d\"]\n\tpath = p%d\n\turl = https://example.com/%d\n", i, i, i)
	}
	for _, bb := range []struct {
		name string
		do   func() error
	}{
		{"modules/here", func() error { _, err := parseModules(modules); return err }},
		{"modules/go-git", func() error { return gitconfig.NewModules().Unmarshal([]byte(modules)) }},
		{"index/go-git", func() error { _, err := encodeIndex(someIndex(3000)); return err }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			start := worst.CPU()
			for b.Loop() {
				if err := bb.do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((worst.CPU()-start).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

func someIndex(n int) *index.Index {
	idx := &index.Index{Version: 2}
	for i := range n {
		idx.Entries = append(idx.Entries, &index.Entry{
			Name: fmt.Sprintf("crates/some/src/deeper/file%06d.rs", i), Mode: indexMode(0o100644), Hash: someHash, CreatedAt: time.Unix(1700000000, 1), ModifiedAt: time.Unix(1700000000, 1),
		})
	}
	return idx
}

// Trees that go-git lists, and nobody should write: entries that lead elsewhere, and what
// is twice. Modes are kept here, as libgit2 sets them.
func TestTrees_beside_go_git(t *testing.T) {
	for name, entries := range map[string][]string{
		"a folder up": {"40000 .."}, "git's own": {"40000 .git"}, "git's own to NTFS": {"40000 GIT~1"}, "a path": {"100644 a/b"}, "twice": {"100644 a", "100644 a"},
		"as a file and a folder": {"100644 a", "100644 a.b", "40000 a"}, "a link called .gitmodules": {"120000 .gitmodules"}, "a mode of nothing": {"10000 a"},
	} {
		f := cargotest.NewRepo(t, nil)
		commit := f.CommitOf(f.RawTree(entries...))
		db := open(t, f)
		if _, err := New(t.Context(), db, commit, nil); err == nil {
			t.Errorf("%s: it is taken", name)
		}
		t.Logf("%s: go-git lists %s", name, listedByGoGit(db.Dir(), commit))
	}
}

func listedByGoGit(dir, commit string) string {
	s := filesystem.NewStorage(osfs.New(dir), cache.NewObjectLRUDefault())
	defer s.Close()
	c, err := gogit.GetCommit(s, plumbing.NewHash(commit))
	if err != nil {
		return err.Error()
	}
	t, err := c.Tree()
	if err != nil {
		return err.Error()
	}
	var names []string
	walk := gogit.NewTreeWalker(t, true, nil)
	defer walk.Close()
	for {
		name, e, err := walk.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(names, " ")
		}
		if err != nil {
			return err.Error()
		}
		names = append(names, fmt.Sprintf("%q %o", name, e.Mode))
	}
}
