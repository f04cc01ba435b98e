package mirror

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/registry"
	"cargohome/internal/staging"
)

// Action says what becomes of a version.
type Action string

// The actions.
const (
	Added    Action = "added"
	Replaced Action = "replaced" // what was there is not what it should be
	Kept     Action = "kept"     // it was there
)

// Plan is what a mirror is to hold.
type Plan struct {
	Dest       string          // of the mirror, absolute
	Record     registry.Record // that it gets
	Registries []Registry      // by name
	Removed    []crate.ID      // in their order: of archives that go

	old     registry.Record
	prune   bool
	remove  []string // what goes, absolute
	objects *Objects // of a mirror in a store
}

// Registry is one, with what becomes of its versions.
type Registry struct {
	*registry.Registry
	Actions []Action // of each version

	isNew bool // there is no folder of it
}

// NotEmptyError says that a folder has other things than a mirror.
type NotEmptyError struct {
	Dir string // the folder
}

func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("%s is not a mirror, and not empty", e.Dir)
}

// Hint says what the user can do.
func (e *NotEmptyError) Hint() string { return "choose a folder of its own" }

// Read reads the record of the mirror in dir, which may be empty, or not there yet. The
// error may be a [*NotEmptyError].
func Read(dir string) (registry.Record, error) {
	r, err := registry.ReadRecord(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	entries, err := os.ReadDir(dir)
	strange := func(e fs.DirEntry) bool { return !staging.IsTemporary(e.Name()) }
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, nil
	case err == nil && slices.ContainsFunc(entries, strange):
		err = &NotEmptyError{dir}
	}
	return r, err
}

// Options say what a mirror is to become.
type Options struct {
	Dest   string          // absolute
	Old    registry.Record // of it as it is
	Layout registry.Layout // of what it becomes
	URL    string          // where it is served
	Prune  bool            // what is not in the set goes
	// Objects is where the mirror is, if not in the folder Dest.
	Objects *Objects
}

// New finds out what a mirror takes to hold a set, which was gathered with what it holds
// already.
func New(ctx context.Context, set *registry.Set, o *Options) (*Plan, error) {
	p := &Plan{Dest: o.Dest, Record: registry.Record{Layout: o.Layout, URL: o.URL, Registries: slices.Clone(o.Old.Registries)}, old: o.Old, prune: o.Prune, objects: o.Objects}
	for _, r := range set.Registries {
		at := slices.IndexFunc(p.Record.Registries, func(old registry.Recorded) bool { return old.Name == r.Name })
		if len(r.Versions) == 0 && at < 0 {
			continue // nothing of it is held
		}
		if source := r.Source.String(); crate.Redact(source) != source {
			return nil, &SecretError{crate.Redact(source)}
		}
		switch {
		case at < 0:
			p.Record.Registries = append(p.Record.Registries, registry.Recorded{Name: r.Name, Source: r.Source})
		case p.Record.Registries[at].Source == crate.SourceID{}:
			p.Record.Registries[at].Source = r.Source // which may be known by now
		}
		if err := p.add(ctx, r); err != nil {
			return nil, err
		}
	}
	byName := func(a, b registry.Recorded) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(p.Record.Registries, byName)
	return p, nil
}

// SecretError says that the URL of a registry holds user info, which a mirror would tell.
type SecretError struct {
	URL string // as it may be shown
}

func (e *SecretError) Error() string {
	return fmt.Sprintf("the URL of registry %s has user info, which a mirror would tell to everybody who reads it", e.URL)
}

// add plans one registry.
func (p *Plan) add(ctx context.Context, r *registry.Registry) error {
	if p.objects != nil {
		return p.objects.add(p, r, p.prune)
	}
	dir := filepath.Join(p.Dest, r.Name)
	made := Registry{Registry: r, Actions: make([]Action, len(r.Versions))}
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		made.isNew = true
	} else if err != nil {
		return err
	}
	for i := range r.Versions {
		made.Actions[i] = p.action(ctx, dir, &r.Versions[i])
	}
	p.Registries = append(p.Registries, made)
	if p.prune && !made.isNew {
		return p.pruneFolder(dir, r)
	}
	return ctx.Err()
}

// action says what becomes of a version's archive, which must be right by all its names.
func (p *Plan) action(ctx context.Context, dir string, v *registry.Version) Action {
	there, right := 0, 0
	paths := p.Record.Layout.Archives(v.ID, v.Checksum)
	for _, path := range paths {
		at := filepath.Join(dir, filepath.FromSlash(path))
		e, err := fsx.Lstat(at)
		if err != nil {
			continue
		}
		there++
		if v.Own && (v.File.Is(e) || e.Mode.IsRegular() && verify(ctx, v, at) == nil) {
			right++
		}
	}
	switch {
	case right == len(paths):
		return Kept
	case there > 0:
		return Replaced
	}
	return Added
}

// verify reads a copy of a version's archive.
func verify(ctx context.Context, v *registry.Version, path string) error {
	return archive.Archive{ID: v.ID, From: archive.Path(path), Size: v.Size, Checksum: v.Checksum}.Verify(ctx)
}
