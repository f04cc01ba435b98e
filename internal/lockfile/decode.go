package lockfile

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"cargohome/internal/tomltext"
)

// decode parses TOML into maps. Structs would be filled from keys in any case,
// "NAME" as well as "name", and in random order; Cargo's keys have one case.
func decode(data []byte) (doc map[string]any, err error) {
	if len(data) > maxSize {
		return nil, fmt.Errorf("the file is larger than %d MiB", maxSize>>20)
	}
	err = tomltext.Read(string(data), checkShape, func(text string) error {
		if !utf8.ValidString(text) {
			return errors.New("the file is not UTF-8")
		}
		if doc = readPlain(text); doc != nil {
			return nil
		}
		_, err := toml.Decode(text, &doc)
		return err
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

func newFile(doc map[string]any) (*file, error) {
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
func versionField(doc map[string]any) (int, error) {
	switch v := doc["version"].(type) {
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
func (f *file) addPackages(doc map[string]any) error {
	if root, ok := doc["root"]; ok {
		table, ok := root.(map[string]any)
		if !ok {
			return errors.New("root is not a table")
		}
		p, err := newPackage(-1, table)
		if err != nil {
			return err
		}
		f.packages = append(f.packages, p)
	}
	others, err := tables("package", doc["package"])
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

func unusedField(doc map[string]any) ([]rawPackage, error) {
	patch, ok := doc["patch"].(map[string]any)
	if !ok {
		if doc["patch"] == nil {
			return nil, nil
		}
		return nil, errors.New("patch is not a table")
	}
	list, err := tables("patch.unused", patch["unused"])
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
func metadataField(doc map[string]any) (map[string]string, error) {
	table, ok := doc["metadata"].(map[string]any)
	if !ok {
		if doc["metadata"] == nil {
			return nil, nil
		}
		return nil, errors.New("metadata is not a table")
	}
	metadata := make(map[string]string, len(table))
	for key, value := range table {
		s, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("metadata %q is not a string", printable(key))
		}
		metadata[key] = s
	}
	return metadata, nil
}

// tables reads an array of tables.
func tables(what string, v any) ([]map[string]any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []map[string]any:
		return v, nil
	case []any:
		if len(v) == 0 {
			return nil, nil
		}
	}
	return nil, fmt.Errorf("%s is not an array of tables", what)
}

func newPackage(n int, t map[string]any) (rawPackage, error) {
	p := rawPackage{n: n}
	for _, field := range []struct {
		key  string
		to   *string
		must bool
	}{
		{"name", &p.name, true}, {"version", &p.version, true}, {"source", &p.source, false},
		{"checksum", &p.checksum, false}, {"replace", &p.replace, false},
	} {
		s, ok := t[field.key].(string)
		if _, there := t[field.key]; !ok && (there || field.must) {
			return p, p.errorf("%s is missing or not a string", field.key)
		} else if there && s == "" {
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
	p.dependencies, err = p.strings(t["dependencies"])
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
