//go:build conform && unix

package conform

import (
	"regexp"
	"strings"
)

const (
	rootManifest = "app/Cargo.toml"
	oneManifest  = "app/one/Cargo.toml"
	twoManifest  = "app/two/Cargo.toml"
	lockFile     = "app/Cargo.lock"
)

// member makes a new package below the project.
func (e *editor) member(name, version, more string) {
	e.write("app/"+name+"/Cargo.toml", "[package]\nname = \""+name+"\"\nversion = \""+version+"\"\nedition = \"2021\"\n"+more)
	e.write("app/"+name+"/src/lib.rs", "")
}

// manifestEdits change what the lockfile was made for.
var manifestEdits = []checkEdit{
	{sites: "members", name: "a new member", do: func(e *editor) {
		e.replace(rootManifest, `"two"]`, `"two", "three"]`)
		e.member("three", "1.0.0", "")
	}},
	{sites: "members", name: "a new member by a path", do: func(e *editor) {
		e.member("three", "1.0.0", "")
		e.replace(oneManifest, "[dev-dep", "three = { path = \"../three\" }\n[dev-dep")
	}},
	{sites: "members", name: "a member that is not there", do: replace1(rootManifest, `"two"]`, `"two", "three"]`)},
	{sites: "members", name: "a pattern of members", do: replace1(rootManifest, `"one", "two"`, `"o*", "t*o"`)},
	{sites: "members", name: "a pattern that has more", do: func(e *editor) {
		e.replace(rootManifest, `"one", "two"`, `"o*", "t*"`)
		e.member("three", "1.0.0", "")
	}},
	{sites: "members", name: "a member less", do: func(e *editor) {
		e.replace(rootManifest, `"one", "two"`, `"two"`)
	}},
	{sites: "members", name: "a member less, which is still used", do: replace1(rootManifest, `"one", "two"`, `"one"`)},
	{sites: "members", name: "a member less, whose needs others have", do: func(e *editor) {
		e.replace(rootManifest, `"one", "two"`, `"one"`)
		e.replace(oneManifest, "two = { path = \"../two\" }\n", "leaf = \"1\"\nextra = { version = \"1\", optional = true }\n")
	}},
	{sites: "members", name: "the folder of a member renamed", do: move1("app/one", "app/uno")},
	{sites: "members", name: "a member renamed", do: replace1(oneManifest, `name = "one"`, `name = "uno"`)},
	{sites: "members", name: "a member bumped", do: replace1(oneManifest, "version.workspace = true", `version = "0.1.1"`)},
	{sites: "members", name: "all members bumped", do: replace1(rootManifest, "0.1.0", "0.2.0")},
	{sites: "members", name: "a member without a version", do: replace1(oneManifest, "version.workspace = true\n", "")},
	{sites: "members", name: "nothing to inherit", do: replace1(rootManifest, "version = \"0.1.0\"\n", "")},
	{sites: "members", name: "no dependency to inherit", do: replace1(rootManifest, "mid = \"0.3\"\n", "")},
	{sites: "members", name: "two of one name", do: replace1(oneManifest, `name = "one"`, `name = "two"`)},
	{sites: "members", name: "excluded", do: replace1(rootManifest, "resolver", "exclude = [\"two\"]\nresolver")},
	{sites: "members", name: "no package and no workspace", do: write1(rootManifest, "[profile.dev]\ndebug = 1\n")},
	{sites: "members", name: "a requirement as wide", do: replace1(rootManifest, `leaf = "1"`, `leaf = "1.0"`)},
	{sites: "members", name: "a requirement narrower", do: replace1(rootManifest, `leaf = "1"`, `leaf = "=1.0.0"`)},
	{sites: "members", name: "a requirement wider", do: replace1(rootManifest, `leaf = "1"`, `leaf = "*"`)},
	{sites: "members", name: "a requirement of two parts", do: replace1(rootManifest, `leaf = "1"`, `leaf = ">=0.5, <3"`)},
	{sites: "members", name: "a requirement that is not met", do: replace1(rootManifest, `leaf = "1"`, `leaf = "1.0.1"`)},
	{sites: "members", name: "a requirement that another version meets", do: replace1(rootManifest, `leaf = "1"`, `leaf = "2"`)},
	{sites: "members", name: "a requirement of a prerelease", do: replace1(rootManifest, `leaf = "1"`, `leaf = "1.0.0-rc.1"`)},
	{sites: "members", name: "a requirement that is none", do: replace1(rootManifest, `leaf = "1"`, `leaf = "one"`)},
	{sites: "members", name: "a requirement of a path", do: replace1(oneManifest, `path = "../two"`, `path = "../two", version = "0.1"`)},
	{sites: "members", name: "a requirement of a path that is not met", do: replace1(oneManifest, `path = "../two"`, `path = "../two", version = "0.2"`)},
	{sites: "members", name: "a new dependency", do: replace1(twoManifest, "leaf.w", "win = \"*\"\nleaf.w")},
	{sites: "members", name: "a new dependency that is locked", do: replace1(twoManifest, "leaf.w", "mid = \"*\"\nleaf.w")},
	{sites: "members", name: "a new dependency of a platform", do: func(e *editor) { e.add(twoManifest, "[target.'cfg(windows)'.dependencies]\nmid = \"*\"\n") }},
	{sites: "members", name: "a new dependency of a build", do: add1(twoManifest, "[build-dependencies]\nmid = \"*\"\n")},
	{sites: "members", name: "a new dependency that nobody has", do: replace1(twoManifest, "leaf.w", "nobody-has-this = \"*\"\nleaf.w")},
	{sites: "members", name: "a dependency less", do: replace1(oneManifest, "mid.workspace = true\n", "")},
	{sites: "members", name: "a dependency less that others have", do: replace1(twoManifest, "leaf.workspace = true\n", "")},
	{sites: "members", name: "a dependency twice", do: add1(twoManifest, "[dev-dependencies]\nleaf = \"1\"\n")},
	{sites: "members", name: "a dependency made optional", do: replace1(twoManifest, "leaf.workspace = true", "leaf = { workspace = true, optional = true }")},
	{sites: "members", name: "a dependency for tests only", do: replace1(twoManifest, "[dependencies]\n", "[dev-dependencies]\n", ", optional = true", "")},
	{sites: "members", name: "a dependency for a platform only", do: replace1(twoManifest, "[dependencies]\n", "[target.'cfg(windows)'.dependencies]\n")},
	{sites: "members", name: "a platform that is none", do: replace1(twoManifest, "[dependencies]\n", "[target.'cfg(('.dependencies]\n")},
	{sites: "members", name: "a dependency renamed", do: replace1(twoManifest, "leaf.workspace = true", `foil = { package = "leaf", version = "1" }`)},
	{sites: "members", name: "a dependency without its defaults", do: replace1(rootManifest, `leaf = "1"`, `leaf = { version = "1", default-features = false }`)},
	{sites: "members", name: "a feature it has not", do: replace1(rootManifest, `leaf = "1"`, `leaf = { version = "1", features = ["none"] }`)},
	{sites: "members", name: "a feature of nothing", do: add1(twoManifest, "[features]\nx = [\"nothing\"]\n")},
	{sites: "members", name: "a feature of its own", do: add1(twoManifest, "[features]\nx = [\"dep:extra\"]\n")},
	{sites: "members", name: "from a path", do: func(e *editor) {
		e.member("leaf", "1.0.0", "")
		e.replace(rootManifest, `leaf = "1"`, `leaf = { path = "leaf" }`)
	}},
	{sites: "members", name: "from git", do: replace1(rootManifest, `leaf = "1"`, `leaf = { git = "https://example.com/leaf" }`)},
	{sites: "members", name: "from a registry nobody named", do: replace1(rootManifest, `leaf = "1"`, `leaf = { version = "1", registry = "nowhere" }`)},
	{sites: "members", name: "from a registry by its URL", do: replace1(rootManifest, `leaf = "1"`, `leaf = { version = "1", registry-index = "https://github.com/rust-lang/crates.io-index" }`)},
	{sites: "members", name: "a new patch", do: func(e *editor) {
		e.member("win", "0.0.1", "")
		e.add(rootManifest, "win = { path = \"win\" }\n")
	}},
	{sites: "members", name: "a new patch that is not used", do: func(e *editor) {
		e.member("win", "7.0.0", "")
		e.add(rootManifest, "win = { path = \"win\" }\n")
	}},
	{sites: "members", name: "a new patch from git", do: add1(rootManifest, "win = { git = \"https://example.com/win\" }\n")},
	{sites: "members", name: "a patch of what nobody uses", do: func(e *editor) {
		e.add(rootManifest, "[patch.'https://example.com/x']\nwin = { path = \"win\" }\n")
		e.member("win", "7.0.0", "")
	}},
	{sites: "members", name: "no patch", do: replace1(rootManifest, "tester = { path = \"tester\" }\n", "")},
	{sites: "members", name: "a patch bumped", do: replace1("app/tester/Cargo.toml", "1.5.0", "1.6.0")},
	{sites: "members", name: "a patch bumped out of use", do: replace1("app/tester/Cargo.toml", "1.5.0", "2.0.0")},
	{sites: "members", name: "a patch that is not there", do: func(e *editor) { e.remove("app/tester") }},
	{sites: "members", name: "a patch to the same source", do: add1(rootManifest, "win = \"0.0.1\"\n")},
	{sites: "members", name: "a replacement", do: func(e *editor) {
		e.member("win", "0.0.1", "")
		e.add(rootManifest, "[replace]\n\"win:0.0.1\" = { path = \"win\" }\n")
	}},
	{sites: "members", name: "a patch in a member", do: add1(twoManifest, "[patch.crates-io]\nwin = { path = \"nowhere\" }\n")},
	{sites: "members", name: "edition 2024", do: replace1(rootManifest, "2021", "2024")},
	{sites: "members", name: "edition 2027", do: replace1(rootManifest, "2021", "2027")},
	{sites: "members", name: "an edition that is none", do: replace1(rootManifest, "2021", "2020")},
	{sites: "members", name: "another resolver", do: replace1(rootManifest, `resolver = "2"`, `resolver = "3"`)},
	{sites: "members", name: "a resolver that is none", do: replace1(rootManifest, `resolver = "2"`, `resolver = "9"`)},
	{sites: "members", name: "for an older rustc", do: replace1(oneManifest, "edition.w", "rust-version = \"1.60\"\nedition.w")},
	{sites: "members", name: "a feature of cargo's that is none", do: func(e *editor) { e.write(oneManifest, "cargo-features = [\"none\"]\n"+e.read(oneManifest)) }},
	{sites: "members", name: "a feature of cargo's that is not stable", do: func(e *editor) {
		e.write(oneManifest, "cargo-features = [\"public-dependency\"]\n"+e.read(oneManifest))
	}},
	{sites: "members", name: "a manifest that is no TOML", do: add1(oneManifest, "[[[\n")},
	{sites: "members", name: "a manifest without a name", do: replace1(oneManifest, "name = \"one\"\n", "")},
	{sites: "members", name: "no target", do: func(e *editor) { e.remove("app/one/src/lib.rs") }},
	{sites: "members", name: "unknown keys", do: replace1(oneManifest, "edition.w", "unknown = \"x\"\nedition.w")},
	{sites: "members", name: "two that link one library", do: func(e *editor) {
		for _, m := range []string{oneManifest, twoManifest} {
			e.replace(m, "edition.w", "links = \"z\"\nbuild = \"build.rs\"\nedition.w")
		}
		e.write("app/one/build.rs", "fn main() {}\n")
		e.write("app/two/build.rs", "fn main() {}\n")
	}},
	{sites: "members", name: "a circle", do: replace1(twoManifest, "leaf.w", "one = { path = \"../one\" }\nleaf.w")},
	{sites: "git", name: "version 1", do: ofVersion1(false)},
	{sites: "git", name: "version 1 with checksums", do: ofVersion1(true)},
	{sites: "git", name: "another tag", do: replace1(rootManifest, `tag = "v1"`, `tag = "v2"`)},
	{sites: "git", name: "a branch for a tag", do: replace1(rootManifest, `tag = "v1"`, `branch = "main"`)},
	{sites: "git", name: "a requirement of a git package", do: replace1(rootManifest, `tag = "v1"`, `tag = "v1", version = "1"`)},
	{sites: "git", name: "a requirement of a git package that is not met", do: replace1(rootManifest, `tag = "v1"`, `tag = "v1", version = "2"`)},
	{sites: "git", name: "another package of the repository", do: replace1(rootManifest, "one = {", "two = {")},
	{sites: "git", name: "both packages of the repository", do: func(e *editor) { e.add(rootManifest, strings.Replace(lastLine(e.read(rootManifest)), "one", "two", 1)) }},
	{sites: "git", name: "the repository in another spelling", do: replace1(rootManifest, "/pair\"", "/pair.git\"")},
}

func lastLine(text string) string {
	lines := strings.SplitAfter(text, "\n")
	return lines[len(lines)-2]
}

// lockEdits change the lockfile.
var lockEdits = []checkEdit{
	{sites: "members", name: "no lockfile", do: func(e *editor) { e.remove(lockFile) }},
	{sites: "members", name: "an empty lockfile", do: write1(lockFile, "")},
	{sites: "members", name: "a lockfile that is no TOML", do: add1(lockFile, "<<<<<<< HEAD\n")},
	{sites: "members", name: "version 3", do: replace1(lockFile, "version = 4", "version = 3")},
	{sites: "members", name: "version 2", do: replace1(lockFile, "version = 4\n", "")},
	{sites: "members", name: "version 5", do: replace1(lockFile, "version = 4", "version = 5")},
	{sites: "members", name: "version 6", do: replace1(lockFile, "version = 4", "version = 6")},
	{sites: "members", name: "a version that is none", do: replace1(lockFile, "version = 4", "version = \"4\"")},
	{sites: "members", name: "other line ends", do: func(e *editor) { e.write(lockFile, strings.ReplaceAll(e.read(lockFile), "\n", "\r\n")) }},
	{sites: "members", name: "another comment", do: func(e *editor) { e.write(lockFile, "# mine\n"+e.read(lockFile)) }},
	{sites: "members", name: "empty lines", do: add1(lockFile, "\n\n")},
	{sites: "members", name: "metadata", do: add1(lockFile, "\n[metadata]\nx = \"y\"\n")},
	{sites: "members", name: "unknown keys", do: add1(lockFile, "\n[unknown]\nx = \"y\"\n")},
	{sites: "members", name: "packages in another order", do: func(e *editor) {
		parts := strings.Split(strings.TrimSpace(e.read(lockFile))+"\n", "\n[[package]]\n")
		last := len(parts) - 1
		parts[1], parts[last] = parts[last], parts[1]
		e.write(lockFile, strings.Join(parts, "\n[[package]]\n"))
	}},
	{sites: "members", name: "a package of a registry less", do: func(e *editor) {
		e.packageOf("win", func(string) string { return "name = \"gone\"\nversion = \"1.0.0\"\n\n" })
	}},
	{sites: "members", name: "a package more", do: add1(lockFile, "\n[[package]]\nname = \"zz\"\nversion = \"1.0.0\"\n")},
	{sites: "members", name: "a package of a registry more", do: add1(lockFile, "\n[[package]]\nname = \"zz\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"0000000000000000000000000000000000000000000000000000000000000000\"\n")},
	{sites: "members", name: "a package twice", do: func(e *editor) {
		e.packageOf("win", func(b string) string { return b + "[[package]]\n" + b })
	}},
	{sites: "members", name: "an edge less", do: replace1(lockFile, " \"win\",\n", "")},
	{sites: "members", name: "an edge more", do: func(e *editor) {
		e.packageOf("win", func(b string) string { return strings.TrimSpace(b) + "\ndependencies = [\n \"extra\",\n]\n\n" })
	}},
	{sites: "members", name: "an edge to nothing", do: replace1(lockFile, " \"win\",\n", " \"wine\",\n")},
	{sites: "members", name: "an edge to another version", do: replace1(lockFile, " \"leaf 1.0.0\",\n", " \"leaf 2.0.0\",\n")},
	{sites: "members", name: "edges in full", do: replace1(lockFile, " \"win\",\n", " \"win 0.0.1 (registry+https://github.com/rust-lang/crates.io-index)\",\n")},
	{sites: "members", name: "a version that is not there", do: func(e *editor) {
		e.packageOf("win", func(b string) string { return strings.Replace(b, "0.0.1", "0.0.2", 1) })
	}},
	{sites: "members", name: "a version that is no version", do: func(e *editor) {
		e.packageOf("win", func(b string) string { return strings.Replace(b, "0.0.1", "0.1", 1) })
	}},
	{sites: "members", name: "another source", do: func(e *editor) {
		e.packageOf("win", func(b string) string { return strings.Replace(b, "github.com", "example.com", 1) })
	}},
	{sites: "members", name: "a source that is none", do: func(e *editor) {
		e.packageOf("win", func(b string) string { return strings.Replace(b, "registry+", "repository+", 1) })
	}},
	{sites: "members", name: "no source", do: func(e *editor) {
		e.packageOf("win", func(string) string { return "name = \"win\"\nversion = \"0.0.1\"\n\n" })
	}},
	{sites: "members", name: "another checksum", do: func(e *editor) { e.packageOf("win", changedSum) }},
	{sites: "members", name: "a checksum in capitals", do: func(e *editor) { e.packageOf("win", capitalSum) }},
	{sites: "members", name: "no checksum", do: func(e *editor) { e.packageOf("win", noSum) }},
	{sites: "members,sparse cold,local registry,index in git", name: "no checksums", do: func(e *editor) { e.eachPackage(noSum) }},
	{sites: "git,git cold", name: "another version of a git package", do: func(e *editor) {
		e.packageOf("one", func(b string) string { return strings.Replace(b, "1.0.0", "1.0.1", 1) })
	}},
	{sites: "git,git cold", name: "another name of a git package", do: func(e *editor) {
		e.packageOf("one", func(b string) string { return strings.Replace(b, "\"one\"", "\"uno\"", 1) })
	}},
	{sites: "vendor", name: "another checksum", do: func(e *editor) { e.packageOf("win", changedSum) }},
	{sites: "vendor", name: "no checksum", do: func(e *editor) { e.packageOf("win", noSum) }},
	{sites: "vendor,git", name: "another commit", do: func(e *editor) { e.packageOf("one", func(b string) string { return replaceHash(b) }) }},
	{sites: "vendor,git", name: "no commit", do: func(e *editor) {
		e.packageOf("one", func(b string) string { head, tail, _ := strings.Cut(b, "#"); return head + tail[40:] })
	}},
	{sites: "vendor,git", name: "a commit that is none", do: func(e *editor) {
		e.packageOf("one", func(b string) string { head, tail, _ := strings.Cut(b, "#"); return head + "#xyz" + tail[40:] })
	}},
	{sites: "vendor,git", name: "a short commit", do: func(e *editor) {
		e.packageOf("one", func(b string) string { head, tail, _ := strings.Cut(b, "#"); return head + "#" + tail[:10] + tail[40:] })
	}},
	{sites: "local registry", name: "another checksum", do: func(e *editor) { e.packageOf("win", changedSum) }},
	{sites: "local registry", name: "no checksum", do: func(e *editor) { e.packageOf("win", noSum) }},
	{sites: "members,vendor", name: "an unused patch of a registry", do: add1(lockFile, "\n[[patch.unused]]\nname = \"zz\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"0000000000000000000000000000000000000000000000000000000000000000\"\n")},
	{sites: "members,vendor", name: "an unused patch of a path", do: add1(lockFile, "\n[[patch.unused]]\nname = \"zz\"\nversion = \"1.0.0\"\n")},
	{sites: "members,vendor", name: "an unused patch of git", do: add1(lockFile, "\n[[patch.unused]]\nname = \"zz\"\nversion = \"1.0.0\"\nsource = \"git+https://example.com/zz#0123456789012345678901234567890123456789\"\n")},
}

const sumKey = "checksum = \""

func changedSum(block string) string {
	head, tail, _ := strings.Cut(block, sumKey)
	return head + sumKey + strings.Repeat("0", 64) + tail[64:]
}

func capitalSum(block string) string {
	head, tail, _ := strings.Cut(block, sumKey)
	return head + sumKey + strings.ToUpper(tail[:64]) + tail[64:]
}

func noSum(block string) string {
	head, tail, ok := strings.Cut(block, sumKey)
	if !ok {
		return block
	}
	return head + tail[66:]
}

func replaceHash(block string) string {
	head, tail, _ := strings.Cut(block, "#")
	return head + "#" + strings.Repeat("0", 40) + tail[40:]
}

// ofVersion1 writes a lockfile of git packages as Cargo did before 1.38, which said of each that
// it has no checksum.
func ofVersion1(says bool) func(*editor) {
	return func(e *editor) {
		text := strings.Replace(e.read(lockFile), "version = 4\n", "", 1)
		none := "\n[metadata]\n"
		for _, p := range regexp.MustCompile(`name = "(.*)"\nversion = "(.*)"\nsource = "(.*)"`).FindAllStringSubmatch(text, -1) {
			id := p[1] + " " + p[2] + " (" + p[3] + ")"
			text = strings.ReplaceAll(text, " \""+p[1]+"\",", " \""+id+"\",")
			none += "\"checksum " + id + "\" = \"<none>\"\n"
		}
		if says {
			text += none
		}
		e.write(lockFile, text)
	}
}
