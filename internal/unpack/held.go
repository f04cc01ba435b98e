package unpack

import (
	"context"
	"io"
	"path"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// counted says which versions an index that the home has must list so that it may stay as it
// is, by the path of its unit: those that the bundle has archives of, and those that it leaves
// out. Of a sparse one that is asked for a delta alone: else all entries are read.
func counted(m *bundle.Manifest) map[string][]crate.Spec {
	all := map[string][]crate.Spec{}
	add := func(folder, name, version string) {
		unit := home.IndexPath + "/" + folder + "/.git"
		if at, err := index.Path(name); err == nil && m.Find(cachePath(folder, at)) != nil {
			if unit = cachePath(folder, at); !m.IsDelta() {
				return
			}
		}
		all[unit] = append(all[unit], crate.Spec{Name: name, Version: version})
	}
	for i := range m.Entries {
		e := &m.Entries[i]
		if id, err := home.ParseArchive(path.Base(e.Path)); err == nil && e.Kind() == bundle.ArchiveEntry {
			add(e.Folder(), id.Name, id.Version)
		}
	}
	folders := map[string]string{} // of registries, by source
	for _, r := range m.Registries {
		folders[r.Source] = r.Name
	}
	for _, id := range m.LeftOut {
		name, version, source := bundle.CutLeftOut(id)
		if folder := folders[source]; folder != "" {
			add(folder, name, version)
		}
	}
	return all
}

// lookIndex says what is to become of index entries. They are right if they list what is
// counted on, whatever else they list.
func (p *Plan) lookIndex(u *Unit) Action {
	if u.Kind == bundle.IndexEntry && !u.held() {
		return Merged
	}
	dir := p.path(home.IndexPath + "/" + u.folder())
	x := index.Sparse(dir)
	if u.Kind == bundle.IndexRepository {
		tree, err := object.OpenIndexStrict(dir)
		if isUseless(err) {
			return Replaced
		}
		if err == nil {
			_ = tree.Close() // it was only read
		}
		x = index.Git(dir)
	}
	x = x.Strictly()
	defer x.Close() // it was only read
	for _, c := range p.counted[u.Path] {
		if _, err := x.Lookup(c.Name, c.Version); err != nil {
			return Merged
		}
	}
	return Kept
}

// headSum is that of a HEAD in each bundle.
var headSum = crate.Sum([]byte(bundle.GitHead))

// hasHeld reports whether there is what a delta holds of a unit of which it has another part:
// so the first version of cargohome packed what had changed in part. HEAD and folders are
// always the same.
func (p *Plan) hasHeld(u *Unit, buf []byte) bool {
	for i := range u.entries {
		if e := &u.entries[i]; e.Held && e.Sum != headSum && !e.IsFolder() && !p.sameEntry(e, buf) {
			return false
		}
	}
	return true
}

// takeHeld stages that beside the rest of the unit.
func (w *writing) takeHeld(ctx context.Context, u *Unit) error {
	if w.stage == nil || u.Action == Kept || u.Action == Rebuilt {
		return nil
	}
	for i := range u.entries {
		if e := &u.entries[i]; e.Held {
			if err := w.takeHeldEntry(ctx, u, e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writing) takeHeldEntry(ctx context.Context, u *Unit, e *bundle.Entry) error {
	p := piece{sum: e.IsFile() && !w.left[e]}
	if e.Sum == headSum || !e.IsFile() {
		return w.put(ctx, u, e, p, io.LimitReader(strings.NewReader(bundle.GitHead), e.Size))
	}
	file, err := fsx.OpenToRead(w.path(e.Path))
	if err != nil {
		return err
	}
	defer file.Close()
	return w.put(ctx, u, e, p, io.NewSectionReader(file, 0, e.Size))
}
