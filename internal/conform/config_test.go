//go:build conform

package conform

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// oddValues are those of another type, or another word, than one key or the other
// has.
var oddValues = []string{`3`, `-1`, `true`, `"x"`, `""`, `"always"`, `"git"`, `[]`, `["a"]`, `[1]`, `{}`, `{a = 1}`}

// readKeys are what vendor reads: values that stop cargo stop it, too.
var readKeys = []string{
	"term", "term.color", "term.quiet", "term.verbose", "term.hyperlinks", "term.unicode", "term.progress", "term.progress.when", "term.progress.width", "term.progress.term-integration", "term.other",
	"registries", "registries.crates-io", "registries.crates-io.protocol", "registry.index",
}

// otherKeys stop it in no case in which they do not stop cargo.
var otherKeys = []string{
	"paths", "alias", "alias.vendor", "alias.v", "build", "build.jobs", "build.target", "build.rustc", "build.target-dir", "build.rustflags", "build.incremental", "build.dep-info-basedir", "build.warnings",
	"credential-alias.x", "doc.browser", "env", "env.X", "env.X.value", "env.X.force", "future-incompat-report.frequency", "cache.auto-clean-frequency", "cargo-new.vcs",
	"http", "http.debug", "http.proxy", "http.timeout", "http.cainfo", "http.multiplexing", "http.ssl-version", "install.root", "net", "net.retry", "net.git-fetch-with-cli", "net.offline", "net.ssh.known-hosts",
	"patch", "patch.crates-io", "patch.crates-io.x", "profile", "profile.dev.opt-level", "resolver", "resolver.incompatible-rust-versions", "registry", "registry.default", "registry.token", "registry.credential-provider", "registry.global-credential-providers",
	"registries.other", "registries.other.index", "registries.other.token", "registries.other.protocol", "source", "source.x", "source.x.registry", "source.crates-io", "source.crates-io.replace-with",
	"target", "target.x86_64-unknown-linux-gnu.linker", "target.x86_64-unknown-linux-gnu.rustflags", "host", "unstable", "unstable.x", "no-such", "no-such.x", "include",
}

// A configuration that stops cargo stops cargohome if it has a use for the key, and
// one that does not stop cargo never does, in files, arguments and variables alike.
func TestVendor_odd_configuration(t *testing.T) {
	needCargo(t)
	keys := append(slices.Clone(readKeys), otherKeys...)
	for _, key := range keys {
		for _, value := range oddValues {
			used := slices.Contains(readKeys, key)
			line := key + " = " + value
			t.Run(line, func(t *testing.T) {
				t.Parallel()
				sameStatus(t, used, line, nil, nil)
				if !strings.HasPrefix(value, "{") && key != "include" {
					sameStatus(t, used, "", []string{"--config", line}, nil)
				}
				if text := strings.Trim(value, `"`); !strings.ContainsAny(text, "[{") {
					name := "CARGO_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
					sameStatus(t, used, "", nil, []string{name + "=" + text})
					sameStatus(t, used, "term.quiet = true\n", nil, []string{name + "=" + text})
				}
			})
		}
	}
}

// Those that need company.
func TestVendor_odd_configurations(t *testing.T) {
	needCargo(t)
	for _, tt := range []struct {
		file string
		args []string
		env  []string
	}{
		{file: "term.quiet = true\nterm.verbose = true\n"},
		{file: "term.quiet = true\nterm.verbose = true\n", args: []string{"-v"}},
		{file: "term.quiet = true\nterm.verbose = true\nterm.unicode = 1\n"},
		{file: "term.color = 'x'\n", args: []string{"--color", "never"}},
		{file: "term.color = 'x'\n", env: []string{"CARGO_TERM_COLOR=never"}},
		{file: "term.color = 'never'\n", env: []string{"CARGO_TERM_COLOR="}},
		{file: "term.color = 'x'\nterm.unicode = 1\n"},
		{file: "term.progress = {when = 'always', width = 3}\nterm.quiet = true\n"},
		{file: "term.progress = {when = 'always'}\nterm.quiet = true\n"},
		{file: "term.progress = {when = 'always'}\nterm.quiet = true\n", env: []string{"CARGO_TERM_PROGRESS_WIDTH=7"}},
		{file: "term.progress = {width = -7}\nterm.quiet = true\n"},
		{file: "term.quiet = true\n", env: []string{"CARGO_TERM_PROGRESS=x"}},
		{file: "term.quiet = true\n", env: []string{"CARGO_TERM=x"}},
		{file: "term.quiet = true\n", env: []string{"CARGO_TERM_UNICODE=x"}},
		{file: "term.quiet = true\nterm.other = [[1]]\n"},
		{file: "term.quiet = true\nterm.other = {a = [1]}\n"},
		{file: "term.quiet = true\nterm.progress.other = 1\n"},
		{file: "term.quiet = false\n", env: []string{"CARGO_TERM_QUIET=true"}},
		{file: "term.quiet = 1\n", env: []string{"CARGO_TERM_QUIET=true"}},
		{file: "term.quiet = 1\n", args: []string{"--config", "term.quiet = true"}},
		{file: "a = 1.5\n"}, {file: "a = 1979-05-27\n"}, {file: "a = \n"}, {file: "a = 1\na = 2\n"}, {file: "source.crates-io.registry = 'x'\n"}, {file: "source.x = {}\n"},
	} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			sameStatus(t, true, tt.file, tt.args, tt.env)
		})
	}
}

// sameStatus vendors a project without dependencies, and compares status and silence.
func sameStatus(t *testing.T, used bool, file string, args, env []string) {
	t.Helper()
	root := t.TempDir()
	write(t, filepath.Join(root, "p", ".cargo", "config.toml"), file)
	write(t, filepath.Join(root, "p", "Cargo.toml"), "[package]\nname = \"p\"\nversion = \"0.1.0\"\n")
	write(t, filepath.Join(root, "p", "Cargo.lock"), "version = 4\n\n[[package]]\nname = \"p\"\nversion = \"0.1.0\"\n")
	write(t, filepath.Join(root, "p", "src", "lib.rs"), "")
	vendor := func(name string) (string, error) {
		cmd := exec.Command(name, append([]string{"vendor", "--locked", "--offline"}, args...)...)
		cmd.Dir = filepath.Join(root, "p")
		cmd.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "CARGO_TERM") }), "CARGO_HOME="+filepath.Join(root, "home"))
		cmd.Env = append(cmd.Env, env...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		err := cmd.Run()
		return stderr.String(), err
	}
	theirs, theirErr := vendor("cargo")
	ours, ourErr := vendor(binary)
	what := fmt.Sprintf("%q %q %q", file, args, env)
	const done = "There is no dependency to vendor"
	switch {
	case theirErr == nil && ourErr != nil, used && theirErr != nil && ourErr == nil:
		t.Errorf("%s: cargo ends with %v, cargohome with %v\ncargo: %s\ncargohome: %s", what, theirErr, ourErr, theirs, ours)
	case theirErr == nil && strings.Contains(theirs, done) != strings.Contains(ours, done):
		t.Errorf("%s: one is quiet\ncargo: %s\ncargohome: %s", what, theirs, ours)
	case theirErr != nil && ourErr == nil:
		t.Logf("%s stops cargo: %s", what, theirs)
	}
}
