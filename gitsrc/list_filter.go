package gitsrc

// maxWork bounds what is spent on patterns that are more than text, in bytes
// of paths times bytes of patterns. Each takes linear time, but there may be
// many bytes of both. For 20 such patterns and 400,000 files it is half of it.
const maxWork = 1 << 33

// A filter is a package's include or exclude.
type filter struct {
	patterns patternList
	include  bool
	folders  map[string]verdict // for a folder and those it is in
	work     int                // done; above maxWork nothing is decided any more
}

// newFilter reads a manifest's patterns. Cargo reads both lists though it uses
// one, so an error in either is one.
func newFilter(include, exclude []string, byGit bool) (*filter, error) {
	in, err := parsePatterns(include)
	if err != nil {
		return nil, err
	}
	f := &filter{include: len(include) > 0, folders: make(map[string]verdict)}
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
	if f.work > maxWork {
		return undecided
	}
	c := newCandidate(rel)
	v := f.patterns.match(c, isDir)
	f.work += c.work
	if v != undecided || rel == "" {
		return v
	}
	return f.decideFolder(parentFolder(rel))
}

func (f *filter) decideFolder(rel string) verdict {
	v, ok := f.folders[rel]
	if !ok {
		v = f.decide(rel, true)
		f.folders[rel] = v
	}
	return v
}
