package mirror

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"cargohome/index"
	"cargohome/internal/fsx"
	"cargohome/internal/par"
	"cargohome/internal/registry"
	"cargohome/internal/staging"
)

const configFile = registry.IndexFolder + "/config.json"

// entryFile is a file of an index.
type entryFile struct {
	paths    []string // in the folder of the registry: its names
	versions []registry.Version
	text     string // of one that has no versions
	same     bool   // what is there is what is to be
}

// entryFiles returns the files of a registry's index, those of versions in order.
func (w *writing) entryFiles(r *Registry) (files []entryFile, err error) {
	if text := w.Record.Layout.Config(w.Record.URL, r.Name); text != "" {
		files = append(files, entryFile{paths: []string{configFile}, text: text})
	}
	first := "" // path of the file before
	for i, v := range r.Versions {
		paths, err := w.Record.Layout.Entries(v.ID.Name)
		if err != nil {
			return nil, err
		}
		if paths[0] != first {
			first = paths[0]
			files = append(files, entryFile{versions: r.Versions[i:i]})
		}
		f := &files[len(files)-1]
		f.versions = f.versions[:len(f.versions)+1]
		f.add(paths)
	}
	return files, nil
}

// add adds names that the file does not have yet: of crates that differ in capitals there
// may be several.
func (f *entryFile) add(paths []string) {
	for _, path := range paths {
		path = registry.IndexFolder + "/" + path
		if n := len(f.paths); n == 0 || path != f.paths[0] && path != f.paths[n-1] {
			f.paths = append(f.paths, path)
		}
	}
}

// content is what the file is to be.
func (f *entryFile) content() ([]byte, error) {
	if f.text != "" {
		return []byte(f.text), nil
	}
	return registry.Lines(f.versions)
}

// stageIndex stages the index of a registry, whole, if it is not what is there, and reports
// whether that is so.
func (w *writing) stageIndex(ctx context.Context, to *staging.Writer, r *Registry) (changed bool, err error) {
	files, err := w.entryFiles(r)
	if err != nil {
		return false, err
	}
	if changed, err = w.compare(ctx, r, files); err != nil || !changed && !r.isNew {
		return false, err
	}
	if err := to.Mkdir(registry.IndexFolder, 0o777); err != nil {
		return false, err
	}
	now, err := w.stage.Now()
	if err != nil {
		return false, err
	}
	for i := range files {
		if err := errors.Join(ctx.Err(), w.stageEntries(to, r, &files[i], now)); err != nil {
			return false, err
		}
	}
	return true, nil
}

// compare finds out which files are there as they are to be, and whether anything else is.
func (w *writing) compare(ctx context.Context, r *Registry, files []entryFile) (changed bool, err error) {
	errs := par.Each(ctx, w.opts.Jobs, len(files), func(i int) error {
		text, err := files[i].content()
		if err != nil {
			return err
		}
		files[i].same = true
		for _, path := range files[i].paths {
			old, err := read(w.place(*r, path))
			files[i].same = files[i].same && err == nil && bytes.Equal(old, text)
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		return false, err
	}
	wanted := map[string]bool{}
	for _, f := range files {
		changed = changed || !f.same
		for _, path := range f.paths {
			wanted[w.place(*r, path)] = true
		}
	}
	return changed || w.hasOthers(r, wanted), nil
}

// hasOthers reports whether the index has files that it is not to have.
func (w *writing) hasOthers(r *Registry, wanted map[string]bool) bool {
	err := filepath.WalkDir(w.place(*r, registry.IndexFolder), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !wanted[path] {
			err = fs.ErrExist
		}
		return err
	})
	return err != nil // or it is not there
}

// read reads a file that is one, and no link.
func read(path string) ([]byte, error) {
	folder, err := fsx.OpenFolder(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.ReadRegular(filepath.Base(path), index.MaxFileSize)
}

// stageEntries stages a file by its names.
func (w *writing) stageEntries(to *staging.Writer, r *Registry, f *entryFile, now time.Time) error {
	var text []byte
	for i, path := range f.paths {
		if f.same && to.Link(w.place(*r, path), path) == nil {
			continue
		}
		if text == nil {
			var err error
			if text, err = f.content(); err != nil {
				return err
			}
		}
		err := w.stageText(to, path, text, w.timeOf(r, path, f.same, now))
		if i > 0 && errors.Is(err, fs.ErrExist) {
			err = nil // capitals make no difference here
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// timeOf is when a file was modified: what is the same was then, and what is not is a second
// later at least.
func (w *writing) timeOf(r *Registry, path string, same bool, now time.Time) time.Time {
	old, err := fsx.Lstat(w.place(*r, path))
	switch {
	case err != nil:
		return now
	case same:
		return old.Modified
	case now.Before(old.Modified.Add(time.Second)):
		return old.Modified.Add(time.Second)
	}
	return now
}

func (w *writing) stageText(to *staging.Writer, path string, text []byte, modified time.Time) error {
	file, err := to.Create(path, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil && !modified.IsZero() {
		err = file.SetTime(modified)
	}
	return errors.Join(err, file.Close())
}
