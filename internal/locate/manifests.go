package locate

import (
	"io/fs"

	"cargohome/internal/manifest"
)

// Manifests says how Cargo would take the manifests of packages that are copied. It is
// safe for concurrent use.
type Manifests struct {
	// HasRegistry reports whether cargo's configuration has a registry of that name. To
	// cargo a manifest that names another is broken. If nil, all names are known.
	HasRegistry func(name string) bool
	// Nightly says that cargo would be a nightly one; see [manifest.Tree].
	Nightly bool
}

// Knows reports whether the configuration has a registry; see HasRegistry.
func (m Manifests) Knows(name string) bool { return m.HasRegistry == nil || m.HasRegistry(name) }

// Tree returns the manifests in fsys.
func (m Manifests) Tree(fsys fs.FS) *manifest.Tree {
	t := manifest.NewTree(fsys)
	t.Registries, t.Nightly = m.HasRegistry, m.Nightly
	return t
}

// noting returns m, and in which is noted for what registries it is asked, by one
// goroutine at a time, and whether the configuration has them.
func (m Manifests) noting() (Manifests, map[string]bool) {
	asked := map[string]bool{}
	return Manifests{Nightly: m.Nightly, HasRegistry: func(name string) bool {
		asked[name] = m.Knows(name)
		return asked[name]
	}}, asked
}
