package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"cargohome/crate"
	"cargohome/internal/tomltext"
)

// vendoredSources is the name cargo gives the vendor folder. Further ones, which
// only cargohome makes, get it with a number, from 2.
const vendoredSources = "vendored-sources"

func folderName(i int) string {
	if i == 0 {
		return vendoredSources
	}
	return vendoredSources + "-" + strconv.Itoa(i+1)
}

// isFolderName reports whether name is one that folderName gives.
func isFolderName(name string) bool {
	number, numbered := strings.CutPrefix(name, vendoredSources+"-")
	n, err := strconv.Atoi(number)
	return name == vendoredSources || numbered && err == nil && name == folderName(n-1)
}

// Folder is a vendor folder and the sources whose packages are in it.
type Folder struct {
	Directory string           // as the configuration is to name it
	Sources   []crate.SourceID // in Cargo's order
}

// Tables are the [source] tables that replace sources by vendor folders, in the
// order of their names. The zero value holds none.
type Tables struct{ list []table }

type table struct {
	name string
	keys []pair // in the order cargo prints them
}

type pair struct{ key, value string }

// NewTables returns the tables for vendor folders and the sources of the packages
// in them. There is one table for each name a source prints under, and for a
// folder without sources none at all. Only registries and git repositories can
// be replaced; other sources are left out, and no lockfile names any. Of two
// spellings of one source in a folder the first counts.
func NewTables(folders ...Folder) Tables {
	tables := map[string]table{}
	for i, f := range folders {
		name, sources := folderName(i), distinct(f.Sources)
		for _, id := range sources {
			t := newTableFor(id, name)
			tables[t.name] = t
		}
		if len(sources) > 0 {
			// Cargo 1.95 takes every backslash for a separator. Outside of Windows it is
			// part of a name, and a build would not find the folder.
			tables[name] = table{name, []pair{{"directory", filepath.ToSlash(f.Directory)}}}
		}
	}
	byName := func(a, b table) int { return strings.Compare(a.name, b.name) }
	return Tables{slices.SortedFunc(maps.Values(tables), byName)}
}

// Print returns the text of the tables for vendor folders; for a single one it
// is what cargo vendor prints on standard output (spec 7.9). URLs are as in the
// lockfile, user info included.
func Print(folders ...Folder) []byte {
	return []byte(NewTables(folders...).print("\n"))
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

func newTableFor(id crate.SourceID, folder string) table {
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
	return table{id.ConfigKey(), append(keys, pair{"replace-with", folder})}
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
