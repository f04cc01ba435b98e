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

// Trees that nobody should write, of which go-git lists some: entries that lead elsewhere,
// what is twice, what has no end. Modes are kept here, as libgit2 sets them.
func TestTrees_beside_go_git(t *testing.T) {
	raw := func(entries ...string) func(*cargotest.Repo) plumbing.Hash {
		return func(f *cargotest.Repo) plumbing.Hash { return f.RawTree(entries...) }
	}
	for name, tree := range map[string]func(*cargotest.Repo) plumbing.Hash{
		"a folder up": raw("40000 .."), "git's own": raw("40000 .git"), "git's own to NTFS": raw("40000 GIT~1"), "a path": raw("100644 a/b"), "twice": raw("100644 a", "100644 a"),
		"as a file and a folder": raw("100644 a", "100644 a.b", "40000 a"), "a link called .gitmodules": raw("120000 .gitmodules"), "a mode of nothing": raw("10000 a"),
		"300 deep": nested(300, 1), "2^60 files": nested(60, 2),
	} {
		f := cargotest.NewRepo(t, nil)
		commit := f.CommitOf(tree(f))
		db := open(t, f)
		leave(db.Budget(), 1<<28)
		if _, err := New(t.Context(), db, commit, nil); err == nil {
			t.Errorf("%s: it is taken", name)
		}
		t.Logf("%s: go-git lists %s", name, listedByGoGit(db.Dir(), commit))
	}
}

// nested is a folder that has another so many times over, and so on.
func nested(deep, times int) func(*cargotest.Repo) plumbing.Hash {
	return func(f *cargotest.Repo) plumbing.Hash {
		h := f.Tree(map[string]string{"f": ""})
		for range deep {
			var data []byte
			for i := range times {
				data = append(fmt.Appendf(data, "40000 %d\x00", i), h[:]...)
			}
			h = f.Object(plumbing.TreeObject, data)
		}
		return h
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
	const most = 10_000
	var names []string
	walk := gogit.NewTreeWalker(t, true, nil)
	defer walk.Close()
	for {
		name, e, err := walk.Next()
		if errors.Is(err, io.EOF) && len(names) > 10 {
			return fmt.Sprint(len(names), " entries")
		}
		if errors.Is(err, io.EOF) {
			return strings.Join(names, " ")
		}
		if len(names) == most {
			return "more than all that is looked at here"
		}
		if err != nil {
			return err.Error()
		}
		names = append(names, fmt.Sprintf("%q %o", name, e.Mode))
	}
}
