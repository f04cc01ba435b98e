package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"cargohome/crate/archive"
	"cargohome/gitsrc"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/reextract"
	"cargohome/internal/usage"
	"cargohome/vendoring"
)

// What is advised fits the cause: nothing is to be deleted or fetched because it may not
// be read, and nobody's rights are at fault if the disk is full.
func TestHints(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "/h/a.crate", Err: syscall.EACCES}
	full := &fs.PathError{Op: "mkdir", Path: "/h/t", Err: syscall.ENOSPC}
	broken := fmt.Errorf("object 12: %w: it is missing", object.ErrDamaged)
	wrong := &archive.ChecksumError{}
	unpacked := func(err error) error {
		item := &reextract.Item{State: reextract.Absent}
		results := []reextract.Result{{Item: item, Err: &reextract.Error{Err: err}}}
		return NewUnpacked(&reextract.Plan{Items: []*reextract.Item{item}}, results, false).Err()
	}
	removed := func(err error) error {
		return (&Cleaned{failed: []usage.Failure{{Path: "registry/src/x", Err: err}}}).Err()
	}
	unavailable := func(err error) error {
		return Unavailable(&gitsrc.CheckoutPlan{Checkouts: []*gitsrc.Checkout{{State: gitsrc.Unavailable, Why: err}}})
	}
	gap := func(g locate.Gap) error { return &vendoring.GapsError{Gaps: locate.Gaps{g}} }
	torn := func(err error) error { return &lockfile.ParseError{File: "Cargo.lock", Err: err} }
	for name, c := range map[string]struct {
		err  error
		want string
		not  []string
	}{
		"archive that may not be read":   {unpacked(denied), "who may read", []string{"fetch", "delete"}},
		"archive with other bytes":       {unpacked(wrong), "delete archives that are damaged", []string{"who may"}},
		"no room to unpack":              {unpacked(full), "disk or quota is full", []string{"fetch", "delete", "who may"}},
		"moving to another disk":         {&os.LinkError{Op: "rename", Old: "/a", New: "/b/c", Err: syscall.EXDEV}, "another file system is mounted between", []string{"full"}},
		"removing denied":                {removed(denied), "who may read and write", nil},
		"removing on a full disk":        {removed(full), "disk or quota is full", []string{"who may"}},
		"vendoring what may not be read": {gap(locate.Gap{Reason: locate.Unreadable, Err: denied}), "who may read", []string{"fetch", "delete"}},
		"vendoring a folder for archive": {gap(locate.Gap{Reason: locate.Unreadable}), "delete the archives", []string{"who may"}},
		"vendoring what is not there":    {gap(locate.Gap{Reason: locate.Missing}), "cargo fetch", []string{"delete"}},
		"missing in a local registry":    {gap(locate.Gap{Reason: locate.Missing, Place: "/reg"}), "in place of their source", []string{"run `cargo fetch"}},
		"damaged in a local registry":    {gap(locate.Gap{Reason: locate.Corrupt, Place: "/reg"}), "in place of their source", []string{"run `cargo fetch"}},
		"repository that is missing":     {unavailable(&worktree.MissingError{}), "cargo fetch", []string{"delete"}},
		"repository that is damaged":     {unavailable(broken), "delete the damaged repository", []string{"for the same cargo home"}},
		"repository that is locked away": {unavailable(denied), "who may read", []string{"fetch"}},
		"read-only file system":          {errors.Join(errors.New("x"), syscall.EROFS), "mounted read-only", []string{"who may"}},
		"lock of somebody else":          {&home.LockError{Path: "/h/.package-cache", Err: syscall.EACCES}, "as the user whose cargo home it is", []string{"who may"}},
		"lockfile badly merged":          {torn(lockfile.ErrTorn), "cargo update --workspace", nil},
		"lockfile with conflicts":        {torn(lockfile.ErrConflict), "take one side", nil},
		"lockfile that is empty":         {torn(lockfile.ErrEmpty), "from version control", []string{"cargo update"}},
		"manifest for a lockfile":        {torn(lockfile.ErrManifest), "name the Cargo.lock", []string{"version control"}},
		"open files":                     {&fs.PathError{Op: "open", Path: "x", Err: syscall.EMFILE}, "ulimit -n", nil},
	} {
		got := strings.Join(Hints(c.err), "\n")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: no %q in %q", name, c.want, got)
		}
		for _, not := range c.not {
			if strings.Contains(got, not) {
				t.Errorf("%s: %q is in %q", name, not, got)
			}
		}
	}
}
