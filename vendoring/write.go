package vendoring

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/par"
	"cargohome/internal/staging"
)

// Action says what became of a package.
type Action string

const (
	Written Action = "vendored" // its folder was made or made anew
	Kept    Action = "kept"     // its folder was proven unchanged
	// Recorded: its folder was proven unchanged, but for a comment of cargo's in the
	// checksum file, which alone was made anew.
	Recorded Action = "recorded"
)

// Result is what was done about one step.
type Result struct {
	Action Action // what became of its folder
	Files  int    // in the folder, the checksum file not counted
	Bytes  int64  // of those files
	Left   Left   // what the package has besides

	// Patched says why the package was patched on purpose, if it was: its folder is true to
	// its record then, and was kept for that.
	Patched string
}

// Observer is told of each step when it is done. Calls come from several
// goroutines.
type Observer func(Step, Result)

// WriteOptions say how a plan is carried out.
type WriteOptions struct {
	Jobs    int      // packages worked on at the same time; 0 means one for each processor
	Observe Observer // may be nil

	// Last, if not nil, is called when everything is in place: if it fails, all
	// is put back.
	Last func() error
	// Leftover, if not nil, is told of a temporary folder that could not be
	// deleted after all else went well. The next run deletes it.
	Leftover func(error)

	// StatCache is that of the vendor folder, as [OpenStatCache] has it, nil for none.
	StatCache *StatCache
}

// Write carries out the plan, and returns a Result for each step, in order. Until
// everything is unpacked nothing in the vendor folder is touched, and if putting it
// in place fails what was done is undone.
//
// Archives that turn out not to be what was promised are all in one
// [GapsError], and patches that would be lost in one [PatchedError]. Other errors are
// joined in plan order.
func (p *Plan) Write(ctx context.Context, opts WriteOptions) (results []Result, err error) {
	if opts.Last == nil {
		opts.Last = func() error { return nil }
	}
	if len(p.Steps) == 0 && !p.Exists {
		return nil, opts.Last() // cargo leaves no empty folder behind
	}
	stage, err := p.stage(ctx)
	if err != nil {
		return nil, err
	}
	results, err = p.fill(ctx, stage, opts)
	closeErr := stage.Close()
	if err != nil {
		return nil, errors.Join(err, closeErr)
	}
	if closeErr != nil && opts.Leftover != nil {
		opts.Leftover(closeErr)
	}
	return results, nil
}

func (p *Plan) fill(ctx context.Context, stage *staging.Dir, opts WriteOptions) ([]Result, error) {
	opts.StatCache.begin(stage)
	results, err := p.unpackAll(ctx, opts, stage)
	if err != nil {
		return nil, err
	}
	opts.StatCache.end(stage)
	err = p.publish(ctx, stage, results)
	if err == nil {
		err = opts.Last()
	}
	if err != nil {
		return nil, errors.Join(err, stage.Undo())
	}
	opts.StatCache.save(ctx)
	return results, nil
}

// stage makes the temporary folder: inside the vendor folder, which may be a
// file system of its own, or where the vendor folder is going to be.
func (p *Plan) stage(ctx context.Context) (*staging.Dir, error) {
	if !p.Exists {
		return staging.New(ctx, staging.In{Root: nearest(filepath.Dir(p.Dest))})
	}
	p.sweepAbove(ctx)
	return staging.New(ctx, staging.In{Root: p.Dest, Is: p.is})
}

// sweepAbove deletes what runs left that made the vendor folder, and were killed
// then: it is where they found a folder to stage in, at most that of the project.
func (p *Plan) sweepAbove(ctx context.Context) {
	for dir := filepath.Dir(p.Dest); ; dir = filepath.Dir(dir) {
		staging.Sweep(ctx, staging.In{Root: dir})
		if rel, err := filepath.Rel(p.project, dir); p.project == "" || err != nil || rel == "." || !filepath.IsLocal(rel) {
			return
		}
	}
}

// unpackAll proves or unpacks every step. The largest come first, so that no worker is
// left with one at the end.
func (p *Plan) unpackAll(ctx context.Context, opts WriteOptions, stage *staging.Dir) ([]Result, error) {
	results := make([]Result, len(p.Steps))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := func(w *worker, n int) (err error) {
		results[n], err = w.step(&p.Steps[n])
		switch {
		case staging.Hopeless(err):
			stop(err) // the others would fail in the same way
		case err == nil && opts.Observe != nil:
			opts.Observe(p.Steps[n], results[n])
		}
		return err
	}
	newWorker := func() *worker { return &worker{ctx: ctx, plan: p, stage: stage, cache: opts.StatCache} }
	errs := par.LongestFirst(ctx, opts.Jobs, len(p.Steps), p.weight, newWorker, work)
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return results, collect(errs)
}

// Needs returns about how many bytes the folders of the plan's packages take that come as
// archives, those that are there included.
func (p *Plan) Needs() (bytes int64) {
	for i := range p.Steps {
		if archives := p.Steps[i].Archives; len(archives) > 0 {
			bytes += archives[0].Unpacked()
		}
	}
	return bytes
}

func (p *Plan) weight(n int) int64 { return p.Steps[n].weight }

// collect puts all corrupt archives into one error, and all patches, and joins them with the
// rest.
func collect(errs []error) error {
	var all GapsError
	patched, errs := allPatched(errs)
	var others []error
	for _, err := range errs {
		if e, ok := errors.AsType[*GapsError](err); ok {
			all.Gaps = append(all.Gaps, e.Gaps...)
		} else if err != nil {
			others = append(others, err)
		}
	}
	if len(all.Gaps) > 0 {
		all.Gaps.Sort()
		others = append([]error{&all}, others...)
	}
	if patched != nil {
		others = append([]error{patched}, others...)
	}
	return errors.Join(others...)
}

// worker carries out steps, reusing its buffers.
type worker struct {
	ctx    context.Context
	plan   *Plan
	stage  *staging.Dir
	cache  *StatCache
	unpack archive.Unpacker
	prove  prover
	record []byte
}

func (w *worker) step(s *Step) (Result, error) {
	if s.kept != nil {
		return *s.kept, nil
	}
	if w.plan.mayKeep(s) {
		if kept, ok := w.keep(s); ok {
			return kept, nil
		}
	}
	if kept, ok, err := w.keepPatched(s); ok || err != nil {
		return kept, err
	}
	files, err := w.write(s)
	if err != nil {
		return Result{}, err
	}
	return s.result(Written, files), nil
}

// write makes the folder of the first of the step's contents that is sound.
func (w *worker) write(s *Step) ([]archive.File, error) {
	return s.sound(func(c contents) ([]archive.File, error) { return w.fill(s, c) })
}

func (s *Step) result(action Action, files []archive.File) Result {
	r := result(action, files)
	r.Left = s.left()
	return r
}

func result(action Action, files []archive.File) Result {
	r := Result{Action: action, Files: len(files)}
	for _, f := range files {
		r.Bytes += f.Size
	}
	return r
}

// fill makes a package's folder with the contents, and the checksum file last. After an
// error nothing is left of it.
func (w *worker) fill(s *Step, c contents) ([]archive.File, error) {
	tree, err := w.stage.Writer(s.Folder)
	if err != nil {
		return nil, err
	}
	dst := archive.InTree(tree)
	files, err := c.write(w.ctx, &w.unpack, dst)
	if err == nil {
		w.record = s.appendRecord(w.record[:0], files)
		err = writeRecord(dst, files, w.record)
	}
	folders := tree.Folders()
	if err = errors.Join(err, tree.Finish()); err != nil {
		return nil, errors.Join(err, w.stage.Discard(s.Folder))
	}
	if w.cache != nil {
		w.cache.wrote(s, contentOf(w.record[:0], files, folders))
	}
	return files, nil
}

// publish puts everything in place: a new vendor folder in one rename, an
// existing one folder by folder.
func (p *Plan) publish(ctx context.Context, stage *staging.Dir, results []Result) error {
	if !p.Exists {
		return stage.Publish("", p.Dest)
	}
	for _, name := range p.changed(results) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		publish := stage.Publish
		if p.there[name] {
			publish = stage.Replace
		}
		if err := publish(name, filepath.Join(p.Dest, name)); err != nil {
			return err
		}
	}
	if err := p.publishRecords(ctx, stage, results); err != nil {
		return err
	}
	for _, name := range p.Remove {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := stage.Remove(filepath.Join(p.Dest, name)); err != nil {
			return err
		}
	}
	return nil
}

// publishRecords puts checksum files in place that alone were made anew.
func (p *Plan) publishRecords(ctx context.Context, stage *staging.Dir, results []Result) error {
	for i := range p.Steps {
		if results[i].Action != Recorded {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		record := path.Join(p.Steps[i].Folder, crate.ChecksumFile)
		if err := stage.Replace(record, filepath.Join(p.Dest, filepath.FromSlash(record))); err != nil {
			return err
		}
	}
	return nil
}

// changed returns the folders in the vendor folder that were made anew.
func (p *Plan) changed(results []Result) []string {
	var names []string
	for i, s := range p.Steps {
		if results[i].Action == Written {
			names = append(names, p.unit(&s))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
