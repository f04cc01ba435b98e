package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cargohome/crate"
	"cargohome/internal/blob"
	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/mirror"
	"cargohome/internal/project"
	"cargohome/internal/registry"
	"cargohome/internal/staging"
	"cargohome/internal/ui"
)

const mirrorHelp = `Make a folder that is a registry of what is held, and of nothing else: for any web
server, or for cargo on this machine. 'cargo add', 'cargo update' and builds take packages
from it, and what it does not have cargo does not find.

All archives of the Cargo home go in, or of what --from names: Cargo homes, bundles of
'cargohome pack', local registries, mirrors, of which the first counts. With lockfiles, by
--manifest-path and the like, only what they name does. Each archive must be what the index
says, and index lines are those of the registry. What the mirror has stays; --prune removes
what no lockfile names, by default those of the current workspace.

DIR/NAME is the registry NAME, such as crates-io. The layout sparse is for a web server
that has DIR at --url, http://127.0.0.1:8000 if nothing else is said; local-registry is
for cargo itself. The configuration that makes cargo use it is printed on stdout.

Whoever reads the mirror meanwhile finds it as it was, or as it is to be.

DIR may be s3://BUCKET/PREFIX, or file:///DIR for a folder that several write to at once:
a mirror in a store of objects. AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and the
like say where that is and who asks. --from takes the same.`

const mirrorExample = `  cargohome mirror /srv/mirror --url https://crates.example.com
  cargohome mirror registry --layout local-registry --write-config
  cargohome mirror /srv/mirror --from home.tar.zst --from old-mirror
  cargohome mirror /srv/mirror --lockfile-path Cargo.lock --prune`

// defaultURL is where `python3 -m http.server -d DIR` has a mirror.
const defaultURL = "http://127.0.0.1:8000"

// mirrorOptions are the flags of mirror.
type mirrorOptions struct {
	projectFlags
	destination string // as typed
	from        []string
	layout, url string
	ageFlags
	all, prune  bool
	writeConfig bool
	dryRun      bool
}

func newMirror(r *run) *cobra.Command {
	opts := &mirrorOptions{}
	cmd := &cobra.Command{
		Use:     "mirror DIR",
		Short:   "Make a registry of what is held, for a web server or for cargo itself",
		Long:    mirrorHelp,
		Example: mirrorExample,
		Args:    words(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.destination = args[0]
			return r.mirror(cmd.Context(), opts)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	opts.projectFlags.register(cmd)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Var((*list)(&opts.from), "from", "take what is in `PLACE`, a Cargo home, a bundle, a local registry of crates.io or a mirror, in place of the Cargo home; repeatable")
	flags.StringVar(&opts.layout, "layout", "", "make a registry of the layout `NAME`: sparse, for a web server (default), or local-registry")
	flags.StringVar(&opts.url, "url", "", "a web server has the mirror at `URL` (default: as it is, or "+defaultURL+")")
	flags.BoolVar(&opts.all, "all", false, "take all that is held, and not only what the lockfiles name")
	flags.BoolVar(&opts.prune, "prune", false, "remove what no lockfile names")
	opts.ageFlags.register(cmd)
	flags.BoolVar(&opts.writeConfig, "write-config", false, "put the configuration into the project's .cargo/config.toml")
	flags.BoolVarP(&opts.dryRun, "dry-run", "n", false, "say what would be done, and do nothing")
	_ = cmd.RegisterFlagCompletionFunc("layout", cobra.FixedCompletions([]string{string(registry.Sparse), string(registry.Local)}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// mirrorJob is one run of mirror.
type mirrorJob struct {
	opts    *mirrorOptions
	home    *home.Home
	cfg     *config.Config
	project *project.Project // nil if none is asked for
	dest    string           // absolute; "" for a store of objects
	asOf    time.Time        // zero for no time
	layout  registry.Layout  // "" for that of the mirror
	url     string           // "" for that of the mirror

	objects *mirror.Objects // of a mirror in a store

	old  registry.Record // of the mirror as it is
	set  *registry.Set
	plan *mirror.Plan
}

// mirror carries out the command.
func (r *run) mirror(ctx context.Context, opts *mirrorOptions) error {
	began := time.Now()
	job, err := r.newMirrorJob(opts)
	if err != nil {
		return err
	}
	defer job.home.Close()
	sources, err := r.openMirrorSources(ctx, job)
	if err != nil {
		return err
	}
	defer sources.close()
	ctx, release, err := r.enterMirror(ctx, job, sources)
	if err != nil {
		return err
	}
	defer release()
	defer collectSooner()()
	if err := r.makeMirror(ctx, job, sources); err != nil {
		if lost := mirror.Lost(ctx); lost != nil {
			return lost
		}
		return err
	}
	return r.printMirrored(job, began)
}

// makeMirror plans, and writes.
func (r *run) makeMirror(ctx context.Context, job *mirrorJob, sources *mirrorSources) error {
	if err := r.planMirror(ctx, job, sources); err != nil {
		return err
	}
	change, err := r.planMirrorConfig(ctx, job)
	if err != nil {
		return err
	}
	defer change.Discard()
	if job.opts.dryRun {
		return nil
	}
	r.beginWriting(target{job.dest, nil})
	if err := job.plan.Write(ctx, &mirror.WriteOptions{Jobs: r.flags.jobs, Last: change.Commit, Leftover: r.leftInMirror}); err != nil {
		return err
	}
	r.reportConfig(change)
	r.out.Achieved("the mirror is made")
	return nil
}

// lockMirror keeps other runs from mirroring into the same folder. One that is not there is
// made under the lock of the folder above, and locked as well: whoever comes then finds it. It
// goes again if nothing is put there.
func (r *run) lockMirror(ctx context.Context, job *mirrorJob) (release func() error, err error) {
	above, err := r.lockFolder(ctx, "mirrors into", job.dest)
	if err != nil || job.opts.dryRun {
		return above, err
	}
	if _, err := os.Lstat(job.dest); err == nil {
		return above, nil
	}
	made, err := staging.New(ctx, staging.At(job.dest))
	if err != nil {
		return nil, errors.Join(err, above())
	}
	own, err := r.lockFolder(ctx, "mirrors into", job.dest)
	if err != nil {
		return nil, errors.Join(err, made.Close(), above())
	}
	return func() error { return errors.Join(made.Close(), own(), above()) }, nil
}

// newMirrorJob reads the flags, the configuration and the lockfiles.
func (r *run) newMirrorJob(opts *mirrorOptions) (*mirrorJob, error) {
	job := &mirrorJob{opts: opts}
	if !blob.IsURL(opts.destination) {
		job.dest = r.path(opts.destination)
	}
	if err := job.readFlags(time.Now()); err != nil {
		return nil, err
	}
	var err error
	if job.home, job.cfg, err = r.openHome(); err != nil {
		return nil, err
	}
	if job.opts.given() || job.opts.prune || job.opts.writeConfig {
		if job.project, err = r.findProject(&opts.projectFlags, job.home, job.cfg, compat.Rule{}); err != nil {
			return nil, err
		}
	}
	r.warn(job.cfg)
	return job, nil
}

func (j *mirrorJob) readFlags(now time.Time) (err error) {
	o := j.opts
	switch {
	case o.destination == "":
		return usagef("the folder to mirror into has an empty name")
	case o.all && o.prune:
		return usagef("--all and --prune exclude each other: the one takes what the other removes")
	case o.all && !o.given() && o.asOf == "" && o.minAge == "":
		o.all = false // as it is without lockfiles
	}
	if o.layout != "" {
		if j.layout, err = registry.ParseLayout(o.layout); err != nil {
			return usagef("--layout: %w", err)
		}
	}
	if o.url != "" {
		if j.url, err = registry.ParseURL(o.url); err != nil {
			return usagef("--url: %w", err)
		}
	}
	j.asOf, err = o.before(now)
	return err
}

// become settles the layout and the URL of the mirror.
func (j *mirrorJob) become() error {
	switch {
	case j.objects != nil && j.layout != "":
		return usagef("--layout is for folders: a store of objects has one of its own")
	case j.objects != nil:
		j.layout = registry.Objects
	case j.layout == registry.Objects || j.old.Layout == registry.Objects:
		return usagef("the layout %s is that of a store of objects: call it %s", registry.Objects, folderURL(j.dest))
	case j.old.Layout == "" && j.layout == "":
		j.layout = registry.Sparse
	case j.layout == "":
		j.layout = j.old.Layout
	case j.old.Layout != "" && j.old.Layout != j.layout:
		return usagef("%s is a mirror of the layout %s already: make another one in a folder of its own", j.opts.destination, j.old.Layout)
	}
	switch {
	case j.layout == registry.Local && j.url != "":
		return usagef("--url is for the layout sparse: no web server is asked for a local registry")
	case j.layout != registry.Local && j.url == "":
		j.url = j.old.URL
	}
	return nil
}

// planMirror finds out what is held, and what that takes.
func (r *run) planMirror(ctx context.Context, job *mirrorJob, sources *mirrorSources) (err error) {
	var own []*registry.Store
	if job.objects != nil {
		job.old, _ = job.objects.Remote.Record()
		own = job.objects.Remote.Stores(true)
	} else if job.old, err = mirror.Read(job.dest); err != nil {
		return err
	} else {
		own = registry.MirrorStores(job.dest, job.old, true)
	}
	if err := job.become(); err != nil {
		return err
	}
	if job.layout != registry.Local && job.url == "" {
		job.url = defaultURL
		r.out.Note("where a web server has the mirror is not known: " + defaultURL + " is taken, and --url says otherwise")
	}
	o := &registry.Options{Jobs: r.flags.jobs, AsOf: job.asOf, Prune: job.opts.prune}
	o.Names = registry.Names{Record: job.old, Configured: job.cfg.Registries()}
	if job.project != nil && (job.opts.given() || job.opts.prune) {
		o.Only = !job.opts.all
		if o.Locked, err = r.lockedOf(job.project); err != nil {
			return err
		}
	}
	stores := append(sources.stores(&o.Names, o.Locked), own...)
	o.Begin = func(total int64) { r.out.StartProgress(ui.Work{Verb: "Mirroring", Bytes: total}) }
	o.Read = func(bytes int64) { r.out.Advance(0, bytes) }
	job.set, err = registry.Gather(ctx, stores, o)
	if err == nil {
		job.plan, err = mirror.New(ctx, job.set, &mirror.Options{
			Dest: job.dest, Objects: job.objects, Old: job.old, Layout: job.layout, URL: job.url, Prune: job.opts.prune,
		})
	}
	r.out.StopProgress()
	return err
}

// lockedOf returns the packages of registries that lockfiles name.
func (r *run) lockedOf(p *project.Project) (locked []registry.Locked, err error) {
	if err := r.checkLocks(p.Locks); err != nil {
		return nil, err
	}
	merged, err := locate.Merge(p.Locked())
	if err != nil {
		return nil, err
	}
	others := 0
	for _, l := range merged.Packages {
		if l.ID.Source.IsRegistry() {
			locked = append(locked, registry.Locked{ID: l.ID, Checksum: l.Checksum})
		} else {
			others++
		}
	}
	if others > 0 {
		r.out.Note(fmt.Sprintf("no registry has packages from git (%d): `cargohome pack` takes their repositories", others))
	}
	return locked, nil
}

// mirrors are what stands in for registries, when the mirror is called so.
func (j *mirrorJob) mirrors(destination string) (list []config.Mirror) {
	names := registry.Names{Configured: j.cfg.Registries()}
	for _, reg := range j.plan.Record.Registries {
		if reg.Source == (crate.SourceID{}) {
			continue
		}
		m := config.Mirror{Source: reg.Source, Name: names.ConfiguredAs(reg.Source)}
		if j.layout == registry.Local {
			m.LocalRegistry = filepath.ToSlash(destination) + "/" + reg.Name
		} else {
			m.URL = j.plan.Record.IndexURL(reg.Name)
		}
		list = append(list, m)
	}
	return list
}

// planMirrorConfig works out what --write-config is to change; see planConfig.
func (r *run) planMirrorConfig(ctx context.Context, job *mirrorJob) (*config.Change, error) {
	if !job.opts.writeConfig {
		return nil, nil
	}
	directory := config.Directory(job.project.Root, r.sys.Dir, job.opts.destination)
	return r.planConfig(ctx, job.project.Root, config.NewMirrorTables(job.mirrors(directory)...), job.opts.dryRun)
}

// printMirrored prints what came of it.
func (r *run) printMirrored(job *mirrorJob, began time.Time) error {
	for _, reg := range job.plan.Record.Registries {
		if reg.Source == (crate.SourceID{}) {
			r.noteUnknown(reg.Name)
		}
	}
	result := ui.NewMirrored(job.plan, job.set)
	result.Destination, result.DryRun, result.Configured = job.opts.destination, job.opts.dryRun, job.opts.writeConfig
	result.Config = ui.TOML(config.PrintMirrors(job.mirrors(r.path(job.opts.destination))...)) // wherever that is put
	result.Took = time.Since(began)
	return r.printChecked(result)
}
