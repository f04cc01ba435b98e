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

// drawn is a package that was drawn.
type drawn struct {
	name, version string
	dir           string // below the workspace or the repository; "" in the registry
	macro         bool
	deps          []cargotest.Dep
	to            []*drawn // what each of deps means
	features      map[string][]string
}

// known returns the features of the package, those of optional dependencies included.
func (d *drawn) known() []string {
	known := map[string]bool{}
	for name := range d.features {
		known[name] = true
	}
	listed := strings.Join(slices.Concat(slices.Collect(maps.Values(d.features))...), " ") + " "
	for i := range d.deps {
		if dep := &d.deps[i]; dep.Optional && !strings.Contains(listed, "dep:"+key(dep)+" ") {
			known[key(dep)] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}

func key(d *cargotest.Dep) string {
	if d.As != "" {
		return d.As
	}
	return d.Name
}

func drawSite(t *testing.T, seed uint64) *drawnSite {
	s := &drawnSite{t: t, r: rand.New(rand.NewPCG(seed, 0)), dir: t.TempDir()}
	s.home = cargotest.NewHome(t, filepath.Join(s.dir, "home"))
	for i := range 9 {
		d := &drawn{name: fmt.Sprintf("r%d", i/2), version: fmt.Sprintf("%d.0.%d", 1+i%2, s.r.IntN(3)), macro: s.one(5)}
		s.fill(d, s.crates, s.one(2))
		s.crates = append(s.crates, d)
		s.home.Add(cargotest.Crate{Name: d.name, Version: d.version, Deps: d.deps, Features: d.features,
			Files: []cargotest.File{{Path: "Cargo.toml", Content: d.manifest("2021")}}})
	}
	s.repo = filepath.Join(s.dir, "repo")
	files := map[string][]byte{}
	for i := range 2 {
		d := &drawn{name: fmt.Sprintf("g%d", i), version: "0.1.0", dir: fmt.Sprintf("g%d", i), macro: s.one(5)}
		s.fill(d, s.packages, true)
		s.packages = append(s.packages, d)
		files[d.dir+"/Cargo.toml"], files[d.dir+"/src/lib.rs"] = []byte(d.manifest("2021")), nil
	}
	cargotest.Commit(t, s.repo, "refs/heads/master", files)
	s.fetch()
	return s
}

// fetch has cargo take the repository into the home.
func (s *drawnSite) fetch() {
	dir := filepath.Join(s.dir, "fetched")
	s.write(filepath.Join(dir, "Cargo.toml"), fmt.Sprintf("[package]\nname = \"fetched\"\n[lib]\npath = \"Cargo.toml\"\n[dependencies]\ng0 = { git = \"file://%s\" }\n", s.repo))
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

var platforms = []string{
	"", "", "", "", "cfg(unix)", "cfg(windows)", `cfg(target_os = "linux")`, `cfg(not(target_os = "linux"))`, "x86_64-unknown-linux-gnu",
	"x86_64-pc-windows-gnu", "cfg(any())", `cfg(all(unix, not(target_env = "musl")))`, `cfg(any(target_arch = "wasm32", target_family = "windows"))`,
	`cfg(target_pointer_width = "32")`, "cfg(debug_assertions)", `cfg(panic = "unwind")`, "cfg(tokio_unstable)", `cfg(target_feature = "sse2")`,
	"cfg(true)", "cfg(not(r#windows))", `cfg(target_has_atomic = "64")`, `cfg(feature = "f0")`,
}

// fill draws the dependencies of a package among others, and its features.
func (s *drawnSite) fill(d *drawn, others []*drawn, modern bool) {
	for range s.r.IntN(5) {
		if len(others) == 0 {
			break
		}
		to := pick(s.r, others)
		s.depend(d, to, s.one(4))
	}
	s.draw(d, modern)
}

// depend adds a dependency, in a table in which there is none of its name yet.
func (s *drawnSite) depend(d, to *drawn, dev bool) {
	dep := cargotest.Dep{Name: to.name, Target: pick(s.r, platforms), Kind: pick(s.r, []string{"", "", "", "build"}), NoDefaults: s.one(3)}
	if to.dir == "" {
		dep.Req = pick(s.r, []string{to.version[:1], "=" + to.version, ">=" + to.version + ", <" + string(to.version[0]+1), "~" + to.version[:3]})
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
		if key(&d.deps[i]) == key(&dep) {
			sameTable := d.deps[i].Kind == dep.Kind && d.deps[i].Target == dep.Target
			if sameTable || d.to[i] != to && (to.dir != "" || d.to[i].dir != "") {
				return
			}
		}
	}
	dep.Features = s.some(to.known())
	d.deps, d.to = append(d.deps, dep), append(d.to, to)
}

// draw makes features of which each speaks of what there is.
func (s *drawnSite) draw(d *drawn, modern bool) {
	d.features = map[string][]string{}
	var names []string
	for _, name := range []string{"default", "f0", "f1", "f2"} {
		if !s.one(3) {
			names = append(names, name)
			d.features[name] = []string{}
		}
	}
	for i := range d.deps {
		if dep := &d.deps[i]; modern && dep.Optional && s.one(2) {
			name := "with-" + key(dep)
			d.features[name] = []string{"dep:" + key(dep)}
			names = append(names, name)
		}
	}
	hidden := strings.Join(slices.Concat(slices.Collect(maps.Values(d.features))...), " ") + " "
	for _, name := range names {
		for range s.r.IntN(4) {
			if v := s.value(d, name, names, hidden, modern); v != "" && !slices.Contains(d.features[name], v) {
				d.features[name] = append(d.features[name], v)
			}
		}
	}
}

// value draws what a feature turns on, "" for nothing.
func (s *drawnSite) value(d *drawn, name string, names []string, hidden string, modern bool) string {
	if len(d.deps) == 0 || s.one(3) {
		if other := pick(s.r, names); other != name {
			return other
		}
		return ""
	}
	at := s.r.IntN(len(d.deps))
	dep := key(&d.deps[at])
	optional := false
	known := d.to[at].known()
	for i := range d.deps {
		if key(&d.deps[i]) == dep {
			optional = optional || d.deps[i].Optional
			known = slices.DeleteFunc(known, func(f string) bool { return !slices.Contains(d.to[i].known(), f) })
		}
	}
	isHidden := strings.Contains(hidden, "dep:"+dep+" ")
	switch {
	case optional && s.one(3) && isHidden:
		return "dep:" + dep
	case optional && s.one(3) && !isHidden:
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
		d.writeDep(&b, &d.deps[i], d.to[i])
	}
	return b.String()
}

func (d *drawn) writeDep(b *strings.Builder, dep *cargotest.Dep, to *drawn) {
	table := map[string]string{"": "dependencies", "build": "build-dependencies", "dev": "dev-dependencies"}[dep.Kind]
	if dep.Target != "" {
		table = fmt.Sprintf("target.'%s'.%s", dep.Target, table)
	}
	fmt.Fprintf(b, "\n[%s.%s]\n", table, key(dep))
	switch {
	case dep.Git != "":
		fmt.Fprintf(b, "git = %q\n", dep.Git)
	case to.dir != "":
		fmt.Fprintf(b, "path = %q\n", strings.TrimPrefix("../"+to.dir, d.dir+"./"))
	default:
		fmt.Fprintf(b, "version = %q\n", dep.Req)
	}
	if dep.As != "" {
		fmt.Fprintf(b, "package = %q\n", dep.Name)
	}
	fmt.Fprintf(b, "features = %s\noptional = %v\ndefault-features = %v\n", quoted(dep.Features), dep.Optional, !dep.NoDefaults)
}

func quoted(list []string) string {
	var words []string
	for _, s := range list {
		words = append(words, fmt.Sprintf("%q", s))
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// workspace draws a workspace in a folder of its own.
func (s *drawnSite) workspace(dir string) (members []*drawn) {
	var all []*drawn
	git := s.one(3)
	for i := range 2 + s.r.IntN(5) {
		d := &drawn{name: fmt.Sprintf("l%d", i), version: "0.1.0", dir: fmt.Sprintf("l%d", i), macro: s.one(4)}
		others := slices.Concat(s.crates, all, all, all)
		if git {
			others = append(others, s.packages...)
		}
		s.fill(d, others, true)
		for j := range d.deps {
			if slices.Contains(s.packages, d.to[j]) {
				d.deps[j].Git = "file://" + s.repo
			}
		}
		all = append(all, d)
	}
	for i, d := range all {
		if i == len(all)-1 || s.one(2) {
			members = append(members, d)
		}
	}
	if s.one(2) {
		members[len(members)-1].dir = "."
	}
	for _, d := range members { // cycles through them
		if s.one(3) {
			s.depend(d, pick(s.r, all), true)
		}
	}
	edition := pick(s.r, []string{"2018", "2021", "2024"})
	s.write(filepath.Join(dir, "Cargo.toml"), "")
	for _, d := range all {
		s.write(filepath.Join(dir, d.dir, "Cargo.toml"), d.manifest(edition))
		s.write(filepath.Join(dir, d.dir, "src", "lib.rs"), "")
	}
	s.root(dir, all, members)
	return members
}

// root writes the manifest of the workspace. What is no member is a member all the same if
// one depends on it, unless it is excluded.
func (s *drawnSite) root(dir string, all, members []*drawn) {
	var b strings.Builder
	text, err := os.ReadFile(filepath.Join(dir, "Cargo.toml")) // of a package, or nothing
	if err != nil {
		s.t.Fatal(err)
	}
	b.Write(text)
	b.WriteString("\n[workspace]\nmembers = [")
	for _, m := range members {
		fmt.Fprintf(&b, "%q, ", m.dir)
	}
	b.WriteString("]\n")
	if s.one(2) {
		fmt.Fprintf(&b, "resolver = \"%d\"\n", 1+s.r.IntN(3))
	}
	if s.one(2) {
		b.WriteString("exclude = [")
		for _, d := range all {
			if !slices.Contains(members, d) {
				fmt.Fprintf(&b, "%q, ", d.dir)
			}
		}
		b.WriteString("]\n")
	}
	if s.one(3) {
		s.patch(&b, dir)
	}
	s.write(filepath.Join(dir, "Cargo.toml"), b.String())
}

// patch puts a package of the user's in place of one of the registry.
func (s *drawnSite) patch(b *strings.Builder, dir string) {
	patched := *pick(s.r, s.crates)
	table, key := "patch.crates-io", patched.name
	if s.one(3) {
		table, key = "replace", fmt.Sprintf("%q", patched.name+":"+patched.version)
	} else {
		patched.version = patched.version[:4] + "9"
	}
	s.write(filepath.Join(dir+"-patch", "Cargo.toml"), patched.manifest("2021"))
	s.write(filepath.Join(dir+"-patch", "src", "lib.rs"), "")
	fmt.Fprintf(b, "\n[%s]\n%s = { path = %q }\n", table, key, dir+"-patch")
}

func (s *drawnSite) write(path, text string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

var askedTargets = []string{host, "x86_64-pc-windows-gnu", "aarch64-apple-darwin", "wasm32-unknown-unknown", "i686-unknown-linux-musl", "thumbv7em-none-eabi"}

var askedEdges = []string{"normal", "normal,build", "normal,build,dev", "normal,build", "normal,dev", "build", "dev"}

// question draws what to ask of the members.
func (s *drawnSite) question(members []*drawn) question {
	q := question{target: pick(s.r, askedTargets), edges: pick(s.r, askedEdges)}
	if s.one(6) {
		q.rustflags = pick(s.r, []string{"--cfg tokio_unstable", "-Cpanic=abort -g", "-C debug-assertions=off --cfg=x", "--cfg feature=\"f0\""})
	}
	if other := pick(s.r, askedTargets); s.one(5) && other != q.target {
		q.target += " " + other
	}
	switch s.r.IntN(4) {
	case 0:
		q.all = true
	case 1:
		q.all = true
		if m := pick(s.r, members); len(members) > 1 {
			q.exclude = []string{m.name}
		}
	case 2:
		for range 1 + s.r.IntN(2) {
			q.packages = append(q.packages, pick(s.r, members).name)
		}
		if d := pick(s.r, s.crates); s.one(4) {
			q.packages[0] = pick(s.r, []string{d.name, d.name + "@" + d.version})
		}
	}
	m := pick(s.r, members)
	switch s.r.IntN(6) {
	case 0:
		q.allFeatures = true
	case 1:
		q.noDefaults = true
	case 2, 3:
		q.noDefaults = s.one(2)
		if known := m.known(); len(known) > 0 {
			q.features = s.some(known)
			if s.one(2) {
				q.features = append(q.features, m.name+"/"+pick(s.r, known))
			}
		}
		if len(m.deps) > 0 && s.one(2) {
			at := s.r.IntN(len(m.deps))
			if known := m.to[at].known(); len(known) > 0 {
				q.features = append(q.features, key(&m.deps[at])+pick(s.r, []string{"/", "?/"})+pick(s.r, known))
			}
		}
	}
	return q
}

func TestPackages_drawn(t *testing.T) {
	first, last := 0, 40
	if testing.Short() {
		last = 1
	}
	if text := os.Getenv("CARGOHOME_ROUNDS"); text != "" { // FIRST LAST
		fmt.Sscan(text, &first, &last)
	}
	for round := first; round < last; round++ {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			drawSite(t, uint64(round)).play()
		})
	}
}

// play draws workspaces and asks about them.
func (s *drawnSite) play() {
	asked, refused := 0, 0
	for i := range 50 {
		dir := filepath.Join(s.dir, fmt.Sprintf("ws%d", i))
		members := s.workspace(dir)
		p := s.project(dir)
		if s.one(3) {
			p.dir = filepath.Join(dir, pick(s.r, members).dir)
		}
		if _, err := p.cargo("generate-lockfile", "--offline"); err != nil {
			s.t.Logf("not a workspace that cargo takes: %v", err)
			continue
		}
		p.load()
		for range 3 {
			p.compare(s.question(members))
		}
		asked, refused = asked+p.asked, refused+p.refused
	}
	s.t.Logf("%d questions, of which %d are refused", asked, refused)
}

func (s *drawnSite) project(dir string) *project {
	return &project{t: s.t, dir: dir, home: s.home.Dir, env: []string{"CARGO_TARGET_DIR=" + filepath.Join(s.dir, "target")}}
}
