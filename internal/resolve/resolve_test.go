package resolve_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"cargohome/internal/feature"
	"cargohome/internal/platform"
	"cargohome/internal/resolve"
)

func TestResolve(t *testing.T) {
	for _, tt := range []struct {
		name, world string
		old, new    string // with resolver 1, and 2
	}{
		{"defaults", "app* = a b-\na = :default=std :std\nb = :default", "app a{default,std} b", ""},
		{"an optional dependency nobody turns on", "app* = a? :default=f :f\na =", "app{default,f}", ""},
		{"its own feature", "app* = a? :default=a\na =", "app{a,default} a", ""},
		{"dep:", "app* = a? :default=dep:a\na =", "app{default} a", ""},
		{"a feature of an optional dependency", "app* = a? :default=a/f\na = :f", "app{a,default} a{f}", ""},
		{"the same where it has no feature of its own", "app* = a? :default=a/f :x=dep:a\na = :f", "app{default} a{f}", ""},
		{"a weak one", "app* = a? :default=a?/f\na = :f", "app{default}", ""},
		{"a weak one that fires later", "app* = a? b :default=a?/f :z=a\nb =\na = :f", "app{default} b", ""},
		{"a weak one that fires", "app* = a? :default=a?/f,z :z=a\na = :f", "app{a,default,z} a{f}", ""},
		{"a weak one of a package further down", "app* = m{w} n\nm = a? :w=a?/f :on=dep:a\nn = m{on}\na = :f", "app a{f} m{on,w} n", ""},
		{"renamed", "app* = x{f}@a\na = :f", "app a{f}", ""},
		{"two names for one package", "app* = x{f}@a y?{g}@a :default=y\na = :f :g", "app{default,y} a{f,g}", ""},
		{"one name for several", "app* = x?{f}@a|cfg(unix) x?{g}@b|cfg(windows) :default=x\na = :f\nb = :g", "app{default,x} a{f}", ""},
		{"one name for several of one package", "app* = a?{f}|cfg(windows) a{g} :default=a\na = :f :g", "app{a,default} a{f,g}", "app{a,default} a{g}"},
		{"another platform", "app* = a|cfg(windows) b|cfg(unix) c|x86_64-pc-windows-gnu d|x86_64-unknown-linux-gnu\na =\nb =\nc =\nd =", "app b d", ""},
		{"features for another platform", "app* = a{f}|cfg(windows) a\na = :f", "app a{f}", "app a"},
		{"build dependencies", "app* = a build:a{f}\na = b :f=b/f\nb = :f", "app a{f} a/host{f} b{f} b/host{f}", "app a a/host{f} b b/host{f}"},
		{"procedural macros", "app* = m a\nm! = a{f}\na = :f", "app a{f} a/host{f} m/host", "app a a/host{f} m/host"},
		{"a selected procedural macro", "app*! = a\na =", "app/host a/host", ""},
		{"features of others do not reach dev-dependencies", "app* = a{f}\na* = dev:b :f=b/g\nb = c? :g=c\nc =", "a{f} app", "a{f} app"},
		{"dev-dependencies are not followed", "app* = a dev:a{f}\na = :f", "app a{f}", "app a"},
		{"dev-dependencies of others", "app* = a\na = dev:gone\n", "app a", ""},
		{"a feature that is itself", "app* = :default=default,a :a=b :b=a", "app{a,b,default}", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.new == "" {
				tt.new = tt.old
			}
			for resolver, want := range map[int]string{1: tt.old, 2: tt.new, 3: tt.new} {
				w := newWorld(t, resolver, tt.world)
				res, err := w.resolve(request(t))
				if err != nil {
					t.Fatal(err)
				}
				if got, want := sorted(w.uses(res)), sorted(want); got != want {
					t.Errorf("resolver %d uses %s\nwant %s", resolver, got, want)
				}
			}
		})
	}
}

func sorted(words string) string {
	fields := strings.Fields(words)
	slices.Sort(fields)
	return strings.Join(fields, " ")
}

// TestResolve_requests asks for different things of one workspace.
func TestResolve_requests(t *testing.T) {
	const text = `
one* = a build:b dev:c two? :default=x :x :y=a/f
two* = a{g} :x :z
mac*! = a :h
a = w|cfg(windows) :f :g
b = w|cfg(windows)
c = :f
w =`
	for _, tt := range []struct {
		name string
		edit func(*resolve.Request)
		want string
	}{
		{"defaults", func(r *resolve.Request) {}, "a{g} a/host b/host mac/host one{default,x} two"},
		{"one", func(r *resolve.Request) { r.Packages = []string{"one"} }, "a b/host one{default,x}"},
		{"by version", func(r *resolve.Request) { r.Packages = []string{"one@1.0"} }, "a b/host one{default,x}"},
		{"pattern", func(r *resolve.Request) { r.Packages = []string{"[ot]*"} }, "a{g} b/host one{default,x} two"},
		{"pattern of the glob crate", func(r *resolve.Request) { r.Packages = []string{"[!a-n]*"} }, "a{g} b/host one{default,x} two"},
		{"all but", func(r *resolve.Request) { r.All, r.Exclude = true, []string{"m*", "two"} }, "a b/host one{default,x}"},
		{"no defaults", func(r *resolve.Request) { r.Packages, r.NoDefaultFeatures = []string{"one"}, true }, "a b/host one"},
		{"features", func(r *resolve.Request) { r.Packages, r.Features = []string{"one"}, []string{"y"} }, "a{f} b/host one{default,x,y}"},
		{"features of some", func(r *resolve.Request) { r.Packages, r.Features = []string{"one", "two"}, []string{"x,y one/two z"} },
			"a{f,g} b/host one{default,two,x,y} two{x,z}"},
		{"features of a dependency", func(r *resolve.Request) { r.Packages, r.Features = []string{"one"}, []string{"a/f", "two?/z"} }, "a{f} b/host one{default,x}"},
		{"all features", func(r *resolve.Request) { r.Packages, r.AllFeatures = []string{"one"}, true }, "a{f,g} b/host one{default,two,x,y} two"},
		{"dev", func(r *resolve.Request) { r.Packages, r.Kinds = []string{"one"}, resolve.AllKinds }, "a b/host c one{default,x}"},
		{"only build", func(r *resolve.Request) { r.Packages, r.Kinds = []string{"one"}, resolve.Kinds(0).With(resolve.Build) }, "b/host one{default,x}"},
		{"windows", func(r *resolve.Request) {
			r.Packages, r.Targets = []string{"one"}, target(t, "x86_64-pc-windows-gnu")
		}, "a b/host one{default,x} w"},
		{"on windows", func(r *resolve.Request) {
			r.Packages, r.Hosts = []string{"one"}, target(t, "x86_64-pc-windows-gnu")
		}, "a b/host one{default,x} w/host"},
		{"for any", func(r *resolve.Request) { r.Packages, r.AnyPlatform, r.Targets = []string{"one"}, true, nil }, "a b/host one{default,x} w w/host"},
		{"no member", func(r *resolve.Request) { r.Packages = []string{"a"} }, "a{g} a/host"},
		{"both", func(r *resolve.Request) { r.Packages = []string{"two", "a"} }, "a{g} two"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, r := newWorld(t, 2, text), request(t)
			tt.edit(r)
			res, err := w.resolve(r)
			if err != nil {
				t.Fatal(err)
			}
			if got := w.uses(res); sorted(got) != sorted(tt.want) {
				t.Errorf("it uses %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestResolve_lastOfSeveral: the last of several dependencies of a name says whether a
// feature of that name could be meant.
func TestResolve_lastOfSeveral(t *testing.T) {
	for deps, refused := range map[string]bool{"build:x@a x?@a": true, "x?@a build:x@a": false} {
		w, r := newWorld(t, 2, "one* = "+deps+" :y=dep:x\ntwo* = :x\na ="), request(t)
		r.Features = []string{"x"}
		if _, err := w.resolve(r); (err != nil) != refused {
			t.Errorf("%s: %v", deps, err)
		}
	}
}

func TestResolve_targets(t *testing.T) {
	w, r := newWorld(t, 2, "app* = a b{f}|cfg(windows) build:b\na = c|cfg(unix)\nb = :f\nc ="), request(t)
	r.Targets = append(r.Targets, target(t, "x86_64-pc-windows-gnu")...)
	res, err := w.resolve(r)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range res.Uses {
		got = append(got, fmt.Sprint(w.names[u.Package], u.For, u.Features, u.Targets))
	}
	if want := "a0 [] [0 1], app0 [] [0 1], b0 [f] [1], b1 [] [], c0 [] [0]"; strings.Join(got, ", ") != want {
		t.Errorf("it uses %s\nwant %s", strings.Join(got, ", "), want)
	}
}

// TestResolve_old: with resolver 1 and a package at the root, features are for the current
// member.
func TestResolve_old(t *testing.T) {
	for _, tt := range []struct {
		packages, features, want string
	}{
		{"", "f", "root{f}"},
		{"two", "", "two{default}"},
		{"two", "f two/g", "two{default,g}"},
		{"root two", "two/g", "root two{default,g}"},
	} {
		w := newWorld(t, 1, "root* = :f\ntwo* = :default :g")
		w.workspace.Current, w.workspace.Default = 0, []int{0}
		r := request(t)
		r.Packages, r.Features = strings.Fields(tt.packages), []string{tt.features}
		res, err := w.resolve(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.uses(res); got != tt.want {
			t.Errorf("-p %q -F %q uses %s, want %s", tt.packages, tt.features, got, tt.want)
		}
	}
}

// TestResolve_oldRoot: the current member is there also if it is not asked for, and what it
// builds on the host is shown with what that has.
func TestResolve_oldRoot(t *testing.T) {
	w, r := newWorld(t, 1, "root* = build:two\ntwo* = dev:three|cfg(unix)\nthree ="), request(t)
	w.workspace.Current = 0
	r.Packages, r.Kinds = []string{"two"}, resolve.AllKinds
	r.Targets = target(t, "x86_64-pc-windows-gnu")
	res, err := w.resolve(r)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := w.uses(res), "three/host two two/host"; got != want {
		t.Errorf("it uses %s, want %s", got, want)
	}
}

// TestResolve_devFeatures: what a dev-dependency has, only the command decides.
func TestResolve_devFeatures(t *testing.T) {
	for features, want := range map[string]string{"": "a{f} app b{g}", "a/f": "a{f} app b{g} c"} {
		w, r := newWorld(t, 1, "app* = a{f}\na* = dev:b :f=b/g\nb = c? :g=dep:c\nc ="), request(t)
		r.Kinds, r.Features = resolve.AllKinds, []string{features}
		res, err := w.resolve(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.uses(res); got != want {
			t.Errorf("-F %q uses %s, want %s", features, got, want)
		}
	}
}

// TestResolve_besideMacros: what is beside a procedural macro is for the target.
func TestResolve_besideMacros(t *testing.T) {
	for _, tt := range []struct {
		binaries, tests bool
		kinds           resolve.Kinds
		want            string
	}{
		{false, false, resolve.AllKinds, "a/host mac/host"},
		{false, true, resolve.AllKinds.Without(resolve.Dev), "a/host mac/host"},
		{false, true, resolve.AllKinds, "a a/host mac mac/host"},
		{true, false, resolve.AllKinds.Without(resolve.Dev), "a a/host mac mac/host"},
	} {
		w, r := newWorld(t, 2, "mac*! = a\na ="), request(t)
		w.packages[1].Binaries, w.packages[1].DevTargets, r.Kinds = tt.binaries, tt.tests, tt.kinds
		res, err := w.resolve(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.uses(res); got != tt.want {
			t.Errorf("%+v uses %s", tt, got)
		}
	}
}

func TestResolve_path(t *testing.T) {
	w := newWorld(t, 2, "app* = a b\na = c\nb = d\nc = e\nd =\ne = d\n")
	res, err := w.resolve(request(t))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range res.Path(4) {
		names = append(names, w.names[res.Uses[i].Package])
	}
	if got := strings.Join(names, " "); got != "app b d" {
		t.Errorf("the path is %s", got)
	}
	edges := res.Uses[4].Edges
	if len(edges) != 2 || w.names[res.Uses[edges[1].From].Package] != "e" || edges[1].Name != "d" {
		t.Errorf("d is reached by %v", edges)
	}
}

func TestResolve_cycles(t *testing.T) {
	w, r := newWorld(t, 2, "app* = a\na = dev:app dev:b\nb = app"), request(t)
	r.Kinds = resolve.AllKinds
	w.workspace.Members = []int{0, 1}
	w.workspace.Default = w.workspace.Members
	res, err := w.resolve(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.uses(res); got != "a app b" {
		t.Errorf("it uses %s", got)
	}
	if path := res.Path(2); len(path) != 2 {
		t.Errorf("the path of b is %v", path)
	}
}

// TestResolve_artifact: an artifact is for any platform.
func TestResolve_artifact(t *testing.T) {
	w := newWorld(t, 2, "app* = a\na = b|cfg(windows)\nb =")
	w.packages[1].Dependencies[0].Artifact = true
	res, err := w.resolve(request(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := w.uses(res); got != "a a/artifact app b/artifact" {
		t.Errorf("it uses %s", got)
	}
}

// TestResolve_errors: each says what to do.
func TestResolve_errors(t *testing.T) {
	for _, tt := range []struct {
		name, world string
		edit        func(*resolve.Request)
		want        error
		text        string
	}{
		{"feature", "app* = :std", func(r *resolve.Request) { r.Features = []string{"sdt"} }, nil, `app has no feature "sdt"; did you mean "std"?`},
		{"hidden feature", "app* = a? :x=dep:a\nb* = a? :default=a\na =", func(r *resolve.Request) { r.Features = []string{"a"} }, nil, `app has no feature "a"; `},
		{"dep:", "app* = a?\na =", func(r *resolve.Request) { r.Features = []string{"dep:a"} }, resolve.ErrRequest, ""},
		{"slashes", "app* = a\na = ", func(r *resolve.Request) { r.Features = []string{"a/b/c"} }, resolve.ErrRequest, ""},
		{"feature of a dependency", "app* = a\na = :std", func(r *resolve.Request) { r.Features = []string{"a/st"} }, nil, `a has no feature "st"; did you mean "std"?`},
		{"package", "app* =", func(r *resolve.Request) { r.Packages = []string{"ap"} }, nil, `there is no package "ap"; did you mean "app"?`},
		{"pattern", "app* =", func(r *resolve.Request) { r.Packages = []string{"apx*"} }, nil, `there is no package "apx*"; did you mean "app"?`},
		{"pattern behind one that matches as much", "app* =", func(r *resolve.Request) { r.Packages = []string{"a*", "*p"} }, nil, `there is no package "*p"; `},
		{"exclude alone", "app* =", func(r *resolve.Request) { r.Exclude = []string{"app"} }, resolve.ErrRequest, ""},
		{"nothing left", "app* =", func(r *resolve.Request) { r.All, r.Exclude = true, []string{"app"} }, resolve.ErrRequest, ""},
		{"features of no member", "app* = a\na =", func(r *resolve.Request) { r.Packages, r.AllFeatures = []string{"a"}, true }, resolve.ErrRequest, ""},
		{"not locked", "app* = a", func(*resolve.Request) {}, resolve.ErrLock, "the lockfile does not fit: app v1.0.0 needs a, which it does not have; "},
		{"lacking feature", "app* = a{f}\na =", func(*resolve.Request) {}, resolve.ErrLock, ""},
		{"broken feature", "app* = a\na = :f=g", func(*resolve.Request) {}, feature.ErrFeature, ""},
		{"three slashes", "app* = a\na = b :f=b/c/d\nb =", func(*resolve.Request) {}, feature.ErrFeature, ""},
		{"broken platform", "app* = a|cfg(\na =", func(*resolve.Request) {}, platform.ErrSyntax, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, r := newWorld(t, 2, tt.world), request(t)
			tt.edit(r)
			_, err := w.resolve(r)
			switch hinted, ok := errors.AsType[interface {
				error
				Hint() string
			}](err); {
			case err == nil:
				t.Fatal("it is taken")
			case tt.want != nil && !errors.Is(err, tt.want):
				t.Errorf("%v, want %v", err, tt.want)
			case tt.want == nil && (!ok || err.Error()+"; "+hinted.Hint() != tt.text):
				t.Errorf("%v", err)
			}
		})
	}
}

// TestResolve_hostile: what is large is done, and what multiplies is refused by name.
func TestResolve_hostile(t *testing.T) {
	const many = 100_000
	chain, fan := &strings.Builder{}, &strings.Builder{}
	fmt.Fprint(chain, "app* = a{f0}\na = :f", many)
	fmt.Fprint(fan, "app* = a{all}\nb = \na = b? :default=b :all=")
	for i := range many {
		fmt.Fprintf(chain, " :f%d=f%d", i, i+1)
		fmt.Fprintf(fan, "b?/x,")
	}
	for name, text := range map[string]string{"chain": chain.String(), "wide": fan.String()} {
		w := newWorld(t, 2, text)
		if name == "wide" {
			w.packages[2].Features = map[string][]string{"x": nil}
		}
		start := time.Now()
		if _, err := w.resolve(request(t)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s takes %v", name, d)
		}
	}
	product := newWorld(t, 2, "app* = a{all}\nb =\na = "+strings.Repeat("b ", 5000)+":all="+strings.Repeat("b/x,", 5000))
	product.packages[2].Features = map[string][]string{"x": nil}
	_, err := product.resolve(request(t))
	limit, ok := errors.AsType[*resolve.LimitError](err)
	named, _ := errors.AsType[*resolve.PackageError](err)
	if !ok || named == nil || named.ID.Name != "a" {
		t.Errorf("%v, %v", err, limit)
	}
}

// What platforms say is worked out once for each target, and is bounded.
func TestResolve_many_platforms(t *testing.T) {
	w := newWorld(t, 2, "app* = a\na =")
	for i := range 20_000 {
		w.packages[0].Dependencies = append(w.packages[0].Dependencies, resolve.Dependency{Name: "a", Package: "a", AnySource: true, Platform: fmt.Sprintf("cfg(any(a%d))", i)})
	}
	g, err := resolve.New(w.lock, w.packages)
	if err != nil {
		t.Fatal(err)
	}
	r := request(t)
	r.Targets = platform.Targets(func(t *platform.Target) bool { return t.Tier == 1 || t.Tier == 2 })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, host := range r.Targets {
		r.Hosts = []*platform.Target{host}
		if _, err := g.Resolve(&w.workspace, r); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if made, all := after.TotalAlloc-before.TotalAlloc, uint64(20_000*len(r.Targets)*len(r.Targets)); made > all/2 {
		t.Errorf("%d targets, on as many hosts, take %d of memory, and %d would be as much as all", len(r.Targets), made, all)
	}
	for i := range 80 {
		w.packages[0].Dependencies[i].Platform = fmt.Sprintf("cfg(any(a%d,%s))", i, strings.Repeat("a,", 4000))
	}
	_, err = resolve.New(w.lock, w.packages)
	if _, ok := errors.AsType[*resolve.LimitError](err); !ok {
		t.Errorf("got the error %v", err)
	}
}
