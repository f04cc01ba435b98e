package mirror

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/registry"
	"cargohome/internal/staging"
)

// WriteOptions say how a plan is carried out.
type WriteOptions struct {
	Jobs int // 0 means one for each processor
	// Last is called when all else is in place: if it fails, all is taken back. It may be nil.
	Last func() error
	// Leftover is called with why a temporary folder could not be deleted, or, of a store of
	// objects, with [ErrMeanwhile]. It may be nil.
	Leftover func(error)
}

// recordName is what the record is called in the temporary folder.
const recordName = "record"

// Write makes the mirror what it is planned to be. After an error nothing has changed, but in a
// store of objects some crates may be what they are to be, and others what they were.
func (p *Plan) Write(ctx context.Context, o *WriteOptions) (err error) {
	if p.objects != nil {
		return p.objects.write(ctx, p, o)
	}
	in := staging.At(p.Dest)
	in.NoLinks = true
	stage, err := staging.New(ctx, in)
	if err != nil {
		return err
	}
	w := &writing{Plan: p, opts: o, stage: stage}
	if err = w.all(ctx); err != nil {
		err = errors.Join(err, stage.Undo())
	}
	if left := stage.Close(); left != nil && err == nil && o.Leftover != nil {
		o.Leftover(left)
	}
	return err
}

// writing is one run of [Plan.Write].
type writing struct {
	*Plan
	opts  *WriteOptions
	stage *staging.Dir
}

// all stages everything, and then moves it into place; see the package comment.
func (w *writing) all(ctx context.Context) error {
	swap := make([]bool, len(w.Registries)) // the index of which has changed
	for i := range w.Registries {
		var err error
		if swap[i], err = w.stageRegistry(ctx, &w.Registries[i]); err != nil {
			return err
		}
	}
	if err := w.publishRecord(); err != nil {
		return err
	}
	if err := w.stage.Sync(); err != nil {
		return err
	}
	if err := w.publishArchives(ctx); err != nil {
		return err
	}
	if err := w.stage.Sync(); err != nil {
		return err
	}
	for i, r := range w.Registries {
		if err := w.publishIndex(ctx, r, swap[i]); err != nil {
			return err
		}
	}
	if err := w.stage.Sync(); err != nil {
		return err
	}
	for _, place := range w.remove {
		if err := errors.Join(ctx.Err(), w.stage.Remove(place)); err != nil {
			return err
		}
	}
	if w.opts.Last != nil {
		return w.opts.Last()
	}
	return nil
}

// place is where something of a registry is put.
func (w *writing) place(r Registry, path string) string {
	return filepath.Join(w.Dest, r.Name, filepath.FromSlash(path))
}

// stageRegistry stages what is new of a registry, and reports whether its index is.
func (w *writing) stageRegistry(ctx context.Context, r *Registry) (swap bool, err error) {
	writer, err := w.stage.Writer(r.Name)
	if err != nil {
		return false, err
	}
	err = w.stageArchives(ctx, writer, r)
	if err == nil {
		swap, err = w.stageIndex(ctx, writer, r)
	}
	return swap, errors.Join(err, writer.Finish())
}

// stageArchives stages the archives that are new.
func (w *writing) stageArchives(ctx context.Context, to *staging.Writer, r *Registry) error {
	for i := range r.Versions {
		if r.Actions[i] == Kept {
			continue
		}
		if err := errors.Join(ctx.Err(), w.stageArchive(ctx, to, &r.Versions[i])); err != nil {
			return err
		}
	}
	return nil
}

// stageArchive stages an archive, by all its names.
func (w *writing) stageArchive(ctx context.Context, to *staging.Writer, v *registry.Version) error {
	from := v.File.Path
	for _, path := range w.Record.Layout.Archives(v.ID, v.Checksum) {
		linked, err := to.Adopt(from, path, archive.MaxSize)
		if err != nil {
			return err
		}
		at := filepath.Join(to.Path(), filepath.FromSlash(path))
		if e, err := fsx.Lstat(at); !linked || err != nil || !v.File.Is(e) {
			if err := verify(ctx, v, at); err != nil {
				return fmt.Errorf("%s: %w", v.File.Path, errors.Join(registry.ErrChanged, err))
			}
		}
		from = at
	}
	return nil
}

// publishRecord puts the record into place, if it is another than before.
func (w *writing) publishRecord() error {
	text := w.Record.Text()
	if string(text) == string(w.old.Text()) {
		return nil
	}
	writer, err := w.stage.Writer(recordName)
	if err != nil {
		return err
	}
	err = errors.Join(writer.WriteFile(registry.RecordFile, 0o666, text), writer.Finish())
	if err == nil {
		err = w.stage.Sync()
	}
	if err != nil {
		return err
	}
	return w.stage.Replace(recordName+"/"+registry.RecordFile, filepath.Join(w.Dest, registry.RecordFile))
}

// publishArchives moves archives into place. A registry that is new comes whole, later.
func (w *writing) publishArchives(ctx context.Context) error {
	for _, r := range w.Registries {
		for i := range r.Versions {
			if r.isNew || r.Actions[i] == Kept {
				continue
			}
			v := &r.Versions[i]
			for _, path := range w.Record.Layout.Archives(v.ID, v.Checksum) {
				if err := errors.Join(ctx.Err(), w.stage.Replace(r.Name+"/"+path, w.place(r, path))); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// publishIndex puts the index of a registry into place, if it has changed, or all of one that
// is new.
func (w *writing) publishIndex(ctx context.Context, r Registry, swap bool) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case r.isNew:
		return w.stage.Publish(r.Name, filepath.Join(w.Dest, r.Name))
	case swap:
		return w.stage.Replace(r.Name+"/"+registry.IndexFolder, w.place(r, registry.IndexFolder))
	}
	return nil
}
