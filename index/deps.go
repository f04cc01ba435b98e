package index

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// Dependency is one that a version says it has (spec 3.6).
type Dependency struct {
	Package  string // its name in its registry, whatever the version calls it
	Kind     string // "normal", "dev" or "build"
	Optional bool
}

// Dependencies reads those of the entry's line, in its order. The error matches
// [ErrEntry].
func (e *Entry) Dependencies() ([]Dependency, error) {
	var line struct {
		Deps []struct {
			Name, Package, Kind string
			Optional            bool
		}
	}
	if err := json.Unmarshal(e.Line, &line); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	deps := make([]Dependency, len(line.Deps))
	for i, d := range line.Deps {
		deps[i] = Dependency{cmp.Or(d.Package, d.Name), cmp.Or(d.Kind, "normal"), d.Optional}
	}
	return deps, nil
}
