package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/blob"
	"cargohome/internal/fsx"
	"cargohome/internal/par"
)

const (
	inFlight = 32        // requests at a time
	inMemory = 128 << 20 // bytes of entry files that are at work at a time, whatever a store lists
)

// Remote is a mirror in a store of objects. Of its index there is a copy, in a folder of our
// own; archives are fetched there when they are asked for.
type Remote struct {
	Store blob.Store // that it is in
	Dir   string     // of the copy; it is laid out as the store is

	record Record
	tag    string // of the record, "" if there is none

	mu    sync.Mutex                          // for the record, and what follows
	tags  map[string]string                   // of objects of indexes that are copied, by name
	sizes map[string]map[crate.Checksum]int64 // of archives, by registry
	busy  map[string]*fetching                // by the name of the object
	bytes int64                               // of archives in the copy
	limit int64                               // of those; 0 while nobody has said one
}

// OpenRemote returns the mirror in a store, in which there may be none yet. The folder is
// there, and empty. What the mirror has is known after [Remote.Refresh].
func OpenRemote(s blob.Store, dir string) *Remote {
	return &Remote{Store: s, Dir: dir, tags: map[string]string{}, sizes: map[string]map[crate.Checksum]int64{}, busy: map[string]*fetching{}}
}

// Record returns the record, and the tag that it has in the store, "" if it has none.
func (r *Remote) Record() (Record, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.record, r.tag
}

// Refresh brings the copy up to date. If there is no mirror the error matches
// fs.ErrNotExist; another may be there without that anybody sees half of it. It is not for
// several at once.
func (r *Remote) Refresh(ctx context.Context) error {
	record, err := r.RefreshRecord(ctx)
	if err != nil {
		return err
	}
	for _, reg := range record.Registries {
		index, err := r.list(ctx, reg.Name+"/"+IndexFolder+"/")
		if err == nil {
			err = r.copyIndex(ctx, reg.Name, index)
		}
		if err == nil { // of each line there is the archive: the index was listed before
			err = r.listArchives(ctx, reg.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// RefreshRecord is Refresh of the record alone: the copy of the index stays what it was.
func (r *Remote) RefreshRecord(ctx context.Context) (record Record, err error) {
	text, info, err := blob.ReadAll(ctx, r.Store, RecordFile, maxRecord)
	if err != nil {
		return record, err
	}
	record, err = parseRecord(text)
	if err == nil && record.Layout != Objects {
		err = fmt.Errorf("it is a mirror of the layout %s: name it as a folder", record.Layout)
	}
	if err != nil {
		return record, fmt.Errorf("%s/%s: %w", r.Store, RecordFile, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.record, r.tag = record, info.Tag
	return record, nil
}

// listArchives finds out which archives a registry has, and how large they are.
func (r *Remote) listArchives(ctx context.Context, registry string) error {
	sizes := map[crate.Checksum]int64{}
	for info, err := range r.Store.List(ctx, registry+"/"+sumsFolder+"/") {
		if err != nil {
			return err
		}
		if sum, ok := sumOf(info.Name); ok {
			sizes[sum] = info.Size
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sizes[registry] = sizes
	return nil
}

// size returns how large an archive is, 0 if that cannot be told.
func (r *Remote) size(ctx context.Context, registry string, sum crate.Checksum) int64 {
	r.mu.Lock()
	size, known := r.sizes[registry][sum]
	r.mu.Unlock()
	if known {
		return size
	}
	info, err := r.Store.Stat(ctx, registry+"/"+Objects.Archives(crate.ID{}, sum)[0])
	if err != nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sizes[registry] == nil {
		r.sizes[registry] = map[crate.Checksum]int64{}
	}
	r.sizes[registry][sum] = info.Size
	return info.Size
}

func (r *Remote) list(ctx context.Context, prefix string) (list []blob.Info, err error) {
	for info, err := range r.Store.List(ctx, prefix) {
		if err != nil {
			return nil, err
		}
		list = append(list, info)
	}
	return list, nil
}

// sumOf returns the checksum of the archive that an object is.
func sumOf(name string) (sum crate.Checksum, ok bool) {
	text, ok := strings.CutSuffix(name[strings.LastIndexByte(name, '/')+1:], ".crate")
	sum, err := crate.ParseChecksum(text)
	return sum, ok && err == nil
}

// copyIndex copies the objects of an index that have changed, and removes those that are
// gone.
func (r *Remote) copyIndex(ctx context.Context, registry string, index []blob.Info) error {
	gone := map[string]bool{}
	r.mu.Lock()
	for name := range r.tags {
		gone[name] = strings.HasPrefix(name, registry+"/")
	}
	changed := index[:0]
	for _, info := range index {
		delete(gone, info.Name)
		if r.tags[info.Name] != info.Tag {
			changed = append(changed, info)
		}
	}
	r.mu.Unlock()
	none := func() []byte { return make([]byte, 32<<10) }
	errs := par.Do(ctx, inFlight, len(changed), none, func(buf []byte, i int) error { return r.copy(ctx, changed[i], buf) })
	for name, is := range gone {
		if is {
			errs = append(errs, r.uncopy(name))
		}
	}
	return errors.Join(errs...)
}

// most is how large an object of an index may be by now that was listed, in bytes. The largest
// that there are have a few megabytes, so hardly will others have added more meanwhile; and what
// there is room for is found out by what was listed.
func most(listed blob.Info) int64 {
	const added = 4 << 20
	return min(2*min(max(listed.Size, 0), index.MaxFileSize)+added, index.MaxFileSize)
}

// copy copies an object of an index as it is by now, and never has it in memory. Whoever reads
// the copy finds what it was or what it is.
func (r *Remote) copy(ctx context.Context, listed blob.Info, buf []byte) error {
	from, now, err := blob.OpenWithin(ctx, r.Store, listed.Name, most(listed))
	if errors.Is(err, fs.ErrNotExist) {
		return r.uncopy(listed.Name)
	}
	if err != nil {
		return err
	}
	defer from.Close()
	at := r.path(listed.Name)
	if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		return err
	}
	err = putWhole(at, func(w io.Writer) error {
		_, err := io.CopyBuffer(struct{ io.Writer }{w}, from, buf) // without a buffer of the file's own
		return err
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tags[listed.Name] = now.Tag
	return nil
}

// putWhole puts a file where others may be reading another: they find that or this.
func putWhole(at string, write func(w io.Writer) error) error {
	file, err := os.Create(at + newSuffix)
	if err != nil {
		return err
	}
	err = errors.Join(write(file), file.Close())
	if err == nil {
		err = os.Rename(at+newSuffix, at)
	}
	if err != nil {
		return errors.Join(err, removeIfThere(at+newSuffix))
	}
	return nil
}

// newSuffix is what a file is called until it is whole: no object of an index is.
const newSuffix = "~"

func (r *Remote) uncopy(name string) error {
	r.mu.Lock()
	delete(r.tags, name)
	r.mu.Unlock()
	return removeIfThere(r.path(name))
}

// path is where the copy of an object is. Names of objects lead nowhere else.
func (r *Remote) path(name string) string { return filepath.Join(r.Dir, filepath.FromSlash(name)) }

// Most returns how large an object of an index may be by now, in bytes, if what is in the copy
// is what it was.
func (r *Remote) Most(name string) int64 {
	copied := blob.Info{}
	if info, err := os.Stat(r.path(name)); err == nil {
		copied.Size = info.Size()
	}
	return most(copied)
}

// Copied returns an object of an index as it is in the copy, and its tag in the store; "" if
// it was not there.
func (r *Remote) Copied(name string) (text []byte, tag string, err error) {
	r.mu.Lock()
	tag = r.tags[name]
	r.mu.Unlock()
	if tag == "" {
		return nil, "", nil
	}
	text, err = fsx.ReadRegular(r.path(name), index.MaxFileSize)
	if errors.Is(err, fs.ErrNotExist) { // it went this moment
		return nil, "", nil
	}
	return text, tag, err
}
