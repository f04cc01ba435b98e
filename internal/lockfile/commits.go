package lockfile

import (
	"fmt"
	"strings"

	"cargohome/crate"
)

// CommitsError says that a file has one git source at two commits, as merges leave it.
// Cargo then takes one of them for all packages: that of the package it asks for
// last, which depends on manifests and on nothing in the file.
type CommitsError struct {
	A, B crate.ID // packages of the two commits, in order
}

func (e *CommitsError) Error() string {
	return fmt.Sprintf("the lockfile has one git source at two commits: %s v%s at %s, %s v%s at %s (%s)",
		e.A.Name, e.A.Version, e.A.Source.Precise(), e.B.Name, e.B.Version, e.B.Source.Precise(), e.A.Source.At("").Display())
}

// Hint says what to do about it.
func (e *CommitsError) Hint() string {
	return "a merge leaves that: put the same commit behind the '#' of all packages of the source, or run `cargo update` for them where there is a network"
}

// CheckCommits returns a [*CommitsError] if a git source is at more than one commit.
func (l *Lockfile) CheckCommits() error {
	seen := map[crate.SourceKey]crate.ID{}
	for _, p := range l.Packages {
		if p.ID.Source.Kind() != crate.Git {
			continue
		}
		first, ok := seen[p.ID.Source.Key()]
		if !ok {
			seen[p.ID.Source.Key()] = p.ID
		} else if !strings.EqualFold(first.Source.Precise(), p.ID.Source.Precise()) {
			return &CommitsError{first, p.ID}
		}
	}
	return nil
}
