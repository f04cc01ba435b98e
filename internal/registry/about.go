package registry

import (
	"context"
	"io"
	"os"
	"sync"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/manifest"
)

// maxAbouts bounds what is remembered of manifests: as many have some 400 KiB, or 28 MiB if
// somebody means harm.
const maxAbouts = 2000

// abouts are what manifests of archives say, as far as that is remembered. What is known of an
// archive by its checksum stays true.
type abouts struct {
	mu    sync.Mutex
	known map[crate.Checksum]manifest.About
}

// get returns what the manifest of an archive says, and opens the archive if that is not known.
func (a *abouts) get(ctx context.Context, sum crate.Checksum, open func() (*Opened, error)) (manifest.About, error) {
	a.mu.Lock()
	about, known := a.known[sum]
	a.mu.Unlock()
	if known {
		return about, nil
	}
	o, err := open()
	if err != nil {
		return about, err
	}
	var u archive.Unpacker
	text, err := u.Manifest(ctx, archive.Archive{ID: o.ID, From: opened{o.File}, Size: o.Size, Checksum: o.Checksum})
	if ctx.Err() != nil {
		return about, ctx.Err()
	}
	if err == nil {
		about = manifest.ParseAbout(text)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil || len(a.known) >= maxAbouts {
		a.known = map[crate.Checksum]manifest.About{}
	}
	a.known[sum] = about
	return about, nil
}

// opened is a file that is open, and closed by who reads it.
type opened struct{ *os.File }

// Open implements [archive.Opener].
func (o opened) Open() (io.ReadCloser, error) { return o.File, nil }
