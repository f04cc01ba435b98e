package packagelist

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/compat"
	"cargohome/internal/filelist"
)

// A Lister has the entries of a work tree, or of a folder.
type Lister interface {
	// Entries returns all entries in byte order of their paths, without
	// duplicates: the files and links of the commit, and each submodule with
	// everything below it, its .cargo-ok included. The .cargo-ok of the
	// root may be there or not. The slice is not changed.
	Entries() []filelist.Entry
	// ReadFile returns the content of the regular file at a path. It is
	// asked for the .gitignore of a submodule, to learn whether it hides
	// .cargo-ok.
	ReadFile(path string) ([]byte, error)
	// Spend takes steps of work, of about a nanosecond, before they are made: there
	// may be many lists of a tree, and trees that make each of them long. Its error
	// ends the list.
	Spend(steps int64) error
}

// What a list takes, in steps; see [Lister].
const (
	workPerPattern     = 512 // bytes of include and exclude
	workPerListedEntry = 4
	workPerVisit       = 1 << 9 // of a path that is come by
	workPerMatchedByte = 8      // of a path and of a pattern, multiplied
)

// A Listing is what Cargo copies for a package.
type Listing struct {
	Files    []File   // in byte order of Path
	Warnings []string // what was left out, and loops of links
}

// A File is one file to copy.
type File struct {
	// Path is where the file goes, relative to the package's folder.
	Path string
	// From is the path of the entry in the work tree that has the content.
	// It is not the package's folder joined with Path if there are links on
	// the way. It may be ".cargo-ok", which is empty.
	From string
	// Executable is that bit of From.
	Executable bool
}

// errLinked is for where Cargo fails too: gix does not walk from a link, and
// nothing is found.
var errLinked = errors.New("the folder is reached through a link")

// errManyLinks is for links that multiply what is in a work tree.
var errManyLinks = errors.New("links lead to the same files too many times over")

// List returns what Cargo copies, by a rule, of the package in folder dir of tree; the
// root is "". The patterns are those of the manifest. The manifest itself is
// in the list, as Cargo.toml. Of [compat.AllLocks] nothing is known here.
//
// The error may be a [*PatternError], a [*filelist.LinkError] or that of [Lister.Spend].
func List(rule compat.Rule, tree Lister, dir string, include, exclude []string) (*Listing, error) {
	l := newLister(rule, tree)
	if err := l.list(dir, include, exclude); err != nil {
		return nil, fmt.Errorf("list files of package in folder %q: %w", dir, err)
	}
	return l.listing(), nil
}

func (l *lister) listing() *Listing {
	files := make([]File, 0, len(l.files))
	for _, f := range l.files {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return &Listing{files, l.warnings}
}

// What is looked at is bounded, each path counted as often as links lead to it:
// in bytes, and 64 more for the work each makes. Links may lead to everything a
// few times over, and to what is small more often.
const (
	visitCost   = 64
	freeVisits  = 8 << 20
	visitFactor = 4
)

// A lister makes one listing.
type lister struct {
	rule     compat.Rule
	vendored archive.Include // by the rule
	tree     workTree
	read     func(string) ([]byte, error)
	filter   *filter
	files    map[string]File
	warnings []string
	visits   int                     // what may still be looked at
	spend    func(steps int64) error // of what the tree is worth
}

func newLister(rule compat.Rule, tree Lister) *lister {
	l := &lister{rule: rule, vendored: archive.VendoredBy(rule), tree: workTree{tree.Entries()}, read: tree.ReadFile, files: make(map[string]File), visits: freeVisits, spend: tree.Spend}
	for i := range l.tree.entries {
		l.visits += visitFactor * (len(l.tree.entries[i].Path) + visitCost)
	}
	return l
}

func (l *lister) list(dir string, include, exclude []string) error {
	home, err := l.tree.locate(dir)
	if err != nil {
		return err
	}
	byGit := len(include) == 0 && l.tree.tracks(home)
	if err := l.setFilter(include, exclude, byGit); err != nil {
		return err
	}
	switch {
	case !byGit:
		err = l.walk(home.root, true)
	case home.linked:
		err = errLinked
	default:
		err = l.gitFolder(home.root, gitTop)
	}
	return cmp.Or(l.filter.err, err)
}

// setFilter reads the patterns. Both that and the look at all entries that came before
// are counted.
func (l *lister) setFilter(include, exclude []string, byGit bool) (err error) {
	steps := workPerListedEntry * int64(len(l.tree.entries))
	for _, pattern := range slices.Concat(include, exclude) {
		steps += workPerPattern * int64(len(pattern))
	}
	if err := l.spend(steps); err != nil {
		return err
	}
	l.filter, err = newFilter(include, exclude, byGit, l.spend)
	return err
}

// visit counts a path that was reached.
func (l *lister) visit(p place) error {
	l.visits -= len(p.rel) + visitCost
	if err := l.spend(int64(workPerVisit + len(p.rel) + len(p.path))); err != nil {
		return err
	}
	switch {
	case len(p.rel) > maxPath:
		return fmt.Errorf("more than %d bytes in a path, following links", maxPath)
	case l.visits < 0:
		return errManyLinks
	}
	return nil
}

// file adds a file to the listing unless it is filtered out.
func (l *lister) file(p place) error {
	if !l.wants(p.rel) || l.isUnmade(p) {
		return nil
	}
	if !utf8.ValidString(p.rel) {
		return fmt.Errorf("file name %q is not UTF-8", p.rel)
	}
	l.files[p.rel] = File{p.rel, p.path, p.kind == placeExecutable}
	return nil
}

// isUnmade says whether a file is the mark of a submodule, which older cargos do not make.
func (l *lister) isUnmade(p place) bool {
	if l.rule.Has(compat.SubmoduleDB) || filelist.Base(p.path) != crate.OKFile {
		return false
	}
	repo := filelist.Parent(p.path)
	return repo != "" && l.tree.isRepo(repo)
}

// wants says whether a file is to be copied.
func (l *lister) wants(rel string) bool {
	return l.filter.keeps(rel, false) && l.vendored(rel)
}

// broken leaves out what Cargo takes for a file and cannot read.
func (l *lister) broken(rel, why string) {
	if l.wants(rel) {
		l.warn("%q is left out: %s", rel, why)
	}
}

func (l *lister) dangling(p place) {
	l.broken(p.rel, fmt.Sprintf("the link to %q leads nowhere", p.target))
}

// outside deals with a link out of the work tree. What lies behind it might
// be a folder, whose files could pass the filter even if the link's name as a
// file does not.
func (l *lister) outside(p place) error {
	err := &filelist.LinkError{Path: p.path, Target: p.target}
	if l.wants(p.rel) {
		return err
	}
	if l.filter.keeps(p.rel, true) && l.vendored(p.rel) {
		l.warn("%v, and is not followed", err)
	}
	return nil
}

func (l *lister) warn(format string, args ...any) {
	l.warnings = append(l.warnings, fmt.Sprintf(format, args...))
}
