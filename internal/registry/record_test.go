package registry

import (
	"strings"
	"testing"

	"cargohome/crate"
)

func TestParseURL(t *testing.T) {
	for text, want := range map[string]string{
		"https://h": "https://h", "http://h:81/": "http://h:81", "https://h/a/b//": "https://h/a/b",
		"": "", "h": "", "ftp://h": "", "file:///srv": "", "https://": "", "https://u@h": "", "https://u:p@h/": "",
		"https://h/?q": "", "https://h/#f": "", "https://h/{crate}": "", `https://h/"`: "", "https://h/\n": "", "https:/h": "",
	} {
		got, err := ParseURL(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseURL(%q) = %q, %v; want %q", text, got, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "u:p") {
			t.Errorf("ParseURL(%q) shows a secret: %v", text, err)
		}
	}
}

func TestRecord(t *testing.T) {
	alt, err := crate.NewRegistrySource("sparse+https://example.com/index/")
	if err != nil {
		t.Fatal(err)
	}
	want := Record{Sparse, "https://h/m", []Recorded{{"alt", alt}, {"h.example-0123456789abcdef", crate.SourceID{}}}}
	got, err := parseRecord(want.Text())
	if err != nil || string(got.Text()) != string(want.Text()) || got.Registries[0].Source.Key() != alt.Key() {
		t.Errorf("%s is read as %+v (%v)", want.Text(), got, err)
	}
}

// What a mirror says of itself leads nowhere else.
func TestRecord_hostile(t *testing.T) {
	for text, says := range map[string]string{
		`{}`: "not a mirror", `[]`: "not a mirror", ``: "not a mirror", `{"format":0,"layout":"sparse"}`: "not a mirror",
		`{"format":2,"layout":"sparse"}`:                                                                      "newer cargohome",
		`{"format":1,"layout":"flat"}`:                                                                        "no layout",
		`{"format":1,"layout":"sparse","url":"javascript:x"}`:                                                 "no URL",
		`{"format":1,"layout":"sparse","registries":[{"name":".."}]}`:                                         "invalid",
		`{"format":1,"layout":"sparse","registries":[{"name":"a/b"}]}`:                                        "invalid",
		`{"format":1,"layout":"sparse","registries":[{"name":""}]}`:                                           "invalid",
		`{"format":1,"layout":"sparse","registries":[{"name":".cargohome-tmp-1"}]}`:                           "invalid",
		`{"format":1,"layout":"sparse","registries":[{"name":"a\u0000"}]}`:                                    "invalid",
		`{"format":1,"layout":"sparse","registries":[{"name":"a"},{"name":"a"}]}`:                             "twice",
		`{"format":1,"layout":"sparse","registries":[{"name":"a","source":"git+https://h/x"}]}`:               "no registry",
		`{"format":1,"layout":"sparse","registries":[{"name":"a","source":"nothing"}]}`:                       "source",
		`{"format":1,"layout":"sparse","registries":[{"name":"` + strings.Repeat("a", 129) + `"}]}`:           "invalid",
		`{"format":1,"layout":"local-registry","registries":[{"name":"a","source":"registry+file:///x#secret`: "not a mirror",
	} {
		if _, err := parseRecord([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Each registry has a name that no other can have, whatever others call theirs.
func TestNames(t *testing.T) {
	source := func(url string) crate.SourceID {
		src, err := crate.NewRegistrySource(url)
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
	git, sparse, alt := source(crate.CratesIOGit), source(crate.CratesIOSparse), source("sparse+https://example.com/index/")
	names := Names{
		Record:     Record{Registries: []Recorded{{"old", source("https://old.example/index")}}},
		Configured: map[string]crate.SourceID{"alt": alt, "crates": git, "old": source("https://other.example/index")},
	}
	taken := func(name string) bool { return name == "taken" }
	for want, s := range map[string]*Store{
		"crates-io":                        {Source: sparse},
		"alt":                              {Source: alt, Folder: "example.com-8efe07b64e46d130"},
		"old":                              {Source: source("https://old.example/index")},
		"other.example-3d6f7081ec68c7ae":   {Source: source("https://other.example/index")},
		"h.example-0123456789abcdef":       {Folder: "h.example-0123456789abcdef"},
		"--1--0123456789abcdef":            {Folder: "[:1]-0123456789abcdef"},
		"-0123456789abcdef":                {Folder: "-0123456789abcdef"},
		"registry.hidden-0123456789abcdef": {Folder: ".hidden-0123456789abcdef"},
		"registrytaken":                    {Folder: "taken"},
	} {
		if got := names.of(s, taken); got != want {
			t.Errorf("%q of %s is called %q, not %q", s.Folder, s.Source.Display(), got, want)
		}
	}
}
