package worktree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"

	"github.com/go-git/go-git/v5/plumbing"
)

// builder puts a work tree together.
type builder struct {
	ctx   context.Context
	open  func(path string, src crate.SourceID, commit string) (*object.DB, error)
	quota *quota
	w     *WorkTree
}

// layer adds a repository, of which the items are not known yet, and what is below it.
func (b *builder) layer(l *Layer, tree plumbing.Hash, depth int) (err error) {
	if depth > maxNesting {
		return &object.LimitError{What: "submodules within another", Limit: maxNesting}
	}
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if l.items, err = itemsOf(b.ctx, l.DB, tree, b.quota); err != nil {
		return err
	}
	subs, err := l.submodules(b.ctx)
	if err != nil {
		return err
	}
	b.w.layers = append(b.w.layers, l)
	return b.fill(l, len(b.w.layers)-1, subs, depth)
}

func (l *Layer) submodules(ctx context.Context) (map[string]submodule, error) {
	byPath := map[string]submodule{}
	text, err := l.text(ctx, modulesFile, maxModulesFile)
	if err != nil {
		return nil, err
	}
	if l.modules, err = parseModules(text); err != nil {
		return nil, err
	}
	subs, err := submodulesOf(l.items, l.modules, l.URL)
	for _, s := range subs {
		byPath[s.path] = s
	}
	return byPath, err
}

// text reads a small file of the layer's root; none is as good as an empty one.
func (l *Layer) text(ctx context.Context, path string, limit int64) (string, error) {
	for _, it := range l.items {
		if it.path == path && it.typ() == object.TypeFile {
			data, err := l.DB.Read(ctx, it.hash, plumbing.BlobObject, limit)
			return string(data), err
		}
	}
	return "", nil
}

// fill adds a layer's entries, in order, as attributes need.
func (b *builder) fill(l *Layer, at int, subs map[string]submodule, depth int) error {
	attrs := newAttrStack(b.w.Spend)
	for i, it := range l.items {
		var err error
		if it.typ() == object.TypeGitlink {
			err = b.gitlink(l, it, subs, depth)
		} else {
			err = b.file(l, at, i, attrs)
		}
		if err != nil {
			return err
		}
	}
	if l.Root != "" && !l.hasOK() {
		b.add(filelist.Entry{Path: filelist.Join(l.Root, crate.OKFile)}, node{layer: at, item: -1, mode: object.TypeFile | 0o666})
	}
	return nil
}

// hasOK: a tracked ".cargo-ok" is in the entries already.
func (l *Layer) hasOK() bool {
	for _, it := range l.items {
		if it.path == crate.OKFile {
			return true
		}
	}
	return false
}

func (b *builder) add(e filelist.Entry, n node) {
	b.w.entries, b.w.nodes = append(b.w.entries, e), append(b.w.nodes, n)
}

func (b *builder) file(l *Layer, at, i int, attrs *attrStack) error {
	it := l.items[i]
	path := filelist.Join(l.Root, it.path)
	if err := checkOK(it.path, path, it.typ()); err != nil {
		return err
	}
	n := node{layer: at, item: i, mode: it.mode}
	if it.typ() == object.TypeLink {
		target, err := l.DB.Read(b.ctx, it.hash, plumbing.BlobObject, maxLink)
		target, _, _ = bytes.Cut(target, []byte{0}) // as the system call does
		b.add(filelist.Entry{Path: path, Kind: filelist.Symlink, Target: string(target)}, n)
		return err
	}
	set, err := attrs.of(it.path)
	if err != nil {
		return err
	}
	n.conv = set.conversion()
	b.add(filelist.Entry{Path: path, Kind: fileKind(it.mode)}, n)
	attrs.written(b.ctx, l, it)
	return nil
}

// fileKind: Cargo's libgit2 takes the modes of files as they are, except for
// what lies above the nine bits of permission.
func fileKind(mode uint32) filelist.Kind {
	if mode&0o100 != 0 {
		return filelist.Executable
	}
	return filelist.Regular
}

// checkOK refuses a ".cargo-ok" in the commit that is no file. Cargo empties the
// file of that name when it is done, and would follow a link there to wherever.
func checkOK(path, shown string, typ uint32) error {
	if path == crate.OKFile && typ != object.TypeFile || strings.HasPrefix(path, crate.OKFile+"/") {
		return &EntryError{shown, errors.New("is where Cargo writes a file of its own")}
	}
	return nil
}

// gitlink adds a submodule with all below it, or an empty folder.
func (b *builder) gitlink(l *Layer, it item, subs map[string]submodule, depth int) error {
	path := filelist.Join(l.Root, it.path)
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
		b.add(filelist.Entry{Path: path, Kind: filelist.Submodule}, node{layer: -1, item: -1})
		err = b.layer(&Layer{DB: db, Root: path, URL: sub.src.URL(), Trust: l.Trust.of(sub.rel), Commit: c.Hash.String()}, c.Tree, depth+1)
	}
	if err != nil {
		return fmt.Errorf("submodule %q: %w", path, err)
	}
	return nil
}

func (b *builder) openSubmodule(path string, sub submodule) (*object.DB, error) {
	if err := b.w.Spend(WorkPerSubmodule); err != nil {
		return nil, err
	}
	if b.open == nil {
		return nil, &MissingError{Source: sub.src, Commit: sub.commit.String()}
	}
	return b.open(path, sub.src, sub.commit.String())
}
