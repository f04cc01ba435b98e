package config

import (
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
)

func mustSource(t *testing.T, s string) crate.SourceID {
	t.Helper()
	id, err := crate.ParseSourceID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

const (
	inGit    = "registry+" + crate.CratesIOGit
	gitDep   = "git+https://h/g?branch=b#0123456789abcdef0123456789abcdef01234567"
	otherReg = "registry+https://h/index"
)

// replaceCase is a configuration in p/.cargo/config.toml and where it leads;
// ROOT stands for the folder above p.
type replaceCase struct {
	name string
	toml string
	env  []string
	id   string // crates.io if empty
	want string // as SourceID.String, ROOT allowed
	err  string // part of the error
	// What cargo says of the same configuration with a project that needs
	// crates.io: part of its standard error, ROOT allowed. Empty: not asked.
	cargo string
}

const directoryX = "[source.x]\ndirectory = 'v'\n"

func replaceCases() []replaceCase {
	toX := "[source.crates-io]\nreplace-with = 'x'\n"
	searched := func(dir string) string { return "location searched: directory source `ROOT/" + dir + "`" }
	return []replaceCase{
		{name: "nothing", want: crate.CratesIOSparse},
		{name: "git_protocol", toml: "registries.crates-io.protocol = 'git'\n", want: inGit},
		{name: "protocol_by_variable", env: []string{"CARGO_REGISTRIES_CRATES_IO_PROTOCOL=git"}, want: inGit},
		{name: "bad_protocol", toml: "registries.crates-io.protocol = 'x'\n", err: `is "x", neither sparse nor git`, cargo: "unsupported registry protocol `x`"},
		{name: "registry_index", toml: "registry.index = 'https://h/i'\n", err: "registry.index is no longer supported", cargo: "the `registry.index` config value is no longer supported"},
		{name: "sparse_id", id: crate.CratesIOSparse, want: crate.CratesIOSparse},
		{name: "sparse_id_git_protocol", id: crate.CratesIOSparse, toml: "registries.crates-io.protocol = 'git'\n", want: crate.CratesIOSparse},
		{name: "git_index_by_table", toml: "[source.crates-io]\nregistry = '" + crate.CratesIOGit + "'\n", want: inGit},
		{name: "other_index_by_table", toml: "[source.crates-io]\nregistry = 'https://h/index'\n", want: otherReg},

		{name: "directory", toml: toX + directoryX, want: "directory+file://ROOT/p/v", cargo: searched("p/v")},
		{name: "directory_path_kept", toml: toX + "[source.x]\ndirectory = './v//./w/../z/'\n", want: "directory+file://ROOT/p/v/w/../z", cargo: searched("p/v/w/../z")},
		{name: "directory_absolute", toml: toX + "[source.x]\ndirectory = 'ROOT/a b'\n", want: "directory+file://ROOT/a%20b", cargo: searched("a b")},
		{name: "sparse_id_directory", id: crate.CratesIOSparse, toml: toX + directoryX, want: "directory+file://ROOT/p/v"},
		{name: "local_registry", toml: toX + "[source.x]\nlocal-registry = '../lr'\n", want: "local-registry+file://ROOT/p/../lr"},
		{name: "chain", toml: toX + "[source.x]\nregistry = 'https://h/index'\nreplace-with = 'y'\n[source.y]\ndirectory = 'v'\n", want: "directory+file://ROOT/p/v", cargo: searched("p/v")},
		{name: "registry_by_name", toml: toX + "[registries.x]\nindex = 'sparse+https://h/index/'\n", want: "sparse+https://h/index/"},
		{name: "registry_by_variable", toml: toX, env: []string{"CARGO_REGISTRIES_X_INDEX=https://h/index"}, want: otherReg},
		{name: "registry_relative_file", toml: toX + "[registries.x]\nindex = 'file:v/../i#x'\n", want: "registry+file://ROOT/p/i#x"},
		{name: "registry_password", toml: toX + "[registries.x]\nindex = 'https://u:hush@h/i'\n", err: "may not hold a password", cargo: "could not find a configured source with the name `x`"},
		{name: "registry_bad_name", toml: "[source.crates-io]\nreplace-with = '1x'\n[registries.1x]\nindex = 'https://h/i'\n", err: "cannot be the name of a registry", cargo: "could not find a configured source with the name `1x`"},
		{name: "registry_no_url", toml: toX + "[registries.x]\nindex = 'v'\n", err: "is not a URL (in ", cargo: "could not find a configured source with the name `x`"},
		{name: "unknown_name", toml: toX, err: `source "crates-io" leads to "x", which is no configured source (in `, cargo: "could not find a configured source with the name `x`"},
		{name: "variable_in_table", toml: "[source.crates-io]\nreplace-with = 'y'\n" + directoryX, env: []string{"CARGO_SOURCE_crates-io_REPLACE_WITH=x"}, want: "directory+file://ROOT/p/v", cargo: searched("p/v")},
		{name: "variable_in_upper_case", toml: "[source.crates-io]\n" + directoryX, env: []string{"CARGO_SOURCE_CRATES_IO_REPLACE_WITH=x"}, want: crate.CratesIOSparse},

		{name: "cycle", toml: toX + "[source.x]\ndirectory = 'v'\nreplace-with = 'crates-io'\n", err: "closes a cycle", cargo: "detected a cycle of `replace-with` sources"},
		{name: "cycle_further_on", toml: toX + "[source.x]\ndirectory = 'v'\nreplace-with = 'y'\n[source.y]\ndirectory = 'w'\nreplace-with = 'x'\n", err: "closes a cycle"},
		{name: "no_location", toml: "[source.x]\n", err: "source.x needs one of", cargo: "no source location specified for `source.x`"},
		{name: "two_locations", toml: "[source.x]\ndirectory = 'v'\nregistry = 'https://h/i'\n", err: "but has 2", cargo: "more than one source location specified for `source.x`"},
		{name: "branch_without_git", toml: directoryX + "branch = 'b'\n", err: "key source.x.branch needs a git key", cargo: "source definition `source.x` specifies `branch`"},
		{name: "tag_without_git", toml: directoryX + "tag = 'b'\n", err: "key source.x.tag needs a git key", cargo: "specifies `tag`"},
		{name: "rev_without_git", toml: directoryX + "rev = 'b'\n", err: "key source.x.rev needs a git key", cargo: "specifies `rev`"},
		{name: "bad_url", toml: "[source.'x.y']\nregistry = 'v'\n", err: `key source."x.y".registry: invalid source: "v" is not a URL (in `, cargo: "specified an invalid URL (in "},
		{name: "bad_git_url", toml: "[source.x]\ngit = 'git@h:v'\n", err: "key source.x.git: ", cargo: "configuration key `source.x.git` specified an invalid URL"},
		{name: "two_names", toml: "[source.a]\nregistry = 'https://h/i'\n[source.b]\nregistry = 'https://h/i/'\n", err: `twice, as "a" and as "b"`, cargo: "but that source is already defined by"},
		{name: "two_names_same_folder", toml: "[source.a]\ndirectory = 'v'\n[source.b]\ndirectory = './v/'\n", err: "twice", cargo: "but that source is already defined by"},
		{name: "crates_io_by_other_name", toml: "[source.a]\nregistry = '" + crate.CratesIOGit + "'\n", err: `as "crates-io" and as "a"`, cargo: "but that source is already defined by `crates-io`"},
		{name: "two_names_with_crates_io", toml: "[source.crates-io]\nregistry = 'https://h/i'\n[source.a]\nregistry = 'https://h/i'\n", err: "twice"},
		{name: "wrong_type", toml: "[source.x]\ndirectory = 1\n", err: "key source.x.directory is an integer, not a string", cargo: "source.x.directory"},
		{name: "no_table", toml: "source = 1\n", err: "key source is an integer, not a table", cargo: "source"},
		{name: "registry_by_git", toml: toX + "[source.x]\ngit = 'https://h/g'\n", err: "have checksums", cargo: "cannot replace `crates-io` with `x`"},
		{name: "secret_in_name", toml: "[source.'git+https://u:hush@h']\nbranch = 'x'\n", err: "***@h"},
		{name: "sparse_without_slash", toml: toX + "[source.x]\nregistry = 'sparse+https://h/i'\n", err: "ends in a slash", cargo: "sparse registry url must end in a slash"},

		{name: "git_by_directory", id: gitDep, toml: "[source.g]\ngit = 'https://h/g.git'\nbranch = 'b'\nreplace-with = 'x'\n" + directoryX, want: "directory+file://ROOT/p/v"},
		{name: "git_branch_beats_tag", id: gitDep, toml: "[source.g]\ngit = 'https://h/g'\nbranch = 'b'\ntag = 't'\nrev = 'r'\nreplace-with = 'x'\n" + directoryX, want: "directory+file://ROOT/p/v"},
		{name: "git_other_branch", id: gitDep, toml: "[source.g]\ngit = 'https://h/g'\nreplace-with = 'x'\n" + directoryX, want: gitDep},
		{name: "git_by_git", id: gitDep, toml: "[source.g]\ngit = 'https://h/g'\nbranch = 'b'\nreplace-with = 'x'\n[source.x]\ngit = 'https://mirror/g'\ntag = 'a/b'\n", want: "git+https://mirror/g?tag=a%2Fb#0123456789abcdef0123456789abcdef01234567"},
		{name: "git_not_locked", id: "git+https://h/g", toml: "[source.g]\ngit = 'https://h/g'\nreplace-with = 'x'\n" + directoryX, err: "needs a lockfile"},
		{name: "registry_untouched", id: otherReg, toml: toX + directoryX, want: otherReg},
	}
}

func TestSourceMap_Resolve(t *testing.T) {
	for _, tt := range replaceCases() {
		t.Run(tt.name, func(t *testing.T) {
			got, root, err := resolve(t, tt)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("got %v, error %v, want an error with %q", got, err, tt.err)
				}
				if strings.Contains(err.Error(), "hush") {
					t.Errorf("error %q shows a secret", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.ReplaceAll(tt.want, "ROOT", filepath.ToSlash(root)); got.String() != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func resolve(t *testing.T, tt replaceCase) (crate.SourceID, string, error) {
	t.Helper()
	root := tree(t, nil)
	files := tree(t, map[string]string{"p/.cargo/config.toml": strings.ReplaceAll(tt.toml, "ROOT", root)})
	id := inGit
	if tt.id != "" {
		id = tt.id
	}
	c, err := load(t, files, tt.env, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Sources(true)
	if err != nil {
		return crate.SourceID{}, "", err
	}
	if strings.Contains(tt.toml, "ROOT") {
		files = root
	}
	got, err := m.Resolve(mustSource(t, id))
	return got, files, err
}

func TestSources_without_respect(t *testing.T) {
	c, err := load(t, tree(t, map[string]string{"h/config.toml": "[source.crates-io]\nreplace-with='x'\n[source.y]\nbad=1\n"}), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Sources(false)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{inGit: crate.CratesIOSparse, otherReg: otherReg, gitDep: gitDep} {
		if got, err := m.Resolve(mustSource(t, id)); err != nil || got.String() != want {
			t.Errorf("%s: got %v, error %v, want %s", id, got, err, want)
		}
	}
}

func TestSources_unused_keys_are_warned_about(t *testing.T) {
	root := tree(t, map[string]string{"h/config.toml": directoryX + "\"a b\" = 'z'\n"})
	c, err := load(t, root, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.Sources(true); err != nil {
			t.Fatal(err)
		}
	}
	want := "unused config key `source.x.\"a b\"` in `" + filepath.Join(root, "h", "config.toml") + "`"
	if got := c.Warnings(); len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Where the paths of a value start depends on the file, also an included one.
func TestSources_paths_start_at_their_file(t *testing.T) {
	files := map[string]string{
		"p/.cargo/config.toml":     "include = ['sub/more.toml']\n[source.crates-io]\nreplace-with='x'\n",
		"p/.cargo/sub/more.toml":   "[source.x]\ndirectory='v'\n",
		"h/config.toml":            "[source.home]\nlocal-registry='v'\n",
		"p/q/given.toml":           "[source.given]\ndirectory='v'\n",
		"p/q/.cargo/config.toml":   "[source.deep]\ndirectory='v'\n",
		"p/q/.cargo/ignored.toml2": "",
	}
	root := tree(t, files)
	c, err := load(t, root, []string{"CARGO_SOURCE_deep_DIRECTORY=env"}, []string{"given.toml", "source.inline.directory='w'"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Sources(true)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"x": "p/.cargo/v", "home": "v", "given": "p/v", "deep": "p/q/env", "inline": "p/q/w",
	} {
		if got := m.sources[name].id.LocalPath(); got != filepath.Join(root, filepath.FromSlash(want)) {
			t.Errorf("source %s is in %s, want %s", name, got, want)
		}
	}
}

func TestJoin(t *testing.T) {
	base := filepath.FromSlash("/a/b")
	for in, want := range map[string]string{
		"": "/a/b", ".": "/a/b", "c": "/a/b/c", "./c//d/.": "/a/b/c/d", "../c": "/a/b/../c", "/x/./y/": "/x/y", "/": "/", "/..": "/..",
	} {
		if got := filepath.ToSlash(join(base, in)); got != want {
			t.Errorf("join(%q, %q) = %q, want %q", base, in, got, want)
		}
	}
	for in, want := range map[string]string{"/": "/", "/a": "/", "/a/b": "/a", "/a/..": "/a"} {
		if got := filepath.ToSlash(parent(filepath.FromSlash(in))); got != want {
			t.Errorf("parent(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzSources: no configuration makes reading it panic, and what resolves is
// never a loop.
func FuzzSources(f *testing.F) {
	for _, tt := range replaceCases() {
		f.Add(tt.toml)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, err := parseTOML([]byte(text), origin{fromFile, "/p/.cargo/config.toml"})
		if err != nil {
			return
		}
		c := &Config{"/p", newEnvironment(nil), root, nil, map[string]bool{}}
		c.Term()
		m, err := c.Sources(true)
		if err != nil {
			return
		}
		for _, id := range []string{inGit, gitDep, otherReg} {
			id := mustSource(t, id)
			if to, err := m.Resolve(id); err == nil && id.IsRegistry() && to.Kind() == crate.Git {
				t.Errorf("%q: %v became %v", text, id, to)
			}
		}
	})
}
