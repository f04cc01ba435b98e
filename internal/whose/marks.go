package whose

import (
	"errors"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/internal/fsx"
	"cargohome/internal/reextract"
	"cargohome/internal/usage"
)

// The marks of sources and checkouts: how their .cargo-ok is (spec 5.4, 6.2).
const (
	V1         = `{"v":1}` // of a source, since 1.71
	OK         = "ok"      // of a source, before
	Marked     = "marked"  // of a checkout without submodules
	Submodules = "with marked submodules"
	Held       = "with submodules of its own" // that have no mark, before 1.94
	Strange    = "strange"                    // by no Cargo that is known
	Unmarked   = "none"                       // half made
	Unread     = "unread"                     // it could not be looked at
)

const maxMark = 1 << 16 // bytes of a mark that are read

// mark reads how a source or checkout is marked, "" for what has no mark.
func (l *looker) mark(i *usage.Item) string {
	dir := filepath.Join(l.home.Dir(), filepath.FromSlash(i.Path()))
	mark := ""
	switch i.Kind {
	case usage.Source:
		mark = markOfSource(dir)
	case usage.Checkout:
		mark = markOfCheckout(dir)
		l.short(i)
	}
	l.signs.mark(mark)
	return mark
}

// unmarked says why a folder counts as one without a mark, "" if it has one.
func unmarked(dir string) string {
	switch found, _ := fsx.Look(dir, crate.OKFile); found {
	case fsx.NotThere:
		return Unmarked
	case fsx.Unknown:
		return Unread
	}
	return ""
}

func markOfSource(dir string) string {
	if mark := unmarked(dir); mark != "" {
		return mark
	}
	text, err := fsx.ReadRegular(filepath.Join(dir, crate.OKFile), maxMark)
	switch {
	case errors.Is(err, fsx.ErrNotRegular) || errors.Is(err, fsx.ErrTooLarge):
		return Strange
	case err != nil:
		return Unread
	case reextract.IsOK(text):
		return V1
	case strings.TrimSpace(string(text)) == OK:
		return OK
	}
	return Strange
}

func markOfCheckout(dir string) string {
	if mark := unmarked(dir); mark != "" {
		return mark
	}
	mark := Marked
	for _, sub := range submodules(dir) {
		if found, _ := fsx.Look(dir, sub+"/.git"); found != fsx.There {
			continue // `update = none`
		}
		if found, _ := fsx.Look(dir, sub+"/"+crate.OKFile); found != fsx.There {
			return Held
		}
		mark = Submodules
	}
	return mark
}

const (
	maxModules    = 1 << 20 // bytes of a .gitmodules that are read
	maxSubmodules = 100     // that are looked at
)

// submodules returns the paths that the .gitmodules of a checkout names, of those that
// can be below it.
func submodules(dir string) (paths []string) {
	text, err := fsx.ReadRegular(filepath.Join(dir, ".gitmodules"), maxModules)
	if err != nil {
		return nil
	}
	_ = object.ParseConfig(string(text), func(section, _, key, value string) error { // up to what makes no sense
		if section == "submodule" && key == "path" && filepath.IsLocal(value) && !strings.Contains(value, `\`) && len(paths) < maxSubmodules {
			paths = append(paths, value)
		}
		return nil
	})
	return paths
}
