package home

import "testing"

func Test_ParseArchive(t *testing.T) {
	for file, want := range map[string]string{
		"serde-1.0.0.crate":                 "serde v1.0.0",
		"a-2-1.0.0.crate":                   "a-2 v1.0.0",
		"pre-1.0.0-rc.1+build-5.crate":      "pre v1.0.0-rc.1+build-5",
		"Upper_Case-x-0.1.0-alpha-2.crate":  "Upper_Case-x v0.1.0-alpha-2",
		"serde-1.0.0":                       "",
		"serde-1.0.crate":                   "",
		"serde.crate":                       "",
		"-1.0.0.crate":                      "",
		".crate":                            "",
		"a..b-1.0.0.crate":                  "",
		"a-01.0.0.crate":                    "",
		"\x1b[31m-1.0.0.crate":              "",
		"a-1.0.0.crate.cargohome-tmp.crate": "",
	} {
		id, err := ParseArchive(file)
		if got := id.String(); want == "" && err == nil || want != "" && got != want {
			t.Errorf("ParseArchive(%q) = %q, %v; want %q", file, got, err, want)
		}
	}
}
