package index

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const strictLine = `{"name":"a","vers":"1.0.0","deps":[],"cksum":"","features":{}}`

// A cache file of an index in git is believed if it was made of what the repository has,
// which need not be there then; in place of all else comes what the repository has.
func TestStrictly_git(t *testing.T) {
	dir := t.TempDir()
	blob := gitObject(t, dir, "blob", strictLine+"\n")
	id := hex.EncodeToString([]byte(blob))
	gitRepo(t, dir, map[string]string{"1/a": strictLine + "\n"})
	write(t, filepath.Join(dir, ".git/HEAD"), "ref: refs/heads/master\n")
	cached := func(text string) {
		write(t, filepath.Join(dir, ".cache/1/a"), string(cacheHead)+text)
	}
	expect := func(what string, sound bool) {
		t.Helper()
		x := Git(dir).Strictly()
		defer x.Close()
		if _, err := x.Lookup("a", "1.0.0"); (err == nil) != sound {
			t.Errorf("%s: %v", what, err)
		}
	}
	whole := "\x001.0.0\x00" + strictLine + "\x00"
	cached("something else" + whole)
	expect("a cache file of something else", true)
	cached(id + "\x001.0.1\x00{}\x00")
	expect("a cache file that lacks the version", false)
	cached(id + "\x001.0\x00{}" + whole)
	expect("a cache file that cannot be read", true)
	cached("\xff" + whole + "2.0.0\x00")
	expect("a cache file of which what it was made of is no text", true)
	cached("x" + whole + "2.0.0\x00")
	expect("a cache file that ends with a version", false)
	cached("something else" + whole)
	if err := os.Remove(filepath.Join(dir, ".git/objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	expect("and nothing in its place", false)
	cached(id + whole)
	expect("a cache file of what is there no more", true)
	if err := os.RemoveAll(filepath.Join(dir, ".git/objects")); err != nil {
		t.Fatal(err)
	}
	expect("no objects", false)
}

// Of a sparse index no file counts that Cargo would not read to its end, and no line that
// it would not select.
func TestStrictly_sparse(t *testing.T) {
	pairs := func(texts ...string) string { return "x\x00" + strings.Join(texts, "\x00") + "\x00" }
	line := func(more string) string { return strings.Replace(strictLine, "}}", "}"+more+"}", 1) }
	dep := func(text string) string { return strings.Replace(strictLine, "[]", "["+text+"]", 1) }
	for text, sound := range map[string]bool{
		pairs("1.0.0", strictLine):                                                 true,
		pairs("0.9.0-rc.1+x", "no line", "1.0.0", strictLine):                      true,
		pairs("0.9", "no line", "1.0.0", strictLine):                               false,
		pairs("01.0.0", "no line", "1.0.0", strictLine):                            false,
		pairs("1.0.0", strictLine, "2.0.0"):                                        false,
		pairs("1.0.0", strictLine) + "\nmore":                                      false,
		"\xff" + pairs("1.0.0", strictLine):                                        false,
		pairs("1.0.0", line(`,"links":1`)):                                         false,
		pairs("1.0.0", line(`,"links":null,"rust_version":"1.60"`)):                true,
		pairs("1.0.0", line(`,"rust_version":"1.60.x"`)):                           false,
		pairs("1.0.0", line(`,"pubtime":"2025-11-12T19:30:12Z"`)):                  true,
		pairs("1.0.0", line(`,"pubtime":"2025-11-12T19:30:1"`)):                    false,
		pairs("1.0.0", line(`,"unknown":1,"unknown":2`)):                           true,
		pairs("1.0.0", line(`,"links":"a","links":"b"`)):                           false,
		pairs("1.0.0", dep(`{"name":"b","req":"^1"}`)):                             true,
		pairs("1.0.0", dep(`{"name":"b","req":"^1,,2"}`)):                          false,
		pairs("1.0.0", dep(`{"name":"b","req":""}`)):                               false,
		pairs("1.0.0", dep(`{"name":"b","req":"1","optional":true,"kind":"dev"}`)): false,
		pairs("1.0.0", dep(`{"name":"b"}`)):                                        false,
		pairs("1.0.0", dep(`{"name":"b","req":"1","optional":null}`)):              false,
		pairs("1.0.0", dep(`{"name":"b","req":"1","kind":null,"x":[1,null]}`)):     true,
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, ".cache/1/a"), string(cacheHead)+text)
		x := Sparse(dir).Strictly()
		defer x.Close()
		for n := range 4 {
			if _, err := x.Lookup("a", "1.0.0"); (err == nil) != sound {
				t.Errorf("%q, asked for the %d. time: %v", text, n+1, err)
			}
			x.Expect("a", []string{"2.0.0", "1.0.0", "3.0.0", ""}[n])
		}
	}
}

// A file is read by pieces, in which a line begins, ends, or does neither.
func TestStrictly_long(t *testing.T) {
	for _, length := range []int{fieldsSize - 40, fieldsSize - 1, fieldsSize, fieldsSize + 1, 5 * fieldsSize} {
		dir, text := t.TempDir(), string(cacheHead)+"x\x00"
		long := strings.Replace(strictLine, "}}", `},"x":"`+strings.Repeat("y", length)+`"}`, 1)
		for _, version := range []string{"0.9.0", "1.0.0", "1.0.1"} {
			text += version + "\x00" + strings.Replace(long, "1.0.0", version, 1) + "\x00"
		}
		write(t, filepath.Join(dir, ".cache/1/a"), text)
		x := Sparse(dir).Strictly()
		defer x.Close()
		if e, err := x.Lookup("a", "1.0.0"); err != nil || e.Line != long {
			t.Errorf("%d bytes: %d, %v", length, len(e.Line), err)
		}
		write(t, filepath.Join(dir, ".cache/1/a"), text[:len(text)-2]+"\x00\x00")
		if _, err := x.Lookup("a", "1.0.0"); err == nil {
			t.Errorf("%d bytes: a version that is none", length)
		}
	}
}

// Of several lines for a version in an entry file the last counts that has its name, whatever
// else is wrong with it.
func TestStrictly_local(t *testing.T) {
	for text, sound := range map[string]bool{
		"no line\n" + strictLine + "\n{}\n":                      true,
		strictLine + "\n" + `{"name":"a","vers":"1.0.0"}` + "\n": false,
		`{"name":"a","vers":"1.0.0"}` + "\n" + strictLine + "\n": true,
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "index/1/a"), text)
		if _, err := Local(dir).Strictly().Lookup("a", "1.0.0"); (err == nil) != sound {
			t.Errorf("%q: %v", text, err)
		}
	}
}
