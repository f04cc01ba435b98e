package mirror

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"cargohome/crate"
	"cargohome/internal/blob"
	"cargohome/internal/par"
	"cargohome/internal/registry"
)

// Objects is a mirror in a store of objects that a run looks at, or writes to. The caller
// ends it with Close.
type Objects struct {
	Remote *registry.Remote // as it was when it was opened, until it is written to

	o       *ObjectsOptions
	lease   *lease      // nil if nothing is written
	changed atomic.Bool // lines may have, which is to be told
}

// ObjectsOptions say how a mirror in a store is opened.
type ObjectsOptions struct {
	Dir    string // a folder for a copy of the index; it is there, and empty
	DryRun bool   // nothing is written
	// Waiting is called once if others delete something meanwhile, who are waited for.
	Waiting func()
	// Settle is how long lines are gone before archives go: longer than those who serve the
	// store take to see it.
	Settle time.Duration

	period time.Duration // see lease; zero for leasePeriod
}

// OpenObjects opens the mirror in a store, in which there may be none yet. For writing it is
// made sure that the store keeps those apart who write at once. The context returned is that
// of what is done until Close. The error matches [blob.ErrUnsafe] if the store does not, or
// may be a [*NotEmptyError].
func OpenObjects(ctx context.Context, s blob.Store, o *ObjectsOptions) (objects *Objects, within context.Context, err error) {
	m := &Objects{Remote: registry.OpenRemote(s, o.Dir), o: o}
	if o.period == 0 {
		o.period = leasePeriod
	}
	within = ctx
	if !o.DryRun {
		if within, err = m.enter(ctx, s); err != nil {
			return nil, nil, err
		}
	}
	if err = m.Remote.Refresh(within); errors.Is(err, fs.ErrNotExist) {
		if err = m.checkEmpty(within, s); errors.Is(err, fs.ErrExist) {
			err = m.Remote.Refresh(within) // somebody has made it this moment
		}
	}
	if err != nil {
		return nil, nil, errors.Join(err, m.Close(ctx))
	}
	return m, within, nil
}

// enter tries the store, and takes a lease.
func (m *Objects) enter(ctx context.Context, s blob.Store) (within context.Context, err error) {
	if err := blob.Probe(ctx, s, probePrefix); err != nil {
		return nil, err
	}
	if m.lease, within, err = take(ctx, s, writesPrefix, m.o.period); err != nil {
		return nil, err
	}
	told := false
	_, err = m.lease.wait(within, deletesPrefix, func([]string) bool {
		if !told && m.o.Waiting != nil {
			m.o.Waiting()
		}
		told = true
		return false
	})
	if err != nil {
		return nil, errors.Join(err, m.Close(ctx))
	}
	return within, nil
}

// checkEmpty is the error if a store has other things than a mirror. It matches fs.ErrExist
// if what it has is one by now.
func (m *Objects) checkEmpty(ctx context.Context, s blob.Store) error {
	for info, err := range s.List(ctx, "") {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(info.Name, writersFolder):
			continue
		}
		if _, err := s.Stat(ctx, registry.RecordFile); err == nil {
			return fs.ErrExist
		}
		return &NotEmptyError{s.String()}
	}
	return nil
}

// Close says that the run is done.
func (m *Objects) Close(ctx context.Context) error {
	if m.lease == nil {
		return nil
	}
	return m.lease.release(ctx)
}

// add plans one registry of a store: an archive that lies there under its checksum is what
// it was when it was put there.
func (m *Objects) add(p *Plan, r *registry.Registry, prune bool) error {
	made := Registry{Registry: r, Actions: make([]Action, len(r.Versions))}
	held := map[crate.ID]bool{}
	for i := range r.Versions {
		v := &r.Versions[i]
		held[crate.ID{Name: v.ID.Name, Version: v.ID.Version}] = true
		made.Actions[i] = Added
		if v.Own {
			made.Actions[i] = Kept
		}
	}
	p.Registries = append(p.Registries, made)
	if !prune {
		return nil
	}
	for _, s := range m.Remote.Stores(true) {
		if s.Folder != r.Name {
			continue
		}
		for id := range s.IDs() {
			if !held[id] {
				id.Source = r.Source
				p.Removed = append(p.Removed, id)
			}
		}
	}
	slices.SortFunc(p.Removed, crate.ID.Compare)
	return nil
}

// ErrMeanwhile is matched by what is left undone if others are at work all the time.
var ErrMeanwhile = errors.New("archives that no line names any more are still in the store, as other runs write to it: the next one with --prune deletes them")

// tidy deletes what no line names, when no other run counts on it.
func (m *Objects) tidy(ctx context.Context) error {
	some, err := m.unlisted()
	if err != nil || len(some) == 0 {
		return err
	}
	m.changed.Store(true) // perhaps by a run that could not tell
	if err := m.announce(ctx); err != nil {
		return err
	}
	if par.Sleep(ctx, m.o.Settle) != nil {
		return fmt.Errorf("wait for those who serve the store: %w", context.Cause(ctx))
	}
	deletes, ctx, err := take(ctx, m.Remote.Store, deletesPrefix, m.o.period)
	if err != nil {
		return err
	}
	if err = m.alone(ctx, deletes); err == nil {
		err = m.delete(ctx, deletes)
	}
	return errors.Join(err, deletes.release(ctx))
}

// alone waits until no other run is at work, but not for ever. Of two that delete one goes on.
func (m *Objects) alone(ctx context.Context, deletes *lease) error {
	began := time.Now()
	alone, err := deletes.wait(ctx, writersFolder, func(others []string) bool {
		return time.Since(began) > m.o.period || slices.ContainsFunc(others, func(name string) bool {
			return strings.HasPrefix(name, deletesPrefix) && name < deletes.name
		})
	}, m.lease.name)
	if err == nil && !alone {
		err = ErrMeanwhile
	}
	return err
}

// delete deletes what no line names by now: nobody writes any.
func (m *Objects) delete(ctx context.Context, deletes *lease) error {
	if err := m.Remote.Refresh(ctx); err != nil {
		return err
	}
	names, err := m.unlisted()
	for _, name := range names {
		if err == nil {
			err = deletes.check()
		}
		if err == nil {
			err = m.Remote.Store.Delete(ctx, name)
		}
	}
	return err
}

// unlisted returns the names of what no line names.
func (m *Objects) unlisted() (all []string, err error) {
	record, _ := m.Remote.Record()
	for _, reg := range record.Registries {
		names, err := m.Remote.Unlisted(reg.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, names...)
	}
	return all, nil
}
