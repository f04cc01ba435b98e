package crate_test

import (
	"strings"
	"testing"

	"cargohome/crate"
)

func TestSpec(t *testing.T) {
	for _, tt := range []struct {
		spec    string
		version string
		want    bool
	}{
		{"a", "1.2.3-rc.1", true},
		{"b", "1.2.3", false},
		{"a@1.2.3", "1.2.3", true},
		{"a@1.2.3", "1.2.30", false},
		{"a@1", "1.2.3", true},
		{"a@1", "10.2.3", false},
		{"a@1.2", "1.2.3", true},
		{"a@1.2", "1.20.3", false},
		{"a@1.2", "1.2.3-rc.1", false},
		{"a@1.2.3", "1.2.3-rc.1", false},
		{"a@1.2.3-rc.1", "1.2.3-rc.1", true},
		{"a@1.2.3", "1.2.3+build", true},
		{"a@1.2", "1.2.3+build", true},
		{"a@1.2.3+other", "1.2.3+build", false},
		{"a:1.2", "1.2.3", true},
		{"a:1.2", "1.3.0", false},
	} {
		spec, err := crate.ParseSpec(tt.spec)
		if err != nil {
			t.Errorf("ParseSpec(%q): %v", tt.spec, err)
			continue
		}
		if got := spec.Matches(crate.ID{Name: "a", Version: tt.version}); got != tt.want {
			t.Errorf("%q matches a %s: %v, want %v", tt.spec, tt.version, got, tt.want)
		}
		if spec.String() != strings.Replace(tt.spec, ":", "@", 1) {
			t.Errorf("ParseSpec(%q).String() = %q", tt.spec, spec)
		}
	}
	for _, bad := range []string{"", "@1", "a@", "a@x", "a@1.", "a@1.2.3.4", "a/b", "a@1.2-rc", "a@../x", "a:", "a:x", "a::1", ":1", "a:1@2", "a@1:2", "user:secret"} {
		if spec, err := crate.ParseSpec(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("ParseSpec(%q) = %+v, %v, want an error", bad, spec, err)
		}
	}
}
