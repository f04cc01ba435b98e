package config

import (
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
)

// sourceFields are the keys of a [source.NAME] table.
var sourceFields = []string{"registry", "local-registry", "directory", "git", "branch", "tag", "rev", "replace-with"}

// sourceTable holds the keys of one [source.NAME] table that are set.
type sourceTable struct {
	name   string
	fields map[string]setting[string]
}

// readSource reads one [source.NAME] table. It has exactly one location; that of
// crates-io may be left out.
func (c *Config) readSource(name string) (source, error) {
	t, err := c.readSourceTable(name)
	if err != nil {
		return source{}, err
	}
	ids, err := t.locations(c.cwd)
	if err != nil {
		return source{}, err
	}
	if len(ids) == 0 && name == cratesIO {
		id, err := c.cratesIOSource()
		return source{id, t.fields["replace-with"]}, err
	}
	if len(ids) != 1 {
		return source{}, fmt.Errorf("%s needs one of registry, local-registry, directory and git, but has %d", t.label(), len(ids))
	}
	return source{ids[0], t.fields["replace-with"]}, nil
}

func (c *Config) readSourceTable(name string) (*sourceTable, error) {
	t := &sourceTable{name, map[string]setting[string]{}}
	k := newKey("source").entry(name)
	entries, err := c.findTable(k)
	if err != nil {
		return nil, err
	}
	for field, v := range entries {
		if !slices.Contains(sourceFields, field) {
			c.warn("unused config key `%s` in `%s`", dotted(k.child(field).path), v.from)
		}
	}
	for _, field := range sourceFields {
		s, err := c.text(k.child(field))
		if err != nil {
			return nil, err
		}
		if s.set {
			t.fields[field] = s
		}
	}
	return t, nil
}

func (t *sourceTable) label() string { return dotted([]string{"source", t.name}) }

// locations returns every source the table describes.
func (t *sourceTable) locations(cwd string) ([]crate.SourceID, error) {
	var ids []crate.SourceID
	if s, ok := t.fields["registry"]; ok {
		id, err := crate.NewRegistrySource(s.value)
		if err != nil {
			return nil, t.wrong("registry", s, err)
		}
		ids = append(ids, id)
	}
	if s, ok := t.fields["local-registry"]; ok {
		ids = append(ids, crate.NewLocalRegistrySource(join(s.from.root(cwd), s.value)))
	}
	if s, ok := t.fields["directory"]; ok {
		ids = append(ids, crate.NewDirectorySource(join(s.from.root(cwd), s.value)))
	}
	s, ok := t.fields["git"]
	if !ok {
		return ids, t.checkNoRef()
	}
	id, err := crate.NewGitSource(s.value, t.ref())
	if err != nil {
		return nil, t.wrong("git", s, err)
	}
	return append(ids, id), nil
}

func (t *sourceTable) wrong(field string, s setting[string], err error) error {
	return fmt.Errorf("key %s.%s: %w (in %s)", t.label(), field, err, s.from)
}

func (t *sourceTable) checkNoRef() error {
	for _, field := range []string{"branch", "tag", "rev"} {
		if s, ok := t.fields[field]; ok {
			return fmt.Errorf("key %s.%s needs a git key beside it (in %s)", t.label(), field, s.from)
		}
	}
	return nil
}

// ref: of several references cargo takes the branch, then the tag.
func (t *sourceTable) ref() crate.GitRef {
	if s, ok := t.fields["branch"]; ok {
		return crate.GitRef{Kind: crate.Branch, Name: s.value}
	}
	if s, ok := t.fields["tag"]; ok {
		return crate.GitRef{Kind: crate.Tag, Name: s.value}
	}
	if s, ok := t.fields["rev"]; ok {
		return crate.GitRef{Kind: crate.Rev, Name: s.value}
	}
	return crate.GitRef{Kind: crate.DefaultBranch}
}

// HasRegistry reports whether there is a usable [registries.name]: to cargo a
// manifest that names another registry is broken.
func (c *Config) HasRegistry(name string) bool {
	_, err := c.Registry(name)
	return err == nil
}

// Registry returns the index of [registries.NAME].
func (c *Config) Registry(name string) (crate.SourceID, error) {
	if err := checkRegistryName(name); err != nil {
		return crate.SourceID{}, err
	}
	index, err := c.text(newKey("registries", name, "index"))
	if err != nil {
		return crate.SourceID{}, err
	}
	if !index.set {
		return crate.SourceID{}, fmt.Errorf("there is no key registries.%s.index either", name)
	}
	id, err := crate.NewRegistrySource(absoluteFileURL(index.value, index.from.root(c.cwd)))
	if err == nil && hasPassword(id.URL()) {
		err = fmt.Errorf("a registry URL may not hold a password")
	}
	if err != nil {
		return crate.SourceID{}, fmt.Errorf("key registries.%s.index: %w (in %s)", name, err, index.from)
	}
	return id, nil
}

// Registries returns the indexes of all [registries.NAME] that are usable, by name.
func (c *Config) Registries() map[string]crate.SourceID {
	tables, _ := c.findTable(newKey("registries")) // an error is that of who asks for one
	all := map[string]crate.SourceID{}
	for name := range tables {
		if id, err := c.Registry(name); err == nil {
			all[name] = id
		}
	}
	return all
}

// checkRegistryName: as package names, which moreover may not start with a digit
// or hyphen (cargo 1.95, RegistryName).
func checkRegistryName(name string) error {
	if err := crate.CheckName(name); err != nil || strings.IndexByte("-0123456789", name[0]) >= 0 {
		return fmt.Errorf("%q cannot be the name of a registry", crate.Redact(name))
	}
	return nil
}

// absoluteFileURL completes a URL of the form "file:relative/path", the only
// relative one cargo takes, with the folder the key's paths start from.
func absoluteFileURL(index, root string) string {
	scheme, path, ok := strings.Cut(index, ":")
	if !ok || !strings.EqualFold(scheme, "file") || strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\`) {
		return index
	}
	return crate.NewDirectorySource(root).URL() + "/" + path
}

func hasPassword(u string) bool {
	_, rest, _ := strings.Cut(u, "://")
	authority, _, _ := strings.Cut(rest, "/")
	user := authority[:max(strings.LastIndexByte(authority, '@'), 0)]
	_, password, _ := strings.Cut(user, ":")
	return password != ""
}
