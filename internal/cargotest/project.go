package cargotest

import (
	"cmp"
	"path/filepath"
	"strings"
)

// Project is a package of the user's, with a main function.
type Project struct {
	Name, Version string // Version "" means 0.1.0
	Deps          []Dep
	Main          string // src/main.rs; "" prints what the dependencies say
	LockVersion   int    // 0 means 4

	// Registries maps the index URL of each registry other than crates.io that
	// dependencies name to the name of its folder in the home.
	Registries map[string]string
}

// WriteProject writes Cargo.toml, src/main.rs and Cargo.lock into dir, and an
// empty library for each path dependency.
func (h *Home) WriteProject(dir string, p Project) {
	write(h.t, filepath.Join(dir, "Cargo.toml"), []byte(p.manifest()))
	write(h.t, filepath.Join(dir, "src", "main.rs"), []byte(p.main()))
	for _, d := range p.Deps {
		if d.Path {
			c := Crate{Name: d.Name, Version: d.Req}
			write(h.t, filepath.Join(dir, d.Name, "Cargo.toml"), []byte(c.originalManifest()))
			write(h.t, filepath.Join(dir, d.Name, "src", "lib.rs"), []byte(c.lib()))
		}
	}
	h.WriteLock(dir, p)
}

// WriteLock writes only Cargo.lock.
func (h *Home) WriteLock(dir string, p Project) {
	write(h.t, filepath.Join(dir, "Cargo.lock"), []byte(LockText(cmp.Or(p.LockVersion, 4), h.Lock(p))))
}

func (p Project) version() string { return cmp.Or(p.Version, "0.1.0") }

func (p Project) manifest() string {
	return "[package]\n" + nameAndVersion(p.Name, p.version()) + "edition = \"2021\"\n" + depTables(p.Deps)
}

func (p Project) main() string {
	if p.Main != "" {
		return p.Main
	}
	var b strings.Builder
	b.WriteString("fn main() {\n")
	for _, d := range p.Deps {
		if d.always() && d.Git == "" {
			b.WriteString("    println!(\"{}\", " + d.ident() + "::describe());\n")
		}
	}
	b.WriteString("}\n")
	return b.String()
}
