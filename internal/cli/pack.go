package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/filter"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/pack"
	"cargohome/internal/project"
	"cargohome/internal/signature"
	"cargohome/internal/staging"
	"cargohome/internal/tarball"
	"cargohome/internal/ui"
)

const packHelp = `Pack the smallest Cargo home that builds the lockfiles into one file: archives, index
entries and repositories, and no configuration, credentials or programs. 'cargohome help
bundle' describes the file.

The archives must be in the Cargo home. Each is checked against the checksums in the
lockfile and in the index; everything that is missing or damaged is reported in one go.
The file is the same, byte by byte, whenever and wherever it is packed.

With --platform, the flags for features, -p and the like there are only the archives that
cargo gets to build that, and index entries of all packages, as cargo resolves by those:
'cargo build' works for that, and what asks for all packages does not.

A tar.zst has what is in archives in place of them, in two thirds of the space: 'unpack'
makes them again, bit for bit. To pack that takes a processor half a second for each MB of
archives, which --exact-archives saves: they are kept as they are then, as in tar and
tar.gz, and 'tar -xf' of the file into an empty folder is a Cargo home. With --since there
are patches for the archives of other versions that OLD has, as far as the home has those.

--sign KEY signs the manifest in the bundle, and the bundle in FILE.minisig beside it, which
minisign checks too. The passphrase of the key is asked for at the terminal.

--since OLD leaves out what a bundle has that the receiver has already; OLD is a bundle,
or what --list prints of one. --list FILE makes sure of every byte of a bundle and prints
its manifest, which --since takes; --diff A B says in words what is other in B than in A.`

const packExample = `  cargohome pack -o home.tar.zst
  cargohome pack -o home.tar.zst --exact-archives
  cargohome pack -o linux.tar --platform x86_64-unknown-linux-gnu
  cargohome pack -o update.tar --since home.tar.zst
  cargohome pack --diff home.tar.zst update.tar`

// packOptions are the flags of pack.
type packOptions struct {
	projectFlags
	output, container      string // as typed
	level                  levelFlag
	small, exact, stream   bool
	since                  []string
	list, diff             string
	redact, dryRun         bool
	respectConfig          bool
	lockfiles, src, vendor bool
	checkouts              bool
	filter                 filterFlags
	sign                   signFlags
}

func newPack(r *run) *cobra.Command {
	opts := &packOptions{}
	cmd := &cobra.Command{
		Use:     "pack -o FILE | --list FILE | --diff A B",
		Short:   "Pack the smallest Cargo home that builds the lockfiles into one file",
		Long:    packHelp,
		Example: packExample,
		Args:    words(0, 1),
		RunE:    func(cmd *cobra.Command, args []string) error { return r.packOrRead(cmd, opts, args) },
	}
	opts.projectFlags.register(cmd)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&opts.output, "output", "o", "", "write the bundle to `FILE`, - for stdout")
	flags.VarP(&formatValue{&r.flags.format, &opts.container}, "format", "", "make a `FORMAT`: tar, tar.gz or tar.zst (default: as FILE ends); or print the result as text or json. It may be given for each")
	flags.Var(&opts.level, "compression-level", "compress what is not compressed by level `N`: 1 to 9 for gzip (default 6), 1 to 22 for zstd (default 19, and 2 with --exact-archives)")
	flags.BoolVar(&opts.small, "small", false, "pack what is in archives in place of them, in two thirds of the space; a tar.zst is so without it")
	flags.BoolVar(&opts.exact, "exact-archives", false, "keep archives as they are in a tar.zst, too: that is fast, and any tar makes a Cargo home of it")
	flags.BoolVar(&opts.stream, "one-stream", false, "compress the content of all archives as one, which is smaller: then none is read without those before it")
	flags.Var((*list)(&opts.since), "since", "leave out what `OLD` has, a bundle or a list of one; repeatable")
	flags.BoolVar(&opts.lockfiles, "with-lockfiles", false, "pack the lockfiles, too")
	flags.BoolVar(&opts.src, "with-sources", false, "pack what cargo unpacks of the archives, too")
	flags.BoolVar(&opts.checkouts, "with-checkouts", false, "pack what cargo checks out of the repositories, too")
	flags.BoolVar(&opts.vendor, "with-vendor", false, "pack the vendor folder, too")
	flags.BoolVar(&opts.redact, "redact-urls", false, "leave out user info in URLs, in place of refusing it; cargo needs the lockfile with it")
	flags.BoolVar(&opts.respectConfig, "respect-source-config", false, "obey [source] replacement in cargo's configuration; what is packed builds where there is none")
	flags.BoolVarP(&opts.dryRun, "dry-run", "n", false, "say what would be packed, without reading archives, and do nothing")
	opts.filter.registerBuilt(r, cmd, "leave out what is not for")
	opts.sign.register(cmd)
	flags.StringVar(&opts.list, "list", "", "print the manifest of the bundle `FILE`, - for stdin")
	flags.StringVar(&opts.diff, "diff", "", "say what changed from the bundle `A` to another, or to a list")
	return cmd
}

// packOrRead finds out what was asked for.
func (r *run) packOrRead(cmd *cobra.Command, opts *packOptions, args []string) error {
	given := 0
	for _, name := range []string{"output", "list", "diff"} {
		if cmd.Flags().Changed(name) {
			given++
		}
	}
	switch {
	case given == 0:
		return usagef("say where to with -o FILE, or read a bundle with --list FILE or --diff A B")
	case given > 1:
		return usagef("-o, --list and --diff exclude each other")
	case len(args) > 0 && opts.diff == "":
		return usagef("pack does not take %q", args[0])
	case opts.diff != "" && len(args) == 0:
		return usagef("--diff takes two bundles: --diff A B")
	case opts.output != "":
		return r.pack(cmd.Context(), opts)
	}
	if name := packingFlag(cmd); name != "" {
		return usagef("--%s is for packing: --list and --diff read what was packed", name)
	}
	if err := r.configure(config.Term{}); err != nil {
		return err
	}
	if opts.list != "" {
		return r.listBundle(opts.list)
	}
	return r.diffBundles(opts.diff, args[0])
}

// packingFlag returns a flag that was given, and says nothing to who reads a bundle; "" for none.
func packingFlag(cmd *cobra.Command) (name string) {
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && !slices.Contains([]string{"list", "diff", "format", "dry-run"}, f.Name) {
			name = f.Name
		}
	})
	return name
}

// packJob is one run of pack.
type packJob struct {
	opts  *packOptions
	path  string // "" for stdout
	small bool   // it has what is in archives in place of them
	write bundle.WriteOptions
	since []*bundle.Manifest
	olds  []io.Closer // those of them that shelves are in
	shelf []*bundle.Shelf
	key   *signature.Secret // to sign with, nil for none

	replaced *locate.Sources // as [source] replacement has them, obeyed or not
}

// newPackJob reads the flags, and the bundles of --since.
func (r *run) newPackJob(ctx context.Context, opts *packOptions) (*packJob, error) {
	format, err := opts.format()
	if err != nil {
		return nil, err
	}
	j := &packJob{opts: opts, write: bundle.WriteOptions{Options: tarball.Options{Format: format, Level: int(opts.level), Jobs: r.flags.jobs}}}
	if j.small, err = opts.isSmall(format); err != nil {
		return nil, err
	}
	j.write.Seekable = j.small && !opts.stream
	if err := j.write.Check(); err != nil {
		return nil, usagef("%w", err)
	}
	for _, old := range opts.since {
		m, err := r.loadBundle(old)
		if err != nil {
			return nil, err
		}
		j.since = append(j.since, m)
		if j.small {
			r.openShelf(j, old)
		}
	}
	if j.key, err = r.newSigner(ctx, &opts.sign); err != nil {
		return nil, err
	}
	j.write.Sign = signManifest(j.key)
	if j.path, err = r.tarPlace(opts.output); err == nil && j.path != "" {
		err = checkSignaturePlace(j)
	}
	return j, err
}

func (o *packOptions) format() (tarball.Format, error) {
	switch {
	case o.container == "dir":
		return "", usagef("a bundle is a file: --format tar, tar.gz or tar.zst")
	case o.container == "" && o.output == "-":
		return tarball.Tar, nil
	}
	return formatOf(o.container, o.output)
}

// isSmall reports whether what is in archives is packed in place of them.
func (o *packOptions) isSmall(format tarball.Format) (bool, error) {
	switch {
	case o.exact && (o.small || o.stream):
		return false, usagef("--exact-archives is packed without --small and --one-stream")
	case (o.small || o.stream) && format != tarball.Zstd:
		return false, usagef("--small and --one-stream are for tar.zst, not for %s", format)
	}
	return format == tarball.Zstd && !o.exact, nil
}

// thousandsMemory is where garbage is collected sooner than it would be, in bytes: what is
// alive stays below it for a home of 100,000 archives.
const thousandsMemory = 224 << 20

// collectSooner has garbage collected by that until the function returned is called. It is
// not for when a command begins: the program sets a limit of its own beside that, and the
// lockfiles or archives that make this one count take some time to read.
func collectSooner() (end func()) {
	old := debug.SetMemoryLimit(min(thousandsMemory, debug.SetMemoryLimit(-1)))
	return func() { debug.SetMemoryLimit(old) }
}

// pack carries out the command.
func (r *run) pack(ctx context.Context, opts *packOptions) error {
	began := time.Now()
	job, err := r.newPackJob(ctx, opts)
	if err != nil {
		return err
	}
	h, cfg, err := r.openHomeToRead()
	if err != nil {
		return err
	}
	defer h.Close()
	defer job.close()
	unlock, err := h.Lock(ctx, reading(opts.dryRun), r.lockOptions())
	if err != nil {
		return err
	}
	defer unlock()
	project, err := r.findProject(&opts.projectFlags, h, cfg, compat.Rule{})
	if err != nil {
		return err
	}
	if err := errors.Join(r.checkPackPlaces(job, project), r.checkLocks(project.Locks)); err != nil {
		return err
	}
	sources, err := r.sources(h, cfg, opts.respectConfig)
	r.warn(cfg)
	if err != nil {
		return err
	}
	o := pack.Options{
		Jobs: r.flags.jobs, Home: h, Sources: sources, Project: project, Since: job.since, Shelves: job.shelf, Redact: opts.redact, Small: job.small, TempDir: job.tempDir(),
		WithLockfiles: opts.lockfiles, WithSources: opts.src, WithCheckouts: opts.checkouts, WithVendor: opts.vendor,
	}
	if job.replaced, err = r.sources(h, cfg, true); err != nil {
		job.replaced = sources // it is not obeyed
	}
	if err := r.choosePacked(ctx, &filterJob{flags: &opts.filter, project: project, cfg: cfg, sources: sources, gets: true}, &o); err != nil {
		return err
	}
	if opts.vendor && !opts.lockfiles && slices.ContainsFunc(project.Locked(), func(l lockfile.Package) bool { return isVendoredGit(l.ID, o.Choice) }) {
		return usagef("--with-vendor packs packages from git, which unpack can only hold against the lockfiles: add --with-lockfiles, or leave out --with-vendor")
	}
	return r.packPlanned(ctx, job, o, began)
}

func isVendoredGit(id crate.ID, c *filter.Choice) bool {
	return id.Source.Kind() == crate.Git && (c == nil || c.Of(id).Kept)
}

// tempDir is where what is made on the way lies: beside the bundle, if that is written, and
// if its folder is not there yet in the one above.
func (j *packJob) tempDir() string {
	if j.path == "" || j.opts.dryRun {
		return os.TempDir()
	}
	dir := filepath.Dir(j.path)
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// choosePacked sets which packages are packed with their archives, if flags say so.
func (r *run) choosePacked(ctx context.Context, job *filterJob, o *pack.Options) error {
	f, err := job.flags.builtOnly(r)
	if f == nil || err != nil {
		return err
	}
	packages, err := locate.Merge(job.project.Locked())
	if err != nil {
		return err
	}
	if o.Found, err = locate.Find(ctx, r.flags.jobs, packages.Packages, job.sources); err != nil {
		return err
	}
	o.Choice, err = r.choose(ctx, f, job, o.Found)
	return err
}

// packPlanned plans, writes and prints.
func (r *run) packPlanned(ctx context.Context, job *packJob, o pack.Options, began time.Time) error {
	defer collectSooner()()
	r.written = target{job.path, nil}
	plan, err := pack.New(ctx, o)
	if gaps, ok := errors.AsType[*pack.GapsError](err); ok {
		r.noteHome(o.Home)
		if !job.opts.respectConfig && slices.ContainsFunc(gaps.Gaps, func(g locate.Gap) bool { return job.replaced.Replaces(g.ID.Source) }) {
			r.out.Note("cargo's configuration has another source in their place: --respect-source-config packs from that")
		}
		return gaps
	}
	if err != nil {
		return err
	}
	defer plan.Close()
	for _, w := range plan.Warnings {
		r.out.Warning(w)
	}
	result := &ui.Packed{Output: job.opts.output, DryRun: job.opts.dryRun}
	size := r.homeSize(ctx, o.Home)
	if !job.opts.dryRun {
		r.beginWriting(target{job.path, packedBytes(plan.Manifest)})
		job.write.Progress = r.out.PackProgress(plan.Manifest)
		result.Size, err = r.writeBundle(ctx, plan, job)
		r.out.StopProgress()
		if err != nil {
			return err
		}
		r.out.Achieved("the bundle is written")
		r.warnSignature(job)
	}
	result.Content, result.Home = ui.NewContent(plan.Manifest), <-size
	result.Content.Container = string(job.write.Format)
	result.Took = time.Since(began)
	return r.out.Print(result)
}

// packedBytes tells how many bytes there are of what is in a bundle.
func packedBytes(m *bundle.Manifest) func() int64 {
	return func() int64 {
		_, packed := m.Bytes()
		return packed
	}
}

// homeSize measures the home while something else is done, if anybody is told.
func (r *run) homeSize(ctx context.Context, h *home.Home) <-chan int64 {
	size := make(chan int64, 1)
	if r.flags.quiet && r.flags.format != "json" {
		size <- 0
		return size
	}
	go func() { size <- pack.HomeSize(ctx, h.Dir()) }()
	return size
}

// writeBundle writes the file, or to stdout, and returns how many bytes. The signature beside
// it is made before either gets its name.
func (r *run) writeBundle(ctx context.Context, plan *pack.Plan, job *packJob) (int64, error) {
	var beside *staging.Replacement
	size, err := r.writeOutput(ctx, job.path, func(w io.Writer) error {
		err := plan.Write(ctx, w, job.write)
		if staged, ok := w.(*staging.Replacement); ok && err == nil && job.key != nil {
			beside, err = signStaged(ctx, job.key, staged, job.path)
		}
		return err
	})
	switch {
	case beside == nil:
		return size, err
	case err != nil:
		return 0, errors.Join(err, beside.Discard())
	}
	if err := beside.Commit(); err != nil {
		return 0, fmt.Errorf("the bundle is written, and its signature is not: %w", err)
	}
	return size, nil
}

// checkSignaturePlace refuses places where no signature can be.
func checkSignaturePlace(j *packJob) error {
	beside := j.opts.output + signatureExt
	if info, err := os.Stat(j.path + signatureExt); j.key != nil && err == nil && !info.Mode().IsRegular() {
		return usagef("%s is there and is not a file: the signature goes there, so give -o another name", beside)
	}
	return nil
}

// checkPackPlaces refuses to write the bundle, or its signature, over what the run reads.
func (r *run) checkPackPlaces(j *packJob, p *project.Project) error {
	read := r.paths(j.opts.since)
	if j.key == nil || j.path == "" {
		return checkOutput(j.path, p, read...)
	}
	read = append(read, r.path(j.opts.sign.key))
	return errors.Join(checkOutput(j.path, p, read...), checkOutput(j.path+signatureExt, p, read...))
}

// warnSignature warns of a signature beside the bundle that is of another run.
func (r *run) warnSignature(j *packJob) {
	if _, err := os.Lstat(j.path + signatureExt); err == nil && j.key == nil && j.path != "" {
		r.out.Warning(fmt.Sprintf("%s%s is there from before, and not made for this bundle: delete it, or pack with --sign, or `unpack --trust` refuses the bundle", j.opts.output, signatureExt))
	}
}
