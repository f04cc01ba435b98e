package lockfile

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"cargohome/internal/tomltext"
)

// decode parses TOML.
func decode(data []byte) (*tomltext.Table, error) {
	switch {
	case len(data) > maxSize:
		return nil, fmt.Errorf("the file is larger than %d MiB", maxSize>>20)
	case !utf8.Valid(data):
		return nil, errors.New("the file is not UTF-8")
	}
	doc, err := tomltext.Read(string(data), checkShape, func(text string) (values map[string]any, err error) {
		_, err = toml.Decode(text, &values)
		return values, err
	})
	if err != nil {
		return nil, syntaxError(err)
	}
	return doc, nil
}

func syntaxError(err error) error {
	if _, ok := errors.AsType[*lineError](err); ok {
		return err
	}
	if p, ok := errors.AsType[toml.ParseError](err); ok {
		return &lineError{p.Position.Line, errors.New(printable(p.Message))}
	}
	return errors.New(printable(err.Error()))
}

// file is the lockfile's fields, types checked and nothing else.
type file struct {
	version  int // 1 if absent
	packages []rawPackage
	unused   []rawPackage
	metadata map[string]string
}

type rawPackage struct {
	n                               int // which [[package]] it is; -1 for others
	name, version, source, checksum string
	dependencies                    []string
	replace                         string
	noChecksum                      bool // as version 1 says of it
}

func newFile(doc *tomltext.Table) (*file, error) {
	f := &file{}
	var err error
	if f.version, err = versionField(doc); err != nil {
		return nil, err
	}
	if err := f.addPackages(doc); err != nil {
		return nil, err
	}
	if f.unused, err = unusedField(doc); err != nil {
		return nil, err
	}
	f.metadata, err = metadataField(doc)
	return f, err
}

// versionField returns 1 for a file without a version, which may turn out to be
// of version 2. A 1 or 2 that is written out is as unknown to Cargo as a 5.
func versionField(doc *tomltext.Table) (int, error) {
	switch v := doc.Get("version").(type) {
	case nil:
		return 1, nil
	case int64:
		if v != 3 && v != 4 {
			return 0, fmt.Errorf("%w: lock file version %d is not understood by this cargohome", ErrVersion, v)
		}
		return int(v), nil
	}
	return 0, errors.New("version is not a number")
}

// addPackages puts the old [root] before the others.
func (f *file) addPackages(doc *tomltext.Table) error {
	if root := doc.Get("root"); root != nil {
		table, ok := root.(*tomltext.Table)
		if !ok {
			return errors.New("root is not a table")
		}
		p, err := newPackage(-1, table)
		if err != nil {
			return err
		}
		f.packages = append(f.packages, p)
	}
	others, err := tables("package", doc.Get("package"))
	f.packages = slices.Grow(f.packages, len(others))
	for i, t := range others {
		p, err := newPackage(i, t)
		if err != nil {
			return err
		}
		f.packages = append(f.packages, p)
	}
	return err
}

func unusedField(doc *tomltext.Table) ([]rawPackage, error) {
	patch, ok := doc.Get("patch").(*tomltext.Table)
	if !ok {
		if doc.Get("patch") == nil {
			return nil, nil
		}
		return nil, errors.New("patch is not a table")
	}
	if patch.Get("unused") == nil {
		return nil, errors.New("patch does not list what is unused")
	}
	list, err := tables("patch.unused", patch.Get("unused"))
	unused := make([]rawPackage, 0, len(list))
	for _, t := range list {
		p, err := newPackage(-1, t)
		if err != nil {
			return nil, err
		}
		unused = append(unused, p)
	}
	return unused, err
}

// metadataField: Cargo keeps any pairs of strings and refuses all else.
func metadataField(doc *tomltext.Table) (map[string]string, error) {
	table, ok := doc.Get("metadata").(*tomltext.Table)
	if !ok {
		if doc.Get("metadata") == nil {
			return nil, nil
		}
		return nil, errors.New("metadata is not a table")
	}
	metadata := make(map[string]string, len(table.Entries))
	for _, e := range table.Entries {
		s, ok := e.Value.(string)
		if !ok {
			return nil, fmt.Errorf("metadata %q is not a string", printable(e.Key))
		}
		metadata[e.Key] = s
	}
	return metadata, nil
}

// tables reads an array of tables.
func tables(what string, v any) ([]*tomltext.Table, error) {
	array, ok := v.([]any)
	list := make([]*tomltext.Table, len(array))
	for i := 0; i < len(array) && ok; i++ {
		list[i], ok = array[i].(*tomltext.Table)
	}
	if !ok && v != nil {
		return nil, fmt.Errorf("%s is not an array of tables", what)
	}
	return list, nil
}

func newPackage(n int, t *tomltext.Table) (rawPackage, error) {
	p := rawPackage{n: n}
	for _, field := range []struct {
		key  string
		to   *string
		must bool
	}{
		{"name", &p.name, true}, {"version", &p.version, true}, {"source", &p.source, false},
		{"checksum", &p.checksum, false}, {"replace", &p.replace, false},
	} {
		v := t.Get(field.key)
		s, ok := v.(string)
		if !ok && (v != nil || field.must) {
			return p, p.errorf("%s is missing or not a string", field.key)
		} else if ok && s == "" {
			return p, p.errorf("%s is empty", field.key)
		}
		*field.to = s
	}
	if len(p.name) > maxName || len(p.version) > maxName {
		return p, p.errorf("name or version is too long")
	}
	if len(p.source) > maxSource {
		return p, p.errorf("its source is too long")
	}
	var err error
	p.dependencies, err = p.strings(t.Get("dependencies"))
	return p, err
}

func (p *rawPackage) strings(v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok && v != nil {
		return nil, p.errorf("dependencies is not an array")
	}
	texts := make([]string, len(list))
	for i, item := range list {
		if texts[i], ok = item.(string); !ok {
			return nil, p.errorf("dependencies has something that is not a string")
		}
	}
	return texts, nil
}

// errorf names the package; the line is that of its header.
func (p *rawPackage) errorf(format string, args ...any) error {
	return p.wrap(fmt.Errorf(format, args...))
}

func (p *rawPackage) wrap(err error) error {
	if p.name != "" {
		err = fmt.Errorf("package %q: %w", printable(p.name), err)
	}
	return p.at(err)
}

// at is for errors that name the package already.
func (p *rawPackage) at(err error) error {
	if p.n < 0 {
		return err
	}
	return &packageError{p.n, err}
}
