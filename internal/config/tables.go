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

// vendoredSources is the name cargo gives the vendor folder, mirroredSources what only
// cargohome makes: a registry that stands in for one. Further ones get it with a number,
// from 2.
const (
	vendoredSources = "vendored-sources"
	mirroredSources = "mirrored-sources"
)

func standInName(name string, i int) string {
	if i == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(i+1)
}

// isStandInName reports whether name is one that standInName gives.
func isStandInName(name string) bool {
	for _, first := range []string{vendoredSources, mirroredSources} {
		number, numbered := strings.CutPrefix(name, first+"-")
		n, err := strconv.Atoi(number)
		if name == first || numbered && err == nil && n > 1 && name == standInName(first, n-1) {
			return true
		}
	}
	return false
}

// standIn is what a source is read from in place of itself, by the key and the value of
// its table.
type standIn struct {
	at      pair
	sources []crate.SourceID
}

// Folder is a vendor folder and the sources whose packages are in it.
type Folder struct {
	Directory string           // as the configuration is to name it
	Sources   []crate.SourceID // in Cargo's order
}

// Mirror is a registry of what is held of another, in whose place it stands: a local
// registry, or a sparse one that a web server has.
type Mirror struct {
	LocalRegistry string         // the folder, as the configuration is to name it; "" if it is none
	URL           string         // with "sparse+", if it is no local registry
	Source        crate.SourceID // that it stands in for
	Name          string         // by which manifests know that, "" for crates.io, or if they do not
	Token         bool           // whether the web server wants one
}

// Tables are the [source] tables that replace sources by vendor folders or mirrors, in the
// order of their names. The zero value holds none.
type Tables struct {
	by   string // the command that writes them
	list []table
}

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
	list := make([]standIn, len(folders))
	for i, f := range folders {
		// Cargo 1.95 takes every backslash for a separator. Outside of Windows it is
		// part of a name, and a build would not find the folder.
		list[i] = standIn{pair{"directory", filepath.ToSlash(f.Directory)}, f.Sources}
	}
	return newTables("vendor", vendoredSources, list)
}

// NewMirrorTables is [NewTables] for mirrors.
func NewMirrorTables(mirrors ...Mirror) Tables {
	list := make([]standIn, len(mirrors))
	for i, m := range mirrors {
		at := pair{"registry", m.URL}
		if m.LocalRegistry != "" {
			at = pair{"local-registry", filepath.ToSlash(m.LocalRegistry)}
		}
		list[i] = standIn{at, []crate.SourceID{m.Source}}
	}
	return newTables("mirror", mirroredSources, list)
}

func newTables(by, first string, list []standIn) Tables {
	tables := map[string]table{}
	for i, s := range list {
		name, sources := standInName(first, i), distinct(s.sources)
		for _, id := range sources {
			t := newTableFor(id, name)
			tables[t.name] = t
		}
		if len(sources) > 0 {
			tables[name] = table{name, []pair{s.at}}
		}
	}
	byName := func(a, b table) int { return strings.Compare(a.name, b.name) }
	return Tables{by, slices.SortedFunc(maps.Values(tables), byName)}
}

// Print returns the text of the tables for vendor folders; for a single one it
// is what cargo vendor prints on standard output (spec 7.9). URLs are as in the
// lockfile, user info included.
func Print(folders ...Folder) []byte {
	return []byte(NewTables(folders...).print("\n"))
}

// PrintMirrors returns the text of the tables for mirrors, and of those by which manifests
// name the registries that they stand in for. Where a token is wanted the mirror is a registry
// too, of the same name, or cargo would look for no token.
func PrintMirrors(mirrors ...Mirror) []byte {
	var b strings.Builder
	b.WriteString(NewMirrorTables(mirrors...).print("\n"))
	for i, m := range mirrors {
		if m.Token {
			b.WriteString("\n[registries." + standInName(mirroredSources, i) + "]\nindex = " + tomltext.String(m.URL) + "\ncredential-provider = \"cargo:token\"\n")
		}
		if m.Name != "" {
			b.WriteString("\n[registries." + tomltext.Key(m.Name) + "]\nindex = " + tomltext.String(m.Source.URL()) + "\n")
		}
	}
	return []byte(b.String())
}

// PrintTokens returns the text of the tables for credentials.toml in which cargo looks for the
// tokens of mirrors, "" if none wants any.
func PrintTokens(mirrors ...Mirror) string {
	var tables []string
	for i, m := range mirrors {
		if m.Token {
			tables = append(tables, "[registries."+standInName(mirroredSources, i)+"]\ntoken = \"...\"\n")
		}
	}
	return strings.Join(tables, "\n")
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
	return Tables{t.by, slices.DeleteFunc(slices.Clone(t.list), func(t table) bool { return drop[t.name] })}
}
