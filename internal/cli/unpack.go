package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cargohome/gitsrc"
	"cargohome/internal/bundle"
	"cargohome/internal/check"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/reextract"
	"cargohome/internal/ui"
	"cargohome/internal/unpack"
)

const unpackHelp = `Put what a bundle of 'cargohome pack' holds into a Cargo home, which may be new or have
much in it already: what is right stays untouched, index entries are merged by version,
and repositories get the commits they lack. Cargo takes all of it for its own.

The bundle is read to its end, and every byte of it proven, before anything is put into
place: archives by the index, repositories object by object. A bundle that is not right
is refused, with what is wrong, and leaves nothing behind. A run that is killed leaves
nothing half-made, and so does one that is interrupted; the next one of the same bundle
goes on from there: what was unpacked and is whole is not written again.

With -p only some crates are unpacked, and their index entries: of a small bundle that
lies in a file the rest is not read.

--rebuild lazily has cargo build at once from a small bundle, which has to be signed: other
archives, with the same in them, take the place of those that are made again by and by,
whenever the bundle is unpacked once more without it.

Then the lockfiles are checked, if they were packed ('pack --with-lockfiles'), as
'cargohome check' does, or else that all is there that the bundle lists.

With --trust the bundle must be signed by one of the keys: by a signature in it, or by
FILE.minisig beside it. They are those of minisign.`

const unpackExample = `  cargohome unpack home.tar.zst
  cargohome unpack --dry-run home.tar.zst
  cargohome unpack -p serde@1.0.228 home.tar.zst
  cargohome --cargo-home /srv/cargo unpack --trust release.pub home.tar.zst
  ssh builder cat home.tar | cargohome unpack -`

// unpackOptions are the flags of unpack.
type unpackOptions struct {
	trustFlags
	packages []string // as typed
	rebuild  string   // so too
	dryRun   bool
}

func newUnpack(r *run) *cobra.Command {
	opts := &unpackOptions{}
	cmd := &cobra.Command{
		Use:     "unpack FILE",
		Short:   "Put what a bundle holds into a Cargo home",
		Long:    unpackHelp,
		Example: unpackExample,
		Args:    words(1, 1),
		RunE:    func(cmd *cobra.Command, args []string) error { return r.unpack(cmd.Context(), opts, args[0]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.VarP((*list)(&opts.packages), "package", "p", "unpack the crate `SPEC` only, a NAME or NAME@VERSION, with its index entry; repeatable")
	flags.StringVar(&opts.rebuild, "rebuild", "now", "make archives again of what a small bundle has of them `WHEN`: now, or lazily, for which it has to be signed")
	opts.trustFlags.register(cmd)
	_ = cmd.RegisterFlagCompletionFunc("rebuild", cobra.FixedCompletions([]string{"now", "lazily"}, cobra.ShellCompDirectiveNoFileComp))
	flags.BoolVarP(&opts.dryRun, "dry-run", "n", false, "read all of the bundle, say what would be done, and do nothing")
	return cmd
}

// unpackJob is one run of unpack.
type unpackJob struct {
	opts   *unpackOptions
	name   string // of the bundle, for people
	home   *home.Home
	cfg    *config.Config
	isNew  bool // the home was not there
	trust  *trust
	only   crates // empty for all that the bundle has
	lazily bool
	plan   *unpack.Plan
	unlock func() error
}

// unpack carries out the command.
func (r *run) unpack(ctx context.Context, opts *unpackOptions, file string) error {
	began := time.Now()
	job, err := r.newUnpackJob(opts, file)
	if err != nil {
		return err
	}
	defer job.home.Close()
	in, err := r.openBundle(ctx, file)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := r.placeBundle(ctx, job, in); err != nil {
		return err
	}
	result := ui.NewPlaced(job.name, job.home.Dir(), job.plan, opts.dryRun)
	result.SignedBy, result.Chosen = job.trust.by, len(job.only) > 0
	if !opts.dryRun {
		defer collectSooner()()
		r.out.Achieved("the bundle is unpacked")
		checked, err := r.afterUnpack(ctx, job)
		if err != nil {
			return &ui.PartialError{Err: err}
		}
		result.Checked(checked)
	}
	result.Took = time.Since(began)
	return r.printChecked(result)
}

func (r *run) newUnpackJob(opts *unpackOptions, file string) (*unpackJob, error) {
	trust, err := r.newTrust(&opts.trustFlags, file)
	if err != nil {
		return nil, err
	}
	job := &unpackJob{opts: opts, name: file, trust: trust, lazily: opts.rebuild == "lazily", unlock: noLock}
	switch {
	case !job.lazily && opts.rebuild != "now":
		return nil, usagef("--rebuild is %q; it may be now or lazily", opts.rebuild)
	case job.lazily && len(trust.keys) == 0:
		return nil, usagef("--rebuild lazily needs --trust PUB: an archive that is not made again cannot be held against its checksum")
	}
	if job.only, err = newCrates(opts.packages); err != nil {
		return nil, err
	}
	if file == "-" {
		job.name = "stdin"
	}
	if job.home, job.cfg, err = r.openHome(); err != nil {
		return nil, err
	}
	err = job.home.Check()
	if job.isNew = errors.Is(err, fs.ErrNotExist); job.isNew {
		err = nil
	}
	return job, err
}

// openBundle opens a file, or what else has its name.
func (r *run) openBundle(ctx context.Context, file string) (io.ReadCloser, error) {
	if file == "-" {
		return interruptible(ctx, os.Stdin), nil
	}
	f, err := os.Open(r.path(file))
	if err != nil {
		return nil, missing("bundle", err)
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		return f, nil
	}
	return interruptible(ctx, f), nil
}

// interruptible reads from what may let one wait for long, until ctx ends.
func interruptible(ctx context.Context, f *os.File) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, f)
		w.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	return r
}

// placeBundle puts what is read into the home, under cargo's lock. A home that is not
// there has no lock until the bundle is read.
func (r *run) placeBundle(ctx context.Context, job *unpackJob, in io.Reader) (err error) {
	b, err := bundle.NewReader(job.trust.reader(in), &bundle.Options{Name: job.name, Trust: job.trust.manifest})
	if err != nil {
		return distrusted(err)
	}
	defer b.Close()
	defer collectSooner()()
	defer func() { err = errors.Join(err, job.unlock()) }()
	if err := r.lockUnpacking(ctx, job); err != nil {
		return err
	}
	only, err := job.only.of(b, in, job.trust)
	if err != nil {
		return err
	}
	if job.plan, err = unpack.NewPlan(ctx, job.home, b.Manifest, only, r.flags.jobs); err != nil {
		return err
	}
	if err := ui.Lacking(job.plan.Lacking()); err != nil {
		return err
	}
	isMade := func(u unpack.Unit) bool { return u.Kind == bundle.VendoredEntry || u.Kind == bundle.SourceEntry }
	if job.lazily && slices.ContainsFunc(job.plan.Units, isMade) {
		return usagef("the bundle has a vendor folder or sources, which are made of archives or held against them: leave out --rebuild lazily")
	}
	if !job.opts.dryRun {
		r.beginWriting(target{job.home.Dir(), job.plan.Bytes})
	}
	o := &unpack.Options{Name: job.name, Jobs: r.flags.jobs, DryRun: job.opts.dryRun, Lazily: job.lazily, Leftover: r.out.Leftover, Read: r.out.PlaceProgress(b.Manifest)}
	o.Resuming = r.out.Resuming
	o.Ended = func() (bool, error) { return r.beforePlacing(ctx, job) }
	o.Compare = func(ctx context.Context, dir, from string) error { return r.compareVendored(ctx, job, dir, from) }
	err = job.plan.Write(ctx, b, o)
	r.out.StopProgress()
	if err != nil && ctx.Err() != nil && !job.opts.dryRun {
		r.out.Note("what was unpacked so far is kept, and the next run of the same bundle goes on with it")
		return &ui.PartialError{Err: err}
	}
	if err == nil && !job.opts.dryRun {
		r.out.Unmarked(job.plan.Mark(ctx))
	}
	if n := job.plan.StandIns(); err == nil && job.lazily && !job.opts.dryRun && n > 0 {
		r.out.StandIns(n, job.name)
	}
	return err
}

// lockUnpacking takes the lock on the home, in place of what there was of it before.
func (r *run) lockUnpacking(ctx context.Context, job *unpackJob) error {
	mode := home.Adding
	if job.opts.dryRun {
		mode = home.Looking
	}
	err := job.unlock()
	job.unlock = noLock
	if err != nil {
		return err
	}
	unlock, err := job.home.Lock(ctx, mode, r.lockOptions())
	if err == nil {
		job.unlock = unlock
	}
	return err
}

func noLock() error { return nil }

// beforePlacing is what the bundle's last byte had to be waited for.
func (r *run) beforePlacing(ctx context.Context, job *unpackJob) (late bool, err error) {
	if err := job.trust.end(); err != nil || !job.isNew || job.opts.dryRun {
		return false, err
	}
	return true, r.lockUnpacking(ctx, job)
}

// afterUnpack makes what is made of archives and repositories, if the bundle has that, and
// checks the lockfiles. It returns nil if there are none.
func (r *run) afterUnpack(ctx context.Context, job *unpackJob) (*ui.Checked, error) {
	dir := job.home.Dir()
	h := home.New(dir) // as it is now
	defer h.Close()
	if err := r.rebuildUnpacked(ctx, h, job.plan); err != nil {
		return nil, err
	}
	o := &check.Options{Jobs: r.flags.jobs, Dir: r.sys.Dir, Home: h, Lockfiles: job.plan.Lockfiles(dir), Proven: job.plan.Archives()}
	if len(o.Lockfiles) == 0 {
		return nil, nil
	}
	job.plan.LetGo()
	report, err := r.runCheck(ctx, o, nil)
	if err != nil {
		return nil, err
	}
	report.Findings = slices.DeleteFunc(report.Findings, func(f check.Finding) bool {
		return f.Code == check.ArchiveMissing && job.plan.LeftOut(f.ID)
	})
	return ui.NewChecked(r.sys.Dir, dir, report), nil
}

// rebuildUnpacked makes sources and checkouts anew, as what the bundle has of them could be
// anything.
func (r *run) rebuildUnpacked(ctx context.Context, h *home.Home, plan *unpack.Plan) error {
	archives, names := plan.Rebuild()
	if len(archives) > 0 {
		sources, unlock, err := planLocked(ctx, r, h, &lockFlags{}, func() (*reextract.Plan, error) { return reextract.Anew(ctx, h, archives) })
		if err != nil {
			return err
		}
		results, err := r.unpackSources(ctx, h.Dir(), sources)
		if err = errors.Join(err, unlock()); err == nil {
			err = ui.NewUnpacked(sources, results, false).Err()
		}
		if err != nil {
			return fmt.Errorf("what is unpacked of archives cannot be made: %w", err)
		}
	}
	return r.rebuildCheckouts(ctx, h, names)
}

func (r *run) rebuildCheckouts(ctx context.Context, h *home.Home, names []gitsrc.CheckoutName) error {
	names = slices.DeleteFunc(names, func(n gitsrc.CheckoutName) bool { return h.Git().HasHead(n.Name, n.Short) })
	if len(names) == 0 {
		return ctx.Err()
	}
	plan, unlock, err := planLocked(ctx, r, h, &lockFlags{}, func() (*gitsrc.CheckoutPlan, error) { return h.Git().PlanAnew(ctx, names) })
	if err != nil {
		return err
	}
	err = plan.Unavailable()
	if err == nil {
		err = r.restore(ctx, h.Dir(), plan)
	}
	if err = errors.Join(err, unlock()); err != nil {
		return fmt.Errorf("checkouts cannot be made: %w", err)
	}
	return nil
}
