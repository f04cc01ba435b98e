package mirror

import (
	"os"
	"path"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/registry"
)

// pruneFolder finds the archives of a registry that are not held any more.
func (p *Plan) pruneFolder(dir string, r *registry.Registry) error {
	keep := map[string]bool{}
	for _, v := range r.Versions {
		for _, at := range p.Record.Layout.Archives(v.ID, v.Checksum) {
			keep[at] = true
		}
	}
	stored, err := p.Record.Layout.Stored(dir)
	if err != nil {
		return err
	}
	gone := map[string][]string{} // by folder
	for _, at := range stored {
		if keep[at] {
			continue
		}
		gone[path.Dir(at)] = append(gone[path.Dir(at)], at)
		if id, err := home.ParseStem(stem(at)); err == nil {
			id.Source = r.Source
			p.Removed = append(p.Removed, id)
		}
	}
	for folder, files := range gone {
		if at := filepath.Join(dir, filepath.FromSlash(folder)); registry.IsCrate(folder) && holds(at, len(files)) {
			p.remove = append(p.remove, at) // with nothing else in it
			continue
		}
		for _, at := range files {
			p.remove = append(p.remove, filepath.Join(dir, filepath.FromSlash(at)))
		}
	}
	slices.Sort(p.remove)
	slices.SortFunc(p.Removed, crate.ID.Compare)
	return nil
}

func stem(at string) string { return path.Base(at)[:len(path.Base(at))-len(".crate")] }

// holds reports whether a folder has so many entries.
func holds(dir string, n int) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && len(entries) == n
}
