package resolve_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/lockfile"
	"cargohome/internal/platform"
	"cargohome/internal/resolve"
)

// world is a workspace in a few lines, each a package with its features and dependencies:
//
//	app* = a b? :f=b/x,dep:c
//
// A star marks a member, '!' a procedural macro. A dependency is
//
//	[KIND:]NAME[?][-][{FEATURE,…}][@PACKAGE][|PLATFORM]
//
// with "build" or "dev" for KIND, '?' for optional, '-' for no default features, '@' for
// the name of the package if it is renamed. A platform is
// written without spaces.
type world struct {
	packages  []resolve.Package
	names     []string
	lock      *lockfile.Lockfile
	workspace resolve.Workspace
}

func newWorld(t testing.TB, resolver int, text string) *world {
	t.Helper()
	w := &world{workspace: resolve.Workspace{Resolver: resolver, Current: -1}}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	slices.Sort(lines)
	for i, line := range lines {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " =")
		p := resolve.Package{Features: map[string][]string{}}
		name, p.ProcMacro = strings.CutSuffix(name, "!")
		name, member := strings.CutSuffix(name, "*")
		if member {
			w.workspace.Members = append(w.workspace.Members, i)
		}
		for _, word := range strings.Fields(rest) {
			if f, ok := strings.CutPrefix(word, ":"); ok {
				feature, values, _ := strings.Cut(f, "=")
				p.Features[feature] = strings.FieldsFunc(values, func(r rune) bool { return r == ',' })
				continue
			}
			p.Dependencies = append(p.Dependencies, dependency(word))
		}
		w.names, w.packages = append(w.names, name), append(w.packages, p)
	}
	w.workspace.Default = w.workspace.Members
	w.lockAll(t)
	return w
}

func dependency(word string) (d resolve.Dependency) {
	for kind, k := range map[string]resolve.Kind{"build:": resolve.Build, "dev:": resolve.Dev} {
		if rest, ok := strings.CutPrefix(word, kind); ok {
			d.Kind, word = k, rest
		}
	}
	word, d.Platform, _ = strings.Cut(word, "|")
	word, d.Package, _ = strings.Cut(word, "@")
	word, features, _ := strings.Cut(strings.TrimSuffix(word, "}"), "{")
	d.Features = strings.FieldsFunc(features, func(r rune) bool { return r == ',' })
	word, without := strings.CutSuffix(word, "-")
	d.DefaultFeatures = !without
	d.Name, d.Optional = strings.CutSuffix(word, "?")
	if d.Package == "" {
		d.Package = d.Name
	}
	return d
}

// lockAll locks every dependency that is there.
func (w *world) lockAll(t testing.TB) {
	t.Helper()
	var b strings.Builder
	b.WriteString("version = 4\n")
	for i, name := range w.names {
		fmt.Fprintf(&b, "[[package]]\nname = %q\nversion = \"1.0.0\"\ndependencies = [\n", name)
		for _, d := range w.packages[i].Dependencies {
			if slices.Contains(w.names, d.Package) {
				fmt.Fprintf(&b, "%q,\n", d.Package)
			}
		}
		b.WriteString("]\n")
	}
	var err error
	if w.lock, err = lockfile.Parse("Cargo.lock", []byte(b.String())); err != nil {
		t.Fatal(err)
	}
}

// request is one for Linux, built on it, of all kinds but dev.
func request(t testing.TB) *resolve.Request {
	t.Helper()
	return &resolve.Request{Targets: target(t, "x86_64-unknown-linux-gnu"), Hosts: target(t, "x86_64-unknown-linux-gnu"), Kinds: resolve.AllKinds.Without(resolve.Dev)}
}

func target(t testing.TB, name string) []*platform.Target {
	t.Helper()
	targets, err := platform.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return targets
}

func (w *world) resolve(r *resolve.Request) (*resolve.Resolution, error) {
	g, err := resolve.New(w.lock, w.packages)
	if err != nil {
		return nil, err
	}
	return g.Resolve(&w.workspace, r)
}

// uses writes a resolution as "app a{f,g} b/host".
func (w *world) uses(res *resolve.Resolution) string {
	var words []string
	for _, u := range res.Uses {
		word := w.names[u.Package] + [...]string{"", "/host", "/artifact"}[u.For]
		if len(u.Features) > 0 {
			word += "{" + strings.Join(u.Features, ",") + "}"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
