//go:build conform && unix

package conform

import (
	"strings"

	"cargohome/internal/cargotest"
)

// project has another one in place of that of the site, with what it needs in the registry.
func (e *editor) project(p cargotest.Project, crates ...cargotest.Crate) {
	home := cargotest.NewHome(e.t, e.path("home"))
	home.Add(crates...)
	home.WriteProject(e.path("app"), p)
}

func needs(name, version, links string, deps ...cargotest.Dep) cargotest.Crate {
	c := cargotest.Crate{Name: name, Version: version, Links: links, Deps: deps}
	if links != "" {
		c.Files = []cargotest.File{{Path: "build.rs", Content: "fn main() {}\n"}}
	}
	return c
}

// app is a project that needs packages by their names and requirements.
func app(deps ...string) cargotest.Project {
	p := cargotest.Project{Name: "app"}
	for i := 0; i < len(deps); i += 2 {
		p.Deps = append(p.Deps, cargotest.Dep{Name: deps[i], Req: deps[i+1]})
	}
	return p
}

// on is a dependency.
func on(name, req string) cargotest.Dep { return cargotest.Dep{Name: name, Req: req} }

// circle has three members that need each other, the last by a table of its own.
func circle(table string) func(e *editor) {
	return func(e *editor) {
		e.write(rootManifest, "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"two\", \"three\"]\n")
		e.member("one", "1.0.0", "[dependencies]\ntwo = { path = \"../two\" }\n")
		e.member("two", "1.0.0", "[dependencies]\nthree = { path = \"../three\" }\n")
		e.member("three", "1.0.0", table)
		own := func(name, to string) cargotest.Locked {
			return cargotest.Locked{Ref: cargotest.Ref{Name: name, Version: "1.0.0"}, Deps: []cargotest.Ref{{Name: to, Version: "1.0.0"}}}
		}
		e.write(lockFile, cargotest.LockText(4, []cargotest.Locked{own("one", "two"), own("two", "three"), own("three", "one")}))
	}
}

// unusedPatch has the lockfile say that a patch is not used.
func unusedPatch(version string) func(e *editor) {
	return func(e *editor) {
		e.project(app("foo", "1"), needs("foo", "1.0.0", ""))
		e.add(rootManifest, "[patch.crates-io]\nfoo = { path = \"foo\" }\n")
		e.member("foo", version, "")
		e.add(lockFile, "\n[[patch.unused]]\nname = \"foo\"\nversion = \""+version+"\"\n")
	}
}

// newerRust has a dependency that needs another rustc.
func newerRust(version, table string) func(e *editor) {
	return func(e *editor) {
		c := needs("foo", "1.0.0", "")
		c.Files = []cargotest.File{{Path: "Cargo.toml", Content: "[package]\nname = \"foo\"\nversion = \"1.0.0\"\nedition = \"2021\"\nrust-version = \"" + version + "\"\n"}}
		e.project(app("foo", "1"), c)
		e.replace("home/registry/index/"+cargotest.CratesIO+"/.cache/3/f/foo", `"yanked":false`, `"yanked":false,"rust_version":"`+version+`"`)
		e.replace(rootManifest, "[dependencies.", "["+table+".")
		e.write("app/src/main.rs", "fn main() {}\n")
	}
}

// rustEdits are about rust-version.
var rustEdits = []checkEdit{
	{sites: "sparse", name: "a newer rustc", do: newerRust("1.999", "dependencies")},
	{sites: "sparse", name: "a newer rustc for tests", do: newerRust("1.999", "dev-dependencies")},
	{sites: "sparse", name: "a newer rustc on another platform", do: newerRust("1.999", "target.'cfg(windows)'.dependencies")},
	{sites: "sparse", name: "an older rustc", do: newerRust("1.60", "dependencies")},
	{sites: "sparse", name: "a rustc of another number", do: newerRust("2", "dependencies")},
	{sites: "members", name: "a newer rustc of one's own", do: replace1(oneManifest, "edition.w", "rust-version = \"1.999\"\nedition.w")},
	{sites: "vendor", name: "a newer rustc in a vendor folder", do: func(e *editor) {
		e.replace("vendor/mid/Cargo.toml", "[package]\n", "[package]\nrust-version = \"1.999\"\n")
		e.record("vendor/mid")
	}},
}

// nightlyEdits have what only a nightly cargo takes.
var nightlyEdits = []checkEdit{
	{sites: "vendor", name: "a vendored package for a nightly cargo", do: func(e *editor) {
		e.write("vendor/win/Cargo.toml", "cargo-features = [\"public-dependency\"]\n"+e.read("vendor/win/Cargo.toml"))
		e.record("vendor/win")
	}},
	{sites: "git", name: "a checkout of a package for a nightly cargo", do: func(e *editor) {
		for _, name := range e.glob("home/git/checkouts/pair-*/*/one/Cargo.toml") {
			e.write(name, "cargo-features = [\"public-dependency\"]\n"+e.read(name))
		}
	}},
}

// archiveEdits have archives of which the manifest is not what it should be.
var archiveEdits = func() (edits []checkEdit) {
	for name, text := range map[string]string{
		"another name": "[package]\nname = \"bar\"\nversion = \"1.0.0\"\n", "another version": "[package]\nname = \"foo\"\nversion = \"1.0.1\"\n", "no TOML": "[[[",
		"a workspace": "[workspace]\n", "edition 2027": "[package]\nname = \"foo\"\nversion = \"1.0.0\"\nedition = \"2027\"\n",
	} {
		edits = append(edits, checkEdit{sites: "sparse", name: "an archive: " + name, do: func(e *editor) {
			c := needs("foo", "1.0.0", "")
			c.Files = []cargotest.File{{Path: "Cargo.toml", Content: text}}
			e.project(app("foo", "1"), c)
		}})
	}
	return edits
}()

// excludedEdits lock what excludes each other, as a merge of two lockfiles does.
var excludedEdits = []checkEdit{
	{sites: "sparse", name: "two compatible versions", do: func(e *editor) {
		e.project(app("usea", "1", "useb", "1"), needs("foo", "1.0.0", ""), needs("foo", "1.1.0", ""), needs("usea", "1.0.0", "", on("foo", "=1.0.0")), needs("useb", "1.0.0", "", on("foo", "=1.1.0")))
	}},
	{sites: "sparse", name: "two compatible versions before 1", do: func(e *editor) {
		e.project(app("usea", "1", "useb", "1"), needs("foo", "0.3.0", ""), needs("foo", "0.3.1-rc.1", ""), needs("usea", "1.0.0", "", on("foo", "=0.3.0")), needs("useb", "1.0.0", "", on("foo", "=0.3.1-rc.1")))
	}},
	{sites: "sparse", name: "two versions before 0.1", do: func(e *editor) {
		e.project(app("usea", "1", "useb", "1"), needs("foo", "0.0.1", ""), needs("foo", "0.0.2", ""), needs("usea", "1.0.0", "", on("foo", "=0.0.1")), needs("useb", "1.0.0", "", on("foo", "=0.0.2")))
	}},
	{sites: "sparse", name: "two versions that link one library", do: func(e *editor) {
		e.project(app("usea", "1", "useb", "1"), needs("zsys", "0.1.0", "z"), needs("zsys", "0.2.0", "z"), needs("usea", "1.0.0", "", on("zsys", "=0.1.0")), needs("useb", "1.0.0", "", on("zsys", "=0.2.0")))
	}},
	{sites: "sparse", name: "one's own package and another that link one library", do: func(e *editor) {
		e.project(app("zsys", "1"), needs("zsys", "1.0.0", "z"))
		e.replace(rootManifest, "edition", "links = \"z\"\nbuild = \"build.rs\"\nedition")
		e.write("app/build.rs", "fn main() {}\n")
	}},
	{sites: "sparse", name: "a compatible version beside one of [patch]", do: func(e *editor) {
		e.project(app("usea", "1", "foo", "1"), needs("foo", "1.0.0", ""), needs("usea", "1.0.0", "", on("foo", "=1.0.0")))
		e.add(rootManifest, "[patch.crates-io]\nfoo = { path = \"foo\" }\n")
		e.replace(rootManifest, "\"foo\"]\nversion = \"1\"", "\"foo\"]\nversion = \"1.5\"")
		e.member("foo", "1.5.0", "")
		e.packageOf("app", func(b string) string { return strings.Replace(b, "\"foo\"", "\"foo 1.5.0\"", 1) })
		e.packageOf("usea", func(b string) string { return strings.Replace(b, "\"foo\"", "\"foo 1.0.0\"", 1) })
		e.add(lockFile, "\n[[package]]\nname = \"foo\"\nversion = \"1.5.0\"\n")
	}},
	{sites: "sparse", name: "a compatible version in a folder", do: func(e *editor) {
		e.project(app("foo", "1"), needs("foo", "1.0.0", ""))
		e.add(rootManifest, "[dependencies.other]\npath = \"foo\"\npackage = \"foo\"\n")
		e.member("foo", "1.5.0", "")
		e.packageOf("app", func(b string) string {
			return strings.Replace(b, "\"foo\"", "\"foo 1.0.0\",\n \"foo 1.5.0\"", 1)
		})
		e.add(lockFile, "\n[[package]]\nname = \"foo\"\nversion = \"1.5.0\"\n")
	}},
	{sites: "sparse", name: "a patch said to be unused of the version that is locked", do: unusedPatch("1.0.0")},
	{sites: "sparse", name: "a patch said to be unused of a later version", do: unusedPatch("1.5.0")},
	{sites: "sparse", name: "a circle of a registry", do: func(e *editor) {
		e.project(app("one", "1"), needs("one", "1.0.0", ""), needs("two", "1.0.0", "", on("one", "1")))
		one := needs("one", "1.0.0", "", on("two", "1"))
		cargotest.NewHome(e.t, e.path("home")).Add(one) // a lockfile of these has no end
		e.packageOf("one", func(string) string {
			return "name = \"one\"\nversion = \"1.0.0\"\nsource = \"" + cargotest.CratesIOSource + "\"\n" + sumKey + one.Checksum() + "\"\ndependencies = [\n \"two\",\n]\n\n"
		})
		two := cargotest.Locked{Ref: cargotest.Ref{Name: "two", Version: "1.0.0", Source: cargotest.CratesIOSource}, Checksum: needs("two", "1.0.0", "", on("one", "1")).Checksum()}
		two.Deps = []cargotest.Ref{{Name: "one", Version: "1.0.0", Source: cargotest.CratesIOSource}}
		e.add(lockFile, "\n"+strings.SplitAfterN(cargotest.LockText(4, []cargotest.Locked{two}), "\n\n", 2)[1])
	}},
	{sites: "members", name: "a circle that is locked", do: circle("[dependencies]\none = { path = \"../one\" }\n")},
	{sites: "members", name: "a circle for a build", do: circle("[build-dependencies]\none = { path = \"../one\" }\n")},
	{sites: "members", name: "a circle of a feature", do: circle("[dependencies]\none = { path = \"../one\", optional = true }\n")},
	{sites: "members", name: "a circle of a platform", do: circle("[target.'cfg(windows)'.dependencies]\none = { path = \"../one\" }\n")},
	{sites: "members", name: "a circle for tests", do: circle("[dev-dependencies]\none = { path = \"../one\" }\n")},
}
