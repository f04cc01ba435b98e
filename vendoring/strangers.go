package vendoring

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
)

// content is what a folder to vendor into holds already. Names that begin with a dot
// are nobody's business (spec 7.10), nor are path packages.
type content struct {
	names    []string // sorted
	vendored bool     // a run of cargo or ours has made something there
}

// A StrangersError says that a folder to vendor into is not a vendor folder, and holds
// what would be lost. Cargo does not ask.
type StrangersError struct {
	Dest  string   // the folder, absolute
	Names []string // what would be lost, sorted
}

// mostStrangers bounds the names in an error.
const mostStrangers = 3

func (e *StrangersError) Error() string {
	var names []string
	for _, name := range e.Names[:min(len(e.Names), mostStrangers)] {
		names = append(names, fmt.Sprintf("%q", name))
	}
	text := strings.Join(names, ", ")
	if more := len(e.Names) - mostStrangers; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s is not a vendor folder: it holds %s, which would be deleted", e.Dest, text)
}

// Hint says what to do instead.
func (e *StrangersError) Hint() string {
	return "choose a folder of its own, or have all of that deleted with --force"
}

// look tells what the names in the vendor folder are, without what is kept.
func (p *Plan) look(names []string, kept map[string]string) *content {
	c := &content{}
	for _, name := range names {
		_, keep := kept[name]
		switch {
		case isMark(name):
			c.vendored = true
		case keep || strings.HasPrefix(name, "."):
		default:
			c.names = append(c.names, name)
		}
	}
	c.vendored = c.vendored || slices.ContainsFunc(c.names, func(name string) bool { return hasVendored(filepath.Join(p.Dest, name)) })
	return c
}

// isMark: a cargo that is killed leaves this in the vendor folder, and in no other (cargo
// 1.95: ops/vendor.rs, staging_dir). What we leave may be in any.
func isMark(name string) bool { return strings.HasPrefix(name, ".vendor-staging") }

// hasVendored reports whether dir is a package that was vendored, or a folder with such,
// as the folder of a [Group] is.
func hasVendored(dir string) bool {
	if isVendored(dir) {
		return true
	}
	if !strings.HasPrefix(filepath.Base(dir), groupPrefix) {
		return false
	}
	entries, _ := os.ReadDir(dir)
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool { return isVendored(filepath.Join(dir, e.Name())) })
}

func isVendored(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, crate.ChecksumFile))
	return err == nil && info.Mode().IsRegular()
}

// check refuses a folder that is not a vendor folder, if anything in it would be lost:
// not an empty folder, and with NoDelete only what a step replaces.
func (c *content) check(dest string, wanted map[string]bool, target Target) error {
	if c.vendored || target.Force {
		return nil
	}
	lost := slices.DeleteFunc(slices.Clone(c.names), func(name string) bool {
		return target.NoDelete && !wanted[name] || isEmpty(filepath.Join(dest, name))
	})
	if len(lost) == 0 {
		return nil
	}
	return &StrangersError{dest, lost}
}

// isEmpty reports whether a path is that of a folder in which there is nothing.
func isEmpty(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() {
		return false
	}
	entries, err := os.ReadDir(path)
	return err == nil && len(entries) == 0
}

// stale lists what goes: everything that no step makes, plain files of the user's
// included (spec 7.10).
func (c *content) stale(dest string, wanted map[string]bool, target Target) (names []string) {
	for _, name := range c.names {
		if !wanted[name] && !(target.KeepSources && isSource(filepath.Join(dest, name))) {
			names = append(names, name)
		}
	}
	return names
}

func isSource(dir string) bool {
	_, manifest := os.Stat(filepath.Join(dir, "Cargo.toml"))
	_, sums := os.Stat(filepath.Join(dir, crate.ChecksumFile))
	return manifest == nil && sums != nil
}
