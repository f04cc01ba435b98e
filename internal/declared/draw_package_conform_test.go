//go:build conform

package declared_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cargohome/internal/cargotest"
)

// drawn is a package that was drawn.
type drawn struct {
	name, version string
	dir           string // below the workspace or the repository; "" in the registry
	macro         bool
	deps          []drawnDep
	features      map[string][]string
}

// drawnDep is a dependency of one.
type drawnDep struct {
	cargotest.Dep
	to        *drawn
	inherited bool   // some of it is said in the workspace
	more      string // lines of its table
}

func (d *drawnDep) key() string { return cmp.Or(d.As, d.Name) }

// crate is what the registry has of the package.
func (d *drawn) crate() cargotest.Crate {
	c := cargotest.Crate{Name: d.name, Version: d.version, Features: d.features,
		Files: []cargotest.File{{Path: "Cargo.toml", Content: d.manifest("2021")}}}
	for i := range d.deps {
		c.Deps = append(c.Deps, d.deps[i].Dep)
	}
	return c
}

// known returns the features of the package, those of optional dependencies included.
func (d *drawn) known() []string {
	known := map[string]bool{}
	for name := range d.features {
		known[name] = true
	}
	for i := range d.deps {
		if dep := &d.deps[i]; dep.Optional && !d.hides(dep.key()) {
			known[dep.key()] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}

// hides reports whether a dependency has no feature of its name, because "dep:" is said of
// it.
func (d *drawn) hides(dep string) bool {
	for _, values := range d.features {
		if slices.Contains(values, "dep:"+dep) {
			return true
		}
	}
	return false
}

var platforms = []string{
	"", "", "", "", "", "cfg(unix)", "cfg(windows)", `cfg(target_os = "linux")`, `cfg(not(target_os = "linux"))`, "x86_64-unknown-linux-gnu",
	"x86_64-pc-windows-gnu", "cfg(any())", "cfg(all())", `cfg(all(unix, not(target_env = "musl")))`, `cfg(any(target_arch = "wasm32", target_family = "windows"))`,
	`cfg(target_pointer_width = "32")`, "cfg(debug_assertions)", `cfg(panic = "unwind")`, "cfg(tokio_unstable)", `cfg(target_feature = "sse2")`,
	"cfg(true)", "cfg(not(r#windows))", `cfg(target_has_atomic = "64")`, `cfg(feature = "f0")`, "wasm32-unknown-unknown", `cfg(target_vendor = "apple")`,
	`cfg(not(any(unix, windows, target_arch = "wasm32")))`, `cfg(target_endian = "little")`, `cfg(target_abi = "")`, "cfg(test)", "cfg(not(proc_macro))",
}

// fill draws the dependencies of a package among others, and its features.
func (s *drawnSite) fill(d *drawn, others []*drawn, modern bool) {
	for range s.r.IntN(5) {
		if len(others) == 0 {
			break
		}
		to := pick(s.r, others)
		s.depend(d, to, s.one(4))
		if s.one(6) { // under a second name, or in a second table
			s.depend(d, to, false)
		}
	}
	s.draw(d, modern)
}

// depend adds a dependency, in a table in which there is none of its name yet.
func (s *drawnSite) depend(d, to *drawn, dev bool) {
	dep := drawnDep{to: to, Dep: cargotest.Dep{
		Name: to.name, Target: pick(s.r, platforms), Kind: pick(s.r, []string{"", "", "", "build"}), NoDefaults: s.one(3),
	}}
	if to.dir == "" {
		dep.Req = pick(s.r, []string{to.version[:1], "=" + to.version, ">=" + to.version + ", <" + string(to.version[0]+1), "~" + to.version[:3], "^" + to.version})
	}
	switch {
	case dev:
		dep.Kind = "dev"
	case s.one(2):
		dep.Optional = true
	}
	if s.one(4) || to.dir == "" && to.version[0] == '2' {
		dep.As = fmt.Sprintf("x%d%s", s.r.IntN(3), to.version[:1])
	}
	for i := range d.deps {
		if other := &d.deps[i]; other.key() == dep.key() {
			sameTable := other.Kind == dep.Kind && other.Target == dep.Target
			if sameTable || other.to != to && (to.dir != "" || other.to.dir != "") {
				return
			}
		}
	}
	dep.Features = s.some(to.known())
	d.deps = append(d.deps, dep)
}

// draw makes features of which each speaks of what there is.
func (s *drawnSite) draw(d *drawn, modern bool) {
	d.features = map[string][]string{}
	for _, name := range []string{"default", "f0", "f1", "f-2"} {
		if !s.one(3) {
			d.features[name] = []string{}
		}
	}
	for i := range d.deps {
		if dep := &d.deps[i]; modern && dep.Optional && s.one(2) {
			name := "with-" + dep.key()
			if s.one(3) {
				name = dep.key() // takes the place of the one that there would be
			}
			d.features[name] = []string{"dep:" + dep.key()}
		}
	}
	names := slices.Sorted(maps.Keys(d.features))
	for _, name := range names {
		for range s.r.IntN(4) {
			if v := s.value(d, name, names, modern); v != "" && !slices.Contains(d.features[name], v) {
				d.features[name] = append(d.features[name], v)
			}
		}
	}
}

// value draws what a feature turns on, "" for nothing.
func (s *drawnSite) value(d *drawn, name string, names []string, modern bool) string {
	if len(d.deps) == 0 || s.one(3) {
		if other := pick(s.r, names); other != name {
			return other
		}
		return ""
	}
	at := &d.deps[s.r.IntN(len(d.deps))]
	dep, optional, known := at.key(), false, at.to.known()
	for i := range d.deps {
		if other := &d.deps[i]; other.key() == dep {
			optional = optional || other.Optional
			known = slices.DeleteFunc(known, func(f string) bool { return !slices.Contains(other.to.known(), f) })
		}
	}
	switch {
	case optional && s.one(3) && d.hides(dep):
		return "dep:" + dep
	case optional && s.one(3) && name != dep && (!d.hides(dep) || slices.Contains(names, dep)):
		return dep
	case len(known) == 0:
		return ""
	case optional && modern && s.one(2):
		return dep + "?/" + pick(s.r, known)
	}
	return dep + "/" + pick(s.r, known)
}

// manifest writes the Cargo.toml; the paths of dependencies are made for folders side by
// side.
func (d *drawn) manifest(edition string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[package]\nname = %q\nversion = %q\nedition = %q\n\n[lib]\npath = \"src/lib.rs\"\n", d.name, d.version, edition)
	if d.macro {
		b.WriteString("proc-macro = true\n")
	}
	b.WriteString("\n[features]\n")
	for _, name := range slices.Sorted(maps.Keys(d.features)) {
		fmt.Fprintf(&b, "%q = %s\n", name, quoted(d.features[name]))
	}
	for i := range d.deps {
		d.writeDep(&b, &d.deps[i])
	}
	return b.String()
}

func (d *drawn) writeDep(b *strings.Builder, dep *drawnDep) {
	table := map[string]string{"": "dependencies", "build": "build-dependencies", "dev": "dev-dependencies"}[dep.Kind]
	if dep.Target != "" {
		table = fmt.Sprintf("target.'%s'.%s", dep.Target, table)
	}
	fmt.Fprintf(b, "\n[%s.%s]\n", table, dep.key())
	if dep.inherited {
		b.WriteString("workspace = true\n")
	} else {
		dep.writeSource(b, strings.TrimPrefix("../"+dep.to.dir, d.dir+"./"))
		fmt.Fprintf(b, "default-features = %v\n", !dep.NoDefaults)
	}
	fmt.Fprintf(b, "%sfeatures = %s\n", dep.more, quoted(dep.Features))
	if dep.Kind != "dev" {
		fmt.Fprintf(b, "optional = %v\n", dep.Optional)
	}
}

// writeSource says where a dependency comes from; path is for one that is in a folder.
func (d *drawnDep) writeSource(b *strings.Builder, path string) {
	switch {
	case d.Git != "":
		fmt.Fprintf(b, "git = %q\n", d.Git)
	case d.to.dir != "":
		fmt.Fprintf(b, "path = %q\n", path)
	default:
		fmt.Fprintf(b, "version = %q\n", d.Req)
	}
	if d.As != "" {
		fmt.Fprintf(b, "package = %q\n", d.Name)
	}
}

func quoted(list []string) string {
	var words []string
	for _, s := range list {
		words = append(words, fmt.Sprintf("%q", s))
	}
	return "[" + strings.Join(words, ", ") + "]"
}
