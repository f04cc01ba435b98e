package vendoring

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"cargohome/crate/archive"
	"cargohome/internal/manifest"
	"cargohome/internal/rustsource"
)

// survey is a folder of which is known what is in it, what its manifest says and which
// files its code names. It implements [archive.Folder], and refuses what a folder on a
// disk would.
type survey struct {
	*archive.Shape
	manifest surveyed
	folders  []string // that the contents ask for
	sources  map[string]rustsource.File
	text     []byte // of the file that is being written
	room     int    // for names in code, in bytes
	blind    bool   // nobody asks what code names

	taken func(file string) bool // by an exclusion; nil for nothing
}

func newSurvey(blind bool) *survey {
	return &survey{Shape: archive.NewShape(), sources: map[string]rustsource.File{}, room: maxNames, blind: blind}
}

// Mkdir implements archive.Folder.
func (s *survey) Mkdir(dir string, mode fs.FileMode) error {
	s.folders = append(s.folders, dir)
	return s.Shape.Mkdir(dir, mode)
}

// Create implements archive.Folder.
func (s *survey) Create(file string, mode fs.FileMode) (archive.FileWriter, error) {
	if err := s.Add(file); err != nil {
		return nil, err
	}
	switch {
	case file == manifest.FileName:
		s.manifest = surveyed{mode: mode}
		return &s.manifest, nil
	case !s.blind && strings.HasSuffix(file, ".rs"):
		return &surveyedSource{surveyed{text: s.text[:0]}, s, file}, nil
	}
	return nowhere{}, nil
}

// surveyed is a file that is kept in memory.
type surveyed struct {
	text     []byte
	mode     fs.FileMode
	modified time.Time // zero if nobody says
}

const (
	maxSource = 32 << 20 // of a file that is looked through, in bytes
	maxNames  = 32 << 20 // of what the code of a package names, in bytes
)

func (f *surveyed) Write(b []byte) (int, error) {
	if len(f.text)+len(b) > maxSource {
		return 0, fmt.Errorf("to filter it: %w", &archive.LimitError{What: "bytes in a file that says what is built", Limit: maxSource})
	}
	f.text = append(f.text, b...)
	return len(b), nil
}

func (f *surveyed) SetTime(t time.Time) error {
	f.modified = t
	return nil
}

func (f *surveyed) Close() error { return nil }

// writeTo makes a file like it.
func (f *surveyed) writeTo(dst archive.Folder, file string) error {
	w, err := dst.Create(file, f.mode)
	if err != nil {
		return err
	}
	if len(f.text) > 0 {
		_, err = w.Write(f.text)
	}
	if err == nil && !f.modified.IsZero() {
		err = w.SetTime(f.modified)
	}
	return errors.Join(err, w.Close())
}

// surveyedSource is a file of Rust, of which is kept what it names.
type surveyedSource struct {
	surveyed
	survey *survey
	file   string
}

func (f *surveyedSource) Close() error {
	f.survey.text = f.text
	// Kept code is there whoever names it as a module; what goes, and what is for tests, counts
	// if it is named.
	modules := isIn(testFolders, f.file) || f.survey.taken != nil && f.survey.taken(f.file)
	source, err := rustsource.Scan(f.text, modules, &f.survey.room)
	if err != nil {
		return fmt.Errorf("to filter it: %w", &archive.LimitError{What: "bytes for the names of files in its code", Limit: maxNames})
	}
	f.survey.sources[f.file] = source
	return nil
}

// testFolders are where cargo looks for what those who depend on a package do not need.
var testFolders = map[string]bool{"tests": true, "examples": true, "benches": true}

// need is a file that code names.
type need struct {
	file string
	by   string // who needs it
	code bool   // it is code of the package
	owns bool   // its modules are beside it, whatever its name
}

// code is a file of code that a build of the package for others may have.
type code struct {
	file string
	owns bool // see need
}

// roots returns the code from which to look what is needed, sorted: not that of tests,
// examples and benchmarks, unless what is needed names it.
func (s *survey) roots(targets []manifest.Target) (list []code) {
	tests, roots := s.testCode(targets), rootsOf(targets)
	needed := map[string]bool{}
	for _, t := range targets {
		needed[t.Path] = needed[t.Path] || t.Kind.Needed()
	}
	for _, file := range slices.Sorted(maps.Keys(s.sources)) {
		if needed[file] || !isIn(tests, file) && !isIn(testFolders, file) {
			list = append(list, code{file, roots[file]})
		}
	}
	return list
}

// needs yields what a file of code names.
func (s *survey) needs(from code) iter.Seq[need] {
	return func(yield func(need) bool) {
		source := s.sources[from.file]
		if source.AllTests {
			return
		}
		for _, include := range source.Includes {
			of := beside(from.file, include.Path)
			if include.FromRoot {
				of = strings.TrimPrefix(path.Clean("/"+include.Path), "/")
			}
			if !yield(need{of, fmt.Sprintf("included by %s:%d", from.file, include.Line), include.IsCode, true}) {
				return
			}
		}
		for _, m := range source.Modules {
			by := fmt.Sprintf("a module of %s:%d", from.file, m.Line)
			for i, file := range moduleFiles(&m, from) {
				if !yield(need{file, by, true, i < len(m.Paths)}) {
					return
				}
			}
		}
	}
}

// moduleFiles returns where a module of a file may be: first its paths.
func moduleFiles(m *rustsource.Submodule, from code) (files []string) {
	dir := modulesIn(from)
	if m.Beside {
		dir = path.Dir(from.file)
	}
	for _, p := range m.Paths {
		if m.In == "" {
			files = append(files, beside(from.file, p))
			continue
		}
		files = append(files, path.Join(dir, m.In, p))
	}
	if m.Always {
		return files
	}
	module := path.Join(dir, m.In, m.Name)
	return append(files, module+".rs", module+"/mod.rs")
}

// rootsOf returns the files that targets begin with.
func rootsOf(targets []manifest.Target) map[string]bool {
	roots := map[string]bool{}
	for _, t := range targets {
		roots[t.Path] = true
	}
	return roots
}

// testCode returns the files, and folders of modules, that are for tests only.
func (s *survey) testCode(targets []manifest.Target) map[string]bool {
	roots, tests := rootsOf(targets), map[string]bool{}
	for _, t := range targets {
		if !t.Kind.Needed() {
			tests[t.Path] = true
		}
	}
	for file, source := range s.sources {
		for _, m := range source.TestOnly {
			if m.Path != "" {
				tests[beside(file, m.Path)] = true
				continue
			}
			module := path.Join(modulesOf(file, roots), m.Name)
			tests[module], tests[module+".rs"] = true, true
		}
	}
	for _, t := range targets {
		if t.Kind.Needed() {
			delete(tests, t.Path)
		}
	}
	return tests
}

// modulesOf returns the folder that the modules of a file are in.
func modulesOf(file string, roots map[string]bool) string { return modulesIn(code{file, roots[file]}) }

func modulesIn(c code) string {
	stem := strings.TrimSuffix(c.file, ".rs")
	if c.owns || path.Base(stem) == "mod" {
		return path.Dir(c.file)
	}
	return stem
}
