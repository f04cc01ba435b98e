package index

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cargohome/crate"
)

const sum = "5f0e2c6ed6606019b4e29e69dbaba95b11854410e5347d525002456dbbb786b6"

func line(name, version string) string {
	return fmt.Sprintf(`{"name":%q,"vers":%q,"deps":[],"cksum":%q,"features":{},"yanked":false}`, name, version, sum)
}

// cacheFile makes a cache file of alternating versions and lines.
func cacheFile(pairs ...string) string {
	return string(cacheHead) + "etag: \"x\"\x00" + strings.Join(append(pairs, ""), "\x00")
}

// pad makes a line longer than the ends of cache files that are searched.
func pad(name, version string, n int) string {
	return strings.Replace(line(name, version), `{}`, `{"f":["`+strings.Repeat("x", n)+`"]}`, 1)
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestPath(t *testing.T) {
	for name, want := range map[string]string{
		"a": "1/a", "ab": "2/ab", "abc": "3/a/abc", "abcd": "ab/cd/abcd", "GFoo-bar": "gf/oo/gfoo-bar", "A_-": "3/a/a_-", "serde_json": "se/rd/serde_json", "X": "1/x",
		"": "", "..": "", "a/b": "", `a\b`: "", "naïve": "", "a\x00": "", "../../x": "", "K\u212a": "",
	} {
		if got, err := Path(name); got != want || (err != nil) != (want == "") || err != nil && !errors.Is(err, crate.ErrName) {
			t.Errorf("Path(%q) = %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestParseEntry(t *testing.T) {
	c, _ := crate.ParseChecksum(sum)
	for _, tt := range []struct {
		line string
		want Entry
	}{
		{line("a", "1.0.0"), Entry{Name: "a", Version: "1.0.0", Checksum: c, ChecksumText: sum, V: 1}},
		{`{"vers":"1.0.0+b","name":"A-b","deps":[{"name":"x","req":"*"}],"cksum":"","yanked":true,"v":2,"features2":null,"unknown":{"cksum":1}}`,
			Entry{Name: "A-b", Version: "1.0.0+b", Yanked: true, V: 2}},
		{` { "name" : "a" , "vers" : "1.0.0" , "deps" : [ ] , "cksum" : "nonsense" , "yanked" : null , "v" : null , "CKSUM" : "x" } ` + "\r",
			Entry{Name: "a", Version: "1.0.0", ChecksumText: "nonsense", V: 1}},
		{`{"name":"\u0061","vers":"1.0.0","deps":[],"cksum":"` + strings.ToUpper(sum) + `"}`, Entry{Name: "a", Version: "1.0.0", ChecksumText: strings.ToUpper(sum), V: 1}},
		{`{"n\u0061me":"a","vers":"1.0.0","deps":[],"cksum":"","v":4294967295}`, Entry{Name: "a", Version: "1.0.0", V: 4294967295}},
	} {
		got, err := ParseEntry([]byte(tt.line))
		tt.want.Line = tt.line
		if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(Entry{})); err != nil || diff != "" {
			t.Errorf("ParseEntry(%s): %v\n%s", tt.line, err, diff)
		}
	}
}

func TestParseEntry_refusals(t *testing.T) {
	good := line("a", "1.0.0")
	for _, l := range []string{
		"", "null", "[]", "{}", `"x"`, good[:len(good)-1], good + "x", good + good, "\x00" + good, "\ufeff" + good,
		strings.Replace(good, `"a"`, `null`, 1), strings.Replace(good, `"a"`, `1`, 1), strings.Replace(good, `"a"`, "\"\xff\"", 1), strings.Replace(good, `"a"`, `"\ud800"`, 1),
		strings.Replace(good, `"a"`, `"\udc00\ud800"`, 1), strings.Replace(good, `"a"`, "\"\n\"", 1),
		strings.Replace(good, "1.0.0", "1.0", 1), strings.Replace(good, "vers", "version", 1), strings.Replace(good, `[]`, `{}`, 1), strings.Replace(good, `[]`, `null`, 1), strings.Replace(good, `{}`, `null`, 1),
		strings.Replace(good, `false`, `"no"`, 1), strings.Replace(good, `false`, `0`, 1), strings.Replace(good, `false`, `False`, 1),
		strings.Replace(good, `"yanked":false`, `"v":"2"`, 1), strings.Replace(good, `"yanked":false`, `"v":-1`, 1), strings.Replace(good, `"yanked":false`, `"v":1.0`, 1), strings.Replace(good, `"yanked":false`, `"v":4294967296`, 1),
		strings.Replace(good, `"yanked":false`, `"cksum":""`, 1), strings.Replace(good, `"yanked":false`, `"\u006eame":"a"`, 1),
		strings.Replace(good, `[]`, strings.Repeat("[", 1000)+strings.Repeat("]", 1000), 1), strings.Replace(good, `[]`, strings.Repeat("[", 1_000_000), 1),
	} {
		if e, err := ParseEntry([]byte(l)); !errors.Is(err, ErrEntry) {
			t.Errorf("ParseEntry(%.80q) = %+v, %v, want ErrEntry", l, e, err)
		}
	}
}

func TestParseConfig(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Config
		ok   bool
	}{
		{`{"dl":"https://x/{crate}","api":"https://y","auth-required":true}`, Config{"https://x/{crate}", "https://y", true}, true},
		{"{\n  \"dl\": \"x\",\n  \"api\": null, \"z\": []\n}\n", Config{Download: "x"}, true},
		{`["x", null]`, Config{Download: "x"}, true}, {` ["x", "y", true] `, Config{"x", "y", true}, true},
		{`["x"]`, Config{}, false}, {`["x", null, false, 1]`, Config{}, false}, {`[]`, Config{}, false}, {`[null, null]`, Config{}, false},
		{`{}`, Config{}, false}, {``, Config{}, false}, {`{"dl":null}`, Config{}, false}, {`{"dl":"x","api":1}`, Config{}, false},
		{`{"dl":"x","auth-required":null}`, Config{}, false}, {`{"dl":"x","auth-required":"true"}`, Config{}, false},
	} {
		if got, err := ParseConfig([]byte(tt.text)); got != tt.want || (err == nil) != tt.ok {
			t.Errorf("ParseConfig(%q) = %+v, %v, want %+v", tt.text, got, err, tt.want)
		}
	}
}

func TestFindCached(t *testing.T) {
	two := cacheFile("1.0.0", "A", "1.0.0+b", "B", "2.0.0", "C", "1.0.0", "D")
	for _, tt := range []struct {
		name, data, version string
		want                string // "" for none
		err                 error
	}{
		{"later_wins", two, "1.0.0", "D", nil},
		{"build_metadata", two, "1.0.0+b", "B", nil},
		{"none", two, "1.0.1", "", nil},
		{"part_of_another", two, "0.0", "", nil},
		{"no_pairs", cacheFile(), "1.0.0", "", nil},
		{"no_end", strings.TrimSuffix(two, "\x00"), "1.0.0", "D", nil},
		{"cut_in_version", cacheFile("1.0.0", "A") + "2.0", "1.0.0", "", errCacheCut},
		{"cut_behind_version", cacheFile("1.0.0", "A") + "2.0.0\x00", "1.0.0", "", errCacheCut},
		{"cut_behind_head", string(cacheHead), "1.0.0", "", errCacheCut},
		{"cut_in_head", string(cacheHead[:4]), "1.0.0", "", errCacheForeign},
		{"empty", "", "1.0.0", "", errCacheForeign},
		{"other_format", "\x02" + two[1:], "1.0.0", "", errCacheForeign},
		{"other_schema", "\x03\x01" + two[2:], "1.0.0", "", errCacheForeign},
	} {
		if got, err := findCached([]byte(tt.data), tt.version); string(got) != tt.want || err != tt.err {
			t.Errorf("%s: findCached = %q, %v, want %q, %v", tt.name, got, err, tt.want, tt.err)
		}
	}
}

// A file much longer than the end that is searched first: every version is found,
// the later of two in whatever part, and what is not there is not.
func TestLookup_longCacheFile(t *testing.T) {
	var pairs []string
	for i := range 200 {
		v := fmt.Sprintf("1.%d.0", i)
		pairs = append(pairs, v, pad("a", v, 1000))
	}
	for _, v := range []string{"1.150.0", "1.199.0"} {
		pairs = append(pairs, v, strings.Replace(line("a", v), "false", "true", 1))
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".cache/1/a"), cacheFile(pairs...))
	x := Sparse(dir)
	for i := range 200 {
		v := fmt.Sprintf("1.%d.0", i)
		if e, err := x.Lookup("a", v); err != nil || e.Version != v || e.Yanked != (i == 150 || i == 199) {
			t.Errorf("Lookup of %s = %+v, %v", v, e, err)
		}
	}
	if _, err := x.Lookup("a", "1.200.0"); !errors.Is(err, ErrNoVersion) {
		t.Errorf("Lookup of what is not there: %v", err)
	}
}

func TestLookup_sparse(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".cache/fo/o-/foo-bar"), cacheFile("1.0.0", line("Foo-bar", "1.0.0"), "2.0.0", "{", "3.0.0", line("Foo-bar", "3.0.1"), "4.0.0", line("foo-bar", "4.0.0")))
	write(t, filepath.Join(dir, ".cache/1/a"), "\x02\x02\x00\x00\x00")
	write(t, filepath.Join(dir, ".cache/1/b"), cacheFile("1.0.0"))
	write(t, filepath.Join(dir, ".cache/1/c/x"), "")
	write(t, filepath.Join(dir, "config.json"), `{"dl":"x"}`)
	x := Sparse(dir)
	for _, tt := range []struct {
		name, version string
		err           error // nil: found; errAny: another
	}{
		{"Foo-bar", "1.0.0", nil},
		{"foo-bar", "1.0.0", ErrNoVersion},
		{"Foo_bar", "1.0.0", ErrNoCrate},
		{"Foo-bar", "1.0.0+b", ErrNoVersion},
		{"Foo-bar", "2.0.0", errCorrupt},
		{"Foo-bar", "3.0.0", errCorrupt},
		{"foo-bar", "4.0.0", nil},
		{"a", "1.0.0", ErrNoCrate},
		{"b", "1.0.0", errCorrupt},
		{"c", "1.0.0", errAny},
		{"d", "1.0.0", ErrNoCrate},
		{"../x", "1.0.0", crate.ErrName},
		{"a", "../x", crate.ErrVersion},
	} {
		e, err := x.Lookup(tt.name, tt.version)
		checkLookup(t, tt.name, tt.version, e, err, tt.err)
	}
	if c, err := x.Config(); c.Download != "x" || err != nil {
		t.Errorf("Config = %+v, %v", c, err)
	}
	gone := Sparse(filepath.Join(dir, "x"))
	_, err := gone.Lookup("a", "1.0.0")
	checkLookup(t, "a", "1.0.0", Entry{}, err, ErrNoIndex)
	if _, err := gone.Config(); !errors.Is(err, ErrNoConfig) {
		t.Errorf("Config of no index: %v", err)
	}
}

var (
	errAny     = errors.New("any")
	errCorrupt = errors.New("a *CorruptError")
)

func checkLookup(t *testing.T, name, version string, e Entry, err, want error) {
	t.Helper()
	var corrupt *CorruptError
	var look *LookupError
	switch {
	case want == nil:
		if err != nil || e.Name != name || e.Version != version || !strings.Contains(e.Line, version) {
			t.Errorf("Lookup(%q, %q) = %+v, %v", name, version, e, err)
		}
		return
	case !errors.As(err, &look):
		t.Errorf("Lookup(%q, %q): %v, want a *LookupError", name, version, err)
	case errors.As(err, &corrupt) != (want == errCorrupt), want != errCorrupt && want != errAny && !errors.Is(err, want):
		t.Errorf("Lookup(%q, %q): %v, want %v", name, version, err, want)
	}
	if absent := want == ErrNoIndex || want == ErrNoCrate || want == ErrNoVersion; errors.Is(err, fs.ErrNotExist) != absent {
		t.Errorf("Lookup(%q, %q): %v, is fs.ErrNotExist: %v", name, version, err, !absent)
	}
}

func TestLookup_local(t *testing.T) {
	dir := t.TempDir()
	twice := strings.Replace(line("a", "3.0.0"), "false", "true", 1)
	write(t, filepath.Join(dir, "index/1/a"), "\n"+line("a", "1.0.0")+"\n\n"+"{}\n"+line("a", "3.0.0")+"\r\n"+twice+"\n"+`{"vers":"4.0.0"}`+"\n"+line("a", "2.0.0"))
	x := Local(dir)
	for version, want := range map[string]error{"1.0.0": nil, "2.0.0": nil, "3.0.0": nil, "4.0.0": errCorrupt, "5.0.0": ErrNoVersion, "1.0.0+b": ErrNoVersion} {
		e, err := x.Lookup("a", version)
		checkLookup(t, "a", version, e, err, want)
		if version == "3.0.0" && !e.Yanked {
			t.Error("of two lines for a version, the earlier was taken")
		}
	}
	_, err := x.Lookup("A", "1.0.0")
	checkLookup(t, "A", "1.0.0", Entry{}, err, ErrNoVersion)
	_, err = x.Lookup("b", "1.0.0")
	checkLookup(t, "b", "1.0.0", Entry{}, err, ErrNoCrate)
	_, err = Local(filepath.Join(dir, "index")).Lookup("a", "1.0.0")
	checkLookup(t, "a", "1.0.0", Entry{}, err, ErrNoIndex)
	if _, err := x.Config(); !errors.Is(err, ErrNoConfig) {
		t.Errorf("Config of a local registry: %v", err)
	}
}

func TestLookup_git(t *testing.T) {
	dir := t.TempDir()
	gitRepo(t, dir, map[string]string{
		"1/a":         line("a", "1.0.0") + "\n" + line("a", "2.0.0") + "\n",
		"1/c":         line("c", "1.0.0") + "\n{\"vers\":\"2.0.0\"}\n",
		"1/x":         line("x", "1.0.0"),
		"config.json": `{"dl":"https://x","api":null}`,
	})
	write(t, filepath.Join(dir, ".cache/1/a"), cacheFile("1.0.0", strings.Replace(line("a", "1.0.0"), "false", "true", 1)))
	write(t, filepath.Join(dir, ".cache/1/b"), cacheFile("1.0.0", line("b", "1.0.0")))
	write(t, filepath.Join(dir, ".cache/1/x"), "\x03damaged")
	write(t, filepath.Join(dir, ".cache/1/y"), cacheFile("1.0.0"))
	x := Git(dir)
	var wg sync.WaitGroup
	for _, tt := range []struct {
		name, version string
		want          error
	}{
		{"a", "1.0.0", nil}, {"a", "2.0.0", nil}, {"a", "3.0.0", ErrNoVersion}, {"b", "1.0.0", nil}, {"b", "2.0.0", ErrNoCrate},
		{"c", "1.0.0", nil}, {"c", "2.0.0", errCorrupt}, {"d", "1.0.0", ErrNoCrate}, {"x", "1.0.0", nil}, {"y", "1.0.0", errCorrupt},
	} {
		wg.Go(func() {
			e, err := x.Lookup(tt.name, tt.version)
			checkLookup(t, tt.name, tt.version, e, err, tt.want)
		})
	}
	wg.Wait()
	if e, _ := x.Lookup("a", "1.0.0"); !e.Yanked {
		t.Error("the cache file was not asked first")
	}
	if c, err := x.Config(); c.Download != "https://x" || err != nil {
		t.Errorf("Config = %+v, %v", c, err)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	if _, err := x.Lookup("c", "1.0.0"); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Lookup after Close: %v", err)
	}
}

func TestLookup_gitWithoutRepository(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".cache/1/a"), cacheFile("1.0.0", line("a", "1.0.0")))
	x := Git(dir)
	e, err := x.Lookup("a", "1.0.0")
	checkLookup(t, "a", "1.0.0", e, err, nil)
	_, err = x.Lookup("a", "2.0.0")
	checkLookup(t, "a", "2.0.0", e, err, ErrNoVersion)
	_, err = Git(filepath.Join(dir, "x")).Lookup("a", "2.0.0")
	checkLookup(t, "a", "2.0.0", e, err, ErrNoIndex)
}

// Nothing that encoding/json takes for no object, or that has other members than
// it sees, is taken here.
func FuzzEachMember(f *testing.F) {
	for _, s := range []string{line("a", "1.0.0"), `{"a":[1,-0.5e+3,true,null,{"b":"\u00e9\\\""}]}`, `{"a":01}`, `{"a":1,}`, `{"\ud83d\ude00":""}`, ` {} `, `{"a":[[[[]]]]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := map[string]string{}
		err := eachMember(string(data), func(key, value string) error {
			got[key] = value
			return nil
		})
		var want map[string]json.RawMessage
		bad := json.Unmarshal(data, &want)
		if err == nil && (bad != nil || want == nil) {
			t.Fatalf("took %q, which is no object: %v", data, bad)
		}
		if err != nil {
			if bad == nil && want != nil && utf8.Valid(data) && !bytes.Contains(data, []byte(`\u`)) && bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) < maxDepth {
				t.Fatalf("refused %q: %v", data, err)
			}
			return
		}
		for key, value := range want {
			if got[key] != string(value) {
				t.Fatalf("member %q of %q is %q, want %q", key, data, got[key], value)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d members in %q, want %d", len(got), data, len(want))
		}
	})
}

// What is looked up is what was asked for.
func FuzzFindCached(f *testing.F) {
	f.Add([]byte(cacheFile("1.0.0", line("a", "1.0.0"), "1.0.0", line("a", "1.0.0"))), "1.0.0")
	f.Add([]byte(cacheFile("1.0.0")), "1.0.0")
	f.Fuzz(func(t *testing.T, data []byte, version string) {
		if crate.CheckVersion(version) != nil {
			return
		}
		whole, err := findCached(data, version)
		if err != nil || whole == nil {
			return
		}
		tail := findInTail(data, version)
		if e, bad := parseCached(whole, version); bad == nil && (e.Version != version || tail != nil && !bytes.Equal(tail, whole) && bytes.Count(data, []byte("\x00"+version+"\x00")) == 1) {
			t.Fatalf("found %q by reading all, %q in the end", whole, tail)
		}
	})
}

func FuzzFindLine(f *testing.F) {
	f.Add([]byte(line("a", "1.0.0")+"\n\n"+line("a", "2.0.0")), "a", "1.0.0")
	f.Fuzz(func(t *testing.T, data []byte, name, version string) {
		if e, err := findLine(data, name, version); err == nil && (e.Name != name || e.Version != version) {
			t.Fatalf("findLine = %+v, want %q %q", e, name, version)
		}
	})
}
