package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/blob"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
	"cargohome/internal/registry"
	"cargohome/internal/staging"
	"cargohome/internal/tarball"
	"cargohome/internal/ui"
	"cargohome/internal/unpack"
)

// bundles are those of which the archives are wanted: they are unpacked into a temporary home,
// or of one stay where they are until somebody asks for them. Beside that lies what is copied of stores of objects.
type bundles struct {
	in     func() (staging.In, error) // where that is made, if there are any
	known  []crate.SourceID           // that they say their registries are
	temp   *staging.Dir               // nil as long as there are none
	home   *home.Home                 // in it; nil without bundles
	stores []blob.Store

	live   bool             // archives may be made when somebody asks for them
	limit  int64            // then so many bytes of them stay
	packed *registry.Packed // those of a bundle of which they are; nil if there is none
	from   io.Closer        // that bundle
}

// findSource finds out what a source is: a place, or if that is zero a bundle.
func (r *run) findSource(source string) (registry.Place, error) {
	path := r.path(source)
	info, err := os.Stat(path)
	switch {
	case source == "-" || err == nil && !info.IsDir():
		return registry.Place{}, nil
	case err != nil:
		return registry.Place{}, missing("source", err)
	}
	return registry.FindPlace(path)
}

// addBundle unpacks the archives and indexes of a bundle into a temporary home: one for all,
// as a delta needs what it was packed against. It reports whether that is new.
func (r *run) addBundle(ctx context.Context, s *bundles, file string) (isNew bool, err error) {
	isNew = s.home == nil
	if isNew {
		if err := s.makeHome(ctx); err != nil {
			return false, err
		}
	}
	return isNew, r.unpackInto(ctx, s, file)
}

// unpackInto unpacks a bundle into the temporary home.
func (r *run) unpackInto(ctx context.Context, s *bundles, file string) error {
	h := home.New(s.home.Dir())
	in, err := r.openBundle(ctx, file)
	if err != nil {
		return err
	}
	defer func() {
		if s.from != in {
			_ = in.Close() // which was only read
		}
	}()
	b, err := bundle.NewReader(in, &bundle.Options{Name: file})
	if err != nil {
		return err
	}
	defer b.Close()
	only, err := s.pack(b, in)
	if err != nil {
		return err
	}
	plan, err := unpack.NewPlan(ctx, h, b.Manifest, only, r.flags.jobs)
	if err == nil {
		err = errors.Join(ui.Lacking(plan.Lacking()), h.Close())
	}
	if err != nil {
		return err
	}
	for i := range plan.Units {
		if u := &plan.Units[i]; !isOfRegistry(u.Kind) {
			u.Action = unpack.Kept // it is read, and not written
		}
	}
	for _, reg := range b.Manifest.Registries {
		if src, err := crate.ParseSourceID(reg.Source); err == nil {
			s.known = append(s.known, src)
		}
	}
	return plan.Write(ctx, b, &unpack.Options{Name: file, Jobs: r.flags.jobs})
}

// pack leaves the archives of a bundle where they are, if they may be made when somebody asks
// for them, and can be. It returns what is unpacked then, nil for all.
func (s *bundles) pack(b *bundle.Reader, in io.ReadCloser) (only func(e *bundle.Entry) bool, err error) {
	file, size := regular(in)
	if file == nil || !s.live || b.Manifest.IsDelta() {
		return nil, nil
	}
	shelf, err := b.Shelf(file, size)
	if errors.Is(err, tarball.ErrNoTable) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if s.packed, err = registry.NewPacked(shelf, b.Manifest, s.home.Dir(), s.limit); err != nil {
		return nil, err
	}
	s.from = in
	only = func(e *bundle.Entry) bool { return isOfRegistry(e.Kind()) && e.Kind() != bundle.ArchiveEntry }
	b.Only(file, size, only)
	return only, nil
}

func isOfRegistry(k bundle.Kind) bool {
	switch k {
	case bundle.ArchiveEntry, bundle.IndexEntry, bundle.IndexConfig, bundle.IndexRepository:
		return true
	}
	return false
}

// makeTemp makes the temporary folder, unless it is there.
func (s *bundles) makeTemp(ctx context.Context) error {
	if s.temp != nil {
		return nil
	}
	in, err := s.in()
	if err == nil {
		s.temp, err = staging.New(ctx, in)
	}
	return err
}

// makeHome makes the home.
func (s *bundles) makeHome(ctx context.Context) error {
	if err := s.makeTemp(ctx); err != nil {
		return err
	}
	dir := filepath.Join(s.temp.Fresh(), "home")
	s.home = home.New(dir)
	return os.Mkdir(dir, 0o777)
}

// openStore opens a store of objects, and makes an empty folder for what is copied from it.
func (r *run) openStore(ctx context.Context, s *bundles, url string) (store blob.Store, dir string, err error) {
	if err := s.makeTemp(ctx); err != nil {
		return nil, "", err
	}
	if dir, err = os.MkdirTemp(s.temp.Fresh(), "store-"); err != nil {
		return nil, "", err
	}
	store, err = blob.Open(url, func(name string) string {
		value, _ := r.sys.lookupEnv(name) // which says who asks
		return value
	})
	if err == nil {
		s.stores = append(s.stores, store)
	}
	return store, dir, err
}

// close deletes the home, and the copies.
func (s *bundles) close() {
	for _, store := range s.stores {
		_ = store.Close()
	}
	if s.from != nil {
		_ = s.from.Close()
	}
	if s.home != nil {
		_ = s.home.Close()
	}
	if s.temp != nil {
		_ = s.temp.Close()
	}
}
