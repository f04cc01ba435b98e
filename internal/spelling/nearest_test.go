package spelling_test

import (
	"strings"
	"testing"

	"cargohome/internal/spelling"
)

func TestNearest(t *testing.T) {
	names := []string{"default", "derive", "std", "serde", "alloc", strings.Repeat("long", 100)}
	for name, want := range map[string]string{
		"defualt": "default", "Derive": "derive", "sdt": "std", "alocc": "alloc", "": "", "x": "", "srd": "std", "seven": "", "true": "", "unstable": "", "serdee": "serde",
		strings.Repeat("long", 100): "",
	} {
		if got := spelling.Nearest(name, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
