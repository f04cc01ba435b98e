package index_test

import (
	"errors"
	"testing"

	"cargohome/index"
)

const plainLine = `{"name":"a","vers":"1.0.0","deps":[],"cksum":"00","features":{},"yanked":false}`

// Lines that mean the same are the same, and others are not.
func TestEntry_Canonical(t *testing.T) {
	const full = `{"name":"a","vers":"1.0.0","deps":[{"name":"b","req":"^1","features":["x","y"],"optional":false,"default_features":true,"target":null,"kind":"normal"},` +
		`{"name":"c","req":"*","features":[],"optional":true,"default_features":false,"target":"cfg(unix)","kind":"dev","package":"d"}],` +
		`"cksum":"00","features":{"p":["b/x","q"],"q":[]},"features2":{"r":["dep:b"]},"yanked":true,"links":"z","rust_version":"1.70","v":2,"own":{"a":[2,1],"b":"é"}}`
	for line, want := range map[string]string{
		plainLine: plainLine,
		full:      full,
		`{"yanked":null, "v":1, "features2":null, "links":null, "cksum":"00", "deps":[ ], "vers":"1.0.0", "name":"\u0061"}`: plainLine,
		` {"own":{"b":"\u00e9", "a":[2, 1]}, "v":2,"rust_version":"1.70","links":"z","yanked":true,"features2":{"r":["dep:b"]},"features":{"q":[],"p":["q","b/x"]},` +
			`"cksum":"00","deps":[{"package":"d","name":"c","req":"*","optional":true,"default_features":false,"target":"cfg(unix)","kind":"dev","registry":null},` +
			`{"kind":null,"features":["y","x"],"req":"^1","name":"b"}],"vers":"1.0.0","name":"a"}`: full,
		`{"name":"a","vers":"1.0.0","deps":[],"cksum":"00","features":{},"features2":{ },"yanked":false}`: plainLine,
	} {
		e, err := index.ParseEntry([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Canonical()
		if err != nil || string(got) != want {
			t.Errorf("%s\nis %s\nnot %s, %v", line, got, want, err)
		}
		again := index.Entry{Line: string(got)}
		if twice, err := again.Canonical(); string(twice) != string(got) {
			t.Errorf("%s becomes %s, %v", got, twice, err)
		}
	}
}

func TestEntry_Canonical_refused(t *testing.T) {
	for _, line := range []string{`{`, `{"name":"a"}`, `[]`, plainLine[:1] + `"x":1,"x":2,` + plainLine[1:], `{"name":"a","vers":"1.0.0","deps":[1],"cksum":"00"}`} {
		e := index.Entry{Line: line}
		if got, err := e.Canonical(); !errors.Is(err, index.ErrEntry) {
			t.Errorf("%s becomes %s, %v", line, got, err)
		}
	}
}
