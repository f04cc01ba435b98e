package packagelist

import "cargohome/internal/filelist"

// A filter is a package's include or exclude.
type filter struct {
	patterns patternList
	include  bool
	folders  map[string]verdict // for a folder and those it is in
	spend    func(steps int64) error
	err      error // why nothing is decided any more
}

// newFilter reads a manifest's patterns. Cargo reads both lists though it uses
// one, so an error in either is one. Matching is counted by spend.
func newFilter(include, exclude []string, byGit bool, spend func(steps int64) error) (*filter, error) {
	in, err := parsePatterns(include)
	if err != nil {
		return nil, err
	}
	f := &filter{include: len(include) > 0, folders: make(map[string]verdict), spend: spend}
	if f.include {
		f.patterns = in
	}
	if !f.include && !byGit {
		exclude = append([]string{".*"}, exclude...)
	}
	ex, err := parsePatterns(exclude)
	if err != nil {
		return nil, err
	}
	if !f.include {
		f.patterns = ex
	}
	return f, nil
}

// keeps says whether the patterns let a path pass. Folders are not tested
// against include, as its patterns need not name the folders on the way.
func (f *filter) keeps(rel string, isDir bool) bool {
	switch {
	case rel == "Cargo.toml" || rel == "Cargo.lock":
		return true
	case !f.include:
		return f.decide(rel, isDir) != matched
	default:
		return isDir || f.decide(rel, false) == matched
	}
}

// decide tries the path, then the folders it is in going up. The last of them
// is the package's own, whose path is empty: the patterns "/" and "{}" match
// that, and so everything.
func (f *filter) decide(rel string, isDir bool) verdict {
	if f.err != nil {
		return undecided
	}
	c := newCandidate(rel)
	c.spend = f.spend
	v := f.patterns.match(c, isDir)
	if f.err = c.err; f.err != nil {
		return undecided
	}
	if v != undecided || rel == "" {
		return v
	}
	return f.decideFolder(filelist.Parent(rel))
}

func (f *filter) decideFolder(rel string) verdict {
	v, ok := f.folders[rel]
	if !ok {
		v = f.decide(rel, true)
		f.folders[rel] = v
	}
	return v
}
