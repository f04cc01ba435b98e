package workspace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"cargohome/internal/fsx"
	"cargohome/internal/glob"
	"cargohome/internal/manifest"
	"cargohome/internal/rustpath"
)

// ErrPattern is matched by the error for an entry of workspace.members or
// workspace.default-members that is not a pattern.
var ErrPattern = errors.New("invalid pattern")

// maxGlobBytes bounds the paths looked at for the patterns of one workspace, in
// bytes: symbolic links to a folder above make "**" see very many, and they are
// held until all are seen. It is enough for some 500,000 files.
const maxGlobBytes = 64 << 20

// expand returns the paths that a pattern, absolute and not normalised, matches
// on disk: in the order of the glob crate, not normalised either, files included.
// Links to folders are followed. Like Cargo it takes the whole path as a pattern,
// that of the workspace's own folder included, so in a folder called "a[b]" no
// pattern matches anything. The paths looked at are taken off *budget.
func expand(path string, budget *int) ([]string, error) {
	if !utf8.ValidString(path) {
		return nil, nil
	}
	g := globWalk{budget: budget}
	volume := filepath.VolumeName(path)
	rest := path[len(volume):]
	for _, part := range splitParts(strings.TrimLeftFunc(rest, rustpath.IsSeparator)) {
		p, err := glob.ParsePart(part)
		if err != nil {
			return nil, fmt.Errorf("%w %q: %w", ErrPattern, path, err)
		}
		g.parts = append(g.parts, p)
	}
	root := volume + string(filepath.Separator)
	if len(g.parts) == 0 {
		return []string{root}, nil
	}
	g.dirOnly = rustpath.IsSeparator(rune(path[len(path)-1]))
	return g.run(root)
}

func splitParts(s string) []string {
	parts := strings.FieldsFunc(s, rustpath.IsSeparator)
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}

// A globWalk goes over a stack of paths of which each is to be matched by the
// part it carries.
type globWalk struct {
	parts   []*glob.Part
	dirOnly bool
	todo    []globItem
	found   []string
	budget  *int
}

type globItem struct {
	path  string
	isDir bool
	part  int // len(parts): matched already
}

var errGlobLimit = &manifest.LimitError{What: "bytes of paths under the patterns of a workspace", Limit: maxGlobBytes}

func (g *globWalk) run(root string) ([]string, error) {
	if err := g.enter(globItem{root, true, 0}); err != nil {
		return nil, err
	}
	for len(g.todo) > 0 {
		item := g.todo[len(g.todo)-1]
		g.todo = g.todo[:len(g.todo)-1]
		if err := g.visit(item); err != nil {
			return nil, err
		}
	}
	return g.found, nil
}

// visit matches the last name of an item by its part.
func (g *globWalk) visit(item globItem) error {
	if item.part == len(g.parts) {
		g.accept(item)
		return nil
	}
	if g.parts[item.part].Recursive {
		done, err := g.recurse(&item)
		if done || err != nil {
			return err
		}
	}
	if !g.parts[item.part].Match(filepath.Base(item.path)) {
		return nil
	}
	if item.part++; item.part == len(g.parts) {
		g.accept(item)
		return nil
	}
	return g.enter(item)
}

func (g *globWalk) accept(item globItem) {
	if item.isDir || !g.dirOnly {
		g.found = append(g.found, item.path)
	}
}

// recurse handles an item under "**": a folder's children are under it too, and
// the item itself either is a result or goes on to the next part.
func (g *globWalk) recurse(item *globItem) (done bool, err error) {
	for item.part+1 < len(g.parts) && g.parts[item.part+1].Recursive {
		item.part++
	}
	if item.isDir {
		if err := g.children(*item); err != nil {
			return true, err
		}
	}
	if item.part+1 == len(g.parts) {
		if item.isDir {
			g.found = append(g.found, item.path)
		}
		return true, nil
	}
	item.part++
	return false, nil
}

// enter puts what is in the item's folder and may match its part on the stack. A
// plain name needs no reading of the folder.
func (g *globWalk) enter(item globItem) error {
	part := g.parts[item.part]
	if !part.Meta {
		return g.enterName(item, part.Text)
	}
	if !item.isDir {
		return nil
	}
	if err := g.children(item); err != nil {
		return err
	}
	for _, special := range []string{".", ".."} { // no folder lists them
		if part.Text[0] == '.' && part.Match(special) {
			if err := g.enterName(item, special); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *globWalk) enterName(item globItem, name string) error {
	path := under(item.path, name)
	if *g.budget -= len(path); *g.budget < 0 {
		return errGlobLimit
	}
	if special := name == "." || name == ".."; special && !item.isDir {
		return nil
	} else if _, err := os.Lstat(path); err != nil && !special {
		return nil
	}
	next := globItem{path, isDir(path), item.part + 1}
	if next.part == len(g.parts) {
		g.todo = append(g.todo, next)
		return nil
	}
	return g.enter(next)
}

// children pushes the entries of a folder so that they come off in byte order.
func (g *globWalk) children(item globItem) error {
	entries, err := os.ReadDir(item.path)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(entries) {
		path := under(item.path, e.Name())
		if *g.budget -= len(path); *g.budget < 0 {
			return errGlobLimit
		}
		dir := e.IsDir() || fsx.IsLink(e.Type()) && isDir(path)
		g.todo = append(g.todo, globItem{path, dir, item.part})
	}
	return nil
}

// under keeps "." and ".." as they are: the file system may resolve them
// otherwise than their text.
func under(dir, name string) string {
	if os.IsPathSeparator(dir[len(dir)-1]) {
		return dir + name
	}
	return dir + string(filepath.Separator) + name
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// A memberPath is one folder that a list of workspace.members means.
type memberPath struct {
	dir   string // normalised
	entry string // what it was expanded from
}

// folders expands the entries of members or default-members. An entry that
// matches nothing stands for itself, and so fails later; one that matches files
// only stands for nothing.
func (f *memberSearch) folders(entries []string) ([]memberPath, error) {
	var out []memberPath
	for _, entry := range entries {
		path := rustpath.Join(f.root.Dir, entry)
		found, err := expand(path, &f.globs)
		if errors.Is(err, ErrPattern) {
			return nil, err
		}
		if err != nil {
			return nil, fmt.Errorf("workspace members %q: %w", entry, err)
		}
		if len(found) == 0 {
			out = append(out, memberPath{normalize(path), entry})
		}
		for _, p := range found {
			if isDir(p) {
				out = append(out, memberPath{normalize(p), entry})
			}
		}
	}
	return out, nil
}
