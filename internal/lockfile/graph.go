package lockfile

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cargohome/crate"
)

// graph is the packages of a file while they are put together.
type graph struct {
	version  int // 1 until something says 2, if the file has no number
	packages []Package
	raw      []rawPackage // raw[i] is packages[i]
	names    map[string]span
	versions map[nameVersion]span
	sources  map[string]crate.SourceID // by text: a file has thousands of packages and few sources
	encoded  bool                      // whether references are, as from version 4 on
}

type nameVersion struct{ name, version string }

// span is a part of graph.packages, and how many versions are in it.
type span struct{ start, end, versions int }

// newGraph has the packages of f, sorted, without edges.
func newGraph(f *file) (*graph, error) {
	g := &graph{version: f.version, sources: map[string]crate.SourceID{}, encoded: f.version >= 4}
	ids, order := make([]crate.ID, len(f.packages)), make([]int, len(f.packages))
	for i, p := range f.packages {
		var err error
		if ids[i], err = g.id(p); err != nil {
			return nil, err
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return ids[a].Compare(ids[b]) })
	g.packages, g.raw = make([]Package, 0, len(order)), make([]rawPackage, 0, len(order))
	for _, i := range order {
		g.packages = append(g.packages, Package{ID: ids[i]})
		g.raw = append(g.raw, f.packages[i])
	}
	return g, g.index()
}

func (g *graph) id(p rawPackage) (crate.ID, error) {
	source, err := g.source(p.source)
	if err != nil {
		return crate.ID{}, p.wrap(err)
	}
	id, err := crate.NewID(p.name, p.version, source)
	if err != nil {
		return id, p.at(err)
	}
	return id, nil
}

// source parses each text once. No text is the zero source.
func (g *graph) source(text string) (crate.SourceID, error) {
	if text == "" {
		return crate.SourceID{}, nil
	}
	if id, ok := g.sources[text]; ok {
		return id, nil
	}
	id, err := g.parseSource(text)
	if err == nil {
		g.sources[text] = id
	}
	return id, err
}

func (g *graph) parseSource(text string) (crate.SourceID, error) {
	if g.encoded {
		return crate.ParseSourceID(text)
	}
	return crate.ParseOldSourceID(text)
}

// index fills the maps that lookups need. Equal packages are neighbours here.
func (g *graph) index() error {
	g.names = make(map[string]span, len(g.packages))
	g.versions = make(map[nameVersion]span, len(g.packages))
	for i, p := range g.packages {
		if i > 0 && g.packages[i-1].ID.Compare(p.ID) == 0 {
			return g.raw[i].errorf("version %s is there twice, from the same source", p.ID.Version)
		}
		key := nameVersion{p.ID.Name, p.ID.Version}
		version := g.versions[key].grown(i)
		name := g.names[p.ID.Name].grown(i)
		if version.start == i {
			name.versions++
		}
		g.versions[key], g.names[p.ID.Name] = version, name
	}
	return nil
}

// grown is s with package i behind it; the empty span starts with it.
func (s span) grown(i int) span {
	if s.end == 0 {
		s.start = i
	}
	s.end = i + 1
	return s
}

// link resolves all dependencies and replacements.
func (g *graph) link() error {
	links := 0
	for i := range g.packages {
		p, raw := &g.packages[i], &g.raw[i]
		if links += len(raw.dependencies); links > maxLinks {
			return raw.errorf("the file has too many dependencies")
		}
		if raw.checksum != "" {
			g.version = max(g.version, 2) // version 1 has none here
		}
		p.Dependencies = make([]int, 0, len(raw.dependencies))
		for _, text := range raw.dependencies {
			j, err := g.lookup(text)
			if err == nil && j == unlisted {
				err = fmt.Errorf("%w: its dependency %q is not listed", ErrTorn, printable(text))
			}
			if err != nil {
				return raw.wrap(err)
			}
			if j >= 0 {
				p.Dependencies = append(p.Dependencies, j)
			}
		}
		slices.Sort(p.Dependencies)
		p.Dependencies = slices.Compact(p.Dependencies)
		if err := g.replace(p, raw); err != nil {
			return raw.wrap(err)
		}
	}
	return nil
}

func (g *graph) replace(p *Package, raw *rawPackage) error {
	if raw.replace == "" {
		return nil
	}
	i, err := g.lookup(raw.replace)
	if err == nil && i == unlisted {
		err = fmt.Errorf("%w: its replacement %q is not listed", ErrTorn, printable(raw.replace))
	}
	if i >= 0 {
		p.Replace = &g.packages[i].ID
	}
	return err
}

// What lookup returns for a text that means no package of the file.
const (
	unlisted  = -1 // the file has no such package
	ambiguous = -2 // it has several
)

// lookup returns the package that "NAME", "NAME VERSION" or
// "NAME VERSION (SOURCE)" means (spec 4.4), [unlisted] or [ambiguous]: Cargo drops
// the edge in both cases and says nothing. A shortened text shows that the file is
// not of version 1.
func (g *graph) lookup(text string) (int, error) {
	name, rest, hasVersion := strings.Cut(text, " ")
	version, sourceText, hasSource := strings.Cut(rest, " ")
	source, err := g.bracketed(text, sourceText, hasSource)
	if err != nil {
		return unlisted, err
	}
	byName, ok := g.names[name]
	if !ok {
		return unlisted, nil
	}
	if !hasVersion {
		g.version = max(g.version, 2)
		if byName.versions > 1 {
			return ambiguous, nil
		}
		version = g.packages[byName.start].ID.Version
	}
	found, ok := g.versions[nameVersion{name, version}]
	switch {
	case !ok:
		return unlisted, nil
	case hasSource:
		return g.fromSource(found, source), nil
	}
	return g.anySource(found), nil
}

// bracketed reads the last part of a dependency text.
func (g *graph) bracketed(text, part string, present bool) (crate.SourceID, error) {
	if !present {
		return crate.SourceID{}, nil
	}
	inner, opened := strings.CutPrefix(part, "(")
	inner, closed := strings.CutSuffix(inner, ")")
	if !opened || !closed || inner == "" {
		return crate.SourceID{}, fmt.Errorf("invalid dependency %q", printable(text))
	}
	return g.source(inner)
}

// fromSource finds the package of a source among those of one name and version.
func (g *graph) fromSource(s span, source crate.SourceID) int {
	if i := g.bySource(s, source); i >= 0 {
		return i
	}
	// Up to version 2, a dependency on the branch master was written like one on
	// no branch (spec 4.1).
	if g.version > 2 || source.Kind() != crate.Git || source.Ref().Kind != crate.DefaultBranch {
		return unlisted
	}
	master, err := crate.NewGitSource(source.URL(), crate.GitRef{Kind: crate.Branch, Name: "master"})
	if err != nil {
		return unlisted
	}
	return g.bySource(s, master)
}

func (g *graph) bySource(s span, source crate.SourceID) int {
	i, ok := slices.BinarySearchFunc(g.packages[s.start:s.end], source, func(p Package, source crate.SourceID) int {
		return p.ID.Source.Compare(source)
	})
	if !ok {
		return unlisted
	}
	return s.start + i
}

// anySource: without a source, the only path package is meant, else the only
// package. Path packages sort first.
func (g *graph) anySource(s span) int {
	isPath := func(i int) bool { return i < s.end && g.packages[i].ID.Source.Kind() == crate.Path }
	switch {
	case isPath(s.start) && isPath(s.start+1):
		return ambiguous
	case isPath(s.start):
		return s.start
	case s.end-s.start == 1:
		g.version = max(g.version, 2)
		return s.start
	}
	return ambiguous
}

// checksums reads those of the packages, and those of version 1 in metadata.
// The latter in a file of another version are from a bad merge; Cargo then
// forgets all checksums.
func (g *graph) checksums(metadata map[string]string) error {
	old := false
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		text, ok := strings.CutPrefix(key, "checksum ")
		if !ok {
			continue
		}
		old = true
		i, err := g.lookup(text)
		if err != nil {
			return fmt.Errorf("metadata: %w", err)
		}
		switch sum := metadata[key]; {
		case i < 0:
		case sum == "<none>":
			g.raw[i].noChecksum = true
		default:
			g.raw[i].checksum = sum
		}
	}
	if old && g.version >= 2 {
		return nil
	}
	return g.parseChecksums()
}

// parseChecksums: only packages of registries have archives, so only there a
// checksum means something.
func (g *graph) parseChecksums() error {
	for i := range g.packages {
		p, raw := &g.packages[i], &g.raw[i]
		p.Stray = raw.checksum != "" && !p.ID.Source.IsRegistry()
		p.Unsummed = g.version == 1 && (p.ID.Source.Kind() == crate.Path) == (raw.checksum != "" || raw.noChecksum)
		if raw.checksum == "" || p.Stray {
			continue
		}
		sum, err := crate.ParseChecksum(raw.checksum)
		if err != nil {
			return raw.wrap(err)
		}
		p.Checksum = &sum
	}
	return nil
}

func (g *graph) unused(list []rawPackage) ([]crate.ID, error) {
	var ids []crate.ID
	for _, p := range list {
		id, err := g.id(p)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// finalVersion: a file of one package shows no version. Version 1 ended in an
// empty line.
func (g *graph) finalVersion(data []byte) int {
	if g.version == 1 && len(g.packages) == 1 && bytes.HasSuffix(data, []byte("\n")) && !bytes.HasSuffix(data, []byte("\n\n")) {
		return 2
	}
	return g.version
}

func search(packages []Package, id crate.ID) (int, bool) {
	return slices.BinarySearchFunc(packages, id, func(p Package, id crate.ID) int { return p.ID.Compare(id) })
}
