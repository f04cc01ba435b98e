package config

import (
	"fmt"
	"maps"
	"slices"

	"cargohome/crate"
)

const cratesIO = "crates-io"

// SourceMap says which source packages of another are really read from. It is
// immutable and safe for concurrent use.
type SourceMap struct {
	sources    map[string]source          // by name; crates-io is always there
	names      map[crate.SourceKey]string // names of those sources
	registries map[string]registry        // other names that replace-with mentions
}

// Configured returns the sources that tables of [source] are about, in Cargo's order, those of
// replacements included.
func (m *SourceMap) Configured() (all []crate.SourceID) {
	for _, s := range m.sources {
		all = append(all, s.id)
	}
	slices.SortFunc(all, crate.SourceID.Compare)
	return all
}

// source is one [source.NAME] table.
type source struct {
	id          crate.SourceID
	replaceWith setting[string]
}

// registry is the index of one [registries.NAME] table, or why there is none.
type registry struct {
	id  crate.SourceID
	err error
}

// Sources reads the [source] tables, or with respect false drops them, as cargo
// vendor does by default; then only the protocol of crates.io is left to decide.
func (c *Config) Sources(respect bool) (*SourceMap, error) {
	m := &SourceMap{map[string]source{}, map[crate.SourceKey]string{}, map[string]registry{}}
	err := c.addBuiltIn(m)
	if err == nil && respect {
		err = c.addTables(m)
	}
	if err != nil {
		return nil, fmt.Errorf("cargo configuration: %w", err)
	}
	return m, nil
}

// addBuiltIn gives both indexes of crates.io the one name. With the sparse
// protocol that is what the name leads to, also from the git index.
func (c *Config) addBuiltIn(m *SourceMap) error {
	index, err := c.text(newKey("registry", "index"))
	if err != nil {
		return err
	}
	if index.set {
		return fmt.Errorf("key registry.index is no longer supported, replace crates-io in [source] instead (in %s)", index.from)
	}
	git, err := crate.NewRegistrySource(crate.CratesIOGit)
	if err != nil {
		return err
	}
	m.names[git.Key()] = cratesIO
	current, err := c.cratesIOSource()
	if err != nil {
		return err
	}
	return m.add(cratesIO, source{id: current})
}

// CratesIOProtocol returns how crates.io is reached: "sparse", the default, or
// "git".
func (c *Config) CratesIOProtocol() (string, error) {
	p, err := c.text(newKey("registries", cratesIO, "protocol"))
	switch {
	case err != nil:
		return "", err
	case !p.set:
		return "sparse", nil
	case p.value != "sparse" && p.value != "git":
		return "", fmt.Errorf("key registries.crates-io.protocol is %q, neither sparse nor git (in %s)", p.value, p.from)
	}
	return p.value, nil
}

func (c *Config) cratesIOSource() (crate.SourceID, error) {
	switch protocol, err := c.CratesIOProtocol(); {
	case err != nil:
		return crate.SourceID{}, err
	case protocol == "git":
		return crate.NewRegistrySource(crate.CratesIOGit)
	}
	return crate.NewRegistrySource(crate.CratesIOSparse)
}

// addTables adds crates-io first: its table may name any source, and a second
// name for that source is then what is wrong. Cargo takes the tables in random
// order and finds this fault in some runs only.
func (c *Config) addTables(m *SourceMap) error {
	tables, err := c.findTable(newKey("source"))
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(tables))
	if i := slices.Index(names, cratesIO); i >= 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, cratesIO)
	}
	for _, name := range names {
		s, err := c.readSource(name)
		if err != nil {
			return err
		}
		if err := m.add(name, s); err != nil {
			return err
		}
	}
	c.addRegistries(m)
	return nil
}

// add refuses a second name for a source, except that crates-io may take over
// a source of its own choice.
func (m *SourceMap) add(name string, s source) error {
	if old, ok := m.names[s.id.Key()]; ok && name != cratesIO {
		return fmt.Errorf("[source] names %s twice, as %q and as %q", s.id.Display(), crate.Redact(old), crate.Redact(name))
	}
	m.names[s.id.Key()] = name
	m.sources[name] = s
	return nil
}

// addRegistries resolves the replacements that are no [source] names: they may
// be registries.
func (c *Config) addRegistries(m *SourceMap) {
	for _, s := range m.sources {
		name := s.replaceWith.value
		if _, ok := m.sources[name]; ok || !s.replaceWith.set {
			continue
		}
		id, err := c.Registry(name)
		m.registries[name] = registry{id, err}
	}
}
