//go:build conform && unix

package conform

import (
	"path/filepath"

	"cargohome/internal/cargotest"
)

// configured are the sites that cargo needs its configuration for.
const configured = "index in git,other registries,replaced,local registry,vendor"

// configEdits change cargo's configuration.
var configEdits = []checkEdit{
	{sites: configured, name: "no configuration", do: func(e *editor) { e.remove("app/.cargo") }},
	{sites: configured, name: "a name that is not read", do: move1(configFile, "app/.cargo/config.tml")},
	{sites: configured, name: "beside the manifest", do: move1(configFile, "app/config.toml")},
	{sites: configured, name: "in a folder below", do: move1(configFile, "app/src/.cargo/config.toml")},
	{sites: configured, name: "in a folder above", do: move1(configFile, ".cargo/config.toml")},
	{sites: configured, name: "in the home", do: move1(configFile, "home/config.toml")},
	{sites: configured, name: "in the home where cargo does not look", do: move1(configFile, "home/.cargo/config.toml")},
	{sites: configured, name: "the old name", do: move1(configFile, "app/.cargo/config")},
	{sites: configured, name: "an empty one of the old name", do: write1("app/.cargo/config", "")},
	{sites: configured, name: "one of the old name that says other things", do: write1("app/.cargo/config", "[source.crates-io]\nreplace-with = \"x\"\n[source.x]\ndirectory = \"nowhere\"\n")},
	{sites: configured, name: "included", do: func(e *editor) {
		e.move(configFile, "app/.cargo/more.toml")
		e.write(configFile, "include = [\"more.toml\"]\n")
	}},
	{sites: configured, name: "included, but not there", do: func(e *editor) {
		e.write(configFile, "include = [\"nothing.toml\"]\n"+e.read(configFile))
	}},
	{sites: configured, name: "included if there", do: func(e *editor) {
		e.write(configFile, "include = [{ path = \"nothing.toml\", optional = true }]\n"+e.read(configFile))
	}},
	{sites: configured, name: "included by itself", do: func(e *editor) {
		e.write(configFile, "include = [\"config.toml\"]\n"+e.read(configFile))
	}},
	{sites: configured, name: "no TOML", do: add1(configFile, "[source\n")},
	{sites: configured, name: "a wrong type", do: add1(configFile, "[net]\noffline = \"perhaps\"\n")},
	{sites: configured, name: "source is no table", do: func(e *editor) { e.write(configFile, "source = 1\n") }},
	{sites: configured, name: "unknown keys", do: add1(configFile, "[unknown]\nkey = 1\n")},
	{sites: configured, name: "a source that is not used", do: add1(configFile, "[source.unused]\ndirectory = \"nowhere\"\n")},
	{sites: configured, name: "a source that is not used and wrong", do: add1(configFile, "[source.unused]\ndirectory = 5\n")},
	{sites: configured, name: "a source that is nothing", do: add1(configFile, "[source.unused]\n")},
	{sites: configured, name: "a source that is two things", do: add1(configFile, "[source.unused]\ndirectory = \"a\"\nregistry = \"https://example.com/b\"\n")},
	{sites: configured, name: "a source without a URL", do: add1(configFile, "[source.unused]\nregistry = \"b\"\n")},
	{sites: configured, name: "a branch of no repository", do: add1(configFile, "[source.unused]\ndirectory = \"a\"\nbranch = \"b\"\n")},
	{sites: configured, name: "a rev and a tag", do: add1(configFile, "[source.unused]\ngit = \"https://example.com/b\"\nbranch = \"b\"\nrev = \"c\"\n")},
	{sites: configured, name: "registry.index", do: add1(configFile, "[registry]\nindex = \"https://example.com/b\"\n")},
	{sites: configured, name: "a default registry", do: add1(configFile, "[registry]\ndefault = \"nowhere\"\n")},
	{sites: configured, name: "a patch that is not used", do: add1(configFile, "[patch.crates-io]\nunused = { path = \"../unused\" }\n")},
	{sites: configured, name: "an alias of a command", do: add1(configFile, "[alias]\nx = \"check\"\n")},
	{sites: "replaced,local registry,vendor", name: "misspelt table", do: replace1(configFile, "[source.crates-io]", "[sources.crates-io]")},
	{sites: "replaced,local registry,vendor", name: "misspelt name", do: replace1(configFile, "[source.crates-io]", "[source.crates_io]")},
	{sites: "replaced,local registry,vendor", name: "misspelt key", do: replace1(configFile, "replace-with", "replace_with")},
	{sites: "replaced,local registry,vendor", name: "replaced with nothing", do: func(e *editor) {
		e.write(configFile, "[source.crates-io]\nreplace-with = \"nothing\"\n")
	}},
	{sites: "replaced,local registry,vendor", name: "replaced with itself", do: func(e *editor) {
		e.write(configFile, "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nreplace-with = \"crates-io\"\nregistry = \"https://example.com/a\"\n")
	}},
	{sites: "replaced,local registry,vendor", name: "by its registry", do: replace1(configFile, "[source.crates-io]\n", "[source.other]\nregistry = \"https://github.com/rust-lang/crates.io-index\"\n")},
	{sites: "replaced,local registry,vendor", name: "crates.io twice", do: add1(configFile, "[source.other]\nregistry = \"https://github.com/rust-lang/crates.io-index\"\nreplace-with = \"nothing\"\n")},
	{sites: "replaced", name: "another mirror", do: replace1(configFile, "/index/\"", "/other/\"")},
	{sites: "replaced", name: "a mirror without a slash", do: replace1(configFile, "/index/\"", "/index\"")},
	{sites: "replaced", name: "a mirror not sparse", do: replace1(configFile, "sparse+", "")},
	{sites: "replaced", name: "the chain broken", do: replace1(configFile, "replace-with = \"mirror\"\n", "")},
	{sites: "replaced", name: "the mirror as a registry", do: replace1(configFile, "[source.mirror]\nregistry", "[registries.mirror]\nindex")},
	{sites: "replaced", name: "the mirror as crates.io", do: replace1(configFile, "replace-with = \"middle\"\n[source.middle]\nregistry = \"https://example.com/not-asked\"\nreplace-with = \"mirror\"\n[source.mirror]\n", "")},
	{sites: "local registry", name: "another folder", do: replace1(configFile, "../local", "../locals")},
	{sites: "local registry", name: "a folder from the wrong place", do: replace1(configFile, "../local", "../../local")},
	{sites: "local registry", name: "a vendor folder it is not", do: replace1(configFile, "local-registry", "directory")},
	{sites: "vendor", name: "a local registry it is not", do: replace1(configFile, "directory", "local-registry")},
	{sites: "vendor", name: "another folder", do: replace1(configFile, "../vendor", "../vendors")},
	{sites: "vendor", name: "a folder from the wrong place", do: replace1(configFile, "../vendor", "vendor")},
	{sites: "vendor", name: "another branch", do: replace1(configFile, "branch = \"main\"", "branch = \"other\"")},
	{sites: "vendor", name: "a tag", do: replace1(configFile, "branch = \"main\"", "tag = \"main\"")},
	{sites: "vendor", name: "a rev", do: replace1(configFile, "branch = \"main\"", "rev = \"main\"")},
	{sites: "vendor", name: "no branch", do: replace1(configFile, "branch = \"main\"\n", "")},
	{sites: "vendor", name: "another repository", do: replace1(configFile, "git = \"http://", "git = \"http://elsewhere.")},
	{sites: "vendor", name: "the repository in another spelling", do: replace1(configFile, "/up\"\nbranch", "/up.git/\"\nbranch")},
	{sites: "vendor", name: "the repository is not replaced", do: replace1(configFile, "branch = \"main\"\nreplace-with = \"vendored-sources\"", "branch = \"main\"")},
	{sites: "vendor", name: "crates.io is not replaced", do: replace1(configFile, "[source.crates-io]\nreplace-with = \"vendored-sources\"\n", "")},
	{sites: "vendor", name: "the repository is not replaced, and a folder asked about", flags: []string{"--vendor", "../vendor"},
		do: replace1(configFile, "branch = \"main\"\nreplace-with = \"vendored-sources\"", "branch = \"main\"")},
	{sites: "vendor", name: "crates.io is not replaced, and a folder asked about", flags: []string{"--vendor", "../vendor"},
		do: replace1(configFile, "[source.crates-io]\nreplace-with = \"vendored-sources\"\n", "")},
	{sites: "vendor", name: "another branch, and a folder asked about", flags: []string{"--vendor", "../vendor"}, do: replace1(configFile, "branch = \"main\"", "branch = \"other\"")},
	{sites: "vendor", name: "all replaced, and a folder asked about", flags: []string{"--vendor", "../vendor"}, do: func(*editor) {}},
	{sites: "sparse,sparse cold", name: "a local registry asked about", flags: []string{"--registry", "../local"}, do: func(*editor) {}},
	{sites: "local registry", name: "the local registry asked about", flags: []string{"--registry", "../local"}, do: func(*editor) {}},
	{sites: "sparse cold,git cold,local registry cold,members cold", name: "a home that is not written to", limited: true, do: func(e *editor) { e.close("home") }},
	{sites: "sparse,git,vendor", name: "a home that is not written to, and need not be", limited: true, do: func(e *editor) { e.close("home") }},
	{sites: "sparse", name: "a package to unpack where nothing is written", limited: true, do: func(e *editor) {
		e.remove("home/registry/src/" + cargotest.CratesIO + "/mid-0.3.1/.cargo-ok")
		e.close("home/registry/src/" + cargotest.CratesIO)
	}},
	{sites: "git", name: "a checkout to make where nothing is written", limited: true, do: func(e *editor) {
		for _, mark := range e.glob("home/git/checkouts/dep-*/*/.cargo-ok") {
			e.remove(mark)
			e.close(filepath.Dir(filepath.Dir(mark)))
		}
	}},
	{sites: "vendor", name: "configuration in the vendor folder", do: move1(configFile, "vendor/config.toml")},
	{sites: "vendor", name: "an absolute folder", do: func(e *editor) { e.replace(configFile, "../vendor", e.path("vendor")) }},
	{sites: "other registries", name: "one is not named", do: replace1(configFile, "alt.index", "old.index")},
	{sites: "other registries", name: "another port", do: replace1(configFile, "registry.example/index", "registry.example:137753/index")},
	{sites: "other registries", name: "not sparse", do: replace1(configFile, "sparse+", "")},
	{sites: "other registries", name: "without a slash", do: replace1(configFile, "/index/\"", "/index\"")},
	{sites: "other registries", name: "the one in git with a slash", do: replace1(configFile, "/far\"", "/far/\"")},
	{sites: "index in git", name: "sparse", do: write1(configFile, "[registries.crates-io]\nprotocol = \"sparse\"\n")},
	{sites: "index in git", name: "neither", do: write1(configFile, "[registries.crates-io]\nprotocol = \"both\"\n")},
	{sites: "sparse,sparse cold", name: "in git", do: write1(configFile, "[registries.crates-io]\nprotocol = \"git\"\n")},
	{sites: "sparse", name: "offline", do: write1(configFile, "[net]\noffline = true\n")},
	{sites: "sparse", name: "paths", do: func(e *editor) {
		e.write(configFile, "paths = [\"../tester\"]\n")
		e.write("tester/Cargo.toml", "[package]\nname = \"tester\"\nversion = \"1.0.0\"\n")
		e.write("tester/src/lib.rs", "")
	}},
	{sites: "sparse", name: "paths to what has no targets", do: func(e *editor) {
		e.write(configFile, "paths = [\"../tester\"]\n")
		e.write("tester/Cargo.toml", "[package]\nname = \"tester\"\nversion = \"1.0.0\"\n")
	}},
	{sites: "sparse", name: "no folder to build in", env: []string{"CARGO_TARGET_DIR="}, do: func(*editor) {}},
	{sites: "sparse", name: "a wrapper of a variable that is not there", env: []string{"RUSTC_WRAPPER=nothing"}, do: func(*editor) {}},
	{sites: "sparse", name: "no wrapper of a variable", env: []string{"RUSTC_WRAPPER="}, do: write1(configFile, "build.rustc-wrapper = \"nothing\"\n")},
	{sites: "sparse", name: "no compiler of a variable", env: []string{"RUSTC="}, do: func(*editor) {}},
	{sites: "sparse", name: "no target of a variable", env: []string{"CARGO_BUILD_TARGET="}, do: func(*editor) {}},
	{sites: "sparse", name: "a target in a folder of one's own", env: []string{"RUST_TARGET_PATH=/nowhere"}, do: write1(configFile, "build.target = \"nothing\"\n")},
	{sites: "sparse", name: "a profile for scripts of a variable", env: []string{"CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL=x"}, do: func(*editor) {}},
	{sites: "sparse", name: "versions of TLS of a variable", env: []string{"CARGO_HTTP_SSL_VERSION_MIN=tlsv1.0"}, do: func(*editor) {}},
	{sites: "sparse", name: "versions of TLS of a variable and a file", env: []string{"CARGO_HTTP_SSL_VERSION_MIN=tlsv1.0"}, do: write1(configFile, "http.ssl-version.max = \"tlsv1.2\"\n")},
	{sites: "sparse", name: "paths to nothing", do: write1(configFile, "paths = [\"../leaf\"]\n")},
	{sites: "sparse", name: "paths to what has no package", do: write1(configFile, "paths = [\"src\"]\n")},
	{sites: "sparse", name: "paths of a wrong type", do: write1(configFile, "paths = 5\n")},
	{sites: "sparse", name: "patched", do: func(e *editor) {
		e.write(configFile, "[patch.crates-io]\nwin = { path = \"../win\" }\n")
		e.write("win/Cargo.toml", "[package]\nname = \"win\"\nversion = \"0.0.1\"\n")
		e.write("win/src/lib.rs", "")
	}},
	{sites: "sparse,sparse cold", name: "the index of an older cargo", do: move1("home/registry/index/"+cargotest.CratesIO, "home/registry/index/"+cargotest.CratesIOOld)},
	{sites: "sparse,sparse cold", name: "the index of another protocol", do: move1("home/registry/index/"+cargotest.CratesIO, "home/registry/index/"+cargotest.CratesIOGit)},
	{sites: "sparse cold", name: "the archives of an older cargo", do: move1("home/registry/cache/"+cargotest.CratesIO, "home/registry/cache/"+cargotest.CratesIOOld)},
	{sites: "sparse", name: "the sources of an older cargo", do: move1("home/registry/src/"+cargotest.CratesIO, "home/registry/src/"+cargotest.CratesIOOld)},
	{sites: "sparse", name: "marks of an older cargo", do: write1("home/registry/src/"+cargotest.CratesIO+"/leaf-1.0.0/.cargo-ok", "ok")},
	{sites: "sparse cold", name: "a line of a newer schema", do: replace1("home/registry/index/"+cargotest.CratesIO+"/.cache/3/w/win", `"yanked":false`, `"yanked":false,"v":3`)},
	{sites: "sparse cold", name: "a line that is yanked", do: replace1("home/registry/index/"+cargotest.CratesIO+"/.cache/3/w/win", `"yanked":false`, `"yanked":true`)},
	{sites: "sparse cold", name: "a line with another checksum", do: replace1("home/registry/index/"+cargotest.CratesIO+"/.cache/3/w/win", `"cksum":"`, `"cksum":"0`)},
	{sites: "sparse cold", name: "no download URL", do: write1("home/registry/index/"+cargotest.CratesIO+"/config.json", "{}")},
	{sites: "sparse cold", name: "a list of download URLs", do: write1("home/registry/index/"+cargotest.CratesIO+"/config.json", `["x", null]`)},
	{sites: "sparse cold", name: "a list that is too short", do: write1("home/registry/index/"+cargotest.CratesIO+"/config.json", `["x"]`)},
	{sites: "sparse cold", name: "a list that is too long", do: write1("home/registry/index/"+cargotest.CratesIO+"/config.json", `["x", null, false, 1]`)},
	{sites: "sparse", name: "a feature in the index that none is called", do: replace1("home/registry/index/"+cargotest.CratesIO+"/.cache/3/w/win", `"features":{`, `"features":{"x y":[]`)},
	{sites: "sparse", name: "a newer rustc in the index alone", do: replace1("home/registry/index/"+cargotest.CratesIO+"/.cache/le/af/leaf", `"yanked":false`, `"yanked":false,"rust_version":"1.999"`)},
	{sites: "sparse cold", name: "any download URL", do: write1("home/registry/index/"+cargotest.CratesIO+"/config.json", `{"dl":"x"}`)},
	{sites: "vendor", name: "a record without files", do: write1("vendor/win/.cargo-checksum.json", "{}")},
	{sites: "vendor", name: "a record without a package", do: write1("vendor/win/.cargo-checksum.json", `{"files":{}}`)},
	{sites: "vendor", name: "another version in its place", do: replace1("vendor/win/Cargo.toml", "0.0.1", "0.0.2")},
	{sites: "vendor", name: "a folder of one's own beside", do: write1("vendor/mine/Cargo.toml", "[package]\nname = \"mine\"\n")},
	{sites: "vendor", name: "a folder without a manifest beside", do: write1("vendor/mine/x", "")},
	{sites: "vendor", name: "a hidden folder beside", do: write1("vendor/.mine/Cargo.toml", "x")},
	{sites: "sparse,git", name: "a vendor folder of nothing", do: func(e *editor) {
		e.write(configFile, "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n")
		e.write("app/vendor/.keep", "")
	}},
	{sites: "git", name: "a repository replaced", do: func(e *editor) {
		e.write(configFile, "[source.x]\ngit = \"https://example.com/unused\"\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n")
	}},
}
