package registry

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/blob"
	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// fetching is an archive of the copy.
type fetching struct {
	sync.Mutex
	name  string
	size  int64     // of what is there; -1 if nothing is
	used  time.Time // last
	wrong error     // that it is not of its checksum
	found time.Time // when that was found out
}

const (
	// fetchTries is how often an archive that breaks off is fetched.
	fetchTries = 3
	// believed is how long what is not of its checksum is not fetched again: whoever asks for it
	// would have it cross the network each time.
	believed = time.Minute
)

// at returns what is known of an archive of the copy.
func (r *Remote) at(registry string, sum crate.Checksum) *fetching {
	name := registry + "/" + Objects.Archives(crate.ID{}, sum)[0]
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.busy[name]
	if f == nil {
		f = &fetching{name: name, size: -1}
		r.busy[name] = f
	}
	return f
}

// Fetch returns the path of an archive in the copy, and fetches it if it is not there. It is
// of its checksum: else the error is a [*archive.ChecksumError].
func (r *Remote) Fetch(ctx context.Context, registry string, sum crate.Checksum) (path string, err error) {
	f := r.at(registry, sum)
	f.Lock()
	defer f.Unlock()
	return r.path(f.name), r.fetch(ctx, f, sum)
}

// open opens an archive of the copy, which is fetched if it is not there.
func (r *Remote) open(ctx context.Context, registry string, sum crate.Checksum) (*os.File, error) {
	f := r.at(registry, sum)
	f.Lock()
	defer f.Unlock()
	if err := r.fetch(ctx, f, sum); err != nil {
		return nil, err
	}
	file, _, err := fsx.OpenRegular(r.path(f.name))
	if !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	r.resize(f, -1) // somebody tidied up
	if err := r.fetch(ctx, f, sum); err != nil {
		return nil, err
	}
	file, _, err = fsx.OpenRegular(r.path(f.name))
	return file, err
}

// fetch fetches an archive that is not there. The caller has its lock.
func (r *Remote) fetch(ctx context.Context, f *fetching, sum crate.Checksum) error {
	f.used = time.Now()
	switch {
	case f.size >= 0:
		return nil
	case f.wrong != nil && time.Since(f.found) < believed:
		return f.wrong
	}
	err := r.tryToFetch(ctx, f, sum)
	if staging.Full(err) {
		if err = r.makeRoom(); err == nil {
			err = r.tryToFetch(ctx, f, sum)
		}
	}
	if _, wrong := errors.AsType[*archive.ChecksumError](err); wrong {
		f.wrong, f.found = err, time.Now()
	}
	return err
}

func (r *Remote) tryToFetch(ctx context.Context, f *fetching, sum crate.Checksum) (err error) {
	at := r.path(f.name)
	if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		return err
	}
	for range fetchTries {
		var size int64
		if size, err = r.download(ctx, f.name, at+newSuffix, sum); err == nil {
			if err = os.Rename(at+newSuffix, at); err == nil {
				r.resize(f, size)
			}
			return err
		}
		if ctx.Err() != nil || !isWorthTrying(err) {
			break
		}
	}
	return errors.Join(err, removeIfThere(at+newSuffix))
}

// isWorthTrying reports whether the next try may succeed where this one failed.
func isWorthTrying(err error) bool {
	_, wrong := errors.AsType[*archive.ChecksumError](err)
	return !wrong && !staging.Full(err) && !errors.Is(err, fs.ErrNotExist)
}

// resize notes how large what is there of an archive is, whose lock the caller has.
func (r *Remote) resize(f *fetching, size int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes += max(size, 0) - max(f.size, 0)
	f.size = size
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (r *Remote) download(ctx context.Context, name, to string, want crate.Checksum) (size int64, err error) {
	from, _, err := r.Store.Open(ctx, name)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	file, err := os.Create(to)
	if err != nil {
		return 0, err
	}
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(file, h), io.LimitReader(from, archive.MaxSize))
	if err != nil && !staging.Full(err) {
		err = &blob.Error{Store: r.Store.String(), Name: name, Err: err} // it says nothing of what is there
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return 0, err
	}
	if got := crate.Checksum(h.Sum(nil)); got != want {
		err = &archive.ChecksumError{Want: want, Got: got}
	}
	return size, err
}

// keepWithin deletes archives of the copy if there are more bytes than limit of them. A tenth of
// it is then free, so that not each that comes has all of them looked at.
func (r *Remote) keepWithin(limit int64) error {
	r.mu.Lock()
	r.limit = min(cmp.Or(r.limit, limit), limit)
	limit, bytes := r.limit, r.bytes
	r.mu.Unlock()
	if bytes <= limit {
		return nil
	}
	return r.shrink(limit - limit/10)
}

// makeRoom halves the copy, as the disk is full, and lets it grow no more.
func (r *Remote) makeRoom() error {
	r.mu.Lock()
	half := r.bytes / 2
	r.limit = max(r.bytes, 1)
	r.mu.Unlock()
	return r.shrink(half)
}

// shrink deletes archives of the copy that were not used longest, until there are no more
// bytes than limit of them.
func (r *Remote) shrink(limit int64) error {
	r.mu.Lock()
	all := slices.Collect(maps.Values(r.busy))
	r.mu.Unlock()
	lock := func(f *fetching) *sync.Mutex { return &f.Mutex }
	used := func(f *fetching) (time.Time, bool) { return f.used, f.size >= 0 }
	for _, f := range longestUnused(slices.Values(all), lock, used) {
		if r.within(limit) {
			return nil
		}
		if f.TryLock() {
			err := removeIfThere(r.path(f.name))
			if err == nil {
				r.resize(f, -1)
			}
			f.Unlock()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Remote) within(limit int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes <= limit
}
