package relink

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/par"
)

// addArchives adds the archives that are lacking. Each is read, and held against the
// checksum that an index has for it.
func (p *planner) addArchives(ctx context.Context) error {
	first := len(p.Links)
	_ = p.pairs(home.CachePath, p.owners.Registry, func(from, to string) error {
		for c, err := range p.home.Cached(from) {
			if err != nil || c.Size == 0 {
				continue // no archive, or one that Cargo takes as not downloaded
			}
			file := c.ID.Stem() + ".crate"
			l := &Link{Kind: Archive, From: path.Join(home.CachePath, from, file), To: path.Join(home.CachePath, to, file), Size: c.Size, id: c.ID}
			if isAbsent(p.path(l.To)) {
				p.add(l)
			} else {
				p.There++
				p.checksum(l) // its line may be lacking all the same
			}
		}
		return nil
	})
	archives := p.Links[first:]
	checksums := make([]*crate.Checksum, len(archives))
	for n, l := range archives {
		checksums[n] = p.checksum(l)
		l.Vouched = checksums[n] != nil
	}
	par.Each(ctx, p.opts.Jobs, len(archives), func(n int) error {
		archives[n].Err = archives[n].read(p.path(archives[n].From), checksums[n])
		archives[n].refused = archives[n].Err != nil
		return nil
	})
	return ctx.Err()
}

// checksum returns what an index has for an archive, first that which is going to be asked;
// nil if none has anything. What that lacks of it is added to it.
func (p *planner) checksum(l *Link) *crate.Checksum {
	to, from := path.Base(path.Dir(l.To)), path.Base(path.Dir(l.From))
	if e, err := p.index(to).Lookup(l.id.Name, l.id.Version); err == nil {
		return &e.Checksum
	}
	e, err := p.index(from).Lookup(l.id.Name, l.id.Version)
	if err != nil {
		return nil
	}
	if x := p.brought[to]; x != nil && x.files != nil && !x.has(l.id.Name) {
		if x.lines[l.id.Name] == nil {
			x.Entries++
		}
		x.lines[l.id.Name] = append(x.lines[l.id.Name], e)
	}
	return &e.Checksum
}

// has reports whether the file of a crate is one that is brought whole.
func (l *Link) has(name string) bool {
	at, err := index.Path(name)
	_, found := slices.BinarySearch(l.files, path.Join(index.CacheFolder, at))
	return err == nil && found
}

// index is that in a folder of registry/index, without any that would stand in for it.
func (p *planner) index(name string) *index.Index {
	x := p.indexes[name]
	if x == nil {
		form := index.Sparse
		if p.isGit(path.Join(home.IndexPath, name)) {
			form = index.Git
		}
		x = form(p.path(home.IndexPath, name))
		p.indexes[name] = x
	}
	return x
}

func (p *planner) close() {
	for _, x := range p.indexes {
		x.Close()
	}
}

// read reads an archive.
func (l *Link) read(path string, want *crate.Checksum) (err error) {
	if l.seen, err = fsx.Lstat(path); err != nil {
		return fsx.WithoutPath(err)
	}
	if !l.seen.Mode.IsRegular() {
		return home.ErrNotRegular // a link, which would be linked itself
	}
	sum, err := sumOf(path)
	if err == nil && want != nil && sum != *want {
		err = fmt.Errorf("its checksum is %s, and %s in the index", sum, want)
	}
	return err
}

func sumOf(path string) (sum crate.Checksum, err error) {
	f, _, err := fsx.OpenRegular(path)
	if err != nil {
		return sum, fsx.WithoutPath(err)
	}
	defer f.Close()
	hash := sha256.New()
	_, err = io.Copy(hash, f)
	hash.Sum(sum[:0])
	return sum, err
}

var errDiffers = errors.New("another archive lies there")

// SameArchive reports why an archive is not the same as another, by their paths; nil if
// both are one file, or have the same bytes.
func SameArchive(a, b string) error {
	first, err := fsx.Lstat(a)
	if err != nil {
		return err
	}
	second, err := fsx.Lstat(b)
	switch {
	case err != nil:
		return err
	case first.ID == second.ID && first.ID != (fsx.ID{}):
		return nil
	case first.Size != second.Size:
		return errDiffers
	}
	sum, err := sumOf(a)
	other, err2 := sumOf(b)
	if err = errors.Join(err, err2); err == nil && sum != other {
		err = errDiffers
	}
	return err
}
