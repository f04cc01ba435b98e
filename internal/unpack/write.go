package unpack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
)

// Options say how a bundle is put into a home; nil is the same as an empty one.
type Options struct {
	Name   string // of the bundle, for errors
	Jobs   int    // how many repositories' objects are looked at at once; 0 is for one a processor
	DryRun bool   // all is read, and nothing written
	// Read is called with how many bytes of content were read so far. It may be nil.
	Read func(bytes int64)
	// Ended is called when the bundle was read to its end and is right, before anything
	// is moved into place: to take what locks are still to be had. It may be nil.
	Ended func() error
	// Leftover is called with why a temporary folder could not be deleted. It may be nil.
	Leftover func(error)
}

// PartialError is the error of a run that was interrupted while it moved things into
// place. What was moved stays: it is whole, and the next run goes on from there.
type PartialError struct {
	Err error // why it ended
}

func (e *PartialError) Error() string { return e.Err.Error() }

// Unwrap returns why it ended.
func (e *PartialError) Unwrap() error { return e.Err }

// LackingError says that a delta counts on what the home does not have.
type LackingError struct {
	Units []Unit   // that are lacking
	Since []string // the bundles it was packed against, by the checksum of their manifests
}

func (e *LackingError) Error() string {
	return fmt.Sprintf("the bundle is a delta, and %d of what it counts on are not in the cargo home", len(e.Units))
}

// Lacking returns a [*LackingError] if the bundle is a delta, and something that it
// counts on is not there.
func (p *Plan) Lacking() error {
	var lacking []Unit
	for _, u := range p.Units {
		if u.Action == Lacking {
			lacking = append(lacking, u)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	return &LackingError{lacking, p.manifest.Since}
}

// Write reads the bundle to its end, and puts into the home what that lacks. The error is
// a [*bundle.Error] if the bundle is refused, a [*PartialError], or that of writing; but
// for the second nothing has changed then.
func (p *Plan) Write(ctx context.Context, r *bundle.Reader, o *Options) (err error) {
	if o == nil {
		o = &Options{}
	}
	w := &writing{Plan: p, opts: o, in: r, vouched: map[*bundle.Entry]bool{}, git: map[string]map[string][]index.Entry{}}
	if !o.DryRun {
		if ctx, w.stage, err = newStage(ctx, p.home.Dir()); err != nil {
			return err
		}
		defer w.close(&err)
	}
	err = w.read(ctx)
	if w.stage != nil {
		if written := w.stage.finish(); written != nil {
			return written // the cause of err, if there is one
		}
	}
	if err == nil {
		err = w.prove(ctx)
	}
	if err == nil && w.stage != nil {
		err = w.mergeGit()
	}
	if err == nil && o.Ended != nil {
		err = o.Ended()
	}
	if err != nil || w.stage == nil {
		return err
	}
	return w.moveAll(ctx)
}

// writing is one run of [Plan.Write].
type writing struct {
	*Plan
	opts  *Options
	in    *bundle.Reader
	stage *stage // nil if nothing is to be written
	bytes int64  // read

	vouched map[*bundle.Entry]bool // archives that the bundle's index entries vouch for

	// git are entries of the bundle's indexes in git, by the NAME of those that the home has
	// a repository of its own for, and by crate.
	git   map[string]map[string][]index.Entry
	moves []move // that those lead to
}

func (w *writing) close(err *error) {
	if left := w.stage.dir.Close(); left != nil && *err == nil && w.opts.Leftover != nil {
		w.opts.Leftover(left)
	}
}

// read takes in all entries. Units and entries have the same order.
func (w *writing) read(ctx context.Context) error {
	next := 0
	for {
		e, err := w.in.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		for at := unitOf(e); w.Units[next].Path != at; {
			next++
		}
		if err := w.take(ctx, &w.Units[next], e); err != nil {
			return err
		}
		if w.bytes += e.Size; w.opts.Read != nil {
			w.opts.Read(w.bytes)
		}
	}
}

// refuse is the error for an entry of a unit.
func (w *writing) refuse(u *Unit, entry string, err error) error {
	return &bundle.Error{Bundle: w.opts.Name, Entry: entry, Package: u.Package, Err: err}
}

// take takes in an entry of a unit.
func (w *writing) take(ctx context.Context, u *Unit, e *bundle.Entry) error {
	switch {
	case u.Kind == bundle.IndexEntry:
		return w.takeEntry(ctx, u, e)
	case u.Action == Kept || u.Action == Rebuilt || w.stage == nil:
		_, err := io.Copy(io.Discard, w.in)
		return err
	}
	return w.put(ctx, u, e, w.in)
}

// put stages an entry with a content.
func (w *writing) put(ctx context.Context, u *Unit, e *bundle.Entry, content io.Reader) error {
	a, err := w.stage.areaOf(w.path(u.Path))
	if err != nil {
		return err
	}
	if n := len(a.units) - 1; n < 0 || a.units[n] != u {
		a.units = append(a.units, u)
	}
	return w.stage.copy(ctx, piece{area: a, entry: e, name: a.name(u.stagedIn(), w.path(e.Path))}, content)
}

// stagedIn returns which folder it is staged in.
func (u *Unit) stagedIn() string {
	if u.Action == Merged && u.Kind != bundle.IndexEntry {
		return addName
	}
	return putName
}

// takeEntry takes in what the index has of a crate, and merges it with what the home
// knows.
func (w *writing) takeEntry(ctx context.Context, u *Unit, e *bundle.Entry) error {
	data, err := io.ReadAll(w.in)
	if err != nil {
		return err
	}
	entries, err := index.ParseCache(data)
	if err == nil && len(entries) == 0 {
		err = errors.New("it lists nothing")
	}
	if err != nil {
		return w.refuse(u, e.Path, err)
	}
	for _, entry := range entries {
		if at, err := index.Path(entry.Name); err != nil || u.Path != cachePath(u.folder(), at) || entry.Name != entries[0].Name {
			return w.refuse(u, e.Path, fmt.Errorf("it lists %q", entry.Name))
		}
	}
	for i := range entries {
		if err := w.vouch(u.folder(), &entries[i]); err != nil {
			return err
		}
	}
	merged, err := w.merge(u.folder(), entries)
	switch {
	case err != nil:
		return w.refuse(u, e.Path, err)
	case merged == nil:
		u.Action = Kept
		return nil
	case w.stage == nil:
		return nil
	}
	return w.put(ctx, u, e, bytes.NewReader(merged))
}

func cachePath(folder, at string) string { return home.IndexPath + "/" + folder + "/.cache/" + at }

// merge returns what the home's file of a crate is to be, nil if it may stay as it is.
func (w *writing) merge(folder string, entries []index.Entry) ([]byte, error) {
	x := w.index(folder)
	defer x.Close()
	return x.Merged(entries[0].Name, entries)
}

// index is the home's index in a folder, in the form that it has there.
func (w *writing) index(name string) *index.Index {
	dir := w.path(home.IndexPath + "/" + name)
	if _, err := os.Lstat(w.path(home.IndexPath + "/" + name + "/.git")); err == nil {
		return index.Git(dir)
	}
	return index.Sparse(dir)
}
