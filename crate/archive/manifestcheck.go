package archive

import (
	"fmt"
	"strings"

	"cargohome/crate"
	"cargohome/internal/tomltext"
)

// manifestName is the file at the root of an archive that says which package it is.
const manifestName = "Cargo.toml"

// maxManifest bounds how much of a Cargo.toml is kept to be looked at, in bytes. Real
// ones are far smaller, and have the name near the beginning.
const maxManifest = 4 << 20

// checkManifest returns an error if a Cargo.toml is surely not that of id. Cargo
// loads no package whose manifest has another name or version (cargo 1.95:
// PathSource::download), and one such folder breaks a whole vendor folder (spec 8).
//
// Only what comes before the name and the version is read, and what could be meant
// in another way than it seems is left for Cargo to judge.
func checkManifest(text []byte, id crate.ID) error {
	m, toml := identity{}, string(text)
	for st := range tomltext.Statements(toml) {
		if st.Kind == tomltext.Bad {
			return fmt.Errorf("%w: line %d is no TOML", ErrManifest, st.Line)
		}
		if m.note(st, toml); m.unclear || m.name != nil && m.version != nil {
			break
		}
	}
	switch {
	case m.unclear:
		return nil
	case m.name == nil:
		return fmt.Errorf("%w: it gives no name", ErrManifest)
	case *m.name != id.Name:
		return fmt.Errorf("%w: its name is %q", ErrManifest, *m.name)
	case m.version == nil && id.Version != "0.0.0": // cargo 1.95: the default
		return fmt.Errorf("%w: it gives no version", ErrManifest)
	case m.version != nil && strings.TrimSpace(*m.version) != id.Version:
		return fmt.Errorf("%w: its version is %q", ErrManifest, *m.version)
	}
	return nil
}

// identity is what was found of a package's name and version.
type identity struct {
	table   []string // the header above, so far as it matters; "[[" for that of an array
	name    *string
	version *string
	unclear bool // the sought is there in a form that is not read
}

// note takes a statement of text.
func (m *identity) note(st tomltext.Statement, text string) {
	switch st.Kind {
	case tomltext.Header:
		m.table = st.Key[:min(len(st.Key), 2)]
	case tomltext.ArrayHeader:
		m.table = []string{"[["}
	case tomltext.Name:
		key := append(m.table[:len(m.table):len(m.table)], st.Key...)
		m.field(key, text[st.Value.Start:st.Value.End])
	}
}

// field keeps a value if it is one of those sought. Old manifests have [project].
func (m *identity) field(key []string, value string) {
	if key[0] != "package" && key[0] != "project" {
		return
	}
	switch {
	case len(key) == 1:
		m.unclear = true
	case key[1] != "name" && key[1] != "version":
	case len(key) > 2 || len(value) < 2 || !isPlainString(value):
		m.unclear = true
	case key[1] == "name":
		m.name = new(value[1 : len(value)-1])
	default:
		m.version = new(value[1 : len(value)-1])
	}
}

// isPlainString: no escapes, and of one line.
func isPlainString(value string) bool {
	quote := value[0]
	return (quote == '"' || quote == '\'') && !strings.ContainsAny(value, "\\\n") && strings.Count(value, value[:1]) == 2
}
