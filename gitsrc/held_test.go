package gitsrc

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/internal/cargotest"
	"cargohome/internal/staging"
)

// oldHome is a home as Cargos up to 1.93 leave it: a repository with a submodule, within
// which there is another, and their objects in the checkout only. gitDir makes a path
// in the work tree that of a ".git".
type oldHome struct {
	*testHome
	top        crate.SourceID
	short      string
	sub, inner *cargotest.Repo
}

func newOldHome(t *testing.T, name, url string) *oldHome {
	t.Helper()
	h := &oldHome{testHome: newHome(t)}
	h.inner = cargotest.NewRepo(t, map[string]string{"i": "1"})
	h.sub = cargotest.NewRepo(t, map[string]string{"s": "1", "inner": "@ " + h.inner.Commit.String(), ".gitmodules": "[submodule \"inner\"]\npath=inner\nurl=https://example.com/inner\n"})
	commit := h.db(name, true, map[string]string{"in/sub": "@ " + h.sub.Commit.String(), ".gitmodules": "[submodule \"s\"]\npath=in/sub\nurl=" + url + "\n"})
	h.top, h.short = source(t, "top", commit), commit[:7]
	writeFile(t, h.path("git", "db", name, "FETCH_HEAD"), "\t\thttps://example.com/top\n")
	h.sub.Write(h.path("git", "db", "sub-new"), true)
	h.inner.Write(h.path("git", "db", "inner-new"), true)
	if err := h.plan(nil, h.top).Restore(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"in/sub", "in/sub/inner"} {
		os.Remove(h.in(name, sub, ".cargo-ok"))
		writeFile(t, h.in(name, sub, ".git", "config"), "[core]\n\tbare = false\n")
	}
	os.RemoveAll(h.path("git", "db", "sub-new"))
	os.RemoveAll(h.path("git", "db", "inner-new"))
	return h
}

// in is a path in the checkout.
func (h *oldHome) in(name string, elem ...string) string {
	return filepath.Join(append([]string{h.path("git", "checkouts", name, h.short)}, elem...)...)
}

// asModules puts the repositories of submodules where git itself does.
func (h *oldHome) asModules(name string) {
	h.t.Helper()
	for _, sub := range []string{"in/sub/inner", "in/sub"} {
		to := h.in(name, ".git", "modules", sub)
		if sub == "in/sub/inner" {
			to = h.in(name, ".git", "modules", "elsewhere")
		}
		os.MkdirAll(filepath.Dir(to), 0o777)
		if err := os.Rename(h.in(name, sub, ".git"), to); err != nil {
			h.t.Fatal(err)
		}
		rel, _ := filepath.Rel(h.in(name, sub), to)
		writeFile(h.t, h.in(name, sub, ".git"), "gitdir: "+filepath.ToSlash(rel)+"\n")
	}
}

// what lists what is held, as PATH→DATABASE.
func what(r *Rebuild, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	var list []string
	for _, h := range r.Held {
		list = append(list, h.Submodule+"→"+h.Database)
	}
	return strings.Join(list, " ")
}

func TestRebuildable_held(t *testing.T) {
	const both = "in/sub→sub-new in/sub/inner→inner-new"
	for name, tt := range map[string]struct {
		name, url string
		change    func(h *oldHome)
		want      string
	}{
		"own_git":      {"top-new", "../sub", nil, both},
		"modules":      {"top-new", "../sub", func(h *oldHome) { h.asModules("top-new") }, both},
		"older_cargo":  {"top-old", "../sub", nil, both},
		"absolute":     {"top-old", "https://example.com/sub.git", nil, both},
		"one_is_there": {"top-new", "../sub", func(h *oldHome) { h.sub.Write(h.path("git", "db", "sub-new"), true) }, "in/sub/inner→inner-new"},
		// Where a newer Cargo does not look, it is not there; to an older one that does
		// not matter.
		"at_an_older_name":           {"top-new", "../sub", func(h *oldHome) { h.sub.Write(h.path("git", "db", "sub-old"), true) }, both},
		"at_an_older_name_for_older": {"top-old", "../sub", func(h *oldHome) { h.sub.Write(h.path("git", "db", "sub-old"), true) }, "in/sub/inner→inner-new"},
		// The user's git put another URL in place of the source's, or none is known.
		"another_url": {"top-new", "../sub", func(h *oldHome) {
			writeFile(h.t, h.path("git", "db", "top-new", "FETCH_HEAD"), "\t\thttps://mirror.example/other\n")
		}, "error: only it holds the repository of submodule \"in/sub\", of which it is not certain where Cargo looks for it"},
		"no_url": {"top-new", "../sub", func(h *oldHome) { os.Remove(h.path("git", "db", "top-new", "FETCH_HEAD")) },
			"error: only it holds the repository of submodule \"in/sub\", of which it is not certain where Cargo looks for it"},
		"no_url_but_absolute": {"top-new", "https://example.com/sub", func(h *oldHome) { os.Remove(h.path("git", "db", "top-new", "FETCH_HEAD")) }, both},
		"shallow_beside": {"top-new", "../sub", func(h *oldHome) {
			os.Rename(h.path("git", "db", "top-new", "FETCH_HEAD"), h.path("git", "db", "FETCH_HEAD"))
			os.MkdirAll(h.path("git", "db", "top-new-shallow", "objects"), 0o777)
			os.Rename(h.path("git", "db", "FETCH_HEAD"), h.path("git", "db", "top-new-shallow", "FETCH_HEAD"))
		}, both},
		// How the URL ends decides what "./" is relative to, and FETCH_HEAD has it without.
		"below": {"top-new", "./../sub", nil, "error: only it holds the repository of submodule \"in/sub\", of which it is not certain where Cargo looks for it"},
		"gone":  {"top-new", "../sub", func(h *oldHome) { os.RemoveAll(h.in("top-new", "in/sub/.git")) }, "error: submodule \"in/sub\", https://example.com/sub: its repository is not in the Cargo home"},
		"a_link_out": {"top-new", "../sub", func(h *oldHome) {
			os.Rename(h.in("top-new", "in/sub/.git"), h.path("outside"))
			writeFile(h.t, h.in("top-new", "in/sub/.git"), "gitdir: ../../../../../../outside\n")
		}, "error: submodule \"in/sub\", https://example.com/sub: its repository is not in the Cargo home"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newOldHome(t, tt.name, tt.url)
			if tt.change != nil {
				tt.change(h)
			}
			if got := what(h.folder().Rebuildable(t.Context(), tt.name, h.short)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A lockfile that was asked for says what the repository does not.
func TestRebuildable_locked(t *testing.T) {
	h := newOldHome(t, "top-new", "./../sub")
	os.Remove(h.path("git", "db", "top-new", "FETCH_HEAD"))
	f := h.folder()
	if _, err := f.Needs(t.Context(), h.top); err != nil {
		t.Fatal(err)
	}
	if got, want := what(f.Rebuildable(t.Context(), "top-new", h.short)), "in/sub→sub-new in/sub/inner→inner-new"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What is written is whole without the checkout, and is added to what is there.
func TestWriteHeld(t *testing.T) {
	h := newOldHome(t, "top-new", "../sub")
	r, err := h.folder().Rebuildable(t.Context(), "top-new", h.short)
	if err != nil {
		t.Fatal(err)
	}
	other := h.db("sub-new", false, map[string]string{"o": "1"})
	for n, held := range r.Held {
		fresh, place := h.path(fmt.Sprint(n)), h.path("git", "db", held.Database)
		tree, err := staging.NewWriter(fresh)
		if err != nil {
			t.Fatal(err)
		}
		if err := WriteHeld(tree, []*Held{held}); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			err = Merge(fresh, place, func(file, place string) error { return os.Rename(filepath.Join(fresh, file), place) })
		} else {
			err = os.Rename(fresh, place)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(h.path("git", "checkouts")); err != nil {
		t.Fatal(err)
	}
	for _, want := range [][2]string{{"sub-new", h.sub.Commit.String()}, {"sub-new", other}, {"inner-new", h.inner.Commit.String()}} {
		if err := HasWhole(t.Context(), h.path("git", "db", want[0]), h.dir, want[1]); err != nil {
			t.Error(err)
		}
	}
	if urls := object.Remotes(h.path("git", "db", "inner-new")); len(urls) != 1 || urls[0] != "https://example.com/inner" {
		t.Errorf("fetched from %q", urls)
	}
	if err := h.plan(nil, h.top).Restore(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if c := h.plan(nil, h.top).Checkouts[0]; c.State != Present || !filled(h.in("top-new", "in/sub/inner/i")) {
		t.Errorf("not restored: state %d, %v", c.State, c.Why)
	}
}

func filled(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// A checkout that no Cargo would use holds what it holds.
func TestSalvage(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(h *oldHome)
		want   string
	}{
		"half_made":     {func(h *oldHome) { os.Remove(h.in("top-old", ".cargo-ok")) }, "in/sub→sub-new in/sub/inner→inner-new"},
		"half_fetched":  {func(h *oldHome) { os.RemoveAll(h.in("top-old", "in/sub/inner")) }, "in/sub→sub-new"},
		"orphan":        {func(h *oldHome) { os.RemoveAll(h.path("git", "db", "top-old")) }, "in/sub→sub-new in/sub/inner→inner-new"},
		"no_head":       {func(h *oldHome) { os.Remove(h.in("top-old", ".git", "HEAD")) }, ""},
		"no_repository": {func(h *oldHome) { os.RemoveAll(h.path("git", "db")); os.RemoveAll(h.in("top-old", ".git", "objects")) }, ""},
		"empty":         {func(h *oldHome) { os.RemoveAll(h.in("top-old")); os.Mkdir(h.in("top-old"), 0o777) }, ""},
		"torn_pack": {func(h *oldHome) {
			packs, _ := filepath.Glob(h.in("top-old", "in/sub/.git/objects/pack/*.idx"))
			os.Remove(packs[0])
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newOldHome(t, "top-old", "https://example.com/sub")
			tt.change(h)
			if got := what(h.folder().Salvage(t.Context(), "top-old", h.short)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// What an older Cargo made is in order, unless a submodule has nothing in it.
func TestPlan_oldLayout(t *testing.T) {
	h := newOldHome(t, "top-new", "../sub")
	state := func() CheckoutState { return h.plan(nil, h.top).Checkouts[0].State }
	if got := state(); got != Present {
		t.Errorf("pristine: state %d", got)
	}
	if err := h.folder().Filled(t.Context(), "top-new", h.short); err != nil {
		t.Errorf("pristine: %v", err)
	}
	os.RemoveAll(h.in("top-new", "in/sub/inner"))
	os.MkdirAll(h.in("top-new", "in/sub/inner"), 0o777)
	if got := state(); got != Unavailable {
		t.Errorf("with an empty submodule: state %d", got)
	}
	if err := h.folder().Filled(t.Context(), "top-new", h.short); err == nil || err.Error() != `has nothing in submodule "in/sub/inner"` {
		t.Errorf("with an empty submodule: %v", err)
	}
	h.inner.Write(h.path("git", "db", "inner-new"), true)
	if got := state(); got != Broken {
		t.Errorf("with an empty submodule that can be had: state %d", got)
	}
}

// Each Cargo has its own repository of a source, and its checkouts beside.
func TestPlan_twoNames(t *testing.T) {
	h := newHome(t)
	files := map[string]string{"a": "1"}
	top := source(t, "top", h.db("top-new", true, files))
	h.db("top-old", true, files)
	h.db("elsewhere", true, files)
	writeFile(t, h.path("git", "db", "elsewhere", "FETCH_HEAD"), "\t\thttps://example.com/top\n")
	dirs := func() (names []string) {
		for _, c := range h.plan(nil, top).Checkouts {
			names = append(names, filepath.Base(filepath.Dir(c.Dir)))
		}
		return names
	}
	if got := fmt.Sprint(dirs()); got != "[top-new top-old]" {
		t.Errorf("checkouts for %s", got)
	}
	os.MkdirAll(h.path("git", "checkouts", "elsewhere", "1234567"), 0o777)
	if got := fmt.Sprint(dirs()); got != "[elsewhere top-new top-old]" {
		t.Errorf("once one was made of a third: checkouts for %s", got)
	}
	os.RemoveAll(h.path("git", "db", "top-old"))
	h.db("top-old", true, map[string]string{"b": "1"})
	p := h.plan(nil, top)
	if p.Unavailable() != nil || len(p.Behind) != 1 || p.Behind[0].Dir != h.path("git", "db", "top-old") || p.Behind[0].Why == nil {
		t.Errorf("behind: %+v, %v", p.Behind, p.Unavailable())
	}
}

// A newer Cargo notes in a submodule which repository it was cloned from, by a URL.
func TestFolder_linked(t *testing.T) {
	h := newHome(t)
	for url, want := range map[string]string{
		"file:///h/git/db/a%20b-new": "a b-new",
		"file:///h/git/db/a-new":     "a-new",
		"file:///h/git/db/..":        "",
		"file:///h/git/db/%2e%2e":    "",
		"file:///h/git/db/a%2fb":     "",
		"file:///h/git/other/a":      "",
		"https://h/git/db/a":         "",
	} {
		dir := h.path("git", "checkouts", "top", "1234567", "sub", ".git")
		writeFile(t, filepath.Join(dir, "config"), "[remote \"origin\"]\n\turl = "+url+"\n")
		os.MkdirAll(filepath.Join(dir, "objects"), 0o777)
		if got := h.folder().linked("top", "1234567", "sub"); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}
