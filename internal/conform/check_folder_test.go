//go:build conform && unix

package conform

import (
	"os/exec"
	"strings"
)

// outside makes a package beside the project.
func (e *editor) outside(folder, name, version, more string) {
	e.write(folder+"/Cargo.toml", "[package]\nname = \""+name+"\"\nversion = \""+version+"\"\nedition = \"2021\"\n"+more)
	e.write(folder+"/src/lib.rs", "pub fn describe() -> String { String::new() }\n")
}

// relock has cargo make the lockfile anew, as the manifests are by now.
func (e *editor) relock() {
	cmd := exec.Command(realCargo(e.t), "generate-lockfile", "--quiet", "--offline")
	cmd.Dir = e.path("app")
	cmd.Env = append(cmd.Environ(), "CARGO_HOME="+e.path("home"))
	out, err := cmd.CombinedOutput()
	if e.note(err); err != nil {
		e.t.Logf("%s", out)
	}
}

const outerManifest, innerManifest, leafManifest = "outer/Cargo.toml", "inner/Cargo.toml", "leaf/Cargo.toml"

// neighbour has a package beside the project, which needs another there, and a lockfile with
// both.
func (e *editor) neighbour(table string) {
	e.outside("inner", "inner", "1.0.0", "")
	e.outside("outer", "outer", "3.0.0", "[features]\nx = [\"x\"]\n[dependencies]\ninner = { path = \"../inner\" }\nwin = { path = \"../nowhere\", optional = true }\n")
	e.add(twoManifest, "["+table+"]\nouter = { path = \"../../outer\" }\n")
	e.relock()
}

// put has leaf in the place of that of crates.io, by what is added to the root manifest in
// place of its [patch], and a lockfile that knows of it.
func (e *editor) put(tables string) {
	e.outside("leaf", "leaf", "1.0.0", "")
	root, _, _ := strings.Cut(e.read(rootManifest), "[patch")
	e.write(rootManifest, root+tables)
	e.relock()
}

const (
	patched  = "[patch.crates-io]\nleaf = { path = \"../leaf\" }\n"
	replaced = "[replace]\n\"leaf:1.0.0\" = { path = \"../leaf\" }\n"
)

// folderEdits change what is in folders, and what is put in place of packages, after the
// lockfile was made.
var folderEdits = func() (edits []checkEdit) {
	add := func(name string, before, do func(e *editor)) {
		edits = append(edits, checkEdit{sites: "members", name: "folders: " + name, do: func(e *editor) { before(e); do(e) }})
	}
	nothing := func(*editor) {}
	for _, table := range []string{"build-dependencies", "dev-dependencies", "target.'cfg(windows)'.dependencies"} {
		neighbour := func(e *editor) { e.neighbour(table) }
		add(table+", as locked", neighbour, nothing)
		add(table+", bumped", neighbour, replace1(outerManifest, "3.0.0", "3.0.1"))
	}
	neighbour := func(e *editor) { e.neighbour("build-dependencies") }
	add("renamed", neighbour, replace1(outerManifest, `name = "outer"`, `name = "other"`))
	add("another package", neighbour, replace1(twoManifest, "../../outer", "../../inner"))
	add("a requirement that it meets", neighbour, replace1(twoManifest, `outer" }`, `outer", version = "3" }`))
	add("a requirement that it does not meet", neighbour, replace1(twoManifest, `outer" }`, `outer", version = "2" }`))
	add("one of a neighbour's bumped", neighbour, replace1(innerManifest, "1.0.0", "1.0.1"))
	add("one of a neighbour's renamed", neighbour, replace1(innerManifest, `name = "inner"`, `name = "other"`))
	add("one of a neighbour's gone", neighbour, func(e *editor) { e.remove("inner") })
	add("a feature that turns on itself", neighbour, replace1(twoManifest, `outer" }`, `outer", features = ["x"] }`))
	add("both bumped, here and there", neighbour, func(e *editor) {
		e.replace(outerManifest, "3.0.0", "3.0.1")
		e.replace(lockFile, "3.0.0", "3.0.1")
	})
	add("one that is locked twice", neighbour, add1(lockFile, "\n[[package]]\nname = \"outer\"\nversion = \"2.0.0\"\n"))

	for name, tables := range map[string]string{"patch": patched, "replacement": replaced} {
		put := func(e *editor) { e.put(tables) }
		add(name+", as locked", put, nothing)
		add(name+" less", put, replace1(rootManifest, tables, ""))
		add(name+" in another folder", put, func(e *editor) { e.move("leaf", "foil"); e.replace(rootManifest, "../leaf", "../foil") })
		add(name+" bumped", put, replace1(leafManifest, "1.0.0", "1.0.1"))
		add(name+" bumped too far", put, replace1(leafManifest, "1.0.0", "3.0.0"))
		add(name+" renamed", put, replace1(leafManifest, `"leaf"`, `"foil"`))
		add(name+" gone", put, func(e *editor) { e.remove("leaf") })
		add(name+" with a dependency more", put, add1(leafManifest, "[dependencies]\nwin = \"0.0.1\"\n"))
		add(name+" of a member that is locked already", func(e *editor) {
			e.replace(rootManifest, `"two"]`, `"two", "leaf"]`)
			e.outside("app/leaf", "leaf", "1.0.0", "")
			e.put("")
		}, add1(rootManifest, strings.Replace(tables, "../leaf", "leaf", 1)))
	}
	put := func(e *editor) { e.put(patched) }
	add("patch with a requirement", put, replace1(rootManifest, `leaf" }`, `leaf", version = "1" }`))
	add("patch with a requirement that it does not meet", put, replace1(rootManifest, `leaf" }`, `leaf", version = "2" }`))
	add("patch by another key", put, replace1(rootManifest, "leaf = {", "foil = { package = \"leaf\","))
	add("patch by a key that is no package", put, replace1(rootManifest, "leaf = {", "foil = {"))
	add("patch twice", put, add1(rootManifest, "foil = { package = \"leaf\", path = \"../leaf\" }\n"))
	add("patch that is a dependency too", func(e *editor) {
		e.outside("leaf", "leaf", "1.0.0", "")
		e.add(twoManifest, "[build-dependencies]\nfoil = { package = \"leaf\", path = \"../../leaf\" }\n")
		e.relock()
	}, add1(rootManifest, strings.SplitAfter(patched, "\n")[1]))
	add("patch that is a dependency too, less", func(e *editor) {
		e.outside("leaf", "leaf", "7.0.0", "")
		e.add(rootManifest, strings.SplitAfter(patched, "\n")[1])
		e.relock()
	}, func(e *editor) {
		e.replace(rootManifest, "leaf = { path = \"../leaf\" }\n", "")
		e.add(oneManifest, "[build-dependencies]\nfoil = { package = \"leaf\", path = \"../../leaf\" }\n")
	})
	for name, text := range map[string]string{
		"the same":                              patched,
		"another folder":                        "[patch.crates-io]\nleaf = { path = \"../foil\" }\n",
		"another key":                           "[patch.crates-io]\nfoil = { package = \"leaf\", path = \"../foil\" }\n",
		"a requirement":                         "[patch.crates-io]\nleaf = { path = \"../leaf\", version = \"1\" }\n",
		"a requirement that is not met":         "[patch.crates-io]\nleaf = { path = \"../leaf\", version = \"2\" }\n",
		"a folder with a package that it needs": "[patch.crates-io]\nwin = { path = \"../needy\" }\n",
	} {
		add("patch of the configuration beside: "+name, put, func(e *editor) {
			e.outside("foil", "leaf", "1.0.0", "")
			e.outside("needed", "needed", "1.0.0", "")
			e.outside("needy", "win", "0.0.1", "[dependencies]\nneeded = { path = \"../needed\" }\n")
			e.write(configFile, text)
		})
		if !strings.Contains(text, "\"2\"") && !strings.Contains(text, "foil") {
			add("patch of the configuration, locked: "+name, func(e *editor) {
				e.outside("needed", "needed", "1.0.0", "")
				e.outside("needy", "win", "0.0.1", "[dependencies]\nneeded = { path = \"../needed\" }\n")
				e.write(configFile, text)
				e.put("")
			}, nothing)
		}
	}
	replace := func(e *editor) { e.put(replaced) }
	add("replacement of another version", replace, replace1(rootManifest, "leaf:1", "leaf:2"))
	add("replacement of a version that is not locked", replace, replace1(rootManifest, "leaf:1", "leaf:3"))
	add("replacement in full", replace, replace1(rootManifest, "leaf:1.0.0", "https://github.com/rust-lang/crates.io-index#leaf@1.0.0"))
	add("replacement of another source", replace, replace1(rootManifest, "leaf:1.0.0", "https://example.com/index#leaf:1.0.0"))
	add("replacement twice", replace, add1(rootManifest, "\"leaf@1.0.0\" = { path = \"../leaf\" }\n"))
	add("replacement that the lockfile has not", replace, func(e *editor) {
		e.packageOf("leaf", func(b string) string { return strings.Replace(b, "replace = \"leaf 1.0.0\"\n", "", 1) })
	})
	return edits
}()

// placeEdits have cargo be run elsewhere than where the project, the configuration or the home
// is that check is asked about.
var placeEdits = []checkEdit{
	{sites: "sparse", name: "places: a manifest elsewhere", flags: []string{"--manifest-path", "../bad app/Cargo.toml"}, do: func(e *editor) {
		e.copy("app", "bad app")
		e.add("bad app/Cargo.toml", "[build-dependencies]\nwin = \"*\"\n")
	}},
	{sites: "sparse", name: "places: a lockfile elsewhere", flags: []string{"--lockfile-path", "../bad/Cargo.lock"}, do: func(e *editor) {
		e.copy("app", "bad")
		e.add("bad/Cargo.toml", "[build-dependencies]\nwin = \"*\"\n")
	}},
	{sites: "sparse", name: "places: a configuration", flags: []string{"--config", "source.crates-io.replace-with=\"nothing\""}, do: func(*editor) {}},
	{sites: "sparse", name: "places: a configuration that is none", flags: []string{"--config", "source=5"}, do: func(*editor) {}},
	{sites: "sparse", name: "places: a home", flags: []string{"--cargo-home", "empty"}, do: func(*editor) {}},
	{sites: "sparse,vendor", name: "places: a file to build in", env: []string{"CARGO_TARGET_DIR=file"}, do: write1("app/file", "")},
	{sites: "sparse,vendor", name: "places: a folder below a file to build in", env: []string{"CARGO_TARGET_DIR=file/below"}, do: write1("app/file", "")},
	{sites: "sparse", name: "places: a folder to build in that is not written to", env: []string{"CARGO_TARGET_DIR=closed"}, limited: true, do: func(e *editor) {
		e.write("app/closed/x", "")
		e.close("app/closed")
	}},
	{sites: "sparse", name: "places: a lock that leads nowhere", do: func(e *editor) {
		e.remove("home/.package-cache")
		e.link("nowhere/lock", "home/.package-cache")
	}},
	{sites: "sparse", name: "places: a lock that leads to what can be made", do: func(e *editor) {
		e.remove("home/.package-cache")
		e.link("../lock", "home/.package-cache")
	}},
}
