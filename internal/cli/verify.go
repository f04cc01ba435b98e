package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/staging"
	"cargohome/internal/ui"
	"cargohome/internal/verify"
	"cargohome/vendoring"
)

const verifyHelp = `Compare what is in the Cargo home, or in a vendor folder, with what it should be,
byte by byte.

  archives     registry/cache: the checksum of the lockfile, or else the index
  sources      registry/src: the content of the archive beside
  checkouts    git/checkouts: the commit, submodules included
  dbs          git/db: every object, pack and index by its hash, and by each other
  vendor DIR   a vendor folder: the content of the archives, or the commits
  all          all of the Cargo home, which is meant too if nothing is named

Each file that differs is printed with how: changed, extra, missing, mode, type or
unreadable. Times are not compared. What nobody vouches for is named, and is no finding,
and so is a vendored package that an older cargo made in its way.

Without flags that name a project the index vouches for archives, and packages of a
vendor folder are those of their records; with them the lockfile says what there is to
be. Packages from git in a vendor folder need the lockfile.

With --repair what is not as it should be is made anew from what the home holds, in one
step each: sources, vendored packages, checkouts, and indexes of packs that are sound. A
damaged archive is moved aside, as NAME.crate.corrupt; a package that was patched and is
not as recorded is left to you. Then the status is 0 if all is as
it should be.`

const verifyExample = `  cargohome verify
  cargohome verify sources checkouts --repair
  cargohome verify vendor ./vendor --lockfile-path Cargo.lock
  cargohome verify --format json`

// verifyOptions are the flags of verify.
type verifyOptions struct {
	projectFlags
	repair        bool
	noLock        bool
	versionedDirs bool
	compat        ruleFlag

	areas  []verify.Area
	vendor string // the vendor folder as typed, "" for none
}

func newVerify(r *run) *cobra.Command {
	opts := &verifyOptions{}
	cmd := &cobra.Command{
		Use:     "verify [archives|sources|checkouts|dbs|all]... | verify vendor DIR",
		Short:   "Compare the Cargo home or a vendor folder with what it should be",
		Long:    verifyHelp,
		Example: verifyExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := opts.take(args); err != nil {
				return usagef("%w", err)
			}
			return r.verify(cmd.Context(), opts)
		},
		ValidArgs: []string{"archives", "sources", "checkouts", "dbs", "vendor", "all"},
	}
	opts.projectFlags.register(cmd)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&opts.repair, "repair", false, "make anew what is not as it should be")
	flags.BoolVar(&opts.noLock, "no-lock", false, "repair where cargo's locks cannot be taken: a cargo that is at work meanwhile may fail")
	flags.BoolVar(&opts.versionedDirs, "versioned-dirs", false, "every folder of the vendor folder is to be named NAME-VERSION")
	opts.compat.register(flags, "the vendor folder is to be what")
	return cmd
}

// take reads what is to be verified.
func (o *verifyOptions) take(args []string) error {
	isVendor := len(args) > 0 && args[0] == string(verify.Vendor)
	switch {
	case isVendor && (len(args) != 2 || args[1] == ""):
		return errors.New("verify vendor takes one folder, and nothing beside")
	case o.versionedDirs && !(isVendor && o.projectFlags.given()):
		return errors.New("--versioned-dirs is about the folders that a lockfile asks for: name one, and vendor DIR")
	case isVendor:
		o.vendor = args[1]
		return nil
	}
	if len(args) == 0 || slices.Contains(args, "all") {
		o.areas = verify.Areas
	}
	for _, arg := range args {
		switch area := verify.Area(arg); {
		case arg == "all":
		case !slices.Contains(verify.Areas, area):
			return fmt.Errorf("there is no %q to verify; there is archives, sources, checkouts, dbs, vendor DIR and all", arg)
		case len(o.areas) < len(verify.Areas):
			o.areas = append(o.areas, area)
		}
	}
	return nil
}

// verify carries out the command.
func (r *run) verify(ctx context.Context, opts *verifyOptions) error {
	began := time.Now()
	open := r.openHomeLeniently
	if opts.projectFlags.given() {
		open = r.openKnownHome
	}
	h, cfg, err := open()
	if err != nil {
		return err
	}
	defer h.Close()
	unlock, err := r.lockVerify(ctx, h, opts)
	if err != nil {
		return err
	}
	defer unlock()
	plan, err := r.planVerify(ctx, h, cfg, opts)
	if err != nil {
		return err
	}
	if err := r.runVerify(ctx, h, plan, opts); err != nil {
		return err
	}
	result := ui.NewVerified(plan, opts.repair)
	result.Took = time.Since(began)
	return r.printChecked(result)
}

// lockVerify takes cargo's locks for replacing if something is to be repaired, and that of
// the vendor folder.
func (r *run) lockVerify(ctx context.Context, h *home.Home, opts *verifyOptions) (unlock func(), err error) {
	mode, lock := home.Looking, r.lockOptions()
	lock.Without = opts.noLock
	if opts.repair && opts.vendor == "" {
		mode = home.Replacing
	} else if opts.repair {
		mode = home.Reading
	}
	release, err := h.Lock(ctx, mode, lock)
	if err != nil || !opts.repair || opts.vendor == "" {
		return func() { _ = release() }, err
	}
	folder, err := r.lockDestination(ctx, opts.vendor)
	if err != nil {
		_ = release()
		return nil, err
	}
	return func() { _, _ = folder(), release() }, nil
}

func (r *run) planVerify(ctx context.Context, h *home.Home, cfg *config.Config, opts *verifyOptions) (*verify.Plan, error) {
	arranged, found, err := r.verifyLocked(ctx, h, cfg, opts)
	if err != nil {
		return nil, err
	}
	if opts.vendor == "" {
		return verify.New(h, opts.areas, found), nil
	}
	plan, err := verify.NewVendor(ctx, r.flags.jobs, h, opts.compat.Rule, r.path(opts.vendor), arranged, found)
	return plan, missing("vendor folder", err)
}

// verifyLocked finds the packages of the lockfiles that are named, if any are.
func (r *run) verifyLocked(ctx context.Context, h *home.Home, cfg *config.Config, opts *verifyOptions) (*vendoring.Arrangement, []locate.Package, error) {
	if !opts.projectFlags.given() {
		return nil, nil, nil
	}
	project, err := r.findProject(&opts.projectFlags, h, cfg, opts.compat.Rule)
	if err != nil {
		return nil, nil, err
	}
	arranged, err := vendoring.Arrange(project.Locked(), opts.versionedDirs)
	if err != nil {
		return nil, nil, err
	}
	sources, err := r.sources(h, cfg, false)
	if err != nil {
		return nil, nil, err
	}
	found, err := locate.Find(ctx, r.flags.jobs, arranged.Packages, sources)
	return arranged, found, err
}

func (r *run) runVerify(ctx context.Context, h *home.Home, plan *verify.Plan, opts *verifyOptions) error {
	done := r.out.VerifyProgress(plan)
	defer r.out.StopProgress()
	if err := plan.Run(ctx, r.flags.jobs, done); err != nil || !opts.repair {
		return err
	}
	written := target{path: h.Dir()}
	if opts.vendor != "" {
		written.path = r.path(opts.vendor)
	}
	r.beginWriting(written)
	err := plan.Repair(ctx, verify.Options{Jobs: r.flags.jobs, Leftover: r.out.Leftover})
	if ctx.Err() != nil || staging.Hopeless(err) {
		return &ui.PartialError{Err: err}
	}
	if err != nil {
		r.out.Warning(fmt.Sprintf("not all could be mended: %v", err))
	}
	return nil
}
