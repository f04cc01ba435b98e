package worktree

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"
)

const (
	// MaxText is the most bytes that the methods of fs.FS give; see
	// [WorkTree.UseFile] for more.
	MaxText = 16 << 20

	GitFile = ".git" // the repository of a work tree, a folder as a rule

	maxLink = 4096 // bytes of a symbolic link's target
)

// What a work tree takes, in steps; see [object.Budget].
const (
	workPerEntry     = 16 << 10
	workPerPathByte  = 64
	workPerRuleByte  = 128 // of an attributes file; see attrRule
	workPerMatchStep = 4   // of matching attributes
	workPerTextByte  = 512 // of what is read by name: manifests, mostly, which are parsed, and kept

	// WorkPerSubmodule is what looking for the repository of a submodule in one place takes.
	WorkPerSubmodule = 1 << 16
)

// Options say what the work tree of a commit depends on besides it.
type Options struct {
	// URL is the repository's own, to which the URLs of submodules may be
	// relative. If it is empty, those that are have no src when they are opened.
	URL string
	// Open returns the repository of a submodule, which holds the commit; path
	// is where in the work tree the submodule is. The work tree reads from it,
	// and does not close it. Without Open submodules are missing.
	Open func(path string, src crate.SourceID, commit string) (*object.DB, error)

	Trust Trust // in URL
}

// Trust says how sure it is that a URL is the one that Cargo names folders after.
type Trust uint8

const (
	Guessed Trust = iota // nothing bears it out
	Hashed               // but for the spelling of its end, which names do not depend on
	Known                // as a lockfile or .gitmodules has it
)

// of returns how sure the URL of a submodule is.
func (t Trust) of(rel relation) Trust {
	switch {
	case rel == absolute, rel == beside && t != Guessed, t == Known:
		return Known
	}
	return Guessed
}

// WorkTree is the files that Cargo 1.95 checks out for a commit, with those of
// its submodules, read from the repositories without writing them anywhere. It
// is immutable and safe for concurrent use, and good until the [object.DB] it was made
// from, or that of a submodule, is closed, or the context it was made with ends.
//
// It is an fs.FS of which the root is the work tree's; see [WorkTree.Open].
type WorkTree struct {
	layers  []*Layer
	nodes   []node
	entries []filelist.Entry
	empty   []string // folders of gitlinks that nothing is checked out for
	gaps    []error
	tree    func() *dirTree // for the file system, made when first needed

	ctx    context.Context // io/fs has none to pass
	budget *object.Budget
}

// Spend counts work on the tree, and notices that there is to be no more.
func (w *WorkTree) Spend(steps int64) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.budget.Spend(steps)
}

// When returns when the commit was made, the zero time if it does not say so.
func (w *WorkTree) When() (time.Time, error) {
	c, err := w.layers[0].DB.Commit(w.layers[0].Commit)
	if err != nil {
		return time.Time{}, err
	}
	return c.When, nil
}

// Layer is one repository of a work tree.
type Layer struct {
	DB     *object.DB // not closed by the work tree
	Root   string     // where in the work tree it is, "" for the repository itself
	URL    string     // its own, "" if it is not known; may hold user info
	Trust  Trust      // in URL
	Commit string     // 40 hexadecimal digits, in lower case

	items   []item   // for its git index
	modules []module // of its .gitmodules
}

// node is the source of an entry's content.
type node struct {
	layer int
	item  int // -1 for a ".cargo-ok"
	mode  uint32
	conv  conversion
}

// New returns the work tree of a commit, by its full id. opts may be nil. Besides errors
// of reading there are these: [*EntryError] and [*object.LimitError] for one that is
// refused, and errors matching [ErrModules] and [ErrSubmodule] for one that Cargo does
// not manage either. Submodules that are not at hand are left out; see [WorkTree.Missing].
func New(ctx context.Context, db *object.DB, commit string, opts *Options) (*WorkTree, error) {
	if opts == nil {
		opts = &Options{}
	}
	c, err := db.Commit(commit)
	if err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, open: opts.Open, quota: newQuota(), w: &WorkTree{ctx: ctx, budget: db.Budget()}}
	if err := b.layer(&Layer{DB: db, URL: opts.URL, Trust: opts.Trust, Commit: c.Hash.String()}, c.Tree, 0); err != nil {
		return nil, fmt.Errorf("commit %s: %w", c.Hash, err)
	}
	b.w.sort()
	b.w.tree = sync.OnceValue(b.w.dirTree)
	return b.w, nil
}

// Missing returns a [*MissingError] for each submodule that is not at hand, in the order
// in which they were looked for; nil if all are.
func (w *WorkTree) Missing() []error { return w.gaps }

// Layers returns the repositories that the work tree is made of: that of the commit,
// then those of submodules. The slice is not to be changed.
func (w *WorkTree) Layers() []*Layer { return w.layers }

// sort puts entries in the order of their paths: submodules were added where
// their gitlinks are, and "sub-x" belongs between "sub" and what is in it.
func (w *WorkTree) sort() {
	order := make([]int, len(w.entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(w.entries[a].Path, w.entries[b].Path) })
	entries, nodes := make([]filelist.Entry, len(order)), make([]node, len(order))
	for to, from := range order {
		entries[to], nodes[to] = w.entries[from], w.nodes[from]
	}
	w.entries, w.nodes = entries, nodes
}

// Entries returns what is in the work tree, in the order of the git index: by
// the bytes of paths, those of submodules among the others. The ".cargo-ok" of
// the root is not in it. The slice is not to be changed.
func (w *WorkTree) Entries() []filelist.Entry { return w.entries }

// use calls f with what is written for the entry, which is a file: the blob with
// conversions applied. The bytes are good until f returns, and not to be changed. f
// must not read from repositories.
func (w *WorkTree) use(ctx context.Context, i int, limit int64, f func([]byte) error) error {
	n := w.nodes[i]
	if n.item < 0 {
		return f(nil)
	}
	l := w.layers[n.layer]
	it := l.items[n.item]
	if it.path == crate.OKFile {
		return f(nil) // Cargo empties it
	}
	factor := int64(1)
	if n.conv != (conversion{}) {
		factor = maxGrowth
		limit = min(limit, object.MaxHeld/factor)
	}
	var used error
	err := l.DB.Use(ctx, it.hash, limit, factor, func(data []byte) error {
		used = f(n.conv.apply(data, it.hash))
		return nil
	})
	if err != nil {
		return fmt.Errorf("entry %q: %w", w.entries[i].Path, err)
	}
	return used
}
