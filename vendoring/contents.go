package vendoring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/compat"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/packagelist"
)

// contents is what a package's folder will hold, but for the checksum file, whatever it
// comes from. It is safe for concurrent use.
type contents interface {
	// write writes all files and returns them in byte order of their paths; u is for
	// archives. An error that wraps a [*archive.ChecksumError] is that of a copy which is
	// damaged, and another may be sound.
	write(ctx context.Context, u *archive.Unpacker, dst archive.Folder) ([]archive.File, error)
	// explain says of what an error of write is.
	explain(id crate.ID, err error) error
}

// weightOf is the weight of files that are copied: that of an archive with as many, as
// they usually are.
func weightOf(files []packagelist.File) int64 { return 4096 * int64(len(files)) }

// archived is a copy of a package's archive.
type archived struct {
	of       *locate.Package
	copy     int // of its Archives
	rule     compat.Rule
	vendored archive.Include // by the rule
}

func (a archived) at() home.Archive { return a.of.Archives[a.copy] }

// addArchives takes the copies of the archive as they were found.
func (s *Step) addArchives() {
	s.weight = s.ArchiveSize()
	s.contents = make([]contents, len(s.Archives))
	for i := range s.Archives {
		s.contents[i] = archived{&s.Package, i, s.rule, archive.VendoredBy(s.rule)}
		if !s.rule.Has(compat.Unpacked) {
			s.contents[i] = relisted{s.contents[i].(archived)}
		}
	}
}

// write leaves out what cargo does not vendor (spec 7.4).
func (a archived) write(ctx context.Context, u *archive.Unpacker, dst archive.Folder) ([]archive.File, error) {
	u.Dated = !a.rule.Has(compat.Generated)
	return a.unpack(ctx, u, dst, a.vendored)
}

func (a archived) unpack(ctx context.Context, u *archive.Unpacker, dst archive.Folder, include archive.Include) ([]archive.File, error) {
	contents, err := u.Unpack(ctx, dst, a.of.Archive(a.of.ID, a.at()), include)
	if err != nil {
		return nil, err
	}
	return contents.Files, nil
}

// explain tells an archive with wrong bytes from a right one that is refused.
func (a archived) explain(id crate.ID, err error) error {
	if isDamage(err) {
		return &GapsError{locate.Gaps{*locate.Damage(id, a.at(), err)}}
	}
	return fmt.Errorf("unpack %s from %s: %w", id, a.at().Path, err)
}

func isDamage(err error) bool {
	_, damaged := errors.AsType[*archive.ChecksumError](err)
	return damaged
}

// sound calls use with the first of the step's contents that is not damaged. The error is
// about the first of them.
func (s *Step) sound(use func(contents) ([]archive.File, error)) ([]archive.File, error) {
	var first error
	for _, c := range s.contents {
		files, err := use(c)
		if err == nil {
			return files, nil
		}
		if first == nil {
			first = c.explain(s.ID, err)
		}
		if !isDamage(err) {
			break
		}
	}
	return nil, first
}

// WriteInto writes what the folder of the step is to hold into another, the checksum file
// last, and returns all but that in byte order of their paths. A copy of an archive that
// turns out to be damaged makes it begin anew with another: each gets a folder from open.
func (s *Step) WriteInto(ctx context.Context, u *archive.Unpacker, open func() (archive.Folder, error)) ([]archive.File, error) {
	return s.sound(func(c contents) ([]archive.File, error) {
		dst, err := open()
		if err != nil {
			return nil, err
		}
		files, err := c.write(ctx, u, dst)
		if err == nil {
			err = writeRecord(dst, files, appendChecksumFile(nil, files, s.Checksum, s.comments()))
		}
		return files, err
	})
}

// writeFile makes a file that holds data.
func writeFile(dst archive.Folder, path string, mode fs.FileMode, data []byte) error {
	f, err := dst.Create(path, mode)
	if err != nil {
		return err
	}
	if len(data) > 0 {
		_, err = f.Write(data)
	}
	return errors.Join(err, f.Close())
}

// writeRecord writes the checksum file, last. One that the contents brought is replaced,
// but stays listed, as cargo does it; no build accepts such a package (spec 7.10).
func writeRecord(dst archive.Folder, files []archive.File, record []byte) error {
	if slices.ContainsFunc(files, func(f archive.File) bool { return f.Path == crate.ChecksumFile }) {
		if err := dst.Remove(crate.ChecksumFile); err != nil {
			return err
		}
	}
	return writeFile(dst, crate.ChecksumFile, 0o666, record)
}
