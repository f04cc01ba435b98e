//go:build conform && unix

package conform

import "strings"

// spelt is a text in the name of a test, of which a folder is called: braces are templates there.
func spelt(text string) string { return strings.NewReplacer("{", "(", "}", ")").Replace(text) }

// keyEdits give keys of the configuration values that Cargo has its own ideas about.
var keyEdits = func() (edits []checkEdit) {
	for _, text := range []string{
		"env.X = \"y\"", "env.X = 5", "env.X = { value = \"y\", force = true }", "env.X = { value = 5 }", "env.CARGO_HOME = \"y\"", "env = 5", "[env]\nX = { relative = true }",
		"build.target-dir = \"elsewhere\"", "build.target-dir = \"\"", "build.target-dir = 5", "build.rustc = \"nothing\"", "build.rustc = \"./nothing\"", "build.rustc = \"rustc\"", "build.rustc-wrapper = \"nothing\"", "build.rustc-wrapper = \"\"", "build.rustc-workspace-wrapper = \"nothing/x\"",
		"build.target = \"what-ever\"", "build.target = \"x.json\"", "build.target = [\"x86_64-unknown-linux-gnu\", \"what-ever\"]", "build.target = \"host-tuple\"", "build.build-dir = \"{workspace-root}/x\"", "build.build-dir = \"{nothing}/x\"", "build.build-dir = \"\"",
		"build.jobs = 0", "build.jobs = \"x\"", "build.jobs = \"default\"", "build.jobs = -1", "build.jobs = 99999999999", "build.incremental = \"x\"", "build.target = \"x86_64-unknown-linux-gnu\"", "build.target = 5",
		"build.target = []", "build.target = \"\"", "build.target = \" x86_64-unknown-linux-gnu \"", "build.target = \"x86_64-unknown-linux-gnu x86_64-pc-windows-gnu\"", "build.rustc = \"\"", "build.rustc-wrapper = \"\"",
		"build.build-dir = \"Cargo.toml/x\"", "build.build-dir = \"{workspace-root}/Cargo.toml/x\"", "build.build-dir = \"{workspace-root}/Cargo.toml/{workspace-path-hash}\"", "env.X = \"a\\u0000\"", "build.rustflags = 5", "build.rustflags = [5]", "build.warnings = \"x\"", "build.dep-info-basedir = 5", "build = 5",
		"net.offline = true", "net.offline = 5", "net.retry = \"x\"", "net.retry = -1", "net.git-fetch-with-cli = 5", "net.ssh = 5", "net.ssh.known-hosts = 5", "net = 5",
		"http.proxy = 5", "http.timeout = \"x\"", "http.multiplexing = 5", "http.ssl-version = 5", "http.ssl-version.min = 5", "http.cainfo = \"nothing\"", "http.user-agent = 5", "http.check-revoke = \"x\"", "http.debug = \"x\"", "http = 5",
		"term.color = \"x\"", "term.color = 5", "term.quiet = \"x\"", "term.verbose = 5", "term.quiet = true\nterm.verbose = true", "term.progress.when = \"x\"", "term.progress = 5", "term.progress = \"auto\"", "term.progress.width = \"x\"",
		"term.progress.when = \"always\"", "term.progress = { when = \"always\", width = 9 }", "term.hyperlinks = 5", "term.unicode = \"x\"", "term = 5",
		"registry.default = \"crates-io\"", "registry.default = 5", "registry.token = 5", "registry.token = \"x\"", "registry.credential-provider = 5", "registry.global-credential-providers = 5", "registry.global-credential-providers = [\"x\"]", "registry = 5",
		"registries.x.index = 5", "registries.x.index = \"x\"", "registries.x = 5", "registries.x.token = 5", "registries.\"\".index = \"https://example.com\"", "registries.\"x y\".index = \"https://example.com\"", "registries = 5",
		"registries.x.index = \"sparse+https://user:password@example.com/\"", "registries.crates-io.index = \"https://example.com\"", "registries.crates-io.protocol = 5", "registries.crates-io.credential-provider = 5",
		"resolver.incompatible-rust-versions = \"x\"", "resolver.incompatible-rust-versions = \"fallback\"", "resolver.incompatible-rust-versions = \"allow\"", "resolver.feature-unification = \"workspace\"", "resolver = 5", "resolver.lockfile-path = \"x/Cargo.lock\"",
		"profile.dev.opt-level = 9", "profile.dev.opt-level = \"x\"", "profile.dev = 5", "profile.x.inherits = \"dev\"", "profile.x.inherits = \"y\"", "profile.dev.inherits = \"release\"", "profile.test.inherits = \"nothing\"", "profile.dev.package.\"x@@9\".opt-level = 1", "profile.dev.debug = \"x\"", "profile.dev.package.x.opt-level = 1", "profile.dev.package.x.opt-level = \"x\"", "profile.dev.unknown = 1", "profile = 5",
		"profile.dev.panic = \"x\"", "profile.dev.panic = \"immediate-abort\"", "profile.dev.lto = \"true\"", "profile.dev.inherits = \"debug\"", "profile.dev.dir-name = \"x\"", "profile.dev.codegen-backend = \"x\"", "profile.dev.rustflags = [\"x\"]", "profile.dev.trim-paths = \"none\"",
		"profile.dev.hint-mostly-unused = 5", "profile.dev.package.mid.lto = true", "profile.dev.package.mid.panic = \"abort\"", "profile.dev.package.mid.rpath = true", "profile.dev.build-override.panic = \"abort\"", "profile.dev.build-override.package.mid.opt-level = 1", "profile.dev.build-override.opt-level = 1",
		"profile.release.opt-level = 9", "profile.release.panic = \"x\"", "profile.test.opt-level = 9", "profile.bench.dir-name = \"x\"",
		"unstable.x = true", "unstable = 5", "unstable.gc = \"x\"", "cache.auto-clean-frequency = \"x\"", "cache.auto-clean-frequency = 5", "cache.global-clean.max-src-age = \"x\"", "future-incompat-report.frequency = \"x\"", "doc.browser = 5", "install.root = 5", "cargo-new.vcs = 5",
		"alias.metadata = \"x\"", "alias.x = 5", "alias.x = []", "alias = 5", "[target.x86_64-unknown-linux-gnu]\nrustflags = 5", "[target.x86_64-unknown-linux-gnu]\nrunner = 5", "[target.'cfg(unix)']\nrustflags = 5", "[target.'cfg((']\nrustflags = []",
		"[target.x86_64-unknown-linux-gnu.z]\nrustc-link-lib = [\"z\"]", "[target.x86_64-unknown-linux-gnu.z]\nrustc-link-lib = 5", "[host]\nrustflags = 5", "target = 5", "credential-alias.x = 5", "credential-alias = 5",
		"paths = []", "paths = [5]", "paths = \"x\"", "paths = [\"nothing\"]", "paths = [\".\"]", "patch = 5", "patch.crates-io = 5", "patch.crates-io.x = 5", "patch.crates-io.x = \"1\"", "patch.crates-io.x = {}", "patch.x.y = { path = \"z\" }",
		"patch.crates-io.x = { path = 5 }", "patch.crates-io.x = { git = \"https://example.com/x\" }", "patch.crates-io.win = { git = \"https://example.com/x\" }", "patch.\"https://example.com/x\".win = { path = \"nothing\" }",
		"patch.crates-io.app = { path = \".\" }", "patch.crates-io.win = { path = \".\", package = \"app\" }", "patch.crates-io.win = { version = \"0.0.1\" }", "patch.crates-io.win = { path = \"win\", features = 5 }",
		"include = []", "include = \"x.toml\"", "include = [\"x\"]", "include = [\"x.toml\"]", "include = [{}]", "include = [{ path = \"x.toml\", optional = true }]", "include = 5",
		"source = 5", "source.x = 5", "source.x.directory = \"\"", "source.x.registry = \"https://github.com/rust-lang/crates.io-index/\"", "source.x.git = \"x\"", "source.x.git = \"https://example.com/x\"\nsource.x.rev = \"y\"\nsource.x.tag = \"z\"",
		"source.x.replace-with = \"y\"", "source.crates-io.replace-with = \"crates-io\"", "source.crates-io.replace-with = \"\"", "source.crates-io.replace-with = 5", "source.crates-io.registry = \"https://example.com\"", "source.crates-io.local-registry = \"x\"",
		"source.crates-io.replace-with = \"a\"\nsource.a.directory = \"x\"\nsource.a.replace-with = \"b\"\nsource.b.directory = \"y\"\nsource.b.replace-with = \"a\"",
		"source.a.directory = \"x\"\nsource.a.replace-with = \"b\"\nsource.b.directory = \"y\"\nsource.b.replace-with = \"a\"", "source.a.directory = \"x\"\nsource.b.directory = \"x\"", "source.a.directory = \"x\"\nsource.b.local-registry = \"x\"",
		"source.\"\".directory = \"x\"", "source.\"x y\".directory = \"x\"", "source.x.directory = \"x\"\nsource.x.unknown = 5", "source.x.registry = \"file:///nothing\"", "source.x.registry = \"sparse+file:///nothing/\"", "source.x.registry = \"sparse+https://example.com\"",
		"source.x.registry = \"ssh://git@example.com/x\"", "source.x.git = \"git@example.com:x\"", "source.x.directory = [\"x\"]", "\ufeffnet.retry = 2", "net.retry = 2\r\n", "# \xff", "net.retry = 2\nnet.retry = 3", "net.retry = 2 3", "[net]\n[net]", "\x00",
	} {
		edits = append(edits, checkEdit{sites: "sparse", name: "key: " + spelt(text), do: write1(configFile, text+"\n")})
	}
	return edits
}()

// manifestKeyEdits give keys of a manifest such values.
var manifestKeyEdits = func() (edits []checkEdit) {
	for _, text := range []string{
		"profile.x.opt-level = 1", "profile.x.inherits = \"test\"", "profile.dev.inherits = \"release\"", "profile.test.inherits = \"release\"", "[profile.x]\ninherits = \"y\"\n[profile.y]\ninherits = \"x\"", "profile.dev.package.\"mid@@9\".opt-level = 1",
		"profile.dev.package.\"mid@9\".opt-level = 1", "[[bin]]\nname = \"app\"\npath = \"src/main.rs\"\ncrate-type = [\"lib\"]", "[[bin]]\nname = \"app\"\npath = \"src/main.rs\"\ncrate-type = []", "[[bin]]\nname = \"app\"\npath = \"src/main.rs\"\nproc-macro = true",
		"[[bin]]\nname = \"app\"\npath = \"src/main.rs\"\nrequired-features = [\"dep:extra\"]", "[[bin]]\nname = \"app\"\npath = \"src/main.rs\"\nrequired-features = [\"extra?/x\"]", "lints.workspace = true", "lints.workspace = false", "lints.rust.x = 5", "lints.rust.unused = \"warn\"", "lints.rust.unused = \"x\"", "lints = 5", "lints.rust.unused = { level = \"warn\", priority = \"x\" }", "lints.cargo.x = \"warn\"",
		"profile.dev.opt-level = 9", "profile.dev.opt-level = \"x\"", "profile.x.inherits = \"y\"", "profile.dev.panic = \"x\"", "profile.dev.lto = \"x\"", "profile.dev = 5", "profile.\"x y\".inherits = \"dev\"", "badges = 5", "metadata = 5", "package.metadata = 5",
		"features.x = 5", "features.x = [\"y\"]", "features.x = [\"x\"]", "features.default = [\"nothing\"]", "features.\"x y\" = []", "features.x = [\"two/y\"]", "features.x = [\"two?/y\"]", "features.x = [\"dep:two\"]", "features.x = [\"dep:mid\", \"nothing/y\"]", "features = 5", "features.two = []",
		"features.\"\" = []", "features.\"dep:x\" = []", "features.x = [\"\"]",
		"[[bin]]\nname = \"x\"", "[[bin]]\nname = \"\"", "[[bin]]\npath = \"x\"", "[[bin]]\nname = \"x\"\npath = 5", "[[example]]\nname = \"x\"", "[[test]]\nname = \"x\"\npath = \"nothing.rs\"", "[[bench]]\nname = \"x\"\npath = \"src\"",
		"[lib]\nname = \"x-y\"", "[lib]\npath = \"nothing.rs\"", "[lib]\ncrate-type = 5", "[lib]\ncrate-type = [\"x\"]", "[lib]\ncrate-type = [\"cdylib\", \"rlib\"]", "[lints.nothing]", "[lints.nothing]\nx = \"warn\"", "[lints.rustfmt]\nx = \"warn\"", "[lib]\nproc-macro = true", "[lib]\nproc-macro = true\ncrate-type = [\"cdylib\"]", "[lib]\nedition = \"x\"", "[lib]\nrequired-features = [\"x\"]", "[lib]\ntest = 5", "[lib]\nunknown = 5", "lib = 5",
		"[[bin]]\nname = \"x\"\npath = \"src/lib.rs\"\n[[bin]]\nname = \"x\"\npath = \"src/lib.rs\"", "[[bin]]\nname = \"x\"\npath = \"src/lib.rs\"\nrequired-features = [\"nothing\"]", "[[bin]]\nname = \"build\"\npath = \"src/lib.rs\"", "[[bin]]\nname = \"deps\"\npath = \"src/lib.rs\"",
		"package.x = 5", "package.description = 5", "package.authors = \"x\"", "package.license = 5", "package.license-file = \"nothing\"", "package.readme = \"nothing\"", "package.readme = 5", "package.readme = true", "package.keywords = \"x\"", "package.categories = 5", "package.homepage = 5", "package.homepage = \"x\"", "package.exclude = \"x\"",
		"package.include = [\"[\"]", "package.publish = \"x\"", "package.publish = [\"nowhere\"]", "package.publish = 5", "package.default-run = \"nothing\"", "package.autobins = 5", "package.autolib = false", "package.build = false", "package.build = true", "package.build = \"nothing.rs\"", "package.build = 5", "package.build = [\"build.rs\"]", "package.build = [\"build.rs\", \"src/lib.rs\"]",
		"package.links = \"z\"", "package.links = 5", "package.rust-version = \"1.60\"", "package.rust-version = \"1.x\"", "package.rust-version = \"^1.60\"", "package.rust-version = 5", "package.rust-version = \"1.60.0-beta\"", "package.resolver = \"2\"", "package.resolver = \"9\"", "package.workspace = \"..\"", "package.workspace = \"nothing\"", "package.workspace = 5",
		"package.metabuild = \"x\"", "package.forced-target = \"x\"", "package.default-target = \"x\"", "package.im-a-teapot = true", "package.description.workspace = true", "package.license.workspace = true", "package.edition.workspace = false", "package.documentation = { workspace = 5 }",
		"dependencies.win = 5", "dependencies.win = \"\"", "dependencies.win = {}", "dependencies.win = { version = 5 }", "dependencies.win = { version = \"0.0.1\", optional = 5 }", "dependencies.win = { version = \"0.0.1\", path = \"../nothing\" }", "dependencies.win = { path = \"../two\" }", "dependencies.win = { path = \"../two\", package = \"two\" }",
		"dependencies.two = { path = \"../two\" }\ndependencies.deux = { path = \"../two\", package = \"two\" }", "dependencies.win = { git = \"x\" }", "dependencies.win = { git = \"https://example.com/x\", path = \"../two\" }", "dependencies.win = { git = \"https://example.com/x\", branch = \"a\", tag = \"b\" }", "dependencies.win = { version = \"0.0.1\", branch = \"a\" }",
		"dependencies.win = { version = \"0.0.1\", registry = \"crates-io\" }", "dependencies.win = { version = \"0.0.1\", registry = \"\" }", "dependencies.win = { version = \"0.0.1\", registry-index = \"x\" }", "dependencies.win = { version = \"0.0.1\", unknown = 5 }", "dependencies.win = { version = \"0.0.1\", public = true }", "dependencies.win = { version = \"0.0.1\", artifact = \"bin\" }",
		"dependencies.win = { version = \"0.0.1\", features = 5 }", "dependencies.win = { version = \"0.0.1\", features = [\"x\"] }", "dependencies.win = { version = \"0.0.1\", default-features = false }", "dependencies.win = { version = \"0.0.1\", default_features = false }", "dependencies.win = { version = \"0.0.1\", default-features = 5 }", "dependencies.win = { workspace = true }",
		"dependencies.win = { workspace = false }", "dependencies.leaf = { workspace = true, version = \"1\" }", "dependencies.leaf = { workspace = true, default-features = false }", "dependencies.leaf = { workspace = true, features = [\"x\"] }", "dependencies.leaf = { workspace = true, unknown = 5 }", "dependencies.leaf = { workspace = true, package = \"x\" }",
		"dependencies.\"x y\" = \"1\"", "dependencies.one = \"1\"", "dependencies.std = \"1\"", "dependencies.\"\" = \"1\"", "dependencies.win = { version = \"0.0.1\", package = \"\" }", "dependencies.w = { version = \"0.0.1\", package = \"win\" }", "dependencies.win = { version = \"0.0.1\", package = 5 }", "dependencies.win = { version = \"0.0.1\", target = \"x\" }",
		"dev-dependencies.win = { version = \"0.0.1\", optional = true }", "dev_dependencies.win = \"0.0.1\"", "build_dependencies.win = \"0.0.1\"", "build-dependencies.win = \"0.0.1\"", "dev-dependencies.mid = \"0.3\"", "dependencies.mid = { version = \"0.3\", features = [] }", "dependencies = 5",
		"target.x.dependencies.win = \"0.0.1\"", "target.\"cfg(x)\".dependencies.win = \"0.0.1\"", "target.\"cfg(x=)\".dependencies.win = \"0.0.1\"", "target.\"cfg(target_os = \\\"x\\\")\".dependencies.leaf = \"1\"", "target.\"x y\".dependencies.leaf = \"1\"", "target.x = 5", "target.\"cfg(true)\".dependencies.leaf = \"1\"", "target.\"cfg(feature = \\\"x\\\")\".dependencies.leaf = \"1\"",
		"target.\"cfg(r#true)\".dependencies.leaf = \"1\"", "target.\"cfg(not())\".dependencies.leaf = \"1\"", "target.\"cfg(all())\".dependencies.leaf = \"1\"", "[workspace]", "[workspace]\nmembers = [\"x\"]", "[patch.crates-io]\nwin = { path = \"nothing\" }", "[replace]\n\"win:0.0.1\" = { path = \"nothing\" }", "[x]", "[package.x]", "[project]\nname = \"x\"", "cargo-features = []", "hints.mostly-unused = true", "hints.x = 5", "hints = 5",
	} {
		edits = append(edits, checkEdit{sites: "members", name: "manifest: " + spelt(text), do: manifestKey(oneManifest, text)})
	}
	for _, text := range []string{
		"workspace.members = 5", "workspace.exclude = 5", "workspace.default-members = [\"one\"]", "workspace.default-members = [\"nothing\"]", "workspace.default-members = [\"tester\"]", "workspace.default-members = []", "workspace.x = 5", "workspace.metadata = 5", "workspace.resolver = 2", "workspace.lints.rust.unused = \"warn\"", "workspace.lints = 5", "workspace.lints.rust.unused = \"x\"",
		"workspace.package.x = 5", "workspace.package.description = 5", "workspace.package.rust-version = \"9.99\"", "workspace.package.readme = \"nothing\"", "workspace.package.license-file = \"nothing\"", "workspace.dependencies.win = 5", "workspace.dependencies.win = { version = \"0.0.1\", optional = true }", "workspace.dependencies.win = { workspace = true }", "workspace.dependencies.win = { path = \"nothing\" }",
		"workspace.dependencies.win = {}", "workspace.dependencies.win = \"x\"", "workspace.dependencies.\"x y\" = \"1\"", "workspace.dependencies.win = { version = \"0.0.1\", registry = \"nowhere\" }", "patch.crates-io.win = 5", "patch.crates-io.win = {}", "patch.crates-io.win = { path = 5 }", "patch.crates-io.win = \"0.0.1\"", "patch.nowhere.win = { path = \"one\" }", "patch.\"\".win = { path = \"one\" }", "patch.crates-io.one = { path = \"one\" }",
		"patch.crates-io.x = { path = \"tester\", package = \"tester\" }", "patch.crates-io.x = { path = \"tester\" }", "patch.crates-io.win = { path = \"nothing\" }", "patch.crates-io.win = { path = \"one\", workspace = true }", "patch = 5", "replace.\"tester:1.0.0\" = { path = \"tester\" }", "replace.tester = { path = \"tester\" }", "replace.\"nothing:1.0.0\" = { path = \"tester\" }", "replace = 5", "dependencies.win = \"0.0.1\"", "features.x = []", "lib.path = \"x\"", "cargo-features = [\"x\"]",
		"profile.dev.package.nothing.opt-level = 1", "profile.dev.package.\"x:y:z\".opt-level = 1", "profile.dev.build-override.opt-level = 1", "profile.dev.build-override.panic = \"abort\"", "profile.dev.overrides = 5", "profile.release.strip = \"x\"", "profile.release.rustflags = [\"x\"]", "profile.release.codegen-backend = \"x\"", "profile.release.trim-paths = true", "badges.x = 5", "lints.rust.unused = \"warn\"", "package.name = \"x\"",
	} {
		edits = append(edits, checkEdit{sites: "members", name: "root: " + spelt(text), do: manifestKey(rootManifest, text)})
	}
	for name, do := range map[string]func(*editor){
		"empty": write1(oneManifest, ""), "a mark": func(e *editor) { e.write(oneManifest, "\ufeff"+e.read(oneManifest)) }, "line ends": func(e *editor) { e.write(oneManifest, strings.ReplaceAll(e.read(oneManifest), "\n", "\r\n")) },
		"carriage returns": func(e *editor) { e.write(oneManifest, strings.ReplaceAll(e.read(oneManifest), "\n", "\r")) }, "no text": add1(oneManifest, "# \xff\n"), "a NUL": add1(oneManifest, "# \x00\n"), "a shebang": func(e *editor) { e.write(oneManifest, "#!/x\n"+e.read(oneManifest)) },
		"in another case": move1(oneManifest, "app/one/cargo.toml"), "a key twice": replace1(oneManifest, "version.w", "version = \"0.1.0\"\nversion.w"), "a table twice": add1(oneManifest, "[dependencies]\n"), "a list and a table": add1(oneManifest, "[[dependencies]]\n"),
		"a version with build data": replace1(oneManifest, "version.workspace = true", "version = \"0.1.0+x\""), "a version of two parts": replace1(oneManifest, "version.workspace = true", "version = \"0.1\""), "a version with space": replace1(oneManifest, "version.workspace = true", "version = \" 0.1.0\""), "a version that is a number": replace1(oneManifest, "version.workspace = true", "version = 5"),
		"a prerelease": replace1(oneManifest, "version.workspace = true", "version = \"0.1.0-x\""), "a name with space": replace1(oneManifest, "name = \"one\"", "name = \"o ne\""), "a name that is empty": replace1(oneManifest, "name = \"one\"", "name = \"\""), "a name with a digit": replace1(oneManifest, "name = \"one\"", "name = \"1one\""), "a name in Unicode": replace1(oneManifest, "name = \"one\"", "name = \"öne\""),
		"a keyword for a name": replace1(oneManifest, "name = \"one\"", "name = \"fn\""), "an edition that is a number": replace1(oneManifest, "edition.workspace = true", "edition = 2021"), "an edition inherited or not": replace1(oneManifest, "edition.workspace = true", "edition = { workspace = false }"), "edition 2018 in its place": replace1(oneManifest, "edition.workspace = true", "edition = \"2018\""),
		"a script that is there": func(e *editor) { e.write("app/one/build.rs", "fn main() {}\n") }, "a script that is a folder": write1("app/one/build.rs/x", ""), "programs found": write1("app/one/src/bin/x.rs", "fn main() {}\n"), "programs in folders": write1("app/one/src/bin/x/main.rs", "fn main() {}\n"), "programs twice": func(e *editor) {
			e.write("app/one/src/bin/x.rs", "fn main() {}\n")
			e.write("app/one/src/bin/x/main.rs", "fn main() {}\n")
		}, "a program found that it names": func(e *editor) {
			e.write("app/one/src/bin/x.rs", "fn main() {}\n")
			e.add(oneManifest, "[[bin]]\nname = \"x\"\n")
		}, "a test found that it names": func(e *editor) {
			e.write("app/one/tests/x/main.rs", "")
			e.add(oneManifest, "[[test]]\nname = \"x\"\n")
		}, "a program of its own name": write1("app/one/src/main.rs", "fn main() {}\n"), "a program called test": write1("app/one/src/bin/test.rs", "fn main() {}\n"), "a test that is no file": write1("app/one/tests/x.rs/y", ""),
	} {
		edits = append(edits, checkEdit{sites: "members", name: "manifest: " + name, do: do})
	}
	return edits
}()

// manifestKey puts a line in front, where it is nobody's table, or in its table if that is
// package's; a table goes behind.
func manifestKey(name, text string) func(*editor) {
	return func(e *editor) {
		old := e.read(name)
		switch key, inPackage := strings.CutPrefix(text, "package."); {
		case strings.HasPrefix(text, "["):
			e.write(name, old+text+"\n")
		case inPackage && strings.HasPrefix(old, "[package]\n"):
			if strings.HasPrefix(key, "edition.") {
				old = strings.Replace(old, "edition.workspace = true\n", "", 1)
			}
			e.write(name, strings.Replace(old, "[package]\n", "[package]\n"+key+"\n", 1))
		case strings.HasPrefix(text, "dependencies.") && strings.Contains(old, "[dependencies]\n"):
			key := strings.TrimPrefix(strings.ReplaceAll(text, "\ndependencies.", "\n"), "dependencies.")
			for line := range strings.Lines(old) { // in place of what is there
				if word, _, _ := strings.Cut(key, " "); strings.HasPrefix(line, word+" ") || strings.HasPrefix(line, word+".") {
					old = strings.Replace(old, line, "", 1)
				}
			}
			e.write(name, strings.Replace(old, "[dependencies]\n", "[dependencies]\n"+key+"\n", 1))
		case strings.HasPrefix(text, "workspace."):
			key := strings.TrimPrefix(text, "workspace.")
			for line := range strings.Lines(old) {
				if word, _, _ := strings.Cut(key, " "); strings.HasPrefix(line, word+" ") {
					old = strings.Replace(old, line, "", 1)
				}
			}
			if table, rest, ok := strings.Cut(key, "."); ok && strings.Contains(old, "[workspace."+table+"]\n") {
				e.write(name, strings.Replace(old, "[workspace."+table+"]\n", "[workspace."+table+"]\n"+rest+"\n", 1))
			} else {
				e.write(name, strings.Replace(old, "[workspace]\n", "[workspace]\n"+key+"\n", 1))
			}
		case strings.HasPrefix(text, "patch.crates-io."):
			e.write(name, old+strings.TrimPrefix(text, "patch.crates-io.")+"\n")
		default:
			e.write(name, text+"\n"+old)
		}
	}
}

// lockTextEdits change what a lockfile is written as.
var lockTextEdits = func() (edits []checkEdit) {
	in := func(change func(block string) string) func(*editor) {
		return func(e *editor) { e.packageOf("win", change) }
	}
	sub := func(old, new string) func(*editor) {
		return in(func(b string) string { return strings.Replace(b, old, new, 1) })
	}
	more := func(line string) func(*editor) {
		return in(func(b string) string { return strings.TrimSpace(b) + "\n" + line + "\n\n" })
	}
	for name, do := range map[string]func(*editor){
		"a mark": func(e *editor) { e.write(lockFile, "\ufeff"+e.read(lockFile)) }, "carriage returns": func(e *editor) { e.write(lockFile, strings.ReplaceAll(e.read(lockFile), "\n", "\r")) }, "no text": add1(lockFile, "# \xff\n"), "a NUL": add1(lockFile, "\x00"),
		"cut": func(e *editor) { t := e.read(lockFile); e.write(lockFile, t[:len(t)*2/3]) }, "no end": func(e *editor) { e.write(lockFile, strings.TrimSpace(e.read(lockFile))) }, "a folder": func(e *editor) { e.remove(lockFile); e.write(lockFile+"/x", "") }, "a link to nothing": func(e *editor) { e.remove(lockFile); e.link("nothing", lockFile) },
		"marks of a conflict": func(e *editor) {
			e.packageOf("win", func(b string) string { return "<<<<<<< HEAD\n" + b + "=======\n" + b + ">>>>>>> x\n" })
		},
		"spaces": func(e *editor) { e.write(lockFile, strings.ReplaceAll(e.read(lockFile), " = ", "=")) }, "tabs": func(e *editor) { e.write(lockFile, strings.ReplaceAll(e.read(lockFile), "\n \"", "\n\t\"")) }, "single quotes": func(e *editor) { e.write(lockFile, strings.ReplaceAll(e.read(lockFile), "\"", "'")) },
		"no version": replace1(lockFile, "version = 4\n", ""), "version 1": replace1(lockFile, "version = 4", "version = 1"), "version 2": replace1(lockFile, "version = 4", "version = 2"), "version 0": replace1(lockFile, "version = 4", "version = 0"), "version -1": replace1(lockFile, "version = 4", "version = -1"), "version 4.0": replace1(lockFile, "version = 4", "version = 4.0"),
		"version at the end": func(e *editor) {
			e.replace(lockFile, "version = 4\n", "")
			e.add(lockFile, "\n[metadata]\nversion = 4\n")
		},
		"version twice": replace1(lockFile, "version = 4", "version = 4\nversion = 4"), "an empty list": func(e *editor) { e.write(lockFile, "version = 4\npackage = []\n") }, "packages that are none": func(e *editor) { e.write(lockFile, "version = 4\npackage = 5\n") }, "the version alone": write1(lockFile, "version = 4\n"),
		"no name": sub("name = \"win\"\n", ""), "a name that is a number": sub("\"win\"", "5"), "a name with space": sub("\"win\"", "\"w in\""), "an empty name": sub("\"win\"", "\"\""), "a name in capitals": sub("\"win\"", "\"WIN\""), "no version of a package": sub("version = \"0.0.1\"\n", ""), "a version that is a number": sub("\"0.0.1\"", "5"), "a version with more": sub("\"0.0.1\"", "\"0.0.1+x\""),
		"a version with zeros": sub("\"0.0.1\"", "\"0.0.01\""), "a version with v": sub("\"0.0.1\"", "\"v0.0.1\""), "a source that is a number": sub("source = \"", "source = 5 # \""), "a source with a commit": sub("crates.io-index", "crates.io-index#x"), "a source with a slash": sub("crates.io-index", "crates.io-index/"), "a source without its kind": sub("registry+", ""),
		"a sparse source": sub("registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"), "a source of another scheme": sub("https://", "http://"), "a source of git": sub("registry+", "git+"), "an empty source": sub("registry+https://github.com/rust-lang/crates.io-index", ""), "a folder for a source": sub("registry+https://github.com/rust-lang/crates.io-index", "path+file:///x"),
		"a short checksum": in(func(b string) string { h, t, _ := strings.Cut(b, sumKey); return h + sumKey + t[2:] }), "a checksum that is none": in(func(b string) string { h, t, _ := strings.Cut(b, sumKey); return h + sumKey + "x" + t[1:] }), "a checksum that is a number": in(func(b string) string { h, _, _ := strings.Cut(b, sumKey); return h + "checksum = 5\n\n" }),
		"an empty checksum": in(func(b string) string { h, _, _ := strings.Cut(b, sumKey); return h + "checksum = \"\"\n\n" }), "none for a checksum": in(func(b string) string { h, _, _ := strings.Cut(b, sumKey); return h + "checksum = \"<none>\"\n\n" }), "a long checksum": in(func(b string) string { h, t, _ := strings.Cut(b, sumKey); return h + sumKey + "00" + t }),
		"an unknown key": more("x = 5"), "no dependencies": more("dependencies = []"), "a dependency on itself": more("dependencies = [\n \"win\",\n]"), "dependencies that are none": more("dependencies = 5"), "a dependency that is a number": more("dependencies = [5]"), "an empty dependency": more("dependencies = [\"\"]"), "a dependency of four words": more("dependencies = [\"a b c d\"]"),
		"a replacement": more("replace = \"leaf 1.0.0\""), "a replacement by nothing": more("replace = \"x\""), "a replacement that is a number": more("replace = 5"), "a checksum of one's own": func(e *editor) {
			e.packageOf("one", func(b string) string {
				return strings.Replace(b, "version = \"0.1.0\"\n", "version = \"0.1.0\"\nchecksum = \"0000000000000000000000000000000000000000000000000000000000000000\"\n", 1)
			})
		}, "a source of one's own": func(e *editor) {
			e.packageOf("one", func(b string) string {
				return strings.Replace(b, "version = \"0.1.0\"\n", "version = \"0.1.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n", 1)
			})
		}, "edges in another order": replace1(lockFile, " \"leaf 1.0.0\",\n \"leaf 2.0.0\",\n", " \"leaf 2.0.0\",\n \"leaf 1.0.0\",\n"), "an edge twice": replace1(lockFile, " \"win\",\n", " \"win\",\n \"win\",\n"), "an edge with its version": replace1(lockFile, " \"win\",\n", " \"win 0.0.1\",\n"), "an edge without its version": replace1(lockFile, " \"leaf 1.0.0\",\n", " \"leaf\",\n"),
		"an edge with another source": replace1(lockFile, " \"win\",\n", " \"win 0.0.1 (registry+https://example.com/x)\",\n"), "edges in one line": replace1(lockFile, " \"win\",\n]", " \"win\" ]"), "a root": add1(lockFile, "\n[root]\nname = \"zz\"\nversion = \"1.0.0\"\n"), "checksums at the end": add1(lockFile, "\n[metadata]\n\"checksum win 0.0.1 (registry+https://github.com/rust-lang/crates.io-index)\" = \"<none>\"\n"),
		"a checksum of nothing at the end": add1(lockFile, "\n[metadata]\n\"checksum zz 0.0.1 (registry+https://github.com/rust-lang/crates.io-index)\" = \"<none>\"\n"), "metadata of numbers": add1(lockFile, "\n[metadata]\nx = 5\n"), "patches that are none": add1(lockFile, "\n[patch]\nx = 5\n"), "unused that are none": add1(lockFile, "\n[patch]\nunused = 5\n"), "no unused": add1(lockFile, "\n[patch]\nunused = []\n"),
	} {
		edits = append(edits, checkEdit{sites: "members", name: "lock: " + name, do: do})
	}
	return edits
}()
