package object_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/gitsrc/object"
	"cargohome/internal/cargotest"
)

// strictRepo makes a repository with a commit, which is fetched: in a pack, or loose.
func strictRepo(t *testing.T, packed bool) (dir, commit string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "repo")
	r := cargotest.NewRepo(t, nil)
	commit = r.CommitOf(r.Tree(map[string]string{"a": strings.Repeat("a\n", 99)}))
	r.Write(dir, packed)
	put(t, dir, "HEAD", "ref: refs/heads/master\n")
	put(t, dir, "config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
	put(t, dir, "refs/remotes/origin/HEAD", commit+"\n")
	return dir, commit
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, path, []byte(text))
}

// flipAt changes a byte of the one file that a pattern names, counted from its end if at is
// negative.
func flipAt(t *testing.T, dir, pattern string, at int) {
	t.Helper()
	names, err := fs.Glob(os.DirFS(dir), pattern)
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, names[0]))
	if err != nil {
		t.Fatal(err)
	}
	if at < 0 {
		at += len(data)
	}
	data[at] ^= 1
	write(t, filepath.Join(dir, names[0]), data)
}

// What libgit2 does not open is refused, and what it passes over is not read.
func TestOpenStrict(t *testing.T) {
	gone := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	text := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { put(t, dir, name, text) }
	}
	both := func(one, other func(*testing.T, string)) func(*testing.T, string) {
		return func(t *testing.T, dir string) { one(t, dir); other(t, dir) }
	}
	flip := func(pattern string, at int) func(*testing.T, string) {
		return func(t *testing.T, dir string) { flipAt(t, dir, pattern, at) }
	}
	for what, c := range map[string]struct {
		harm func(t *testing.T, dir string)
		ok   bool
	}{
		"nothing":                                {func(*testing.T, string) {}, true},
		"no HEAD":                                {gone("HEAD"), false},
		"no references":                          {gone("refs"), false},
		"no configuration":                       {gone("config"), true},
		"a configuration that is none":           {text("config", "[core\n"), false},
		"a configuration of a later version":     {text("config", "[core]\nrepositoryformatversion = 2\n"), false},
		"bare or not":                            {text("config", "[core]\nbare = trve\n"), false},
		"an extension":                           {text("config", "[core]\nrepositoryformatversion = 1\n[extensions]\nx = y\n"), false},
		"an extension of a version without":      {text("config", "[extensions]\nx = y\n"), true},
		"bare by a number with a unit":           {text("config", "[core]\nbare = 1k\n"), true},
		"a version without a value":              {text("config", "[core]\nrepositoryformatversion\n"), false},
		"a work tree":                            {text("config", "[core]\nworktree = .\n"), true},
		"a work tree that is not there":          {text("config", "[core]\nworktree = nothing\n"), false},
		"a work tree that a bare one has not":    {text("config", "[core]\nbare\nworktree = nothing\n"), true},
		"a work tree without a name":             {text("config", "[core]\nworktree =\n"), false},
		"a broken one included":                  {both(text("config", "[include]\npath = more\n"), text("more", "[core\n")), false},
		"one included that is not there":         {text("config", "[include]\npath = more\n"), true},
		"itself included":                        {text("config", "[include]\npath = config\n"), false},
		"one of a work tree":                     {both(text("config", "[extensions]\nworktreeConfig\n"), text("config.worktree", "[core\n")), false},
		"one of a work tree that does not count": {text("config.worktree", "[core\n"), true},
		"no shallow commits":                     {text("shallow", strings.Repeat("a", 40)+"\n"), true},
		"shallow commits that are none":          {text("shallow", "a\n"), false},
		"alternates that are not there":          {text("objects/info/alternates", "../nothing\n"), true},
		"alternates that are a folder":           {text("objects/info/alternates/x", ""), false},
		"a pack of another version":              {flip("objects/pack/*.pack", 6), false},
		"a pack with another number":             {flip("objects/pack/*.pack", 11), false},
		"a pack of which the hash is another":    {flip("objects/pack/*.pack", -1), false},
		"an index of which the hash is another":  {flip("objects/pack/*.idx", -1), true},
		"an index of another pack":               {flip("objects/pack/*.idx", -21), false},
	} {
		dir, commit := strictRepo(t, true)
		c.harm(t, dir)
		db, err := object.OpenStrict(dir, filepath.Dir(dir), object.NewBudget())
		if err == nil {
			_, err = db.Commit(commit)
			db.Close()
		}
		if (err == nil) != c.ok || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A stream that does not end in its checksum is none for zlib, of a pack as well as alone.
func TestOpenStrict_sums(t *testing.T) {
	dir, commit := strictRepo(t, true)
	packs, err := filepath.Glob(filepath.Join(dir, "objects/pack/*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatal(packs, err)
	}
	spoilt := 0
	info, err := os.Stat(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	for at := 12; at < int(info.Size())-20; at++ {
		flipAt(t, dir, "objects/pack/*.pack", at)
		loose, strict := commitIn(t, dir, commit, object.OpenDB), commitIn(t, dir, commit, object.OpenStrict)
		if loose == nil && strict != nil {
			spoilt++
		}
		flipAt(t, dir, "objects/pack/*.pack", at)
	}
	if spoilt < 4 {
		t.Errorf("%d bytes of the checksum of a commit count", spoilt)
	}
	dir, commit = strictRepo(t, false)
	pattern := "objects/" + commit[:2] + "/" + commit[2:]
	flipAt(t, dir, pattern, -1)
	if commitIn(t, dir, commit, object.OpenDB) == nil {
		t.Error("a loose object with another checksum is read")
	}
	flipAt(t, dir, pattern, -1)
	data, err := os.ReadFile(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, pattern, string(data)+"x")
	if commitIn(t, dir, commit, object.OpenDB) == nil {
		t.Error("a loose object that goes on is read")
	}
}

func commitIn(t *testing.T, dir, commit string, open func(dir, home string, b *object.Budget) (*object.DB, error)) error {
	t.Helper()
	db, err := open(dir, filepath.Dir(dir), object.NewBudget())
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Commit(commit)
	return err
}

// Each reference must have a name and an object for a clone, if it is one.
func TestClonable(t *testing.T) {
	none := strings.Repeat("1", 40)
	for what, c := range map[string]struct {
		file, text string
		ok         bool
	}{
		"nothing":                         {"description", "", true},
		"a branch":                        {"refs/heads/x", "COMMIT\n", true},
		"with more behind":                {"refs/heads/x", "COMMIT more", true},
		"no object":                       {"refs/heads/x", none + "\n", false},
		"no reference":                    {"refs/heads/x", "x", true},
		"no name":                         {"refs/heads/.x", "COMMIT\n", false},
		"a lock":                          {"refs/heads/x.lock", none + "\n", true},
		"one that leads nowhere":          {"refs/heads/x", "ref: refs/heads/y\n", false},
		"a file for a folder":             {"refs/heads", "x", true},
		"HEAD that is no reference":       {"HEAD", "x", false},
		"HEAD to nothing, elsewhere":      {"HEAD", "ref: rens/heads/master\n", true},
		"HEAD to no name":                 {"HEAD", "ref: rens//x\n", false},
		"HEAD without an object":          {"HEAD", none + "\n", false},
		"packed":                          {"packed-refs", "# pack-refs with: peeled\nCOMMIT refs/heads/x\n^COMMIT\n", true},
		"packed, without an object":       {"packed-refs", none + " refs/heads/x\n", false},
		"packed, and there":               {"packed-refs", none + " refs/remotes/origin/HEAD\n", true},
		"packed references that are none": {"packed-refs", "COMMIT refs/heads/x\nx\n", false},
	} {
		dir, commit := strictRepo(t, true)
		put(t, dir, c.file, strings.ReplaceAll(c.text, "COMMIT", commit))
		db, err := object.OpenStrict(dir, filepath.Dir(dir), object.NewBudget())
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if err := db.Clonable(t.Context()); (err == nil) != c.ok {
			t.Errorf("%s: %v", what, err)
		}
		db.Close()
	}
}

// References that cannot be looked at are none; objects must be.
func TestClonable_links(t *testing.T) {
	for name, ok := range map[string]bool{"refs/remotes/origin/x": true, "refs/x": true, "objects/x": true, "objects/info": true} {
		dir, _ := strictRepo(t, true)
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.RemoveAll(path), os.Symlink(filepath.Base(path), path)); err != nil {
			t.Skip(err)
		}
		db, err := object.OpenStrict(dir, filepath.Dir(dir), object.NewBudget())
		if err == nil {
			err = db.Clonable(t.Context())
			db.Close()
		}
		if (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Where Cargo looks for the files of a repository.
func TestOpenStrict_workTree(t *testing.T) {
	for config, want := range map[string]string{
		"": "..", "[core]\nbare = true\n": ".", "[core]\nbare\n": ".", "[core]\nbare =\n": "..", "[core]\nbare = 1\nbare = 0\n": "..",
		"[core]\nworktree = refs\n": "refs", "[include]\npath = more\n": ".",
	} {
		dir, _ := strictRepo(t, false)
		put(t, dir, "config", config)
		put(t, dir, "more", "[core]\nbare = yes\n")
		db, err := object.OpenStrict(dir, filepath.Dir(dir), object.NewBudget())
		if err != nil {
			t.Fatal(err)
		}
		if got := db.WorkTree(); got != filepath.Join(dir, want) {
			t.Errorf("%q: %s, want %s", config, got, want)
		}
		db.Close()
	}
}

// Objects are borrowed from where libgit2 goes for them, and not from elsewhere; one in a clone
// knows no relative path.
func TestOpenStrict_alternates(t *testing.T) {
	for what, c := range map[string]struct {
		line           func(objects string) string
		found, inClone bool
	}{
		"outside":         {func(objects string) string { return objects }, true, true},
		"relative":        {func(string) string { return "../../../lent/objects" }, true, false},
		"from here":       {func(string) string { return "lent/objects" }, false, false},
		"among others":    {func(objects string) string { return "# x\r/nothing\n\n" + objects + "\r" }, true, true},
		"a file":          {func(objects string) string { return objects + "/info" }, false, false},
		"below a comment": {func(objects string) string { return "#" + objects }, false, false},
	} {
		dir, commit := strictRepo(t, true)
		home := filepath.Join(t.TempDir(), "home")
		if err := errors.Join(os.MkdirAll(home, 0o777), os.Rename(dir, filepath.Join(home, "repo"))); err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(home, "repo")
		lent := filepath.Join(filepath.Dir(home), "lent/objects")
		if err := errors.Join(os.Mkdir(filepath.Dir(lent), 0o777), os.Rename(filepath.Join(dir, "objects"), lent)); err != nil {
			t.Fatal(err)
		}
		put(t, dir, "objects/info/alternates", c.line(lent))
		db, err := object.OpenStrict(dir, home, object.NewBudget())
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.Commit(commit)
		_, err2 := db.Cloned().Commit(commit)
		if (err == nil) != c.found || (err2 == nil) != c.inClone {
			t.Errorf("%s: %v, in a clone %v", what, err, err2)
		}
		if _, err := object.OpenDB(dir, home, object.NewBudget()); err != nil {
			t.Error(err)
		}
		db.Close()
	}
}

// Six folders in a row are looked into, and no seventh.
func TestOpenStrict_chain(t *testing.T) {
	for length, found := range map[int]bool{6: true, 7: false} {
		dir, commit := strictRepo(t, true)
		at := func(n int) string { return filepath.Join(dir, "lent", strings.Repeat("x", n)) }
		if err := errors.Join(os.Mkdir(filepath.Join(dir, "lent"), 0o777), os.Rename(filepath.Join(dir, "objects"), at(length))); err != nil {
			t.Fatal(err)
		}
		for n := 1; n < length; n++ {
			put(t, at(n), "info/alternates", at(n+1))
		}
		put(t, dir, "objects/info/alternates", at(1))
		if err := commitIn(t, dir, commit, object.OpenStrict); (err == nil) != found {
			t.Errorf("%d: %v", length, err)
		}
	}
}

// A clone on the disk has no link that lies among the objects, nor what lies behind it.
func TestCloned_links(t *testing.T) {
	for packed, patterns := range map[bool][]string{true: {"pack", "pack/*.pack", "pack/*.idx"}, false: {"??", "??/*"}} {
		for _, pattern := range patterns {
			dir, commit := strictRepo(t, packed)
			found, err := filepath.Glob(filepath.Join(dir, "objects", pattern))
			if err != nil || len(found) == 0 {
				t.Fatalf("%s: nothing is there (%v)", pattern, err)
			}
			for _, path := range found {
				moved := filepath.Join(filepath.Dir(path), ".moved-"+filepath.Base(path))
				if err := errors.Join(os.Rename(path, moved), os.Symlink(filepath.Base(moved), path)); err != nil {
					t.Fatal(err)
				}
			}
			db, err := object.OpenStrict(dir, filepath.Dir(dir), object.NewBudget())
			if err != nil {
				t.Fatal(err)
			}
			_, err = db.Commit(commit)
			_, cloned := db.Cloned().Commit(commit)
			if err != nil || !errors.Is(cloned, fs.ErrNotExist) {
				t.Errorf("%s: %v, in a clone %v", pattern, err, cloned)
			}
			db.Close()
		}
	}
}
