package reextract

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
)

// How Cargo would take what is in registry/src.
func TestLook(t *testing.T) {
	mark := func(text string) func(dir string) error {
		return func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o777), os.WriteFile(filepath.Join(dir, crate.OKFile), []byte(text), 0o666))
		}
	}
	for name, c := range map[string]struct {
		make func(dir string) error
		want State
		says string
	}{
		"nothing":  {func(string) error { return nil }, Absent, ""},
		"present":  {mark(okContent), Present, ""},
		"file":     {func(dir string) error { return os.WriteFile(dir, nil, 0o666) }, Broken, "not a directory"},
		"unmarked": {func(dir string) error { return os.Mkdir(dir, 0o777) }, Broken, "has no .cargo-ok"},
		"old_mark": {mark("ok"), Broken, ".cargo-ok is of another version of cargo"},
		"new_mark": {mark(`{"v":2}`), Broken, ".cargo-ok is of another version of cargo"},
		"empty":    {mark(""), Broken, ".cargo-ok is of another version of cargo"},
		"long":     {mark(okContent + strings.Repeat(" ", maxOK)), Broken, ".cargo-ok is not what cargo writes"},
		"folder": {func(dir string) error { return os.MkdirAll(filepath.Join(dir, crate.OKFile), 0o777) },
			Broken, ".cargo-ok is not what cargo writes"},
		"link": {func(dir string) error {
			return errors.Join(mark(okContent)(dir+"-there"), os.Symlink(dir+"-there", dir))
		}, Present, ""},
		"loop": {func(dir string) error { return os.Symlink(dir, dir) }, Unknown, "cannot be looked at: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a-1.0.0")
			check(t, c.make(dir))
			state, why := Look(dir)
			if state != c.want || !strings.HasPrefix(why, c.says) || (why == "") != (c.says == "") {
				t.Errorf("%s, %q; want %s, %q", state, why, c.want, c.says)
			}
		})
	}
}

// Looking at many tells the same as looking at each, whatever the folder is that they lie in.
func TestLooker(t *testing.T) {
	for name, c := range map[string]struct {
		make func(folder string) error
		want State // of what is not there
	}{
		"folder":   {func(folder string) error { return os.Mkdir(folder, 0o777) }, Absent},
		"missing":  {func(string) error { return nil }, Absent},
		"dangling": {func(folder string) error { return os.Symlink(folder+"-away", folder) }, Unknown},
		"file":     {func(folder string) error { return os.WriteFile(folder, nil, 0o666) }, Unknown},
		"link": {func(folder string) error {
			return errors.Join(os.Mkdir(folder+"-there", 0o777), os.Symlink(folder+"-there", folder))
		}, Absent},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "registry")
			check(t, c.make(folder))
			l := &looker{}
			for range 2 {
				for _, name := range []string{"a-1.0.0", "b-1.0.0"} {
					dir := filepath.Join(folder, name)
					state, why := l.look(dir)
					if alone, whyAlone := Look(dir); state != c.want || state != alone || why != whyAlone {
						t.Errorf("%s, %q; alone %s, %q; want %s", state, why, alone, whyAlone, c.want)
					}
				}
			}
		})
	}
}

// What may not be read is not known, and nothing is unpacked over it.
func TestLook_unreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := filepath.Join(t.TempDir(), "a-1.0.0")
	check(t, errors.Join(os.Mkdir(dir, 0o777), os.WriteFile(filepath.Join(dir, crate.OKFile), []byte(okContent), 0)))
	if state, why := Look(dir); state != Unknown {
		t.Errorf("%s, %q", state, why)
	}
}
