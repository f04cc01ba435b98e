package config

import (
	"fmt"
	"strings"

	"cargohome/crate"
)

// Resolve returns the source the packages of id are read from: id itself, or
// the end of its chain of replace-with keys. A replacement in git keeps the
// commit id is locked to. Identity, in lockfiles as in messages, stays with id.
func (m *SourceMap) Resolve(id crate.SourceID) (crate.SourceID, error) {
	name, ok := m.names[id.Key()]
	if !ok {
		return id, checkSparse(id)
	}
	last, to, err := m.follow(name)
	if err == nil && to.Key() != id.Key() {
		return replaced(id, to, name, last)
	}
	if err != nil {
		return crate.SourceID{}, err
	}
	return id, checkSparse(id)
}

// follow walks from the source called name to the end of its chain and returns
// the name and source found there. Cargo notices only cycles that come back to
// name, and runs forever in others.
func (m *SourceMap) follow(name string) (last string, to crate.SourceID, err error) {
	var from origin
	seen := map[string]bool{}
	for last = name; ; {
		s, ok := m.sources[last]
		if !ok {
			return m.endAtRegistry(name, last, from)
		}
		if seen[last] {
			return "", crate.SourceID{}, fmt.Errorf("source %q is replaced by itself in the end: replace-with = %q closes a cycle (in %s)", crate.Redact(name), crate.Redact(last), from)
		}
		seen[last] = true
		if !s.replaceWith.set {
			return last, s.id, nil
		}
		last, from = s.replaceWith.value, s.replaceWith.from
	}
}

func (m *SourceMap) endAtRegistry(name, last string, from origin) (string, crate.SourceID, error) {
	r := m.registries[last]
	if r.err != nil {
		return "", crate.SourceID{}, fmt.Errorf("source %q leads to %q, which is no configured source (in %s): %w", crate.Redact(name), crate.Redact(last), from, r.err)
	}
	return last, r.id, nil
}

// replaced checks that to can stand for id and returns it at id's commit.
func replaced(id, to crate.SourceID, name, last string) (crate.SourceID, error) {
	if err := checkSparse(id); err != nil {
		return crate.SourceID{}, err
	}
	if err := checkSparse(to); err != nil {
		return crate.SourceID{}, err
	}
	if !hasChecksums(to) && hasChecksums(id) {
		return crate.SourceID{}, fmt.Errorf("source %q cannot be replaced by %q: its packages have checksums, those of the replacement have none", crate.Redact(name), crate.Redact(last))
	}
	if id.Kind() != crate.Git {
		return to, nil
	}
	if id.Precise() == "" {
		return crate.SourceID{}, fmt.Errorf("source %q is replaced, which needs a lockfile that names its commit", crate.Redact(name))
	}
	return to.At(id.Precise()), nil
}

// hasChecksums: a directory brings its own.
func hasChecksums(id crate.SourceID) bool { return id.IsRegistry() || id.Kind() == crate.Directory }

// checkSparse: paths are appended to the URL as they are.
func checkSparse(id crate.SourceID) error {
	if id.Kind() == crate.SparseRegistry && !strings.HasSuffix(id.URL(), "/") {
		return fmt.Errorf("the URL of a sparse registry ends in a slash, but %s does not", id.Display())
	}
	return nil
}
