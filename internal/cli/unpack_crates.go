package cli

import (
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
)

// crates are those that are wanted of a bundle; none means all that it has.
type crates []crate.Spec

func newCrates(typed []string) (c crates, err error) {
	for _, text := range typed {
		spec, err := crate.ParseSpec(text)
		if err != nil {
			return nil, usagef("--package: %w", err)
		}
		c = append(c, spec)
	}
	return c, nil
}

// of returns which entries of a bundle are wanted, nil for all. Then no others are read, if
// the bundle is a file, and has no signature beside it.
func (c crates) of(b *bundle.Reader, in io.Reader, t *trust) (func(e *bundle.Entry) bool, error) {
	if len(c) == 0 {
		return nil, nil
	}
	for _, spec := range c {
		if !slices.ContainsFunc(b.Manifest.Entries, func(e bundle.Entry) bool { return e.Kind() == bundle.ArchiveEntry && isOf(&e, spec) }) {
			return nil, fmt.Errorf("the bundle has no archive of %s", spec)
		}
	}
	file, size := regular(in)
	if t.detached != nil { // of a signature beside the bundle all of it counts
		file = nil
	}
	b.Only(file, size, c.want)
	return c.want, nil
}

// want reports whether an entry is of one of the crates, or of the index as a whole.
func (c crates) want(e *bundle.Entry) bool {
	switch e.Kind() {
	case bundle.ArchiveEntry:
		return slices.ContainsFunc(c, func(s crate.Spec) bool { return isOf(e, s) })
	case bundle.IndexEntry:
		return slices.ContainsFunc(c, func(s crate.Spec) bool { return path.Base(e.Path) == strings.ToLower(s.Name) })
	}
	return e.Kind() == bundle.IndexConfig || e.Kind() == bundle.IndexRepository
}

// isOf reports whether an archive is of a crate, by its name, as the manifest could say anything
// else.
func isOf(e *bundle.Entry, spec crate.Spec) bool {
	id, err := home.ParseArchive(path.Base(e.Path))
	return err == nil && spec.Matches(crate.ID{Name: id.Name, Version: id.Version})
}

// regular returns a file that may be read anywhere, nil if that is none.
func regular(in io.Reader) (io.ReaderAt, int64) {
	file, ok := in.(*os.File)
	if !ok {
		return nil, 0
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0
	}
	return file, info.Size()
}
