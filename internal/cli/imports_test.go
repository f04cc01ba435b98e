package cli_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which packages of the program a package may import: imports point
// one way, so that a reader can follow them.
var allowed = map[string][]string{
	"cargohome":                 {"internal/cli"},
	"internal/cli":              {"internal/ui", "internal/platform", "internal/fsx", "vendoring", "gitsrc", "internal/home", "internal/locate", "internal/config", "internal/project", "internal/reextract", "internal/usage", "internal/lastuse", "internal/staging", "internal/tarball", "crate"},
	"internal/ui":               {"internal/fsx", "internal/platform", "vendoring", "gitsrc", "gitsrc/object", "gitsrc/worktree", "internal/home", "internal/locate", "internal/project", "internal/reextract", "internal/usage", "internal/lastuse", "crate/archive", "crate"},
	"vendoring":                 {"internal/locate", "internal/fsx", "internal/home", "internal/lockfile", "internal/par", "internal/staging", "internal/tarball", "internal/packagelist", "crate/archive", "crate"},
	"internal/locate":           {"internal/fsx", "internal/home", "internal/lockfile", "internal/config", "internal/manifest", "internal/par", "index", "internal/packagelist", "internal/filelist", "gitsrc/object", "gitsrc/worktree", "crate/archive", "crate"},
	"internal/project":          {"internal/fsx", "internal/config", "internal/home", "internal/lockfile", "internal/manifest", "internal/workspace", "crate"},
	"internal/home":             {"internal/fsx", "index", "gitsrc", "gitsrc/object", "crate"},
	"internal/reextract":        {"internal/locate", "internal/fsx", "internal/home", "internal/lockfile", "internal/par", "internal/staging", "crate/archive", "crate"},
	"internal/usage":            {"internal/locate", "internal/project", "internal/fsx", "internal/home", "internal/reextract", "internal/lastuse", "internal/par", "internal/staging", "index", "gitsrc", "crate"},
	"internal/lastuse":          {"internal/fsx", "internal/home", "internal/staging"},
	"internal/inflate":          {},
	"internal/declared":         {"internal/resolve", "internal/home", "internal/fsx", "internal/locate", "internal/workspace", "internal/manifest", "internal/lockfile", "internal/par", "index", "crate/archive", "crate"},
	"internal/resolve":          {"internal/lockfile", "internal/platform", "internal/feature", "internal/spelling", "crate"},
	"internal/platform":         {"internal/spelling"},
	"internal/platform/gen":     {},
	"internal/feature":          {},
	"internal/spelling":         {},
	"internal/rustpath":         {},
	"internal/config":           {"internal/staging", "internal/fsx", "internal/rustpath", "internal/tomltext", "crate"},
	"internal/workspace":        {"internal/fsx", "internal/manifest", "internal/rustpath", "crate"},
	"internal/manifest":         {"internal/tomltext", "internal/feature", "internal/platform", "crate"},
	"internal/lockfile":         {"internal/fsx", "internal/tomltext", "crate"},
	"internal/tomltext":         {},
	"index":                     {"internal/fsx", "gitsrc/object", "crate"},
	"internal/packagelist":      {"internal/filelist", "crate/archive", "crate"},
	"gitsrc":                    {"internal/fsx", "internal/staging", "internal/par", "gitsrc/worktree", "gitsrc/object", "crate"},
	"gitsrc/worktree":           {"internal/staging", "internal/fsx", "internal/par", "internal/filelist", "gitsrc/object", "crate"},
	"gitsrc/object":             {"internal/staging", "internal/fsx"},
	"internal/filelist":         {},
	"crate/archive":             {"internal/fsx", "internal/inflate", "internal/staging", "internal/tomltext", "crate"},
	"crate":                     {},
	"internal/staging":          {"internal/fsx", "internal/par", "crate"},
	"internal/fsx":              {},
	"internal/par":              {},
	"internal/tarball":          {},
	"internal/bench":            {"internal/cargotest", "internal/lockfile", "internal/par"},
	"internal/bench/launch":     {},
	"internal/bench/profiled":   {"internal/cli"},
	"internal/corpus":           {},
	"internal/conform":          {},
	"internal/cargotest":        {"crate/archive", "crate"},
	"internal/cargotest/script": {"internal/cargotest"},
	"internal/cargotest/worst":  {},
	"internal/cargotest/demo":   {"internal/cargotest"},
}

// only says which packages may import a module.
var only = map[string][]string{
	"github.com/go-git/go-git":        {"gitsrc/object", "gitsrc/worktree", "internal/cargotest"},
	"github.com/BurntSushi/toml":      {"internal/lockfile", "internal/manifest", "internal/config"},
	"github.com/klauspost/pgzip":      {"internal/tarball"},
	"github.com/spf13/cobra":          {"internal/cli"},
	"github.com/schollz/progressbar":  {"internal/ui"},
	"modernc.org/sqlite":              {"internal/lastuse", "internal/cargotest"},
	"github.com/rogpeppe/go-internal": {"internal/cargotest/script"},
	"github.com/nlnwa/whatwg-url":     {"crate", "gitsrc/worktree"},
	"golang.org/x/sys":                {"cargohome", "internal/fsx", "internal/home", "internal/staging"}, // calls for files: fsx; Cargo's locks: home
}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "cargohome/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		imports := strings.Fields(line)
		pkg := strings.TrimPrefix(imports[0], "cargohome/")
		may, known := allowed[pkg]
		if !known {
			t.Errorf("package %s is not in the table of imports", pkg)
		}
		for _, imp := range imports[1:] {
			if own, ok := strings.CutPrefix(imp, "cargohome/"); ok && !slices.Contains(may, own) {
				t.Errorf("%s imports %s", pkg, own)
			}
			checkModule(t, pkg, imp)
		}
	}
}

func checkModule(t *testing.T, pkg, imp string) {
	t.Helper()
	for module, who := range only {
		if strings.HasPrefix(imp, module) && !slices.Contains(who, pkg) {
			t.Errorf("%s imports %s, which is for %s", pkg, imp, strings.Join(who, ", "))
		}
	}
}
