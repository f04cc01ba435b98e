package lockfile

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"cargohome/crate"
)

const seed = `# comment
version = 4

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://h/x"
checksum = "5f0e2c6ed6606019b4e29e69dbaba95b11854410e5347d525002456dbbb786b6"
dependencies = [
 "b",
 "b 2.0.0 (git+https://h/x?branch=y)",
]

[[package]]
name = "b"
version = "2.0.0"
source = "git+https://h/x?branch=y#0123"

[[patch.unused]]
name = "u"
version = "1.0.0"

[metadata]
"checksum a 1.0.0 (registry+https://h/x)" = "<none>"
`

func FuzzParse(f *testing.F) {
	f.Add([]byte(seed))
	f.Add([]byte(strings.Replace(seed, "version = 4\n", "", 1)))
	f.Add([]byte("[root]\nname = \"a\"\nversion = \"0.0.0\"\nreplace = \"a\"\n\"x\" = '''\n[[package]]\n'''\n"))
	f.Add([]byte("a = [[[[1,],],],]\nb.c.d = \"\\\"\"\n<<<<<<< x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Parse("Cargo.lock", data)
		if err != nil {
			if message := err.Error(); len(message) > 100_000 || strings.ContainsAny(message, "\x00\x1b\n") {
				t.Fatalf("error %q is not fit to print", message)
			}
			return
		}
		checkPackages(t, l)
	})
}

func checkPackages(t *testing.T, l *Lockfile) {
	if l.Version < 1 || l.Version > 4 {
		t.Fatalf("version %d", l.Version)
	}
	for i, p := range l.Packages {
		if _, err := crate.NewID(p.ID.Name, p.ID.Version, p.ID.Source); err != nil {
			t.Fatal(err)
		}
		if i > 0 && l.Packages[i-1].ID.Compare(p.ID) >= 0 {
			t.Fatalf("%v is not behind %v", p.ID, l.Packages[i-1].ID)
		}
		if l.Find(p.ID) != i {
			t.Fatalf("%v is not found", p.ID)
		}
		if !slices.IsSortedFunc(p.Dependencies, cmp.Compare) || len(p.Dependencies) > 0 && (p.Dependencies[0] < 0 || p.Dependencies[len(p.Dependencies)-1] >= len(l.Packages)) {
			t.Fatalf("%v depends on %v of %d", p.ID, p.Dependencies, len(l.Packages))
		}
		if p.Replace != nil && l.Find(*p.Replace) < 0 {
			t.Fatalf("%v is replaced by %v, which is not there", p.ID, p.Replace)
		}
	}
}
