//go:build conform

package declared_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// drawnSite is a Cargo home with a registry and a repository, of which workspaces are drawn.
type drawnSite struct {
	t        *testing.T
	r        *rand.Rand
	dir      string
	home     *cargotest.Home
	repo     string
	crates   []*drawn // registry packages, those that others may depend on last
	packages []*drawn // of the repository
}

func drawSite(t *testing.T, seed uint64) *drawnSite {
	s := &drawnSite{t: t, r: rand.New(rand.NewPCG(seed, 0)), dir: t.TempDir()}
	s.home = cargotest.NewHome(t, filepath.Join(s.dir, "home"))
	for i := range 11 {
		d := &drawn{name: fmt.Sprintf("r%d", i/2), version: fmt.Sprintf("%d.0.%d", 1+i%2, s.r.IntN(3)), macro: s.one(5)}
		s.fill(d, s.crates, s.one(2))
		s.crates = append(s.crates, d)
		s.home.Add(d.crate())
	}
	s.repo = filepath.Join(s.dir, "repo")
	files := map[string][]byte{}
	for i := range 2 {
		d := &drawn{name: fmt.Sprintf("g%d", i), version: "0.1.0", dir: fmt.Sprintf("g%d", i), macro: s.one(5)}
		s.fill(d, slices.Concat(s.packages, s.crates[:4]), true)
		s.packages = append(s.packages, d)
		files[d.dir+"/Cargo.toml"], files[d.dir+"/src/lib.rs"] = []byte(d.manifest("2021")), nil
	}
	files["alone/Cargo.toml"], files["alone/src/lib.rs"] = []byte("[package]\nname = \"alone\"\n"), nil
	cargotest.Commit(t, s.repo, "refs/heads/master", files)
	s.fetch()
	return s
}

// fetch has cargo take the repository into the home, for a package that needs nothing else:
// nobody is asked for the registry.
func (s *drawnSite) fetch() {
	dir := filepath.Join(s.dir, "fetched")
	s.write(filepath.Join(dir, "Cargo.toml"), fmt.Sprintf("[package]\nname = \"fetched\"\n[lib]\npath = \"Cargo.toml\"\n[dependencies]\nalone = { git = \"file://%s\" }\n", s.repo))
	if _, err := s.project(dir).cargo("fetch"); err != nil {
		s.t.Fatal(err)
	}
}

// one is true once in n times.
func (s *drawnSite) one(n int) bool { return s.r.IntN(n) == 0 }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// some picks about half of a list, in its order.
func (s *drawnSite) some(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(string) bool { return s.one(2) })
}

// drawnWorkspace is a workspace in a folder of its own.
type drawnWorkspace struct {
	*drawnSite
	dir     string
	edition string
	all     []*drawn             // packages in its folders
	members []*drawn             // of them, those that the root lists
	shared  map[string]*drawnDep // what members inherit
	bindeps bool                 // artifact dependencies, which a nightly cargo knows
}

func (s *drawnSite) workspace(dir string) *drawnWorkspace {
	w := &drawnWorkspace{drawnSite: s, dir: dir, edition: pick(s.r, []string{"2018", "2021", "2024"}), shared: map[string]*drawnDep{}, bindeps: s.one(8)}
	git := s.one(3)
	for i := range 2 + s.r.IntN(5) {
		d := &drawn{name: fmt.Sprintf("l%d", i), version: "0.1.0", dir: fmt.Sprintf("l%d", i), macro: s.one(4)}
		others := slices.Concat(s.crates, w.all, w.all, w.all)
		if git {
			others = append(others, s.packages...)
		}
		s.fill(d, others, true)
		w.all = append(w.all, d)
	}
	for i, d := range w.all {
		if i == len(w.all)-1 || s.one(2) {
			w.members = append(w.members, d)
		}
	}
	if s.one(2) {
		w.members[len(w.members)-1].dir = "."
	}
	for _, d := range w.members { // cycles through them
		if s.one(3) {
			s.depend(d, pick(s.r, w.all), true)
		}
	}
	for _, d := range w.all {
		for i := range d.deps {
			w.place(d, &d.deps[i])
		}
	}
	w.save()
	return w
}

// place says of a dependency what is not said elsewhere.
func (w *drawnWorkspace) place(d *drawn, dep *drawnDep) {
	switch {
	case slices.Contains(w.packages, dep.to):
		dep.Git = "file://" + w.repo
	case w.bindeps && dep.to.dir != "" && !dep.to.macro && w.one(2):
		dep.more = fmt.Sprintf("artifact = %q\nlib = %v\n", pick(w.r, []string{"bin", "staticlib", "cdylib"}), w.one(2))
		if w.one(2) {
			dep.more += fmt.Sprintf("target = %q\n", pick(w.r, askedTargets))
		}
	}
	if dep.more == "" && slices.Contains(w.members, d) && w.one(4) {
		w.share(dep)
	}
}

// share moves a part of a dependency into the workspace.
func (w *drawnWorkspace) share(dep *drawnDep) {
	common := w.shared[dep.key()]
	if common == nil {
		c := *dep
		common = &c
		common.Features = w.some(dep.Features)
		w.shared[dep.key()] = common
	}
	if dep.inherited = common.to == dep.to; dep.inherited && w.one(3) {
		dep.more = fmt.Sprintf("default-features = %v\n", w.edition == "2024" || w.one(2))
	}
}

func (w *drawnWorkspace) save() {
	w.write(filepath.Join(w.dir, "Cargo.toml"), "")
	for _, d := range w.all {
		text := d.manifest(w.edition)
		if d.dir == "." && w.one(6) {
			text = strings.Replace(text, "\n\n", fmt.Sprintf("\nresolver = \"%d\"\n\n", 1+w.r.IntN(3)), 1)
		}
		w.write(filepath.Join(w.dir, d.dir, "Cargo.toml"), text)
		w.write(filepath.Join(w.dir, d.dir, "src", "lib.rs"), "")
		if w.bindeps {
			w.write(filepath.Join(w.dir, d.dir, "src", "main.rs"), "fn main() {}\n")
		}
	}
	w.root()
}

// root writes the manifest of the workspace. What is no member is a member all the same if
// one depends on it, unless it is excluded.
func (w *drawnWorkspace) root() {
	var b strings.Builder
	text, err := os.ReadFile(filepath.Join(w.dir, "Cargo.toml")) // of a package, or nothing
	if err != nil {
		w.t.Fatal(err)
	}
	b.Write(text)
	fmt.Fprintf(&b, "\n[workspace]\nmembers = %s\n", quoted(dirs(w.members)))
	if w.one(2) && !strings.Contains(string(text), "\nresolver") {
		fmt.Fprintf(&b, "resolver = \"%d\"\n", 1+w.r.IntN(3))
	}
	if w.one(4) {
		fmt.Fprintf(&b, "default-members = %s\n", quoted(w.some(dirs(w.members))))
	}
	if w.one(2) {
		others := slices.DeleteFunc(slices.Clone(w.all), func(d *drawn) bool { return slices.Contains(w.members, d) })
		fmt.Fprintf(&b, "exclude = %s\n", quoted(dirs(others)))
	}
	for _, key := range slices.Sorted(maps.Keys(w.shared)) {
		dep := w.shared[key]
		fmt.Fprintf(&b, "\n[workspace.dependencies.%s]\n", key)
		dep.writeSource(&b, dep.to.dir)
		fmt.Fprintf(&b, "default-features = %v\nfeatures = %s\n", !dep.NoDefaults, quoted(dep.Features))
	}
	for range w.r.IntN(3) / 2 * (1 + w.r.IntN(2)) {
		w.patch(&b)
	}
	w.write(filepath.Join(w.dir, "Cargo.toml"), b.String())
}

func dirs(packages []*drawn) (list []string) {
	for _, d := range packages {
		list = append(list, d.dir)
	}
	return list
}

// patch puts a package of the user's in place of one of the registry or the repository.
func (w *drawnWorkspace) patch(b *strings.Builder) {
	patched := *pick(w.r, slices.Concat(w.crates, w.packages))
	table, key := "patch.crates-io", patched.name
	switch {
	case patched.dir != "":
		table = fmt.Sprintf("patch.%q", "file://"+w.repo)
		known := patched.known()
		patched.dir, patched.deps, patched.features = "", nil, map[string][]string{}
		for _, name := range known {
			patched.features[name] = nil
		}
	case w.one(3):
		table, key = "replace", fmt.Sprintf("%q", patched.name+":"+patched.version)
	default:
		patched.version = patched.version[:4] + "9"
	}
	dir := fmt.Sprintf("%s-patch-%s", w.dir, patched.name+patched.version[:1])
	header := fmt.Sprintf("\n[%s]\n", table)
	if strings.Contains(b.String(), header) || strings.Contains(b.String()+header, "[patch") && strings.Contains(b.String()+header, "[replace]") {
		return // cargo takes one of them alone
	}
	w.write(filepath.Join(dir, "Cargo.toml"), patched.manifest("2021"))
	w.write(filepath.Join(dir, "src", "lib.rs"), "")
	fmt.Fprintf(b, "%s%s = { path = %q }\n", header, key, dir)
}

func (s *drawnSite) write(path, text string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}
