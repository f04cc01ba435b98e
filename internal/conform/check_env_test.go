//go:build conform && unix

package conform

// envEdits change what cargo is told by its environment, and by files above the project.
var envEdits = func() (edits []checkEdit) {
	const everywhere = "replaced,vendor,other registries,index in git"
	for name, env := range map[string]string{
		"a source":                "CARGO_SOURCE_CRATES_IO_REPLACE_WITH=nothing",
		"a source in its case":    "CARGO_SOURCE_crates-io_REPLACE_WITH=nothing",
		"another registry":        "CARGO_REGISTRIES_ALT_INDEX=sparse+http://elsewhere.example/index/",
		"another registry too":    "CARGO_REGISTRIES_FAR_INDEX=http://elsewhere.example/far",
		"a registry that is none": "CARGO_REGISTRIES_ALT_INDEX=x",
		"the default registry":    "CARGO_REGISTRY_DEFAULT=nowhere",
		"the index":               "CARGO_REGISTRY_INDEX=https://example.com/x",
		"crates.io in git":        "CARGO_REGISTRIES_CRATES_IO_PROTOCOL=git",
		"crates.io sparse":        "CARGO_REGISTRIES_CRATES_IO_PROTOCOL=sparse",
		"crates.io neither":       "CARGO_REGISTRIES_CRATES_IO_PROTOCOL=x",
		"offline":                 "CARGO_NET_OFFLINE=true",
		"offline or not":          "CARGO_NET_OFFLINE=x",
		"a proxy":                 "CARGO_HTTP_PROXY=http://127.0.0.1:9",
		"git by its program":      "CARGO_NET_GIT_FETCH_WITH_CLI=true",
		"retries that are none":   "CARGO_NET_RETRY=x",
	} {
		edits = append(edits, checkEdit{sites: everywhere, name: "environment: " + name, env: []string{env}, do: func(*editor) {}})
	}
	edits = append(edits,
		checkEdit{sites: "other registries", name: "environment: a registry that no file has", env: []string{"CARGO_REGISTRIES_ALT_INDEX=sparse+" + siteURL + "index/"},
			do: replace1(configFile, "alt.index = \"sparse+"+siteURL+"index/\"\n", "")},
		checkEdit{sites: "other registries", name: "environment: the right registry in place of a wrong one", env: []string{"CARGO_REGISTRIES_ALT_INDEX=sparse+" + siteURL + "index/"},
			do: replace1(configFile, "alt.index = \"sparse+"+siteURL, "alt.index = \"sparse+http://elsewhere.example/")},
	)
	for name, text := range map[string]string{
		"sources":                 "[source.crates-io]\nreplace-with = \"above\"\n[source.above]\ndirectory = \"nowhere\"\n",
		"a source":                "[source.above]\ndirectory = \"nowhere\"\n",
		"the vendor folder":       "[source.vendored-sources]\ndirectory = \"nowhere\"\n",
		"the mirror":              "[source.mirror]\nregistry = \"sparse+http://elsewhere.example/\"\n",
		"registries":              "[registries]\nalt.index = \"http://elsewhere.example/\"\n",
		"the protocol":            "[registries.crates-io]\nprotocol = \"git\"\n",
		"no TOML":                 "[source\n",
		"a patch":                 "[patch.crates-io]\nx = { path = \"nothing\" }\n",
		"paths":                   "paths = [\"nothing\"]\n",
		"a wrong type":            "source = 5\n",
		"one that includes":       "include = [\"nothing.toml\"]\n",
		"the same registry twice": "[source.other]\nregistry = \"https://github.com/rust-lang/crates.io-index\"\n",
	} {
		edits = append(edits,
			checkEdit{sites: everywhere, name: "above: " + name, do: write1(".cargo/config.toml", text)},
			checkEdit{sites: everywhere, name: "in the home: " + name, do: write1("home/config.toml", text)})
	}
	edits = append(edits,
		checkEdit{sites: everywhere, name: "above: a folder", do: write1(".cargo/config.toml/x", "")},
		checkEdit{sites: everywhere, name: "above: a file for the folder", do: write1(".cargo", "")},
		checkEdit{sites: everywhere, name: "above: a link to nothing", do: func(e *editor) { e.write(".cargo/x", ""); e.link("nothing", ".cargo/config.toml") }},
		checkEdit{sites: everywhere, name: "above: not to be read", limited: true, do: func(e *editor) { e.write(".cargo/config.toml", ""); e.mode(".cargo/config.toml", 0) }},
		checkEdit{sites: everywhere, name: "above: not to be entered", limited: true, do: func(e *editor) { e.write(".cargo/config.toml", ""); e.mode(".cargo", 0) }},
		checkEdit{sites: everywhere, name: "credentials that are none", do: write1("home/credentials.toml", "[x\n")},
		checkEdit{sites: everywhere, name: "the home as a link", do: func(e *editor) { e.move("home", "elsewhere"); e.link("elsewhere", "home") }},
		checkEdit{sites: everywhere, name: "the project as a link", do: func(e *editor) { e.move("app", "elsewhere"); e.link("elsewhere", "app") }},
		checkEdit{sites: everywhere, name: "the lockfile as a link", do: func(e *editor) { e.move(lockFile, "app/other.lock"); e.link("other.lock", lockFile) }},
		checkEdit{sites: everywhere, name: "the lockfile not to be read", limited: true, do: func(e *editor) { e.mode(lockFile, 0) }},
		checkEdit{sites: everywhere, name: "a toolchain file", do: write1("app/rust-toolchain.toml", "[toolchain]\nprofile = \"minimal\"\n")},
	)
	return edits
}()
