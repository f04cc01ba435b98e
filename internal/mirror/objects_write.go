package mirror

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"cargohome/internal/blob"
	"cargohome/internal/par"
	"cargohome/internal/registry"
)

const (
	inFlight = 16        // requests at a time
	inMemory = 128 << 20 // bytes of entry files that are merged at a time, whatever a store has
	patience = 100       // how often others may change an object before we do

	forEver    = "public, max-age=31536000, immutable"
	revalidate = "public, max-age=0, must-revalidate"
)

// write makes the mirror in a store what it is planned to be; see the package comment.
func (m *Objects) write(ctx context.Context, p *Plan, o *WriteOptions) error {
	if err := m.putRecord(ctx, p); err != nil {
		return err
	}
	if err := m.putArchives(ctx, p); err != nil {
		return err
	}
	if err := errors.Join(m.putIndexes(ctx, p), m.announce(ctx)); err != nil {
		return err
	}
	if p.prune {
		switch err := m.prune(ctx); {
		case errors.Is(err, ErrMeanwhile) && o.Leftover != nil:
			o.Leftover(err)
		case err != nil:
			return err
		}
	}
	if o.Last != nil {
		return o.Last()
	}
	return nil
}

// announce tells those who serve the store that lines have changed, if they have: also after
// an error. It need not be heard from us: if another run says so at the same time it does
// after our lines were there.
func (m *Objects) announce(ctx context.Context) error {
	if !m.changed.Load() {
		return nil
	}
	info, err := m.Remote.Store.Stat(ctx, registry.ChangedFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := m.put(ctx, registry.ChangedFile, info.Tag, typed([]byte(rand.Text()+"\n"), "text/plain")); !isConflict(err) {
		return err
	}
	return nil
}

// prune deletes what lost its lines.
func (m *Objects) prune(ctx context.Context) error {
	if err := m.Remote.Refresh(ctx); err != nil {
		return err
	}
	return m.tidy(ctx)
}

// putRecord puts the record, with the registries that others have recorded meanwhile. Of the
// index there stays the copy that the plan was made of: what others add to it is not what we
// do not want.
func (m *Objects) putRecord(ctx context.Context, p *Plan) error {
	old, tag := m.Remote.Record()
	for range patience {
		text := p.Record.Text()
		if tag != "" && bytes.Equal(text, old.Text()) {
			return nil
		}
		_, err := m.put(ctx, registry.RecordFile, tag, typed(text, "application/json"))
		if !isConflict(err) {
			return err
		}
		if _, err := m.Remote.RefreshRecord(ctx); err != nil {
			return err
		}
		old, tag = m.Remote.Record()
		if err := p.Record.Add(old.Registries); err != nil {
			return err
		}
	}
	return errBusy(registry.RecordFile)
}

func errBusy(name string) error {
	return fmt.Errorf("%s: others change it all the time", name)
}

func isConflict(err error) bool {
	return errors.Is(err, blob.ErrExists) || errors.Is(err, blob.ErrChanged)
}

func typed(text []byte, kind string) *blob.Content {
	c := blob.Bytes(text)
	c.Type, c.Cache = kind, revalidate
	return c
}

// put creates an object, or replaces one that has a tag, unless others may take us for gone.
func (m *Objects) put(ctx context.Context, name, tag string, c *blob.Content) (now string, err error) {
	if err := m.lease.check(); err != nil {
		return "", err
	}
	if tag == "" {
		return m.Remote.Store.PutNew(ctx, name, c)
	}
	return m.Remote.Store.PutIf(ctx, name, tag, c)
}

// putArchives puts the archives that are new, the largest first.
func (m *Objects) putArchives(ctx context.Context, p *Plan) error {
	type job struct {
		registry string
		version  *registry.Version
	}
	var jobs []job
	for _, r := range p.Registries {
		for i := range r.Versions {
			if r.Actions[i] != Kept {
				jobs = append(jobs, job{r.Name, &r.Versions[i]})
			}
		}
	}
	none := func() struct{} { return struct{}{} }
	size := func(i int) int64 { return jobs[i].version.Size }
	return first(par.LongestFirst(ctx, inFlight, len(jobs), size, none, func(_ struct{}, i int) error {
		return m.putArchive(ctx, jobs[i].registry, jobs[i].version)
	}))
}

// first returns the first error: others may be of what it ended.
func first(errs []error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	if i < 0 {
		return nil
	}
	return errs[i]
}

// putArchive puts an archive, if it is not there: what is has its content, or another size.
func (m *Objects) putArchive(ctx context.Context, registryName string, v *registry.Version) error {
	name := registryName + "/" + registry.Objects.Archives(v.ID, v.Checksum)[0]
	opened, err := v.File.Open()
	if err != nil {
		return err
	}
	defer opened.Close()
	c := &blob.Content{From: opened.(*os.File), Size: v.Size, Sum: v.Checksum, Cache: forEver}
	_, err = m.Remote.Store.PutNew(ctx, name, c)
	if errors.Is(err, blob.ErrExists) {
		err = m.putAgain(ctx, name, c)
	}
	if errors.Is(err, blob.ErrContent) {
		err = fmt.Errorf("%s: %w", v.File.Path, registry.ErrChanged)
	}
	return err
}

// putAgain replaces what is there if it cannot be what it should.
func (m *Objects) putAgain(ctx context.Context, name string, c *blob.Content) error {
	info, err := m.Remote.Store.Stat(ctx, name)
	if err != nil || info.Size == c.Size {
		return err
	}
	_, err = m.put(ctx, name, info.Tag, c)
	return err
}

// putIndexes puts the objects of indexes that are new or have changed.
func (m *Objects) putIndexes(ctx context.Context, p *Plan) error {
	w := &writing{Plan: p}
	var files []objectFile
	for i := range p.Registries {
		r := &p.Registries[i]
		some, err := w.entryFiles(r)
		if err != nil {
			return err
		}
		wanted := map[string]bool{}
		for _, f := range some {
			name := r.Name + "/" + f.paths[0]
			wanted[name] = true
			files = append(files, objectFile{name, f})
		}
		for _, name := range m.Remote.IndexOf(r.Name) {
			if !wanted[name] {
				files = append(files, objectFile{name, entryFile{}})
			}
		}
	}
	room := par.NewRoom(inMemory)
	return first(par.Each(ctx, inFlight, len(files), func(i int) error { return m.putFile(ctx, room, &files[i]) }))
}

// objectFile is an entry file, which loses its lines if it has no content.
type objectFile struct {
	name string
	entryFile
}

// putFile puts an object of an index, merged with what others have put there since we
// looked.
func (m *Objects) putFile(ctx context.Context, room *par.Room, f *objectFile) error {
	most := m.Remote.Most(f.name)
	done, err := room.Take(ctx, most)
	if err != nil {
		return err
	}
	defer done()
	base, tag, err := m.Remote.Copied(f.name)
	if err != nil {
		return err
	}
	want, err := f.content()
	if err != nil {
		return err
	}
	now := base
	for range patience {
		text, err := f.merge(base, now, want)
		if err != nil || tag != "" && bytes.Equal(text, now) || tag == "" && len(text) == 0 {
			return err
		}
		m.changed.Store(true)
		_, err = m.put(ctx, f.name, tag, typed(text, f.kind()))
		if !isConflict(err) {
			return err
		}
		var info blob.Info
		if now, info, err = blob.ReadAll(ctx, m.Remote.Store, f.name, most); errors.Is(err, fs.ErrNotExist) {
			now, info, err = nil, blob.Info{}, nil
		}
		if err != nil {
			return err
		}
		tag = info.Tag
	}
	return errBusy(f.name)
}

// merge returns what the object is to be.
func (f *objectFile) merge(base, now, want []byte) ([]byte, error) {
	if f.text != "" {
		return want, nil
	}
	merged, err := merge(linesOf(base), linesOf(now), linesOf(want))
	if err != nil {
		return nil, err
	}
	return merged.text(), nil
}

func (f *objectFile) kind() string {
	if strings.HasSuffix(f.name, ".json") {
		return "application/json"
	}
	return "text/plain"
}
