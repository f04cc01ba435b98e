package verify

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
)

func (p *Plan) listArchives() {
	for _, name := range p.home.Registries() {
		for c, err := range p.home.Cached(name) {
			switch {
			case errors.Is(err, home.ErrNotArchive):
				p.Strange = append(p.Strange, fmt.Errorf("%q: %w", c.Path, err))
			case errors.Is(err, home.ErrNotRegular):
				p.add(&Item{Area: Archives, Name: c.ID.String(), Path: c.Path, mend: aside{}, check: func(_ context.Context, _ *worker, i *Item) error {
					i.is(Damaged, home.ErrNotRegular.Error())
					return nil
				}})
			case err != nil:
				p.cannot(Archives, c.Path, fsx.WithoutPath(err))
			default:
				p.addArchive(c)
			}
		}
	}
}

func (p *Plan) add(i *Item) { p.Items = append(p.Items, i) }

func (p *Plan) addArchive(c home.Cached) {
	p.add(&Item{Area: Archives, Name: c.ID.String(), Path: c.Path, Size: c.Size, mend: aside{}, check: func(ctx context.Context, w *worker, i *Item) error {
		return p.checkArchive(ctx, w, i, c)
	}})
}

// checkArchive: one that nobody vouches for should be an archive at least.
func (p *Plan) checkArchive(ctx context.Context, w *worker, i *Item, c home.Cached) error {
	if c.Size == 0 {
		i.is(Damaged, locate.ErrEmpty.Error())
		return nil
	}
	vouched, err := p.vouch(c.Path, c.Registry, c.ID)
	if err != nil {
		i.is(Unknown, err.Error())
		return nil
	}
	i.By = vouched.By
	a := vouched.Archive(c.ID, c.Archive)
	if vouched.By != locate.ByNobody {
		err := a.Verify(ctx)
		if _, differs := errors.AsType[*archive.ChecksumError](err); differs && vouched.By == locate.ByIndex && p.isUnpacked(ctx, c) {
			i.mend = nil
			i.is(Unknown, "the index has another checksum for it, and cargo has unpacked what is in it: fetch the index anew")
			return nil
		}
		return i.took(ctx, err)
	}
	report, err := w.unpack.Check(ctx, a)
	if err == nil {
		err = report.Err()
	}
	if err != nil {
		return i.took(ctx, err)
	}
	i.is(Unvouched, "no index has it")
	return nil
}

// isUnpacked reports whether registry/src has just what is in an archive, around which nothing
// was changed. Cargo unpacks nothing of another checksum than was asked for, so that it is the
// index where something was changed.
func (p *Plan) isUnpacked(ctx context.Context, c home.Cached) bool {
	differences, err := Source(ctx, p.home.SourceDir(c.Registry, c.ID), locate.Vouched{}.Archive(c.ID, c.Archive))
	return err == nil && len(differences) == 0 && isWrapped(ctx, c.Path)
}

// isWrapped reports whether what is not looked at when an archive is unpacked, the header of
// gzip and what follows its end, is as an encoder writes it: no name but its own, and no time
// (cargo 1.95: GzBuilder::filename in ops/cargo_package, for which the system is unknown).
func isWrapped(ctx context.Context, path string) bool {
	f, err := fsx.OpenToRead(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [10]byte
	_, _ = f.ReadAt(head[:], 0)
	rest := bufio.NewReader(io.NewSectionReader(f, 0, f.Size()))
	z, err := gzip.NewReader(rest)
	if err != nil {
		return false
	}
	const hasName, best, unix, unknown = 8, 2, 3, 255
	named := head[3] == 0 || head[3] == hasName && z.Name == filepath.Base(path)
	timed := !z.ModTime.IsZero() && uint32(z.ModTime.Unix()) != noTime
	if !named || timed || head[8] != best || z.OS != unix && z.OS != unknown {
		return false
	}
	z.Multistream(false)
	for err == nil && ctx.Err() == nil {
		_, err = io.CopyN(io.Discard, z, 1<<20)
	}
	_, behind := rest.ReadByte()
	return err == io.EOF && behind == io.EOF
}

// noTime is what some encoders in Go write that were given no time.
const noTime = 0x886e0900

// took takes what reading an archive came to.
func (i *Item) took(ctx context.Context, err error) error {
	sum, differs := errors.AsType[*archive.ChecksumError](err)
	switch {
	case err == nil:
		i.State = Sound
	case differs && sum.Truncated:
		i.is(Damaged, "truncated: "+err.Error())
	case isArchiveFault(err):
		i.is(Damaged, err.Error())
	default:
		return i.failed(ctx, err)
	}
	return nil
}

// isArchiveFault tells what is wrong with an archive from what kept it from being read.
func isArchiveFault(err error) bool {
	_, sum := errors.AsType[*archive.ChecksumError](err)
	_, size := errors.AsType[*archive.SizeError](err)
	_, entry := errors.AsType[*archive.EntryError](err)
	_, limit := errors.AsType[*archive.LimitError](err)
	return sum || size || entry || limit || errors.Is(err, archive.ErrMalformed)
}
