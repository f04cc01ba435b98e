package packagelist

import (
	"bufio"
	"bytes"
	"fmt"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/filelist"
)

// maxRepoLinks is how many links may lead to what gix opens as a repository.
// A link in one that leads to the root of it is followed that often, and then
// once more as any folder (gix-path 0.11, MAX_SYMLINKS).
const maxRepoLinks = 32

// maxIgnoreFile bounds a .gitignore, in bytes.
const maxIgnoreFile = maxPatternBytes

// gitPart is where in a folder that is listed by git's rules something lies.
type gitPart uint8

const (
	gitTop    gitPart = iota // directly in it
	gitBelow                 // in a folder of it
	gitTarget                // in its folder "target"
)

// gitFolder lists the files of a folder that git tracks, with what lies in
// submodules and behind links to folders. Patterns are tried on files only.
func (l *lister) gitFolder(dir place, part gitPart) error {
	if dir.rel != "" && l.tracksManifest(dir) {
		return nil
	}
	for c := range l.tree.children(dir) {
		if err := l.visit(c); err != nil {
			return err
		}
		if err := l.gitChild(c, part); err != nil {
			return err
		}
	}
	return nil
}

// tracksManifest says whether git's list of files has a Cargo.toml right in
// dir. It may be a link to nowhere, or the folder of a submodule.
func (l *lister) tracksManifest(dir place) bool {
	path := filelist.Join(dir.path, "Cargo.toml")
	kind, _ := l.tree.at(path)
	return kind != placeNone && (kind != placeFolder || l.tree.isRepo(path))
}

func (l *lister) gitChild(c place, part gitPart) error {
	if c.kind != placeFolder && l.passesOver(c) {
		return nil
	}
	switch c.kind {
	case placeFolder:
		return l.gitSubfolder(c, part)
	case placeLink:
		return l.gitLink(c, part)
	}
	if repo := filelist.Parent(c.path); filelist.Base(c.path) == crate.OKFile && l.tree.isRepo(repo) {
		if hidden, err := l.hidesMarker(repo); hidden || err != nil {
			return err
		}
	}
	return l.file(c)
}

// passesOver says whether older cargos take a file for a folder of what was built (cargo
// 1.78: list_files_git).
func (l *lister) passesOver(c place) bool {
	return !l.rule.Has(compat.ListedByGix) && filelist.Base(c.path) == "target" && (c.rel == "target" || !l.rule.Has(compat.TargetOnTop))
}

// gitSubfolder lists a folder. Cargo leaves out "target" at the top but adds
// the tracked files in it, as they are in the index: links and submodules there
// are files to it. A submodule called "target" is not in it and left out.
func (l *lister) gitSubfolder(c place, part gitPart) error {
	submodule := l.tree.entry(c.path) != nil
	switch isTarget := part == gitTop && filelist.Base(c.path) == "target"; {
	case submodule && part == gitTarget:
		l.broken(c.rel, "a submodule in a target folder")
		return nil
	case submodule && (isTarget || !l.tree.isRepo(c.path)):
		return nil
	case submodule:
		return l.gitFolder(c, gitTop)
	case isTarget || part == gitTarget:
		return l.gitFolder(c, gitTarget)
	default:
		return l.gitFolder(c, gitBelow)
	}
}

func (l *lister) gitLink(c place, part gitPart) error {
	switch end := l.tree.follow(c); {
	case end.kind == placeOutside:
		return l.outside(c)
	case end.kind == placeNone:
		l.dangling(c)
		return nil
	case end.kind != placeFolder:
		return l.file(end)
	case part == gitTarget:
		l.broken(c.rel, "a link to a folder in a target folder")
		return nil
	case l.tree.isRepo(end.path) && end.links <= maxRepoLinks:
		return l.gitFolder(end, gitTop)
	default:
		return l.walk(end, false)
	}
}

// hidesMarker says whether the ignore rules of a repository hide the marker in
// its root, which is not tracked. Only those in the root itself count. Unlike
// git, gix reads them through a link.
func (l *lister) hidesMarker(repo string) (bool, error) {
	rules := place{path: filelist.Join(repo, ".gitignore")}
	if rules.kind, rules.target = l.tree.at(rules.path); rules.kind == placeLink {
		rules = l.tree.follow(rules)
	}
	if rules.kind != placeFile && rules.kind != placeExecutable {
		return false, nil
	}
	data, err := l.read(rules.path)
	if err != nil {
		return false, err
	}
	if len(data) > maxIgnoreFile {
		return false, fmt.Errorf("%q has more than %d bytes", rules.path, maxIgnoreFile)
	}
	if err := l.spend(workPerPattern * int64(len(data))); err != nil {
		return false, err
	}
	return ignoresMarker(data), nil
}

// ignoresMarker says whether a .gitignore in the same folder hides the marker that Cargo
// puts, untracked and empty, into the root of each repository it checks out.
// Lines that make no sense are passed over.
func ignoresMarker(data []byte) (hidden bool) {
	marker := newCandidate(crate.OKFile)
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	lines.Buffer(nil, maxIgnoreFile+1)
	for lines.Scan() {
		p, err := parsePattern(lines.Text(), noBraces)
		if err == nil && p.glob != nil && !p.dirOnly && p.glob.match(marker) {
			hidden = !p.negate
		}
	}
	return hidden
}
