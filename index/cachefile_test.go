package index

import (
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cargohome/gitsrc/object"
)

// entries makes those of crate a.
func entries(t *testing.T, lines ...string) (all []Entry) {
	t.Helper()
	for _, l := range lines {
		e, err := ParseEntry([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// cached is a cache file with an index version.
func cached(indexVersion string, lines ...string) string {
	text := string(cacheHead) + indexVersion + "\x00"
	for _, l := range lines {
		_, rest, _ := strings.Cut(l, `"vers":"`)
		version, _, _ := strings.Cut(rest, `"`)
		text += version + "\x00" + l + "\x00"
	}
	return text
}

func TestMerged_sparse(t *testing.T) {
	one, two, yanked := line("a", "1.0.0"), line("a", "2.0.0+x"), strings.Replace(line("a", "1.0.0"), "false", "true", 1)
	other := strings.Replace(one, sum, strings.Replace(sum, "5", "6", 1), 1)
	unnamed := strings.Replace(one, `"deps":[]`, `"deps":[{"req":"1"}]`, 1)
	const etag = `etag: "x"`
	for name, tt := range map[string]struct {
		have string
		more []string
		want string // "" if the file stays as it is
	}{
		"nothing there":                 {"", []string{one, two}, cached("Unknown", one, two)},
		"all there":                     {cached(etag, one, two), []string{two}, ""},
		"one more":                      {cached(etag, one), []string{one, two}, cached("Unknown", one, two)},
		"the order stays":               {cached(etag, two), []string{one}, cached("Unknown", two, one)},
		"yanked since":                  {cached(etag, yanked), []string{one}, ""},
		"twice, and both stay":          {cached(etag, one, yanked), []string{two}, cached("Unknown", one, yanked, two)},
		"of another cargo":              {"\x01" + cached(etag, one), []string{two}, cached("Unknown", two)},
		"cut":                           {cached(etag, one) + "2.0.0+x\x00", []string{one}, cached("Unknown", one)},
		"cut, and more":                 {cached(etag, one) + "2.0.0+x", []string{two}, cached("Unknown", one, two)},
		"a line that cannot be read":    {string(cacheHead) + etag + "\x001.0.0\x00{}\x00", []string{one}, string(cacheHead) + "Unknown\x001.0.0\x00{}\x001.0.0\x00" + one + "\x00"},
		"a version that is none":        {cached(etag, one) + "junk\x00{}\x00", []string{one}, cached("Unknown", one)},
		"made of what is no text":       {cached("\xff", one), []string{one}, cached("Unknown", one)},
		"a dependency without a name":   {cached(etag, unnamed), []string{one}, cached("Unknown", unnamed, one)},
		"empty":                         {" ", []string{one}, cached("Unknown", one)},
		"a version of another spelling": {cached(etag, line("a", "1.0.0+b")), []string{one}, cached("Unknown", line("a", "1.0.0+b"), one)},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.have != "" {
				write(t, filepath.Join(dir, ".cache/1/a"), tt.have)
			}
			got, err := Sparse(dir).Merged("a", entries(t, tt.more...))
			if err != nil || string(got) != tt.want {
				t.Errorf("%q, %v, want %q", got, err, tt.want)
			}
		})
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".cache/1/a"), cached(etag, one))
	var conflict *ConflictError
	if _, err := Sparse(dir).Merged("a", entries(t, two, other)); !errors.As(err, &conflict) || conflict.Version != "1.0.0" || conflict.Index != dir {
		t.Errorf("a version with another checksum: %v", err)
	}
}

// In the git form it is the file in the repository that is merged, whatever the cache has.
func TestMerged_git(t *testing.T) {
	one, two, three, unread := line("a", "1.0.0"), line("a", "2.0.0"), line("a", "3.0.0"), `{"name":"a","vers":"0.1.0","deps":7}`
	blob := one + "\n" + unread + "\nnonsense\n" + two
	dir := t.TempDir()
	gitRepo(t, dir, map[string]string{"1/a": blob, "1/c": line("c", "1.0.0") + "\n"})
	write(t, filepath.Join(dir, ".cache/1/a"), cached(object.BlobName([]byte(blob)), one, two, three))
	x := Git(dir)
	defer x.Close()
	for name, tt := range map[string]struct {
		crate string
		more  []string
		want  string // "" if the file stays as it is
	}{
		"a version more": {"a", []string{two, three}, blob + "\n" + three + "\n"},
		"a crate more":   {"b", []string{line("b", "1.0.0")}, line("b", "1.0.0") + "\n"},
		"a line in place of one that Cargo passes over": {"a", []string{line("a", "0.1.0")}, blob + "\n" + line("a", "0.1.0") + "\n"},
		"all there":      {"a", []string{one, two}, ""},
		"it ends a line": {"c", []string{line("c", "2.0.0")}, line("c", "1.0.0") + "\n" + line("c", "2.0.0") + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := x.Merged(tt.crate, entries(t, tt.more...)); err != nil || string(got) != tt.want {
				t.Errorf("%q, %v, want %q", got, err, tt.want)
			}
		})
	}
	other := strings.Replace(one, sum, strings.Replace(sum, "5", "6", 1), 1)
	if _, err := x.Merged("a", entries(t, other)); !isConflict(err) {
		t.Errorf("a version with another checksum: %v", err)
	}
}

func isConflict(err error) bool {
	_, ok := errors.AsType[*ConflictError](err)
	return ok
}

// What is added to an index in git is read whole, and every file of it.
func TestEachCrate(t *testing.T) {
	a, b := line("a", "1.0.0"), line("b", "1.0.0")
	for name, tt := range map[string]struct {
		files map[string]string
		want  string // the error, "" for none
	}{
		"sound":          {map[string]string{"config.json": "{}", "1/a": a + "\n", "1/b": b}, ""},
		"another crate":  {map[string]string{"1/a": b + "\n"}, `"1/a": it lists "b"`},
		"another place":  {map[string]string{"2/a": a + "\n"}, `"2/a": it lists "a"`},
		"a climbing one": {map[string]string{"../1/a": a + "\n"}, `"../1/a": it lists "a"`},
		"of git":         {map[string]string{".git/config": "[core]\n"}, `".git/config": `},
		"deep":           {map[string]string{strings.Repeat("x/", 20) + "a": a + "\n"}, "folders around one"},
		"nothing":        {map[string]string{"1/a": ""}, "it lists nothing"},
		"an empty line":  {map[string]string{"1/a": a + "\n\n"}, `"1/a": `},
		"twice":          {map[string]string{"1/a": a + "\n" + a + "\n"}, "occurs twice"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			gitRepo(t, dir, tt.files)
			n := 0
			err := EachCrate(dir, func([]Entry) error { n++; return nil })
			if tt.want == "" && (err != nil || n != 2) || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%d crates, %v, want %q", n, err, tt.want)
			}
		})
	}
}

func TestParseCache(t *testing.T) {
	one, two := line("a", "1.0.0"), line("a", "2.0.0")
	want := entries(t, one, two)
	data := AppendCache(nil, want)
	got, err := ParseCache(data)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, got) || string(data) != cached("Unknown", one, two) {
		t.Errorf("%q is read as %v", data, got)
	}
	for name, data := range map[string]string{
		"another cargo's": "\x02" + cached("x", one), "cut": cached("x", one) + "2.0.0", "nothing": "", "twice": cached("x", one, one),
		"of another version": string(cacheHead) + "x\x002.0.0\x00" + one + "\x00", "no line": string(cacheHead) + "x\x001.0.0\x00{}\x00",
	} {
		if got, err := ParseCache([]byte(data)); err == nil {
			t.Errorf("%s is read as %v", name, got)
		}
	}
}
