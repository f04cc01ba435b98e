package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"

	"cargohome/crate"
	"cargohome/internal/tomltext"
)

// rest is a configuration file less the block Edit keeps in it.
type rest struct {
	doc     *value
	lines   map[string]int // where each [source] table is first mentioned
	badLine int            // where [source] is written in a form that cannot be added to, 0 if nowhere
}

// readRest takes the whole text with what it parses to.
func readRest(text string, b block, doc *value) (_ *rest, err error) {
	if b.exists() {
		if doc, err = parseTOML([]byte(text[:b.start]+text[b.end:]), origin{}); err != nil {
			return nil, err
		}
	}
	r := &rest{doc: doc, lines: map[string]int{}}
	var table tomltext.Statement // whose header came last
	for st := range tomltext.Statements(text) {
		if b.exists() && st.Start >= b.start && st.Start < b.end {
			continue
		}
		if st.Kind == tomltext.Header || st.Kind == tomltext.ArrayHeader {
			table = st
		}
		r.note(st, table)
	}
	return r, nil
}

// note keeps the line of a statement that is about [source]. Dotted keys and
// inline tables make a table that TOML does not let grow elsewhere.
func (r *rest) note(st, table tomltext.Statement) {
	path := table.Key
	if st.Kind == tomltext.Name {
		path = slices.Concat(path, st.Key)
	}
	if len(path) == 0 || path[0] != "source" || st.Kind == tomltext.Newline || st.Kind == tomltext.Comment {
		return
	}
	if len(path) > 1 && r.lines[path[1]] == 0 {
		r.lines[path[1]] = st.Line
	}
	growsNot := st.Kind == tomltext.ArrayHeader || st.Kind == tomltext.Name && len(table.Key) < 2
	if growsNot && r.badLine == 0 {
		r.badLine = st.Line
	}
}

// source returns the [source] tables, nil if there are none.
func (r *rest) source() map[string]*value {
	if v, ok := r.doc.table()["source"]; ok {
		return v.table()
	}
	return nil
}

// missing returns the wanted tables that are not there yet, or what stands in
// their way.
func (r *rest) missing(want Tables) (Tables, error) {
	if v, ok := r.doc.table()["source"]; ok && v.table() == nil {
		return Tables{}, &ConflictError{r.badLine, "source", "it is " + v.typeName() + ", not a table"}
	}
	have := map[string]bool{}
	for name, v := range want.data(origin{}) {
		if other, ok := r.source()[name]; ok {
			have[name] = reflect.DeepEqual(v, other)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if !have[name] {
			return Tables{}, r.conflict(name, "it is not of cargohome's making and says something else")
		}
	}
	return want.without(have), r.checkSameSources(want)
}

func (r *rest) conflict(name, reason string) error {
	line := r.lines[name]
	if line == 0 {
		line = r.badLine // the name is inside an inline table
	}
	return &ConflictError{line, dotted([]string{"source", name}), reason}
}

// checkForm reports whether tables can be added to what there is of [source].
func (r *rest) checkForm(want Tables) error {
	if r.badLine == 0 || len(want.list) == 0 {
		return nil
	}
	return &ConflictError{r.badLine, "source", "it is written with inline tables or dotted keys, to which nothing can be added; write [source.NAME] headers instead"}
}

// checkSameSources refuses a source that is wanted under one name and there
// under another: cargo takes only one.
func (r *rest) checkSameSources(want Tables) error {
	tables, wanted := want.data(origin{}), map[crate.SourceKey]string{}
	for name := range tables {
		for _, key := range keysOf(name, tables) {
			wanted[key] = name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.source())) {
		for _, key := range keysOf(name, r.source()) {
			if other, ok := wanted[key]; ok && other != name {
				return r.conflict(name, fmt.Sprintf("it is for the source that needs a table called %q", crate.Redact(other)))
			}
		}
	}
	return nil
}

// keysOf returns what identifies the source of a table, nothing for a table
// cargo refuses. Folders are taken as if the file lay in a project at a made-up
// place, so that only relative ones are found equal.
func keysOf(name string, tables map[string]*value) []crate.SourceKey {
	file := origin{fromFile, join(string(filepath.Separator), "project/.cargo/config.toml")}
	fields := map[string]setting[string]{}
	for field, v := range tables[name].table() {
		if text, ok := v.data.(string); ok {
			fields[field] = setting[string]{text, file, true}
		}
	}
	ids, err := (&sourceTable{name, fields}).locations("")
	if err != nil {
		return nil
	}
	if len(ids) == 0 && name == cratesIO {
		return cratesIOKeys()
	}
	keys := make([]crate.SourceKey, len(ids))
	for i, id := range ids {
		keys[i] = id.Key()
	}
	return keys
}

func cratesIOKeys() []crate.SourceKey {
	var keys []crate.SourceKey
	for _, index := range []string{crate.CratesIOGit, crate.CratesIOSparse} {
		if id, err := crate.NewRegistrySource(index); err == nil {
			keys = append(keys, id.Key())
		}
	}
	return keys
}
