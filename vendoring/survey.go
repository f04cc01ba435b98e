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
	blind    bool   // nobody asks what code names
}

func newSurvey(blind bool) *survey {
	return &survey{Shape: archive.NewShape(), sources: map[string]rustsource.File{}, blind: blind}
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
	case !s.blind && strings.HasSuffix(file, ".rs") && !isIn(testFolders, file):
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

// maxSource bounds a file that is looked through, in bytes.
const maxSource = 32 << 20

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
	f.survey.sources[f.file] = rustsource.Scan(f.text)
	return nil
}

// testFolders are where cargo looks for what those who depend on a package do not need.
var testFolders = map[string]bool{"tests": true, "examples": true, "benches": true}

// need is a file that code names.
type need struct {
	file, from string
	line       int
}

// needs yields what is named by code that a build of the package for others may have, in
// order: not that of tests, examples and benchmarks.
func (s *survey) needs(targets []manifest.Target) iter.Seq[need] {
	return func(yield func(need) bool) {
		tests := s.testCode(targets)
		for _, file := range slices.Sorted(maps.Keys(s.sources)) {
			if s.sources[file].AllTests || isIn(tests, file) {
				continue
			}
			for _, include := range s.sources[file].Includes {
				of := beside(file, include.Path)
				if include.FromRoot {
					of = strings.TrimPrefix(path.Clean("/"+include.Path), "/")
				}
				if !yield(need{of, file, include.Line}) {
					return
				}
			}
		}
	}
}

// testCode returns the files, and folders of modules, that are for tests only.
func (s *survey) testCode(targets []manifest.Target) map[string]bool {
	roots, code := map[string]bool{}, map[string]bool{}
	for _, t := range targets {
		roots[t.Path] = true
	}
	for _, t := range targets {
		if !t.Kind.Needed() {
			code[t.Path] = true
		}
	}
	for file, source := range s.sources {
		for _, m := range source.TestOnly {
			if m.Path != "" {
				code[beside(file, m.Path)] = true
				continue
			}
			module := path.Join(modulesOf(file, roots), m.Name)
			code[module], code[module+".rs"] = true, true
		}
	}
	for _, t := range targets {
		if t.Kind.Needed() {
			delete(code, t.Path)
		}
	}
	return code
}

// modulesOf returns the folder that the modules of a file are in.
func modulesOf(file string, roots map[string]bool) string {
	stem := strings.TrimSuffix(file, ".rs")
	if roots[file] || path.Base(stem) == "mod" {
		return path.Dir(file)
	}
	return stem
}
