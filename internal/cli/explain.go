package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/explain"
	"cargohome/internal/home"
	"cargohome/internal/lastuse"
	"cargohome/internal/locate"
	"cargohome/internal/project"
	"cargohome/internal/resolve"
	"cargohome/internal/ui"
)

const explainHelp = `Say why a package is here: which packages of the workspace need it and by which way,
with the kind, platform and features of each dependency; what else would go if it went;
why there are several versions of it; where its pieces lie in the Cargo home, in vendor
folders and in bundles, how large they are, when they were last used, and whether they are
as they should be.

The tree is that of 'cargo tree --invert', for all members, features and platforms unless
flags say otherwise. Where it is not known what all packages declare, because manifests,
index and archives are not at hand, the lockfile alone says who needs whom; what is known
is added. A package that is locked, and that nothing which could be built needs, is
explained by the lockfile too.

NAME@VERSION may be cut short, as in syn@2. Where sources have the same one it is
SOURCE#NAME:VERSION.`

const explainExample = `  cargohome explain winapi-util
  cargohome explain syn@2 -e normal,build
  cargohome explain cc --lockfile-path a/Cargo.lock --lockfile-path b/Cargo.lock
  cargohome explain serde --vendor ./vendor --format json
  cargohome explain serde --bundle home.tar.zst`

// explainOptions are the flags of explain.
type explainOptions struct {
	projectFlags
	edges, vendor                  string
	features, packages, bundles    []string
	allFeatures, noDefaultFeatures bool

	spec explain.Spec
}

func newExplain(r *run) *cobra.Command {
	opts := &explainOptions{}
	cmd := &cobra.Command{
		Use:     "explain NAME[@VERSION]",
		Short:   "Say why a package is here, and where",
		Long:    explainHelp,
		Example: explainExample,
		Args:    words(1, 1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if opts.spec, err = explain.ParseSpec(args[0]); err != nil {
				return usagef("%q: %w", args[0], err)
			}
			return r.explain(cmd.Context(), opts)
		},
		ValidArgsFunction: r.completeLocked,
	}
	opts.register(cmd)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&opts.edges, "edges", "e", "all", "follow dependencies of `KINDS` only: normal, build, dev, with commas between, or no-dev and the like")
	flags.VarP((*list)(&opts.packages), "package", "p", "the member `SPEC` only; repeatable")
	flags.VarP((*list)(&opts.features), "features", "F", "with `FEATURES` rather than all, separated by commas or spaces; repeatable")
	flags.BoolVar(&opts.allFeatures, "all-features", false, "with all features, as without the flags for features")
	flags.BoolVar(&opts.noDefaultFeatures, "no-default-features", false, "without the feature \"default\"")
	_ = cmd.RegisterFlagCompletionFunc("package", r.completeMembers)
	flags.StringVar(&opts.vendor, "vendor", "", "also look into the vendor folder `DIR`; one that cargo's configuration names is looked into anyway")
	flags.Var((*list)(&opts.bundles), "bundle", "also look into the bundle `FILE`, of which no more is read than is needed; repeatable")
	return cmd
}

// request says which dependencies count.
func (o *explainOptions) request() (*resolve.Request, error) {
	kinds, err := parseEdges(o.edges)
	if err != nil {
		return nil, usagef("--edges: %w", err)
	}
	return &resolve.Request{
		Packages: o.packages, All: len(o.packages) == 0, AnyPlatform: true, Kinds: kinds,
		Features: o.features, NoDefaultFeatures: o.noDefaultFeatures, AllFeatures: o.allFeatures || len(o.features) == 0 && !o.noDefaultFeatures,
	}, nil
}

// parseEdges reads kinds of dependencies as `cargo tree` has them.
func parseEdges(text string) (kinds resolve.Kinds, err error) {
	var without resolve.Kinds
	words := map[string]resolve.Kinds{"all": resolve.AllKinds}
	for _, k := range []resolve.Kind{resolve.Normal, resolve.Build, resolve.Dev} {
		words[k.String()] = resolve.Kinds(0).With(k)
	}
	for word := range strings.SplitSeq(text, ",") {
		name, isWithout := strings.CutPrefix(word, "no-")
		set, ok := words[name]
		switch {
		case !ok || isWithout && name == "all":
			return 0, fmt.Errorf("%q is none of normal, build, dev, all, no-normal, no-build and no-dev", word)
		case isWithout:
			without |= set
		default:
			kinds |= set
		}
	}
	if kinds == 0 {
		kinds = resolve.AllKinds
	}
	return kinds &^ without, nil
}

// explain carries out the command.
func (r *run) explain(ctx context.Context, opts *explainOptions) error {
	request, err := opts.request()
	if err != nil {
		return err
	}
	h, cfg, err := r.openHomeToRead()
	if err != nil {
		return err
	}
	defer h.Close()
	r.warn(cfg)
	unlock, err := h.Lock(ctx, home.Looking, r.lockOptions())
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }()
	p, err := r.findProject(&opts.projectFlags, h, cfg, compat.Rule{})
	if err != nil {
		return err
	}
	replaced, err := r.sources(h, cfg, true)
	if err != nil {
		return err
	}
	projects := r.explainProjects(ctx, p, replaced)
	e, err := explain.New(ctx, projects, opts.spec, &explain.Options{Jobs: r.flags.jobs, Registry: cfg.Registry, Request: request})
	if errors.Is(err, resolve.ErrRequest) && len(opts.packages) > 0 {
		err = ui.WithHint(err, "--package names members of the workspace")
	}
	if err != nil {
		return typed(err)
	}
	places, err := r.explainPlaces(ctx, cfg, replaced, e, opts)
	if err != nil {
		return err
	}
	if err := e.Locate(ctx, places); err != nil {
		return err
	}
	for _, file := range opts.bundles {
		if err := r.explainBundle(ctx, e, file); err != nil {
			return err
		}
	}
	return r.out.Print(&ui.Explained{Explanation: e})
}

// explainProjects finds what the lockfiles have.
func (r *run) explainProjects(ctx context.Context, p *project.Project, sources *locate.Sources) (projects []*explain.Project) {
	for i := range p.Locks {
		l := &p.Locks[i]
		e := &explain.Project{Name: l.Name, Lock: l.Lockfile, Workspace: l.Workspace}
		e.Found, e.Err = locate.Find(ctx, r.flags.jobs, l.Packages, sources)
		projects = append(projects, e)
	}
	return projects
}

// explainBundle says what a bundle has of the package.
func (r *run) explainBundle(ctx context.Context, e *explain.Explanation, file string) error {
	in, err := r.openBundle(ctx, file)
	if err != nil {
		return err
	}
	defer in.Close()
	b, err := bundle.NewReader(in, &bundle.Options{Name: file})
	if err != nil {
		return err
	}
	defer b.Close()
	at, size := regular(in)
	return e.LocateIn(ctx, &explain.Bundle{Path: r.path(file), Reader: b, File: at, Size: size})
}

// explainPlaces says where to look for the package: in the home, and in what cargo's
// configuration has in its place.
func (r *run) explainPlaces(ctx context.Context, cfg *config.Config, replaced *locate.Sources, e *explain.Explanation, opts *explainOptions) (*explain.Places, error) {
	h := replaced.Home()
	places := &explain.Places{Jobs: r.flags.jobs, Home: h}
	if opts.vendor != "" {
		places.Vendor = []string{r.path(opts.vendor)}
	}
	uses, err := r.orFiles(ctx, r.lastUses(ctx, h, &lastuse.Options{Patience: sizePatience}))
	if err != nil {
		return nil, err
	}
	places.Uses = uses
	own, err := r.sources(h, cfg, false)
	if err != nil {
		return nil, err
	}
	if places.Found, err = locate.Find(ctx, r.flags.jobs, e.Locked, own); err != nil {
		e.Lacking = append(e.Lacking, err.Error())
	}
	for i, locked := range e.Locked {
		from, err := replaced.Of(locked.ID.Source)
		if err != nil {
			return nil, err
		}
		switch from.Kind() {
		case crate.Directory:
			places.Vendor = append(places.Vendor, from.LocalPath())
		case crate.LocalRegistry:
			found, err := locate.Find(ctx, r.flags.jobs, e.Locked[i:i+1], replaced)
			if err != nil {
				e.Lacking = append(e.Lacking, err.Error())
			}
			places.Found = append(places.Found, found...)
		}
	}
	return places, ctx.Err()
}
