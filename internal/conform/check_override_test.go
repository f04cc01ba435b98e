//go:build conform && unix

package conform

// over has `paths` name a folder with a package in place of mid, and says what else it has.
func over(more string) func(*editor) {
	return func(e *editor) {
		e.write(configFile, "paths = [\"../over\"]\n")
		e.write("over/Cargo.toml", "[package]\nname = \"mid\"\nversion = \"0.3.1\"\nedition = \"2021\"\n"+more)
		e.write("over/src/lib.rs", "pub fn describe() -> String {\n\tString::new()\n}\n")
	}
}

const overDeps = "[dependencies]\nleaf = \"1\"\nleaf2 = { package = \"leaf\", version = \"2\" }\n"

// overrideEdits put packages of one's own in place of others.
var overrideEdits = []checkEdit{
	{sites: "sparse", name: "paths: the same", do: over(overDeps + "[target.'cfg(windows)'.dependencies]\nwin = \"0.0.1\"\n")},
	{sites: "sparse", name: "paths: nothing needed", do: over("")},
	{sites: "sparse", name: "paths: a package that is locked", do: over("[dependencies]\nextra = \"1\"\n")},
	{sites: "sparse", name: "paths: a package that is nowhere", do: over("[dependencies]\nnothing = \"1\"\n")},
	{sites: "sparse", name: "paths: a package that is nowhere, for tests", do: over("[dev-dependencies]\nnothing = \"1\"\n")},
	{sites: "sparse", name: "paths: a package that is nowhere, perhaps", do: over("[dependencies]\nnothing = { version = \"1\", optional = true }\n")},
	{sites: "sparse", name: "paths: a version that is nowhere", do: over("[dependencies]\nleaf = \"3\"\n")},
	{sites: "sparse", name: "paths: a feature with more", do: over("[features]\ndefault = [\"dep:nothing\"]\n[dependencies]\nnothing = { version = \"1\", optional = true }\n")},
	{sites: "sparse", name: "paths: a newer rustc", do: over("rust-version = \"1.999\"\n")},
	{sites: "sparse", name: "paths: another version", do: func(e *editor) {
		over("")(e)
		e.replace("over/Cargo.toml", "0.3.1", "9.9.9")
	}},
	{sites: "sparse", name: "paths: below the folder", do: func(e *editor) {
		over("[dependencies]\nnothing = \"1\"\n")(e)
		e.move("over", "above")
		e.move("above", "over/below")
	}},
	{sites: "sparse", name: "paths: the archive is gone", do: func(e *editor) {
		over("")(e)
		for _, name := range e.glob("home/registry/cache/*/mid-*") {
			e.remove(name)
		}
	}},
	{sites: "sparse", name: "paths: an archive is gone that is not needed then", do: func(e *editor) {
		over("")(e)
		for _, name := range e.glob("home/registry/cache/*/leaf-2*") {
			e.remove(name)
		}
	}},
	{sites: "sparse", name: "paths: a version beside a locked one that is compatible", do: over("[dependencies]\nleaf = \"=1.0.1\"\n")},
	{sites: "sparse", name: "paths: a folder that is needed", do: func(e *editor) {
		over("[dependencies]\nmore = { path = \"../more\", optional = true }\n")(e)
		e.write("more/Cargo.toml", "[package]\nname = \"more\"\nversion = \"1.0.0\"\n")
		e.write("more/src/lib.rs", "")
	}},
	{sites: "sparse", name: "paths: a folder that is needed and not there", do: over("[dependencies]\nmore = { path = \"../more\", optional = true }\n")},
	{sites: "sparse", name: "paths: a repository that is not there", do: over("[dependencies]\nmore = { git = \"https://example.com/more\" }\n")},
	{sites: "sparse", name: "paths: a library that is not there", do: over("[lib]\npath = \"nothing.rs\"\n")},
}
