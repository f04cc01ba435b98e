package config

import (
	"maps"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/tomltext"
)

// vendoredSources is the name cargo gives the vendor folder.
const vendoredSources = "vendored-sources"

// Tables are the [source] tables that replace sources by one vendor folder, in
// the order of their names. The zero value holds none.
type Tables struct{ list []table }

type table struct {
	name string
	keys []pair // in the order cargo prints them
}

type pair struct{ key, value string }

// NewTables returns the tables for a folder and the sources of the packages in
// it. There is one table for each name a source prints under, and for no
// sources none at all. Only registries and git repositories can be replaced;
// other sources are left out, and no lockfile names any. Of two spellings of
// one source the first counts.
func NewTables(directory string, sources []crate.SourceID) Tables {
	tables := map[string]table{}
	for _, id := range distinct(sources) {
		t := newTableFor(id)
		tables[t.name] = t
	}
	if len(tables) > 0 {
		// A path of Windows as cargo prints it, on every system.
		directory = strings.ReplaceAll(directory, `\`, "/")
		tables[vendoredSources] = table{vendoredSources, []pair{{"directory", directory}}}
	}
	byName := func(a, b table) int { return strings.Compare(a.name, b.name) }
	return Tables{slices.SortedFunc(maps.Values(tables), byName)}
}

// Print returns what cargo vendor prints on standard output: the tables for
// packages of sources in a folder typed as destination (spec 7.9). URLs are as
// in the lockfile, user info included.
func Print(destination string, sources []crate.SourceID) []byte {
	return []byte(NewTables(destination, sources).print("\n"))
}

// distinct returns the sources that can be replaced, in cargo's order.
func distinct(sources []crate.SourceID) []crate.SourceID {
	replaceable := func(id crate.SourceID) bool {
		return id.Kind() == crate.Registry || id.Kind() == crate.SparseRegistry || id.Kind() == crate.Git
	}
	var list []crate.SourceID
	seen := map[crate.SourceKey]bool{}
	for _, id := range sources {
		if replaceable(id) && !seen[id.Key()] {
			seen[id.Key()] = true
			list = append(list, id)
		}
	}
	slices.SortStableFunc(list, crate.SourceID.Compare)
	return list
}

func newTableFor(id crate.SourceID) table {
	var keys []pair
	switch {
	case id.IsCratesIO():
	case id.Kind() == crate.Git:
		keys = append(keys, pair{"git", id.URL()})
		if word := refWord(id.Ref().Kind); word != "" {
			keys = append(keys, pair{word, id.Ref().Name})
		}
	default:
		keys = append(keys, pair{"registry", id.URL()})
	}
	return table{id.ConfigKey(), append(keys, pair{"replace-with", vendoredSources})}
}

func refWord(kind crate.RefKind) string {
	switch kind {
	case crate.Branch:
		return "branch"
	case crate.Tag:
		return "tag"
	case crate.Rev:
		return "rev"
	}
	return ""
}

// print ends every line, but not those inside a string, with newline.
func (t Tables) print(newline string) string {
	var b strings.Builder
	for i, table := range t.list {
		if i > 0 {
			b.WriteString(newline)
		}
		b.WriteString("[source." + tomltext.Key(table.name) + "]" + newline)
		for _, p := range table.keys {
			b.WriteString(p.key + " = " + tomltext.String(p.value) + newline)
		}
	}
	return b.String()
}

// data returns the tables in the shape of a parsed [source] table.
func (t Tables) data(from origin) map[string]*value {
	all := map[string]*value{}
	for _, table := range t.list {
		v := newTable(from)
		for _, p := range table.keys {
			v.table()[p.key] = &value{from, p.value}
		}
		all[table.name] = v
	}
	return all
}

// without returns the tables less those whose names are in drop.
func (t Tables) without(drop map[string]bool) Tables {
	return Tables{slices.DeleteFunc(slices.Clone(t.list), func(t table) bool { return drop[t.name] })}
}
