//go:build conform

package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"cargohome/crate"

	"github.com/google/go-cmp/cmp"
)

// cargo runs cargo in dir with the home root/h and returns its two streams.
func cargo(t *testing.T, root, dir string, env []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	if _, err := exec.LookPath("cargo"); err != nil {
		t.Skip("cargo is not installed")
	}
	cmd := exec.CommandContext(t.Context(), "cargo", args...)
	cmd.Dir = filepath.Join(root, filepath.FromSlash(dir))
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "CARGO") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(cmd.Env, "CARGO_HOME="+filepath.Join(root, "h"), "CARGO_NET_OFFLINE=true", "RUSTC_BOOTSTRAP=1", "CARGO_TERM_COLOR=never")
	cmd.Env = append(cmd.Env, env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// Merging, by the command that prints the merged configuration.
func TestConform_merge(t *testing.T) {
	for _, tt := range mergeCases {
		t.Run(tt.name, func(t *testing.T) { compareMerged(t, tree(t, tt.files), tt.args) })
	}
}

// What TOML lets stand after what else, in texts made of the parts that matter.
func TestConform_tables(t *testing.T) {
	headers := []string{"", "[x]", "[x]", "[x.a]", "[x.a.b]", "[[x.a]]", "[[x.a.b]]", "[a]"}
	keys := []string{
		"", "a.b = 1", "a.c.d = 2", "b = 3", "b.c = 4", "c = {}", "a = {b = 1}", "a = {b.c = 1, b.d = 2}", "b = {c = {d = 1}, c.e = 2}", "a = []", "a = ['b']",
		"d = '''e'''", `"\u0061".f = "\tg"`, "e = 0x1F", "# a",
	}
	for seed := range uint64(250) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			text := ""
			for range 2 + r.IntN(2) {
				text += headers[r.IntN(len(headers))] + "\n" + keys[r.IntN(len(keys))] + "\n"
			}
			t.Log(text)
			compareMerged(t, tree(t, map[string]string{"h/config.toml": text, "p/q/x": ""}), nil)
		})
	}
}

func compareMerged(t *testing.T, root string, args []string) {
	t.Helper()
	ours, ourErr := load(t, root, nil, args)
	flags := []string{"-Zunstable-options"}
	for _, a := range args {
		flags = append(flags, "--config", a)
	}
	out, stderr, err := cargo(t, root, "p/q", nil, append(flags, "config", "get", "--format", "json")...)
	if (err != nil) != (ourErr != nil) {
		t.Fatalf("cargo: %v\n%s\nours: %v", err, stderr, ourErr)
	}
	if err != nil {
		return
	}
	var theirs any
	if err := json.Unmarshal([]byte(out), &theirs); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(theirs, plain(ours.root)); diff != "" {
		t.Errorf("merged (-cargo +ours):\n%s", diff)
	}
	for _, w := range ours.Warnings() {
		if !strings.Contains(stderr, w) {
			t.Errorf("cargo does not warn %q:\n%s", w, stderr)
		}
	}
}

// Source replacement, by what cargo says when it looks for a dependency.
func TestConform_source_replacement(t *testing.T) {
	for _, tt := range replaceCases() {
		if tt.cargo == "" {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			root := tree(t, map[string]string{
				"p/Cargo.toml": "[package]\nname='app'\nversion='0.1.0'\n[dependencies]\nsome-dep='1'\n", "p/src/lib.rs": "",
				"p/v/w/x": "", "p/v/x": "", "p/z/x": "", "a b/x": "", "p/v/z/x": "",
			})
			path := filepath.Join(root, "p", ".cargo", "config.toml")
			if err := os.Mkdir(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(strings.ReplaceAll(tt.toml, "ROOT", root)), 0o666); err != nil {
				t.Fatal(err)
			}
			_, stderr, err := cargo(t, root, "p", tt.env, "metadata", "--format-version", "1")
			if want := strings.ReplaceAll(tt.cargo, "ROOT", root); err == nil || !strings.Contains(stderr, want) {
				t.Errorf("cargo (%v) does not say %q:\n%s", err, want, stderr)
			}
		})
	}
}

// gitProject makes a project that needs a package of a repository at a branch,
// with its lockfile.
func gitProject(t *testing.T, branch string) (root string, source crate.SourceID) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	root = tree(t, map[string]string{
		"g/Cargo.toml": "[package]\nname='dep'\nversion='0.1.0'\n", "g/src/lib.rs": "", "p/src/lib.rs": "",
	})
	git(t, root, "init", "-q", "-b", "main")
	git(t, root, "add", "-A")
	git(t, root, "-c", "user.name=a", "-c", "user.email=a@x", "commit", "-qm", "c")
	toml := fmt.Sprintf("[package]\nname='app'\nversion='0.1.0'\n[dependencies.dep]\ngit='file://%s/g'\n", filepath.ToSlash(root))
	if branch != "" {
		git(t, root, "branch", branch)
		toml += "branch='''" + branch + "'''\n"
	}
	if err := os.WriteFile(filepath.Join(root, "p", "Cargo.toml"), []byte(toml), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, stderr, err := cargo(t, root, "p", []string{"CARGO_NET_OFFLINE=false"}, "generate-lockfile"); err != nil {
		t.Fatal(stderr)
	}
	lock, err := os.ReadFile(filepath.Join(root, "p", "Cargo.lock"))
	if err != nil {
		t.Fatal(err)
	}
	return root, mustSource(t, string(regexp.MustCompile(`source = "(.*)"`).FindSubmatch(lock)[1]))
}

func git(t *testing.T, root string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", filepath.Join(root, "g")}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("git: %s", out)
	}
}

// Every quoting of strings, by the folder name cargo prints.
func TestConform_printed_directory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders cannot have these names")
	}
	root, source := gitProject(t, "")
	names := []string{
		"vendor", "./vendor", "vendor/", "./vendor//x/", "../v", "a b", `q"u`, `it's`, `both'"`, `both'""`, `'"""`, `'''"`, `'''"""`, `""'`,
		"tab\t", "tab\t\"", "tab\t'\"", "tab\t'''\"\"\"", "new\nline", "\nnew", "new\n\"\"\"", "new\n'''\"\"\"", "new\n\tt'''\"\"\"\"\"\"", "new\n\r", "cr\r",
		"bell\a", "esc\x1b'", "del\x7f", "del\x7f\n'''", "é", "世 界", "#", "[x]", "nel\u0085", "\u2028", "\ufeff", "bad\xffutf8", "'", "\"", "''", `""`, `"""`, "''''", `""""'`,
		"new\n\"\"\"'''", "\b\f", "nb\u00a0sp", "a\n", "\n", "\t",
	}
	for _, name := range names {
		out, stderr, err := cargo(t, root, "p", nil, "vendor", "--locked", "--", name)
		if err != nil {
			t.Errorf("cargo vendor %q: %s", name, stderr)
			continue
		}
		if diff := cmp.Diff(out, string(Print(Folder{name, []crate.SourceID{source}}))); diff != "" {
			t.Errorf("%q (-cargo +ours):\n%s", name, diff)
		}
	}
}

// Every quoting of keys, by the branch in the name of the table.
func TestConform_printed_names(t *testing.T) {
	for _, branch := range []string{"fe/x+y", `q"u`, "it's", `both'"`, "é", "a%20b", "#x", "a=b&c"} {
		root, source := gitProject(t, branch)
		out, stderr, err := cargo(t, root, "p", nil, "vendor", "--locked")
		if err != nil {
			t.Errorf("branch %q: %s", branch, stderr)
			continue
		}
		if diff := cmp.Diff(out, string(Print(Folder{"vendor", []crate.SourceID{source}}))); diff != "" {
			t.Errorf("branch %q (-cargo +ours):\n%s", branch, diff)
		}
	}
}

// Cargo, on an empty home, reads the vendor folder a written configuration names.
func TestConform_edited_file_is_obeyed(t *testing.T) {
	root, source := gitProject(t, "fe/x")
	if _, stderr, err := cargo(t, root, "p", nil, "vendor", "--locked", "../v 'd"); err != nil {
		t.Fatal(stderr)
	}
	for _, dir := range []string{"h", "g"} {
		if err := os.RemoveAll(filepath.Join(root, dir)); err != nil {
			t.Fatal(err)
		}
	}
	directory := Directory(filepath.Join(root, "p"), filepath.Join(root, "p", "src"), "../../v 'd")
	for _, old := range []string{
		"", "\ufeff", "[net]\r\nretry = 1", "# c\n[source.mine]\nregistry = 'https://h/i'\n", "[source]\n", "[source.other]\ndirectory='x'\n[[x]]\na=1",
	} {
		text, _, err := Edit([]byte(old), NewTables(Folder{directory, []crate.SourceID{source}}))
		if err != nil {
			t.Fatal(err)
		}
		path, err := File(filepath.Join(root, "p"))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(path), 0o777)
		}
		if err == nil {
			err = os.WriteFile(path, text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, stderr, err := cargo(t, root, "p/src", nil, "metadata", "--format-version", "1", "--frozen"); err != nil {
			t.Errorf("%q:\n%s\n%s", old, text, stderr)
		}
	}
}

// A relative index URL starts where paths of its file do.
func TestConform_relative_index(t *testing.T) {
	root := tree(t, map[string]string{
		"p/Cargo.toml":         "[package]\nname='app'\nversion='0.1.0'\n[dependencies]\ndep={version='1',registry='x'}\n",
		"p/src/lib.rs":         "",
		"p/.cargo/config.toml": "[registries.x]\nindex = 'file:v/../no index'\n[source.crates-io]\nreplace-with = 'x'\n",
	})
	_, stderr, _ := cargo(t, root, "p", []string{"CARGO_NET_OFFLINE=false"}, "generate-lockfile")
	c, err := load(t, root, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Sources(true)
	if err != nil {
		t.Fatal(err)
	}
	id, err := m.Resolve(mustSource(t, inGit))
	if err != nil || !strings.Contains(stderr, "`"+id.URL()+"`") {
		t.Errorf("ours is %v, error %v; cargo says:\n%s", id, err, stderr)
	}
}
