package gitsrc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"cargohome/crate"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	// MaxBlob is the most bytes a file of a work tree may have. Who hosts git
	// takes none of 100 MB. One that is stored as a difference is held twice
	// while it is read, and so may have but half of maxHeld; and one whose line
	// ends are changed a third.
	MaxBlob = 128 << 20

	// MaxText is the most bytes that the methods of fs.FS give; see
	// [WorkTree.UseFile] for more.
	MaxText = 16 << 20

	maxLink = 4096 // bytes of a symbolic link's target

	okFile  = ".cargo-ok" // what Cargo leaves in a work tree that is complete
	gitFile = ".git"
)

// WorkTreeOptions say what the work tree of a commit depends on besides it.
type WorkTreeOptions struct {
	// URL is the repository's own, to which the URLs of submodules may be
	// relative. If it is empty, those that are have no src when they are opened.
	URL string
	// Open returns the repository of a submodule, which holds the commit; path
	// is where in the work tree the submodule is. The work tree reads from it,
	// and does not close it. Without Open submodules are missing.
	Open func(path string, src crate.SourceID, commit string) (*DB, error)

	trust trust // in URL
}

// trust says how sure it is that a URL is the one that Cargo names folders after.
type trust uint8

const (
	guessed trust = iota
	hashed        // but for the spelling of its end, which names do not depend on
	known         // as a lockfile or .gitmodules has it
)

// of returns how sure the URL of a submodule is.
func (t trust) of(rel relation) trust {
	switch {
	case rel == absolute, rel == beside && t != guessed, t == known:
		return known
	}
	return guessed
}

// WorkTree is the files that Cargo 1.95 checks out for a commit, with those of
// its submodules, read from the repositories without writing them anywhere. It
// is immutable and safe for concurrent use, and good until the [DB] it was made
// from, or that of a submodule, is closed, or the context it was made with ends.
//
// It is an fs.FS of which the root is the work tree's; see [WorkTree.Open].
type WorkTree struct {
	layers  []*layer
	nodes   []node
	entries []Entry
	empty   []string // folders of gitlinks that nothing is checked out for
	gaps    []error
	tree    func() *dirTree // for the file system, made when first needed

	ctx    context.Context // io/fs has none to pass
	budget *budget
}

// spend counts work on the tree, and notices that there is to be no more.
func (w *WorkTree) spend(steps int64) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.budget.spend(steps)
}

// layer is one repository of a work tree.
type layer struct {
	db     *DB
	root   string // where in the work tree it is, "" for the repository itself
	src    string // its URL, "" if it is not known
	trust  trust  // in that
	commit plumbing.Hash
	items  []item // for its git index
}

// node is the source of an entry's content.
type node struct {
	layer int
	item  int // -1 for a ".cargo-ok"
	mode  uint32
	conv  conversion
}

// WorkTree returns the work tree of a commit, by its full id. Besides errors of
// reading there are these: [*EntryError] and [*LimitError] for one that is
// refused, errors matching [ErrModules] and [ErrSubmodule] for one that Cargo
// does not manage either, and [*MissingError]s, all of them joined, for
// submodules that are not at hand.
func (db *DB) WorkTree(ctx context.Context, commit string, opts *WorkTreeOptions) (*WorkTree, error) {
	w, err := db.workTree(ctx, commit, opts)
	if err == nil && len(w.gaps) > 0 {
		err = errors.Join(w.gaps...)
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

// workTree leaves missing submodules out, and keeps why in gaps.
func (db *DB) workTree(ctx context.Context, commit string, opts *WorkTreeOptions) (*WorkTree, error) {
	if opts == nil {
		opts = &WorkTreeOptions{}
	}
	c, err := db.Commit(commit)
	if err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, open: opts.Open, quota: newQuota(), w: &WorkTree{ctx: ctx, budget: db.store.budget}}
	if err := b.layer(&layer{db: db, src: opts.URL, trust: opts.trust, commit: c.hash}, c.tree, 0); err != nil {
		return nil, fmt.Errorf("commit %s: %w", c.ID, err)
	}
	b.w.sort()
	b.w.tree = sync.OnceValue(b.w.dirTree)
	return b.w, nil
}

// builder puts a work tree together.
type builder struct {
	ctx   context.Context
	open  func(path string, src crate.SourceID, commit string) (*DB, error)
	quota *quota
	w     *WorkTree
}

// layer adds a repository, of which the items are not known yet, and what is below it.
func (b *builder) layer(l *layer, tree plumbing.Hash, depth int) (err error) {
	if depth > maxNesting {
		return &LimitError{"submodules within another", maxNesting}
	}
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if l.items, err = l.db.store.items(b.ctx, tree, b.quota); err != nil {
		return err
	}
	subs, err := l.submodules(b.ctx)
	if err != nil {
		return err
	}
	b.w.layers = append(b.w.layers, l)
	return b.fill(l, len(b.w.layers)-1, subs, depth)
}

func (l *layer) submodules(ctx context.Context) (map[string]submodule, error) {
	byPath := map[string]submodule{}
	text, err := l.text(ctx, modulesFile, maxModulesFile)
	if err != nil {
		return nil, err
	}
	mods, err := parseModules(text)
	if err != nil {
		return nil, err
	}
	subs, err := submodulesOf(l.items, mods, l.src)
	for _, s := range subs {
		byPath[s.path] = s
	}
	return byPath, err
}

// text reads a small file of the layer's root; none is as good as an empty one.
func (l *layer) text(ctx context.Context, path string, limit int64) (string, error) {
	for _, it := range l.items {
		if it.path == path && it.typ() == typeFile {
			data, err := l.db.store.read(ctx, it.hash, plumbing.BlobObject, limit)
			return string(data), err
		}
	}
	return "", nil
}

// fill adds a layer's entries, in order, as attributes need.
func (b *builder) fill(l *layer, at int, subs map[string]submodule, depth int) error {
	attrs := newAttrStack(b.w.spend)
	for i, it := range l.items {
		var err error
		if it.typ() == typeGitlink {
			err = b.gitlink(l, it, subs, depth)
		} else {
			err = b.file(l, at, i, attrs)
		}
		if err != nil {
			return err
		}
	}
	if l.root != "" && !l.hasOK() {
		b.add(Entry{Path: join(l.root, okFile)}, node{layer: at, item: -1, mode: typeFile | 0o666})
	}
	return nil
}

// hasOK: a tracked ".cargo-ok" is in the entries already.
func (l *layer) hasOK() bool {
	for _, it := range l.items {
		if it.path == okFile {
			return true
		}
	}
	return false
}

func (b *builder) add(e Entry, n node) {
	b.w.entries, b.w.nodes = append(b.w.entries, e), append(b.w.nodes, n)
}

func (b *builder) file(l *layer, at, i int, attrs *attrStack) error {
	it := l.items[i]
	path := join(l.root, it.path)
	if err := checkOK(it.path, path, it.typ()); err != nil {
		return err
	}
	n := node{layer: at, item: i, mode: it.mode}
	if it.typ() == typeLink {
		target, err := l.db.store.read(b.ctx, it.hash, plumbing.BlobObject, maxLink)
		target, _, _ = bytes.Cut(target, []byte{0}) // as the system call does
		b.add(Entry{Path: path, Kind: Symlink, Target: string(target)}, n)
		return err
	}
	set, err := attrs.of(it.path)
	if err != nil {
		return err
	}
	n.conv = set.conversion()
	b.add(Entry{Path: path, Kind: fileKind(it.mode)}, n)
	attrs.written(b.ctx, l, it)
	return nil
}

// fileKind: Cargo's libgit2 takes the modes of files as they are, except for
// what lies above the nine bits of permission.
func fileKind(mode uint32) Kind {
	if mode&0o100 != 0 {
		return Executable
	}
	return Regular
}

// checkOK refuses a ".cargo-ok" in the commit that is no file. Cargo empties the
// file of that name when it is done, and would follow a link there to wherever.
func checkOK(path, shown string, typ uint32) error {
	if path == okFile && typ != typeFile || strings.HasPrefix(path, okFile+"/") {
		return &EntryError{shown, errors.New("is where Cargo writes a file of its own")}
	}
	return nil
}

// written notes a file that has been written: it may be an attributes file.
func (a *attrStack) written(ctx context.Context, l *layer, it item) {
	dir, ok := strings.CutSuffix(it.path, attributesFile)
	if !ok || dir != "" && !strings.HasSuffix(dir, "/") {
		return
	}
	a.files[strings.TrimSuffix(dir, "/")] = &attrFile{read: func() (string, error) {
		data, err := l.db.store.read(ctx, it.hash, plumbing.BlobObject, maxAttributesFile)
		return string(data), err
	}}
}

// gitlink adds a submodule with all below it, or an empty folder.
func (b *builder) gitlink(l *layer, it item, subs map[string]submodule, depth int) error {
	path := join(l.root, it.path)
	if err := checkOK(it.path, path, it.typ()); err != nil {
		return err
	}
	sub, ok := subs[it.path]
	if !ok {
		b.w.empty = append(b.w.empty, path)
		return nil
	}
	db, err := b.openSubmodule(path, sub)
	var missing *MissingError
	if errors.As(err, &missing) {
		missing.Submodule = path
		b.w.gaps = append(b.w.gaps, missing)
		return nil
	}
	if err != nil {
		return fmt.Errorf("submodule %q: %w", path, err)
	}
	c, err := db.Commit(sub.commit.String())
	if err == nil {
		b.add(Entry{Path: path, Kind: Submodule}, node{layer: -1, item: -1})
		err = b.layer(&layer{db: db, root: path, src: sub.src.URL(), trust: l.trust.of(sub.rel), commit: c.hash}, c.tree, depth+1)
	}
	if err != nil {
		return fmt.Errorf("submodule %q: %w", path, err)
	}
	return nil
}

func (b *builder) openSubmodule(path string, sub submodule) (*DB, error) {
	if err := b.w.spend(workPerSubmodule); err != nil {
		return nil, err
	}
	if b.open == nil {
		return nil, &MissingError{Source: sub.src, Commit: sub.commit.String()}
	}
	return b.open(path, sub.src, sub.commit.String())
}

func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// sort puts entries in the order of their paths: submodules were added where
// their gitlinks are, and "sub-x" belongs between "sub" and what is in it.
func (w *WorkTree) sort() {
	order := make([]int, len(w.entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(w.entries[a].Path, w.entries[b].Path) })
	entries, nodes := make([]Entry, len(order)), make([]node, len(order))
	for to, from := range order {
		entries[to], nodes[to] = w.entries[from], w.nodes[from]
	}
	w.entries, w.nodes = entries, nodes
}

// Entries returns what is in the work tree, in the order of the git index: by
// the bytes of paths, those of submodules among the others. The ".cargo-ok" of
// the root is not in it. The slice is not to be changed.
func (w *WorkTree) Entries() []Entry { return w.entries }

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
	if it.path == okFile {
		return f(nil) // Cargo empties it
	}
	factor := int64(1)
	if n.conv != (conversion{}) {
		factor = maxGrowth
		limit = min(limit, maxHeld/factor)
	}
	var used error
	err := l.db.store.use(ctx, it.hash, limit, factor, func(data []byte) error {
		used = f(n.conv.apply(data, it.hash))
		return nil
	})
	if err != nil {
		return fmt.Errorf("entry %q: %w", w.entries[i].Path, err)
	}
	return used
}
