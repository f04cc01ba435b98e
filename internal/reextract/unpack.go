package reextract

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/par"
	"cargohome/internal/staging"
)

// Result is what became of an item that was to be unpacked.
type Result struct {
	Item    *Item          // of the plan
	Err     error          // an [*Error], or that of the context
	Files   int            // with the .cargo-ok
	Bytes   int64          // of the files
	Voucher locate.Voucher // who said which checksum the archive must have
}

// Error says why an archive was not unpacked.
type Error struct {
	ID      crate.ID // of the package
	Archive string   // its path
	Err     error    // why not
}

func (e *Error) Error() string { return fmt.Sprintf("%s from %s: %v", e.ID, e.Archive, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// Options say how a plan is carried out.
type Options struct {
	Jobs int // archives unpacked at the same time; 0 means one for each processor
	// Done is told of each item when it is done, by many goroutines. It may be nil,
	// as may Leftover.
	Done func(Result)
	// Leftover is told of a temporary folder that could not be deleted. The next
	// run deletes it.
	Leftover func(error)
}

// Unpack makes what the plan says, and returns a result for each item of
// [Plan.ToUnpack], in that order. The caller holds Cargo's lock for adding, or if
// the plan replaces anything for replacing.
//
// Each source takes its place when it is complete, in one step. One that fails
// leaves what was there and does not stop the others, unless the file system is full
// or ctx ends; the error returned is for those, and for a run that could not begin.
func (p *Plan) Unpack(ctx context.Context, opts Options) (results []Result, err error) {
	items := p.ToUnpack()
	if len(items) == 0 {
		staging.Sweep(ctx, p.in())
		return nil, nil
	}
	stage, err := staging.New(ctx, p.in())
	if err != nil {
		return nil, err
	}
	results, err = p.unpackAll(ctx, items, stage, opts)
	if closeErr := stage.Close(); closeErr != nil && opts.Leftover != nil {
		opts.Leftover(closeErr)
	}
	return results, err
}

// in is where the temporary folder is made: in registry/src itself, which may be a file
// system of its own, or in a folder of it that is one. Cargo passes over it, as no index
// has its name (cargo 1.95: populate_untracked).
func (p *Plan) in() staging.In { return staging.In{Root: p.home.Dir(), Below: home.SrcPath} }

func (p *Plan) unpackAll(ctx context.Context, items []*Item, stage *staging.Dir, opts Options) ([]Result, error) {
	results := make([]Result, len(items))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	newWorker := func() *archive.Unpacker { return &archive.Unpacker{NoSums: true} }
	errs := par.Do(ctx, opts.Jobs, len(items), newWorker, func(u *archive.Unpacker, i int) error {
		r := &results[i]
		*r = p.unpack(ctx, items[i], u, stage, strconv.Itoa(i))
		if staging.Hopeless(r.Err) {
			stop(r.Err) // the others would fail in the same way
		}
		if opts.Done != nil {
			opts.Done(*r)
		}
		return nil
	})
	for i, err := range errs {
		if err != nil { // not begun
			results[i] = Result{Item: items[i], Err: err}
		}
	}
	return results, context.Cause(ctx)
}

// unpack makes the source of one item under a name in the temporary folder, and puts it
// in place.
func (p *Plan) unpack(ctx context.Context, item *Item, u *archive.Unpacker, stage *staging.Dir, name string) Result {
	r := Result{Item: item}
	vouched, err := p.vouch(item)
	if err == nil {
		r.Voucher = vouched.By
		stage, err = stage.For(item.Dir)
	}
	if err == nil {
		r.Files, r.Bytes, err = Fill(ctx, u, stage, name, vouched.Archive(item.ID, item.Archive))
	}
	if err == nil {
		err = item.publish(stage, name)
	}
	if err != nil {
		r.Err = &Error{item.ID, item.Archive.Path, err}
	}
	return r
}

// publish: what has come to be where nothing was is left alone.
func (item *Item) publish(stage *staging.Dir, name string) error {
	if item.State == Absent {
		return stage.Publish(name, item.Dir)
	}
	return stage.Replace(name, item.Dir)
}

// Fill unpacks an archive under a name in the temporary folder, and writes the .cargo-ok
// last. It returns how many files there are, and their bytes. After an error nothing is
// left.
func Fill(ctx context.Context, u *archive.Unpacker, stage *staging.Dir, name string, a archive.Archive) (files int, bytes int64, err error) {
	tree, err := stage.Writer(name)
	if err != nil {
		return 0, 0, err
	}
	contents, err := u.Unpack(ctx, archive.InTree(tree), a, nil)
	if err == nil {
		err = tree.WriteFile(crate.OKFile, 0o666, []byte(okContent))
	}
	if err = errors.Join(err, tree.Finish()); err != nil {
		return 0, 0, errors.Join(err, stage.Discard(name))
	}
	return len(contents.Files) + 1, contents.Size + int64(len(okContent)), nil
}
