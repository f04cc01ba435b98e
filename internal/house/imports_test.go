package house_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the table in docs/building.md")

// floor is a part of the house. Its packages import what is on floors below, and nothing
// of their own or above: so a reader can follow them down.
type floor struct {
	name     string
	packages []string
}

// floors are those of the program, from the top.
var floors = []floor{
	{"tools", []string{"internal/bench", "internal/bench/hashfiles", "internal/bench/launch", "internal/bench/profiled", "internal/corpus", "internal/matrix", "internal/platform/gen", "internal/schema", "internal/share", "internal/conform", "internal/house"}},
	{"fixtures at work", []string{"internal/cargotest/script", "internal/cargotest/demo", "internal/cargotest/worst"}},
	{"fixtures", []string{"internal/cargotest"}},
	{"the program", []string{"."}},
	{"command line", []string{"internal/cli"}},
	{"printing", []string{"internal/ui"}},
	{"all that is known of one package", []string{"internal/explain"}},
	{"looking ahead", []string{"internal/check"}},
	{"looking after what commands make", []string{"internal/verify", "internal/pack", "internal/whose"}},
	{"commands", []string{"vendoring", "internal/unpack", "internal/usage", "internal/filter", "internal/mirror", "internal/serve"}},
	{"rebuilding, what packages declare, and what is held", []string{"internal/reextract", "internal/declared", "internal/registry", "internal/relink"}},
	{"what is needed, where it is, and when it was used", []string{"internal/project", "internal/resolve", "internal/locate", "internal/lastuse", "internal/bundle"}},
	{"the Cargo home", []string{"internal/home"}},
	{"registries, repositories, workspaces", []string{"index", "gitsrc", "internal/packagelist", "internal/workspace"}},
	{"work trees, manifests", []string{"gitsrc/worktree", "internal/manifest"}},
	{"files of Cargo's and git's, and objects", []string{"internal/blob", "crate/archive", "gitsrc/object", "internal/lockfile", "internal/config", "internal/platform", "internal/redeflate"}},
	{"putting things in place", []string{"internal/staging"}},
	{"the ground", []string{"crate", "internal/compat", "internal/signature", "internal/fsx", "internal/par", "internal/hashpair", "internal/inflate", "internal/tarball", "internal/tomltext", "internal/filelist", "internal/filename", "internal/feature", "internal/spelling", "internal/rustsource", "internal/glob", "internal/visible"}},
	{"paths as text", []string{"internal/rustpath"}},
}

// narrow are packages that import less than their floor allows.
var narrow = map[string][]string{
	"internal/cargotest": {"crate", "crate/archive", "internal/redeflate"}, // the last for archives as Cargo makes them
}

// owners says which packages may import a module.
var owners = map[string][]string{
	"github.com/go-git/go-git":        {"gitsrc/object", "gitsrc/worktree", "internal/cargotest"},
	"github.com/BurntSushi/toml":      {"internal/lockfile", "internal/manifest", "internal/config"},
	"github.com/spf13/cobra":          {"internal/cli", "internal/share"},
	"github.com/spf13/pflag":          {"internal/cli", "internal/share"},
	"modernc.org/sqlite":              {"internal/lastuse", "internal/cargotest"},
	"github.com/rogpeppe/go-internal": {"internal/cargotest/script"},
	"github.com/klauspost/pgzip":      {"internal/tarball"},
	"aead.dev/minisign":               {"internal/signature"},
	"github.com/aws/aws-sdk-go-v2":    {"internal/blob"},
	"golang.org/x/sys":                {".", "internal/fsx", "internal/home", "internal/staging"}, // calls for files: fsx; Cargo's locks: home
}

// levels numbers the floors that packages are on, from the top.
func levels() map[string]int {
	level := map[string]int{}
	for i, f := range floors {
		for _, name := range f.packages {
			level[name] = i
		}
	}
	return level
}

// Imports point down.
func TestImports(t *testing.T) {
	level, seen := levels(), map[string]bool{}
	for _, p := range packages(t) {
		seen[p.name] = true
		at, ok := level[p.name]
		if !ok {
			t.Errorf("package %s has no floor", p.name)
			continue
		}
		for _, path := range p.imports {
			own, isOwn := below(path)
			narrowed, isNarrow := narrow[p.name]
			if isOwn && (level[own] <= at || isNarrow && !slices.Contains(narrowed, own)) {
				t.Errorf("%s imports %s, which does not lie below it", p.name, own)
			}
			checkModule(t, p.name, path)
		}
	}
	for name := range level {
		if !seen[name] {
			t.Errorf("there is no package %s to have a floor", name)
		}
	}
}

func checkModule(t *testing.T, name, path string) {
	t.Helper()
	for module, who := range owners {
		if strings.HasPrefix(path, module) && !slices.Contains(who, name) {
			t.Errorf("%s imports %s, which is for %s", name, path, strings.Join(who, ", "))
		}
	}
}

// docs/building.md shows the floors. It has them between two marks; with -update they are
// written there, and -v prints them.
func TestFloors(t *testing.T) {
	table := table(packages(t))
	if testing.Verbose() {
		fmt.Print(table)
	}
	const begin, end = "<!-- floors: go test ./internal/house -update -->\n", "<!-- end of floors -->\n"
	path := filepath.Join("..", "..", "docs", "building.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	shown, after, closed := strings.Cut(rest, end)
	switch {
	case !found || !closed:
		t.Log("docs/building.md does not show the floors")
	case shown != table && *update:
		err = os.WriteFile(path, []byte(before+begin+table+end+after), 0o666)
	case shown != table:
		t.Error("docs/building.md shows other floors; run go test ./internal/house -update")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// table is the floors in Markdown, each package with the first sentence of its comment.
func table(list []*pkg) string {
	synopses := map[string]string{}
	for _, p := range list {
		synopses[p.name] = p.synopsis
	}
	var b strings.Builder
	b.WriteString("| floor | package | |\n|---|---|---|\n")
	for _, f := range floors {
		name := f.name
		for _, p := range f.packages {
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", name, p, synopses[p])
			name = ""
		}
	}
	return b.String()
}

// pkg is a package of the program, as far as it has files that are not tests.
type pkg struct {
	name     string // below the module, "." for its root
	dir      string
	synopsis string   // the first sentence of its comment, without its beginning
	imports  []string // on any system, sorted
}

const module = "cargohome"

// systems are those whose files differ, and the build tag that does without a system's own.
var systems = []struct{ goos, tags string }{{"linux", ""}, {"linux", "portable"}, {"darwin", ""}, {"windows", ""}}

// packages lists those of the program, in order of their names.
func packages(t *testing.T) []*pkg {
	t.Helper()
	byName := map[string]*pkg{}
	for _, s := range systems {
		cmd := exec.Command("go", "list", "-tags", s.tags, "-f", "{{.ImportPath}}\t{{.Dir}}\t{{.Doc}}\t{{join .Imports \" \"}}", module+"/...")
		cmd.Env = append(os.Environ(), "GOOS="+s.goos, "GOARCH=amd64", "CGO_ENABLED=0") // darwin has no 386
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			name, _ := below(parts[0])
			p := byName[name]
			if p == nil {
				p = &pkg{name: name, dir: parts[1], synopsis: verb(parts[2])}
				byName[name] = p
			}
			p.imports = append(p.imports, strings.Fields(parts[3])...)
		}
	}
	list := slices.SortedFunc(maps.Values(byName), func(a, b *pkg) int { return strings.Compare(a.name, b.name) })
	for _, p := range list {
		slices.Sort(p.imports)
		p.imports = slices.Compact(p.imports)
	}
	return list
}

// verb takes off the name that a comment of a package begins with, and what follows a colon.
func verb(synopsis string) string {
	_, synopsis, _ = strings.Cut(strings.TrimPrefix(synopsis, "Package "), " ")
	synopsis, _, _ = strings.Cut(synopsis, ":")
	return strings.TrimSuffix(synopsis, ".")
}

// below is the path of a package of ours below the module.
func below(path string) (name string, isOwn bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}
