package manifest

import (
	"errors"
	"fmt"

	"cargohome/internal/fsx"
)

const (
	// maxSize bounds one manifest, in bytes. Cargo has no bound; the largest known
	// have a tenth of this. The TOML library needs about a hundred times a manifest's
	// size when it is made of short keys, and each worker reads one at a time.
	maxSize = 1 << 20
	// maxTotal and maxManifests bound what is read for one workspace, which a
	// few symbolic links can make look endless. All is kept, and a byte of short keys
	// takes some 30, and a microsecond.
	maxTotal     = 16 << 20
	maxManifests = 1 << 16
)

// A loader reads manifests, each once. It stands for the state that one run of
// Cargo keeps: [loader.roots] is its ws_roots, which decides more than it should,
// so that the order of reading is part of the rules.
type loader struct {
	home      string // the Cargo home, "" if none
	manifests map[string]*manifest
	roots     map[string]*rootConfig // by folder; every [workspace] seen
	loading   map[string]bool
	budget    int64 // bytes that may still be read
	globs     int   // bytes of paths that patterns may still look at
}

func newLoader(home string) *loader {
	return &loader{
		home:      home,
		manifests: map[string]*manifest{},
		roots:     map[string]*rootConfig{},
		loading:   map[string]bool{},
		budget:    maxTotal,
		globs:     maxGlobBytes,
	}
}

// load returns the manifest at path, which is absolute and normalised.
func (l *loader) load(path string) (*manifest, error) {
	if m, ok := l.manifests[path]; ok {
		return m, nil
	}
	if l.loading[path] { // cargo 1.95 overflows its stack
		return nil, fmt.Errorf("manifest %q inherits from itself", path)
	}
	l.loading[path] = true
	defer delete(l.loading, path)
	doc, err := l.read(path)
	if err != nil {
		return nil, err
	}
	m, err := l.complete(path, doc)
	if err != nil {
		return nil, err
	}
	l.manifests[path] = m
	return m, nil
}

func (l *loader) read(path string) (*document, error) {
	if len(l.manifests) >= maxManifests {
		return nil, fmt.Errorf("manifest %q: %w", path, &LimitError{"manifests", maxManifests})
	}
	if l.budget < 0 {
		return nil, fmt.Errorf("manifest %q: %w", path, &LimitError{"bytes of manifests", maxTotal})
	}
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	l.budget -= int64(len(text))
	return parse(path, text)
}

func readFile(path string) (string, error) {
	text, err := fsx.ReadRegular(path, maxSize)
	switch {
	case errors.Is(err, fsx.ErrTooLarge):
		return "", fmt.Errorf("manifest %q: %w", path, &LimitError{"bytes", maxSize})
	case errors.Is(err, fsx.ErrNotRegular):
		return "", fmt.Errorf("manifest %q is not a file", path)
	}
	return string(text), err
}
