package archive_test

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/cargotest"
)

// Each case of the table in the package comment: what is refused is refused for
// the reason given, and what is accepted becomes what it should, for a vendor
// folder and for registry/src.
func TestUnpack_hostile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere file systems take names for the same, or take others")
	}
	for _, h := range cargotest.HostileArchives() {
		t.Run(h.Name, func(t *testing.T) {
			if h.Heavy && testing.Short() {
				t.Skip("takes long")
			}
			data := h.Archive()
			checkHostile(t, h, data, archive.Vendored, h.Vendored())
			if !h.Heavy {
				checkHostile(t, h, data, nil, h.Unpacked())
			}
		})
	}
}

func checkHostile(t *testing.T, h cargotest.Hostile, data []byte, include archive.Include, want []string) {
	t.Helper()
	listing, err := unpack(t, data, include)
	switch {
	case h.Accepted() && err != nil:
		t.Errorf("refused: %v", err)
	case h.Accepted():
		if diff := cargotest.DiffLines(want, listing, ""); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
	case err == nil:
		t.Error("unpacked without an error")
	case !matches(err, h.Refused):
		t.Errorf("error is %v, want %v", err, h.Refused)
	case !strings.Contains(err.Error(), h.Says):
		t.Errorf("error is %q, want %q in it", err, h.Says)
	}
}

// matches is errors.Is, or errors.As if want is a pointer.
func matches(err, want error) bool {
	if reflect.TypeOf(want) == reflect.TypeFor[*archive.LimitError]() {
		return errors.As(err, new(*archive.LimitError))
	}
	return errors.Is(err, want)
}

// The table in the package comment has a line for every case, and says of it what
// is tested.
func TestUnpack_hostile_is_documented(t *testing.T) {
	lines := documented(t)
	for _, h := range cargotest.HostileArchives() {
		line, ok := lines[h.Name]
		if want := verdicts(h); !ok || line != want {
			t.Errorf("%s is %q in the table, want %q", h.Name, line, want)
		}
		delete(lines, h.Name)
	}
	for name := range lines {
		t.Errorf("the table has %s, which is no case", name)
	}
}

// verdicts are the first letters of what cargo 1.95, cargo 1.96 and we do.
func verdicts(h cargotest.Hostile) string {
	letter := func(refuses, broken bool) string {
		switch {
		case refuses:
			return "-"
		case broken:
			return "!"
		}
		return "+"
	}
	broken := h.Broken != ""
	return letter(h.Cargo != "", broken) + letter(h.Cargo != "" || h.Cargo196 != "", broken) + letter(!h.Accepted(), broken)
}

var tableLine = regexp.MustCompile(`^//\t([-+!]) ([-+!]) ([-+!])  (\S.*?)(  .*)?$`)

// documented returns the verdicts of each case in the table. A line has the cases
// it is for, parted by blanks, then the reason, parted from them by two.
func documented(t *testing.T) map[string]string {
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(source)) {
		m := tableLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			continue
		}
		for _, name := range strings.Fields(m[4]) {
			if _, twice := lines[name]; twice {
				t.Errorf("%s is in the table twice", name)
			}
			lines[name] = m[1] + m[2] + m[3]
		}
	}
	return lines
}

// The bytes of a case are the same each time: lockfiles and indexes have their
// checksums.
func TestHostileArchives_are_deterministic(t *testing.T) {
	names := map[string]bool{}
	for _, h := range cargotest.HostileArchives() {
		if names[h.Name] {
			t.Errorf("two cases are called %s", h.Name)
		}
		names[h.Name] = true
		if !h.Heavy && !bytes.Equal(h.Archive(), h.Archive()) {
			t.Errorf("%s is different the second time", h.Name)
		}
	}
}

// Names that Windows has other plans for. Elsewhere they are as good as any.
func TestCheckWindowsPath(t *testing.T) {
	for path, want := range map[string]bool{
		"src/lib.rs": true, "src/./../x": true, ".con/console": true, "": true,
		"src/aux/x": false, "a:b": false, "src/x./y": false, "x/NUL.txt": false, "com¹": false, "...": false,
	} {
		if err := archive.CheckWindowsPath(path); (err == nil) != want || err != nil && !errors.Is(err, archive.ErrPath) {
			t.Errorf("CheckWindowsPath(%q) = %v", path, err)
		}
	}
}

// What a manifest must be made of for its package to be known. It is left to cargo
// to judge what is unclear.
func TestCheckManifest(t *testing.T) {
	const right = "[package]\nname = \"evil\"\nversion = \"1.0.0\"\n"
	good := map[string]string{
		"plain":            right,
		"mark":             "\ufeff" + right,
		"line_ends":        strings.ReplaceAll(right, "\n", "\r\n"),
		"no_last_line_end": "[package]\nname='evil'\nversion='1.0.0'",
		"comments":         "# [package]\n#name=\"x\"\n [ package ] # x\n name = \"evil\" # x\nversion=\"1.0.0\"#x",
		"project":          "[project]\nname = \"evil\"\nversion = \"1.0.0\"\n",
		"dotted":           "package.name = \"evil\"\npackage.version = \"1.0.0\"\n",
		"quoted":           "[\"package\"]\n'name' = \"evil\"\n\"version\" = '1.0.0'\n",
		"blank_in_version": "[package]\nname = \"evil\"\nversion = \" 1.0.0 \"\n",
		"later":            "[lib]\nname = \"x\"\n[[bin]]\nname = \"y\"\n[dependencies.package]\nname = \"z\"\n[[package.x]]\nname = \"z\"\n" + right,
		"other_values": "cargo-features = [\"a]\", 'b', # ]\n { x = [1] }, \"\"\"c\n]\"\"\",]\n[package]\ndescription = \"\"\"\nname = \"other\"\n\\\"\"\" \"\"\"\"\"\n" +
			"x = '''\nname = 'other'\\'''\nd = 1979-05-27 07:32:00 # x\nf = 6.5e-1\ni = { name = \"x\", b = [{}] }\nname = \"evil\"\nversion = \"1.0.0\"\n",
		"rest_not_read": right + "nonsense",
		"inline_table":  "package = { name = \"other\" }\n",
		"inherited":     "[package]\nname = \"evil\"\nversion.workspace = true\n",
		"escapes":       "[package]\nname = \"evi\\u006c\"\n",
		"long_string":   "[package]\nname = \"\"\"evil\"\"\"\n",
	}
	for name, text := range good {
		if err := archive.CheckManifest([]byte(text), hostileID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := map[string]string{
		"empty": "", "other_name": "[package]\nname = \"other\"\nversion = \"1.0.0\"\n", "other_version": "[package]\nname = \"evil\"\nversion = \"1.0.1\"\n",
		"no_name": "[package]\nversion = \"1.0.0\"\n", "no_version": "[package]\nname = \"evil\"\n", "array": "[[package]]\nname = \"evil\"\nversion = \"1.0.0\"\n",
		"below": "[x.package]\nname = \"evil\"\nversion = \"1.0.0\"\n", "open_string": "[package]\nname = \"evil\n\"\n", "open_header": "[package\n", "no_value": "[package]\nname =\n",
		"open_brackets": "x = [\n" + right, "open_long_string": "x = \"\"\"" + right, "two_values": "x = \"a\" \"b\"\n" + right, "nul": "\x00", "end_in_escape": "x = \"\\", "equals": "=",
	}
	for name, text := range bad {
		if err := archive.CheckManifest([]byte(text), hostileID); !errors.Is(err, archive.ErrManifest) {
			t.Errorf("%s: error is %v, want ErrManifest", name, err)
		}
	}
}

// A long header must not cost its length again with every key below it.
func TestCheckManifest_long_header(t *testing.T) {
	const n = 200_000
	text := "[a" + strings.Repeat(".a", n) + "]\n" + strings.Repeat("b=1\n", n)
	began := time.Now()
	if err := archive.CheckManifest([]byte(text), hostileID); !errors.Is(err, archive.ErrManifest) {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// A manifest that is TOML and of the package is never refused.
func FuzzCheckManifest(f *testing.F) {
	f.Add("[package]\nname = \"evil\"\nversion = \"1.0.0\"\n")
	f.Add("x = [\"]\", '''a''', # ]\n { y = 1979-05-27 }]\n[[a.\"b\".c]]\nd = \"\"\"\\\"\"\"\"\n[package]\nversion = '1.0.0'\nname = 'evil'")
	f.Add("package.version = \"1.0.0\" # x\r\npackage . \"name\" = \"evil\"\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		err := archive.CheckManifest([]byte(text), hostileID)
		if err != nil && !errors.Is(err, archive.ErrManifest) {
			t.Fatalf("error is %v", err)
		}
		var m struct {
			Package struct{ Name, Version string }
		}
		if _, bad := toml.Decode(text, &m); bad == nil && m.Package.Name == "evil" && m.Package.Version == "1.0.0" && err != nil && !oddlySpelt(text) {
			t.Errorf("refused: %v", err)
		}
	})
}

// oddlySpelt: the library matches keys without regard to case.
func oddlySpelt(text string) bool { return text != strings.ToLower(text) }

var hostileID = crate.ID{Name: "evil", Version: "1.0.0"}
