package worktree

import (
	"context"
	"strings"

	"cargohome/internal/filelist"

	"github.com/go-git/go-git/v5/plumbing"
)

// attrFile is the attributes file of one folder of a work tree.
type attrFile struct {
	read  func() (string, error)
	rules []attrRule // once parsed
	done  bool
}

// attrStack finds the attributes of the files of one repository, which are asked
// for in the order in which Cargo writes them.
//
// libgit2 looks for a folder's attributes file in the work tree when it is about
// to write the first file below that folder. Then it is not there, or just
// created and empty, and that it remembers to the end. It also looks in the git
// index, time and again, into which each file goes once it is written. So an
// attributes file applies to the files written after it, and only to those: not
// to itself, and not to "!a", which sorts before it. A symbolic link of that name
// applies to nothing, as links are written after all files (checkout.c, attr.c).
type attrStack struct {
	files  map[string]*attrFile // by folder, "" being the root
	macros macros
	match  matcher
	spend  func(steps int64) error
}

func newAttrStack(spend func(steps int64) error) *attrStack {
	return &attrStack{files: map[string]*attrFile{}, macros: newMacros(), match: matcher{refill: spend}, spend: spend}
}

// of returns the attributes of a path.
func (a *attrStack) of(path string) (set attrSet, err error) {
	for dir := path; dir != "" && !set.complete(); {
		dir = filelist.Parent(dir)
		if !a.match.burn(len(dir) + 1) {
			break
		}
		f := a.files[dir]
		if f == nil {
			continue
		}
		if err := a.parse(f, dir == ""); err != nil {
			return set, err
		}
		below := strings.TrimPrefix(path[len(dir):], "/")
		set = set.over(a.rules(f.rules, below))
	}
	return set, a.match.err
}

// parse reads a file when the first path below its folder asks for it. Files
// nearer to a path are read first, so that a macro may be unknown to them.
func (a *attrStack) parse(f *attrFile, root bool) error {
	if f.done {
		return nil
	}
	text, err := f.read()
	if err == nil {
		err = a.spend(workPerRuleByte * int64(len(text)))
	}
	if err != nil {
		return err
	}
	f.rules, f.done = parseAttributes(text, a.macros, root), true
	return nil
}

// rules returns what the rules of one file say of a path below its folder; later
// rules come first.
func (a *attrStack) rules(rules []attrRule, path string) (set attrSet) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	for i := len(rules) - 1; i >= 0 && !set.complete(); i-- {
		r := &rules[i]
		text := name
		if r.wholePath {
			text = path
		}
		if !a.match.burn(1) {
			break
		}
		if matched := !r.folders && a.match.match(r.pattern, text, r.wholePath); matched != r.negated {
			set = set.over(r.set)
		}
	}
	return set
}

// written notes a file that has been written: it may be an attributes file.
func (a *attrStack) written(ctx context.Context, l *Layer, it item) {
	dir, ok := strings.CutSuffix(it.path, attributesFile)
	if !ok || dir != "" && !strings.HasSuffix(dir, "/") {
		return
	}
	a.files[strings.TrimSuffix(dir, "/")] = &attrFile{read: func() (string, error) {
		data, err := l.DB.Read(ctx, it.hash, plumbing.BlobObject, maxAttributesFile)
		return string(data), err
	}}
}
