package crate_test

import (
	"errors"
	"testing"

	"cargohome/crate"
)

// In the semver crate's order, lowest first; no two are equal.
var orderedVersions = []string{
	"0.0.0-0", "0.0.0-00a", "0.0.0", "0.0.1", "0.9.0", "0.10.0",
	"1.0.0-0", "1.0.0-9", "1.0.0-10", "1.0.0-10.a", "1.0.0--", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.1.0", "1.0.0-alpha.beta", "1.0.0-alpha-",
	"1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0-rc.1+build.5",
	"1.0.0", "1.0.0+0", "1.0.0+00", "1.0.0+1", "1.0.0+01", "1.0.0+2", "1.0.0+02", "1.0.0+10", "1.0.0+10.a", "1.0.0+99999999999999999999999", "1.0.0+a", "1.0.0+a.b",
	"1.0.1", "2.0.0", "10.0.0", "18446744073709551614.0.0",
}

func TestCompareVersions(t *testing.T) {
	for i, a := range orderedVersions {
		if err := crate.CheckVersion(a); err != nil {
			t.Error(err)
		}
		for j, b := range orderedVersions {
			if got, want := crate.CompareVersions(a, b), sign(i-j); got != want {
				t.Errorf("CompareVersions(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func TestCheckVersion_refusals(t *testing.T) {
	for _, v := range []string{
		"", "1", "1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0+", "1.0.0-+b", "1.0.0-a..b", "1.0.0-01", "1.0.0-a_b", "1.0.0+a/b",
		"1.0.0/../..", "../1.0.0", "1.0.0\x00", "1.0.0 ", "1.0.0-é", "18446744073709551615.0.0", "1.0.0+a+b", "-1.0.0", "1..0",
	} {
		if err := crate.CheckVersion(v); !errors.Is(err, crate.ErrVersion) {
			t.Errorf("CheckVersion(%q) = %v, want ErrVersion", v, err)
		}
	}
}

func TestNewID(t *testing.T) {
	registry, err := crate.ParseSourceID("registry+https://h/x")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		source crate.SourceID
		ok     bool
	}{
		{"serde", registry, true}, {"a-b_C9", registry, true}, {"7zip", registry, true},
		{"naïve", registry, false}, {"naïve", crate.SourceID{}, true},
		{"", registry, false}, {"../x", registry, false}, {"a/b", registry, false}, {`a\b`, registry, false}, {"a.b", registry, false},
		{"a\x00", registry, false}, {"a\x1b[1m", registry, false}, {"a\u202eb", crate.SourceID{}, false}, {"a\xff", crate.SourceID{}, false}, {"a\x7f", registry, false},
	} {
		if _, err := crate.NewID(tt.name, "1.0.0", tt.source); (err == nil) != tt.ok {
			t.Errorf("NewID(%q) = %v, want ok %v", tt.name, err, tt.ok)
		}
	}
}

func FuzzCompareVersions(f *testing.F) {
	for i := range orderedVersions[1:] {
		f.Add(orderedVersions[i], orderedVersions[i+1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if crate.CheckVersion(a) != nil || crate.CheckVersion(b) != nil {
			return
		}
		if ab, ba := crate.CompareVersions(a, b), crate.CompareVersions(b, a); ab != -ba || (ab == 0) != (a == b) {
			t.Fatalf("CompareVersions(%q, %q) = %d, reversed %d", a, b, ab, ba)
		}
	})
}

// Series are what the caret of a requirement allows.
func TestSeries(t *testing.T) {
	for version, want := range map[string]string{
		"1.2.3": "1", "10.0.0": "10", "0.3.1": "0.3", "0.10.0-rc.1": "0.10", "0.0.7": "0.0.7", "0.0.0+a.1": "0.0.0", "1.0.0-a.b": "1",
	} {
		if got := crate.Series(version); got != want {
			t.Errorf("Series(%q) = %q", version, got)
		}
	}
}
