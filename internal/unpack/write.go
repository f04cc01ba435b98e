package unpack

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/lockfile"
)

// Options say how a bundle is put into a home; nil is the same as an empty one.
type Options struct {
	Name   string // of the bundle, for errors
	Jobs   int    // how many repositories' objects are looked at at once; 0 is for one a processor
	DryRun bool   // all is read, and nothing written
	// Lazily has other archives, which have the same in them, in place of those that are to be
	// made of their content: what that is only the manifest says, so that has to be trusted.
	Lazily bool
	// Read is called with how many bytes of content were read so far. It may be nil.
	Read func(bytes int64)
	// Ended is called when the bundle was read to its end and is right, before anything
	// is moved into place: to take what locks are still to be had. It says whether others
	// may have been at work in the home since the plan was made, so that what is there is
	// looked at again. It may be nil.
	Ended func() (late bool, err error)
	// Compare is called with where packages of a vendor folder are staged, and a home with
	// all of which they are made. Its error is that of writing. It may be nil.
	Compare func(ctx context.Context, dir, home string) error
	// Resuming is called with how many bytes of content a run left that was cut off: they are
	// whole, and not written again. It may be nil.
	Resuming func(bytes int64)
	// Leftover is called with why a temporary folder could not be deleted. It may be nil.
	Leftover func(error)
}

// PartialError is the error of a run that was interrupted while it moved things into
// place. What was moved stays: it is whole, and the next run goes on from there. So it does
// from what was staged, whenever a run was interrupted.
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
			if base := u.base(); base != "" {
				u.Path = base
			}
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
	w := &writing{Plan: p, opts: o, in: r, vouched: map[*bundle.Entry]bool{}}
	w.forget()
	defer w.forget()
	if err := w.checkMade(); err != nil {
		return err
	}
	outer := ctx
	if !o.DryRun {
		within, stage, err := newStage(ctx, p.home.Dir(), p.manifest.Sum.String())
		switch {
		case err == nil:
			ctx, w.stage = within, stage
		case !p.keepsAll():
			return err
		default:
			w.denied = err
		}
	}
	if w.stage != nil {
		defer func() { w.close(outer, &err) }()
		err = w.lookLeft(ctx)
	}
	if err == nil {
		err = w.readAll(ctx)
	}
	if w.stage != nil {
		if earlier := w.stage.finish(); earlier != nil {
			return w.named(earlier) // the cause of err, if there is one
		}
	}
	if err == nil {
		err = w.prove(ctx)
	}
	if err == nil {
		err = w.ended(ctx)
	}
	if err == nil && w.stage != nil {
		err = w.mergeGit()
	}
	if err != nil || w.stage == nil {
		return err
	}
	return w.moveAll(ctx)
}

// keepsAll reports whether all is there, unless index entries lack something, which is known
// when those of the bundle are read.
func (p *Plan) keepsAll() bool {
	return !slices.ContainsFunc(p.Units, func(u Unit) bool { return u.Action != Kept && u.Action != Rebuilt && u.Kind != bundle.IndexEntry })
}

// ended is what the bundle's last byte had to be waited for.
func (w *writing) ended(ctx context.Context) error {
	if w.opts.Ended == nil {
		return nil
	}
	late, err := w.opts.Ended()
	if err != nil || !late || w.stage == nil {
		return err
	}
	return w.lookAgain(ctx)
}

// writing is one run of [Plan.Write].
type writing struct {
	*Plan
	opts    *Options
	in      *bundle.Reader
	stage   *stage      // nil if nothing is to be written
	denied  error       // why nothing can be, if something has to
	rebuild *rebuilding // likewise
	bytes   int64       // read

	vouched map[*bundle.Entry]bool // archives that the bundle's index entries vouch for
	left    map[*bundle.Entry]bool // files that a run staged which was cut off, and that are whole; nil if none was

	indexes  map[string]*index.Index // of the home, by the NAME of their folders
	git      map[string]bool         // so too: which of them are in git
	moves    []move                  // of what was made while it was written
	compared bool                    // the vendor folder
}

// forget lets go of what was known of the home's indexes.
func (w *writing) forget() {
	for _, x := range w.indexes {
		_ = x.Close() // it was only read
	}
	w.indexes, w.git = map[string]*index.Index{}, map[string]bool{}
}

// close deletes what was staged, unless ctx has ended: then the next run goes on with it.
func (w *writing) close(ctx context.Context, err *error) {
	end := w.stage.dir.Close
	if ctx.Err() != nil {
		end = w.stage.dir.Leave
	}
	if left := end(); left != nil && *err == nil && w.opts.Leftover != nil {
		w.opts.Leftover(left)
	}
}

// readAll takes in all entries, and has archives made of what is in them.
func (w *writing) readAll(ctx context.Context) error {
	if w.stage == nil {
		return w.read(ctx)
	}
	w.rebuild = w.newRebuilding(ctx)
	err := w.read(ctx)
	rebuilt := w.rebuild.wait()
	if ctx.Err() != nil {
		err = context.Cause(ctx) // whatever has come of it
	}
	return cmp.Or(rebuilt, err)
}

// read takes in all entries. Units and entries have the same order.
func (w *writing) read(ctx context.Context) error {
	next, at := -1, ""
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
		if e.Unit() != at {
			at = e.Unit()
			for next++; w.Units[next].Path != at; next++ {
			}
			if err := w.takeHeld(ctx, &w.Units[next]); err != nil {
				return err
			}
		}
		if err := w.take(ctx, &w.Units[next], e); err != nil {
			return err
		}
		if w.bytes += e.Size; w.opts.Read != nil {
			w.opts.Read(w.bytes)
		}
	}
}

// named adds the bundle's name to the error for an entry of it.
func (w *writing) named(err error) error {
	if e, ok := errors.AsType[*bundle.Error](err); ok {
		e.Bundle = w.opts.Name
	}
	return err
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
	case u.Kind == bundle.LockfileEntry:
		return w.takeParsed(ctx, u, e, func(data []byte) error {
			_, err := lockfile.Parse(e.Path, data)
			return err
		})
	case u.Kind == bundle.IndexConfig:
		return w.takeParsed(ctx, u, e, func(data []byte) error {
			_, err := index.ParseConfig(data)
			return err
		})
	case u.Action == Kept || u.Action == Rebuilt || w.stage == nil:
		if u.Kind == bundle.ArchiveEntry && w.left != nil { // which was put there a moment ago
			w.in.Unsummed()
		}
		_, err := io.Copy(io.Discard, w.in)
		return err
	}
	lazy := w.opts.Lazily && e.Content != nil && !w.left[e]
	if !lazy {
		w.in.Unsummed()
	}
	p := piece{sum: e.IsFile() && !w.left[e] && !lazy}
	if e.Content == nil || w.left[e] {
		return w.put(ctx, u, e, p, w.in)
	}
	if err := w.place(u, e, &p); err != nil {
		return err
	}
	return w.rebuild.add(ctx, content{piece: p, unit: u, old: w.base(u), lazy: lazy, spend: w.in.Spend}, w.in)
}

// put stages an entry with a content, as pieces like p.
func (w *writing) put(ctx context.Context, u *Unit, e *bundle.Entry, p piece, content io.Reader) error {
	if err := w.place(u, e, &p); err != nil {
		return err
	}
	return w.stage.copy(ctx, p, content)
}

// place says where an entry is staged.
func (w *writing) place(u *Unit, e *bundle.Entry, p *piece) error {
	a, err := w.stage.areaOf(w.path(u.Path), u.above)
	if err != nil {
		return err
	}
	if n := len(a.units) - 1; n < 0 || a.units[n] != u {
		a.units = append(a.units, u)
		u.stagedIn = u.folderInStage()
	}
	p.area, p.entry, p.name = a, e, a.name(u.stagedIn, w.path(e.Path))
	if w.left[e] {
		left, _ := w.leftOf(a, u, e)
		p.left = &left
	}
	return nil
}

func (u *Unit) folderInStage() string {
	switch {
	case u.Kind == bundle.VendoredEntry:
		return lastName
	case u.Action == Merged && u.Kind != bundle.IndexEntry:
		return addName
	}
	return putName
}

// takeParsed takes in what can be read by parse.
func (w *writing) takeParsed(ctx context.Context, u *Unit, e *bundle.Entry, parse func(data []byte) error) error {
	data, err := io.ReadAll(w.in)
	if err != nil {
		return err
	}
	if err := parse(data); err != nil {
		return w.refuse(u, e.Path, err)
	}
	if u.Action == Kept || w.stage == nil {
		return nil
	}
	return w.put(ctx, u, e, piece{}, bytes.NewReader(data))
}
