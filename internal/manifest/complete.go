package manifest

import (
	"errors"
	"fmt"
	"path/filepath"
)

// A manifest is a Cargo.toml with what it inherits filled in.
type manifest struct {
	path, dir     string
	virtual       bool // it has no package
	name, version string
	root          *rootConfig // nil if it has no [workspace]
	pointer       string      // the root that package.workspace names, "" if none
	deps          []pathDep   // in Cargo's order
	patches       []pathDep
	replaced      []pathDep // [replace]
}

// A pathDep is a dependency on a package in a folder.
type pathDep struct {
	name     string
	manifest string
	kind     depKind
	optional bool
}

// complete turns a document into a manifest. The root's table is made known
// before anything is inherited, as Cargo does.
func (l *loader) complete(path string, doc *document) (*manifest, error) {
	m := &manifest{path: path, dir: filepath.Dir(path), virtual: doc.pkg == nil}
	if doc.workspace != nil {
		m.root = newRootConfig(m.dir, doc.workspace)
		l.roots[m.dir] = m.root
	}
	if doc.pkg != nil && doc.pkg.pointsToRoot {
		m.pointer = manifestIn(join(m.dir, doc.pkg.workspace))
	}
	c := completion{loader: l, m: m}
	if err := c.fill(doc); err != nil {
		return nil, fmt.Errorf("manifest %q: %w", path, err)
	}
	return m, nil
}

func manifestIn(dir string) string { return normalize(join(dir, fileName)) }

// A completion fills in one manifest. It looks for the workspace at most once,
// and only if something is inherited.
type completion struct {
	*loader
	m         *manifest
	workspace *rootConfig
}

func (c *completion) fill(doc *document) (err error) {
	if doc.pkg != nil {
		if err := c.setPackage(doc.pkg); err != nil {
			return err
		}
	}
	if c.m.deps, err = c.paths(doc.deps); err != nil {
		return err
	}
	if c.m.patches, err = c.paths(doc.patches); err != nil {
		return err
	}
	c.m.replaced, err = c.paths(doc.replaced)
	return err
}

func (c *completion) setPackage(p *packageTable) error {
	c.m.name, c.m.version = p.name, p.version
	if p.inheritsVersion {
		w, err := c.inherit()
		if err != nil {
			return err
		}
		if c.m.version = w.version; c.m.version == "" {
			return errors.New("its version is inherited, but there is no workspace.package.version")
		}
	}
	if c.m.version == "" {
		c.m.version = "0.0.0" // spec 4.2
	}
	return nil
}

func (c *completion) inherit() (w *rootConfig, err error) {
	if c.workspace == nil {
		c.workspace, err = c.inheritable(c.m)
	}
	return c.workspace, err
}

// paths returns those of deps that name a folder.
func (c *completion) paths(deps []dependency) ([]pathDep, error) {
	var out []pathDep
	for _, d := range deps {
		d, from, err := c.settle(d)
		if err == nil {
			err = d.fault
		}
		if err != nil {
			return nil, fmt.Errorf("dependency %q: %w", d.name, err)
		}
		if d.isPath {
			out = append(out, pathDep{d.name, manifestIn(join(from, d.path)), d.kind, d.optional})
		}
	}
	return out, nil
}

// settle returns d with what it inherits, and the folder its path is relative to.
// The workspace says where the package is, the member how it is used.
func (c *completion) settle(d dependency) (dependency, string, error) {
	if !d.inherits {
		return d, c.m.dir, nil
	}
	w, err := c.inherit()
	if err != nil {
		return d, "", err
	}
	shared, ok := w.deps[d.name]
	if !ok {
		return d, "", errors.New("it is inherited, but not in workspace.dependencies")
	}
	shared.kind, shared.optional = d.kind, d.optional
	return shared, w.dir, nil
}
