package lockfile_test

import (
	"errors"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/lockfile"
)

const commitA, commitB = commit, "76543210fedcba9876543210fedcba9876543210"

// Two references that decode to the same name are two sources, in packages as in
// dependencies, below version 4.
func TestParse_old_references(t *testing.T) {
	text := "version = 3\n" + `
[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "dep 1.0.0 (git+https://h/x?tag=a%2Bb)",
 "dep 1.0.0 (git+https://h/x?tag=a+b)",
]

[[package]]
name = "dep"
version = "1.0.0"
source = "git+https://h/x?tag=a%2Bb#` + commitA + `"

[[package]]
name = "dep"
version = "1.0.0"
source = "git+https://h/x?tag=a+b#` + commitB + `"
`
	l, err := lockfile.Parse("Cargo.lock", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(l.Packages[0].Dependencies); got != 2 || len(l.Misread()) != 2 {
		t.Errorf("%d dependencies, %v misread", got, l.Misread())
	}
	for i, name := range []string{"a%2Bb", "a+b"} {
		if got := l.Packages[i+1].ID.Source.Ref(); got != (crate.GitRef{Kind: crate.Tag, Name: name}) {
			t.Errorf("reference %d is %q, want %q", i, got.Name, name)
		}
	}
	if l, err = lockfile.Parse("Cargo.lock", []byte(strings.Replace(text, "version = 3", "version = 4", 1))); err != nil || len(l.Misread()) != 0 {
		t.Errorf("version 4: %v, %v", l, err)
	}
}

func TestCheckCommits(t *testing.T) {
	parse := func(a, b string) *lockfile.Lockfile {
		l, err := lockfile.Parse("Cargo.lock", []byte("version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \""+a+"\"\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \""+b+"\"\n"))
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	for _, tt := range []struct {
		a, b string
		one  bool
	}{
		{"git+https://h/x#" + commitA, "git+https://h/x#" + commitA, true},
		{"git+https://h/x#" + commitA, "git+https://h/x#" + strings.ToUpper(commitA), true},
		{"git+https://h/x#" + commitA, "git+https://h/x.git#" + commitB, false},
		{"git+https://h/x#" + commitA, "git+https://h/x?branch=b#" + commitB, true},
		{"registry+https://h/x", "registry+https://h/x", true},
	} {
		err := parse(tt.a, tt.b).CheckCommits()
		if e, ok := errors.AsType[*lockfile.CommitsError](err); ok == tt.one || ok && (e.A.Source.Precise() != commitA || e.B.Source.Precise() != commitB) {
			t.Errorf("%s and %s: %v", tt.a, tt.b, err)
		}
	}
}
