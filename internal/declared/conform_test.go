//go:build conform

package declared_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/config"
	"cargohome/internal/declared"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/platform"
	"cargohome/internal/resolve"
	"cargohome/internal/workspace"
)

// project is a folder that cargo and we look at.
type project struct {
	t         testing.TB
	dir, home string
	env       []string // beside that of the test, for cargo
	lock      *lockfile.Lockfile
	graph     *resolve.Graph
	workspace *resolve.Workspace
	features  []string // of all members, sorted
	loose     bool     // more than cargo has may be used

	asked, refused int
}

func (p *project) cargo(args ...string) (string, error) {
	cmd := exec.Command("cargo", args...)
	cmd.Dir = p.dir
	cmd.Env = append(append(os.Environ(), "CARGO_HOME="+p.home, "CARGO_TERM_COLOR=never"), p.env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("cargo %s: %w\n%s", strings.Join(args, " "), err, errs.Bytes())
	}
	return out.String(), nil
}

// load reads what we go by.
func (p *project) load() *declared.Sources {
	p.t.Helper()
	h := home.New(p.home)
	p.t.Cleanup(func() { h.Close() })
	w, err := workspace.Find(filepath.Join(p.dir, "Cargo.toml"), p.home)
	p.must(err)
	p.lock, err = lockfile.Read(w.LockPath())
	p.must(err)
	cfg, err := config.Load(config.Options{Cwd: p.dir, Home: p.home, Environ: p.env})
	p.must(err)
	replaced, err := cfg.Sources(true)
	p.must(err)
	elsewhere := slices.DeleteFunc(slices.Clone(p.lock.Packages), func(l lockfile.Package) bool { return l.ID.Source.URL() == "" })
	sources := &declared.Sources{Registry: cfg.Registry}
	sources.Found, err = locate.Find(p.t.Context(), 2, elsewhere, locate.NewSources(h, replaced, locate.Manifests{}))
	p.must(err)
	sources.Own, err = w.PathPackages()
	p.must(err)
	packages, err := declared.Packages(p.t.Context(), 2, p.lock, sources)
	p.must(err)
	for i := range packages { // cargo tree knows of procedural macros nothing but the library
		packages[i].Binaries, packages[i].DevTargets = false, false
	}
	p.graph, err = resolve.New(p.lock, packages)
	p.must(err)
	p.workspace, err = declared.Workspace(p.lock, w)
	p.must(err)
	for _, m := range w.Members {
		p.features = append(p.features, slices.Collect(maps.Keys(m.Features))...)
	}
	slices.Sort(p.features)
	p.features = slices.Compact(p.features)
	return sources
}

func (p *project) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", p.dir, err)
	}
}

// host is what the cargo here runs on.
const host = "x86_64-unknown-linux-gnu"

// question is one that both answer.
type question struct {
	target      string // one, or two with a space between
	edges       string
	packages    []string
	all         bool
	exclude     []string
	features    []string
	allFeatures bool
	noDefaults  bool
	rustflags   string
}

// args are those of `cargo tree`.
func (q question) args() []string {
	args := []string{"tree", "--locked", "--offline", "-e", q.edges, "--prefix", "none", "--format", "{p}\t{f}"}
	for flag, values := range map[string][]string{"--target": strings.Fields(q.target), "--package": q.packages, "--exclude": q.exclude, "--features": q.features} {
		for _, v := range values {
			args = append(args, flag, v)
		}
	}
	for flag, is := range map[string]bool{"--workspace": q.all, "--all-features": q.allFeatures, "--no-default-features": q.noDefaults} {
		if is {
			args = append(args, flag)
		}
	}
	return args
}

func (q question) request(t testing.TB) *resolve.Request {
	r := &resolve.Request{
		Packages: q.packages, All: q.all, Exclude: q.exclude, Features: q.features, AllFeatures: q.allFeatures, NoDefaultFeatures: q.noDefaults,
		Hosts: find(t, host),
	}
	flags, err := platform.ParseFlags(strings.Fields(q.rustflags))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(q.target) {
		r.Targets = append(r.Targets, find(t, name)[0].With(flags))
	}
	for kind := range strings.SplitSeq(q.edges, ",") {
		r.Kinds = r.Kinds.With(map[string]resolve.Kind{"normal": resolve.Normal, "build": resolve.Build, "dev": resolve.Dev}[kind])
	}
	return r
}

func find(t testing.TB, name string) []*platform.Target {
	t.Helper()
	targets, err := platform.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return targets
}

// compare asks both, and reports what one has and the other has not. Where cargo refuses,
// so do we.
func (p *project) compare(q question) {
	p.t.Helper()
	p.asked++
	asked := *p
	asked.env = append(slices.Clip(p.env), "RUSTFLAGS="+q.rustflags)
	text, err := asked.cargo(q.args()...)
	res, ours := p.graph.Resolve(p.workspace, q.request(p.t))
	if _, lacks := errors.AsType[*resolve.UnlockedError](ours); lacks && err == nil {
		p.refused++ // cargo takes from the index what a feature turns on and nobody has locked
		return
	}
	if p.loose && err != nil && strings.Contains(err.Error(), "panicked at") {
		p.refused++ // cargo 1.95 falls over some artifact dependencies
		return
	}
	if (err == nil) != (ours == nil) {
		p.t.Errorf("%s: %+v\ncargo: %v\nwe: %v", p.dir, q, err, ours)
	}
	if err != nil || ours != nil {
		p.refused++
		return
	}
	want, got := shown(text), p.uses(res)
	slices.Sort(want)
	slices.Sort(got)
	if p.loose {
		got = within(want, got)
	}
	if diff := difference(slices.Compact(want), slices.Compact(got)); diff != "" {
		p.t.Errorf("%s: cargo %s:\n%s", p.dir, strings.Join(q.args(), " "), diff)
	}
}

// shown are the lines of a tree, each as "NAME vVERSION FEATURES".
func shown(tree string) (lines []string) {
	for line := range strings.Lines(tree) {
		head, features, ok := strings.Cut(strings.TrimSuffix(strings.TrimSpace(line), " (*)"), "\t")
		if words := strings.Fields(head); len(words) > 1 {
			if !ok {
				features = ""
			}
			lines = append(lines, words[0]+" "+words[1]+" "+features)
		}
	}
	return lines
}

// uses are the same of a resolution.
func (p *project) uses(res *resolve.Resolution) (lines []string) {
	for _, u := range res.Uses {
		id := p.lock.Packages[u.Package].ID
		lines = append(lines, id.Name+" v"+id.Version+" "+strings.Join(u.Features, ","))
	}
	return lines
}

// within returns what of one list is in another, where a line is with at least its
// features.
func within(want, got []string) (list []string) {
	for _, line := range want {
		at := strings.LastIndexByte(line, ' ') + 1
		features := strings.Split(line[at:], ",")
		if slices.ContainsFunc(got, func(other string) bool {
			has := strings.Split(other[min(at, len(other)):], ",")
			return strings.HasPrefix(other, line[:at]) && !slices.ContainsFunc(features, func(f string) bool { return f != "" && !slices.Contains(has, f) })
		}) {
			list = append(list, line)
		}
	}
	return list
}

func difference(want, got []string) string {
	var diff []string
	for _, line := range want {
		if _, ok := slices.BinarySearch(got, line); !ok {
			diff = append(diff, "cargo only: "+line)
		}
	}
	for _, line := range got {
		if _, ok := slices.BinarySearch(want, line); !ok {
			diff = append(diff, "we only:    "+line)
		}
	}
	return strings.Join(diff[:min(len(diff), 20)], "\n")
}

var targets = []string{host, "x86_64-pc-windows-msvc", "aarch64-apple-darwin", "wasm32-unknown-unknown", "i686-unknown-linux-musl",
	"x86_64-unknown-freebsd", "aarch64-linux-android", "thumbv7em-none-eabihf"}

// TestPackages_real asks about the projects of the corpus.
func TestPackages_real(t *testing.T) {
	corpus := os.Getenv("CARGOHOME_CORPUS")
	if corpus == "" {
		t.Skip("CARGOHOME_CORPUS is not set: no real projects")
	}
	dirs, err := filepath.Glob(filepath.Join(corpus, "proj", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no projects in %s (%v)", corpus, err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			p := &project{t: t, dir: dir, home: filepath.Join(corpus, "home"), env: []string{"CARGO_TARGET_DIR=" + t.TempDir()}}
			p.load()
			p.askAll()
		})
	}
}

// askAll asks of each target something else, and about the host everything.
func (p *project) askAll() {
	r := rand.New(rand.NewPCG(1, 1))
	some := func() []string { // about a third of the features
		return slices.DeleteFunc(slices.Clone(p.features), func(string) bool { return r.IntN(3) > 0 })
	}
	chosen := targets
	if testing.Short() {
		chosen = targets[:2]
	}
	for i, target := range chosen {
		for j, q := range []question{
			{edges: "normal,build"},
			{edges: "normal,build,dev"},
			{edges: "normal", noDefaults: true},
			{edges: "normal,build", allFeatures: true},
			{edges: "normal,build,dev", all: true, allFeatures: true},
			{edges: "normal,build", all: true},
			{edges: "normal,build", features: some()},
			{edges: "normal,build,dev", all: true, noDefaults: true, features: some()},
		} {
			if i == 0 || (i+j)%2 == 0 {
				q.target = target
				p.compare(q)
			}
		}
	}
	p.t.Logf("%d questions, of which %d are refused", p.asked, p.refused)
}
