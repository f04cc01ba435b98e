package pack

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/par"
)

// atATime is how many packages are looked up before anything of them is kept: what an
// index says of a package takes more memory than what is kept of it.
const atATime = 4096

// line is what an index says of a version: it is in the spool.
type line struct {
	registry string // the name of its folder
	path     string // of the entry in the index
	name     string
	version  string
	at, size int64
}

// addRegistries adds the archives of registries' packages, and their lines.
func (p *Plan) addRegistries(ctx context.Context) error {
	var gaps locate.Gaps
	rest := slices.DeleteFunc(slices.Clone(p.packages), func(l lockfile.Package) bool { return !l.ID.Source.IsRegistry() })
	for part := range slices.Chunk(rest, atATime) {
		found, err := p.find(ctx, part)
		if err != nil {
			return err
		}
		missing, err := p.addFound(ctx, found)
		if err != nil {
			return err
		}
		gaps = append(gaps, missing...)
	}
	return p.lacking(ctx, gaps)
}

// addFound adds packages, and returns what is lacking of them.
func (p *Plan) addFound(ctx context.Context, found []locate.Package) (gaps locate.Gaps, err error) {
	texts := make([][]byte, len(found))
	errs := par.Each(ctx, p.o.Jobs, len(found), func(i int) (err error) {
		if p.gapOf(&found[i]) == nil {
			texts[i], err = textOf(found[i].Entry)
		}
		return err
	})
	for i := range found {
		if gap := p.gapOf(&found[i]); gap != nil {
			gaps = append(gaps, gap.Of(&found[i]))
			continue
		}
		if errs[i] != nil {
			return nil, fmt.Errorf("%s: %w", found[i].ID, errs[i])
		}
		if err := p.addPackage(ctx, &found[i], texts[i]); err != nil {
			return nil, err
		}
	}
	return gaps, nil
}

// lacking returns what cannot be packed, damaged archives included, nil if nothing is
// missing.
func (p *Plan) lacking(ctx context.Context, gaps locate.Gaps) error {
	if len(gaps) == 0 {
		return nil
	}
	gaps = append(gaps, p.damaged(ctx)...)
	gaps.Sort()
	return &GapsError{gaps}
}

// gapOf returns what is lacking of a package: its archive, unless that is not wanted, or
// its index entry, without which Cargo does not know it.
func (p *Plan) gapOf(f *locate.Package) *locate.Gap {
	kept := p.keeps(f.ID)
	switch {
	case f.Gap != nil && (kept || f.Gap.Reason == locate.Disagreeing || f.Gap.Reason == locate.Unvouched):
		return f.Gap
	case f.Vendored != nil:
		return &locate.Gap{Reason: locate.Missing, ID: f.ID, Detail: "a vendor folder stands in for its source, which has no archives"}
	case f.Entry == nil:
		return &locate.Gap{Reason: locate.NoEntry, ID: f.ID, Detail: f.Unlisted.Error()}
	}
	return nil
}

func (p *Plan) keeps(id crate.ID) bool { return p.o.Choice == nil || p.o.Choice.Gets(id) }

// addPackage adds a package of a registry, with its line of the index.
func (p *Plan) addPackage(ctx context.Context, f *locate.Package, text []byte) error {
	name := p.registry(f)
	if err := p.addLine(name, f, text); err != nil {
		return err
	}
	if !p.keeps(f.ID) {
		p.Manifest.LeftOut = append(p.Manifest.LeftOut, bundle.LeftOutName(f.ID))
		return nil
	}
	a := archived{f.ID, p.soundest(ctx, f), f.Vouched}
	p.archives = append(p.archives, a)
	e := bundle.Entry{Path: path.Join(home.CachePath, name, f.ID.Stem()+".crate"), Size: a.at.Size, Sum: *f.Want, Package: shortID(f.ID)}
	p.items = append(p.items, item{e, a.at.Path, 0})
	return nil
}

// soundest returns the copy of an archive that is packed: the first, or of several the
// first that is right.
func (p *Plan) soundest(ctx context.Context, f *locate.Package) home.Archive {
	if len(f.Archives) > 1 {
		for _, at := range f.Archives {
			if f.Archive(f.ID, at).Verify(ctx) == nil {
				return at
			}
		}
	}
	return f.Archives[0]
}

// shortID is what the manifest calls a package.
func shortID(id crate.ID) string { return id.Name + " " + id.Version }

// registry returns the name of the folders of a package's registry, which it adds to the
// manifest if it is new.
func (p *Plan) registry(f *locate.Package) string {
	src := f.ID.Source
	if name, known := p.registries[src]; known {
		return name
	}
	name, _ := home.Ident(indexOf(src))
	p.registries[src] = name
	if !slices.ContainsFunc(p.configured, func(c config) bool { return c.name == name }) {
		p.Manifest.Registries = append(p.Manifest.Registries, bundle.Registry{Name: name, Source: crate.Redact(src.String())})
		p.configured = append(p.configured, config{name, src, f.From})
		if p.o.Sources.Replaces(src) {
			p.Warnings = append(p.Warnings, fmt.Sprintf("%s is replaced by %s in cargo's configuration: cargo finds what is packed only where it is not replaced, as in a project without that configuration", src.Display(), f.From.Display()))
		}
	}
	return name
}

// indexOf is the source whose folders Cargo uses: for crates.io that of the sparse index,
// whatever the lockfile says (spec 2.6).
func indexOf(src crate.SourceID) crate.SourceID {
	if !src.IsCratesIO() {
		return src
	}
	sparse, err := crate.NewRegistrySource(crate.CratesIOSparse)
	if err != nil {
		panic(err) // a constant
	}
	return sparse
}

// textOf returns the line of a package, unless Cargo would pass over it.
func textOf(e *index.Entry) ([]byte, error) {
	if err := cmp.Or(e.Check(), e.CheckPublic()); err != nil {
		return nil, err
	}
	return e.Canonical()
}

// addLine keeps what the index says of a package.
func (p *Plan) addLine(registry string, f *locate.Package, text []byte) error {
	at, err := p.spool.put(text)
	if err != nil {
		return err
	}
	where, err := index.Path(f.ID.Name)
	if err != nil {
		return err
	}
	p.lines = append(p.lines, line{registry, where, f.ID.Name, f.ID.Version, at, int64(len(text))})
	return nil
}

// config is a registry whose configuration goes in.
type config struct {
	name      string
	src, from crate.SourceID
}

// cratesIOConfig is what crates.io says of itself.
var cratesIOConfig = index.Config{Download: "https://static.crates.io/crates", API: "https://crates.io"}

// configText returns a registry's config.json.
func (p *Plan) configText(c config) ([]byte, error) {
	conf := cratesIOConfig
	if !c.src.IsCratesIO() {
		var err error
		if conf, err = p.o.Home.IndexConfig(c.from); err != nil {
			return nil, fmt.Errorf("%s: %w", c.src.Display(), err)
		}
	}
	if err := p.redactConfig(&conf, "the configuration of "+c.src.Display()); err != nil {
		return nil, err
	}
	text := struct {
		Download     string `json:"dl"`
		API          string `json:"api,omitempty"`
		AuthRequired bool   `json:"auth-required,omitempty"`
	}{conf.Download, conf.API, conf.AuthRequired}
	return json.Marshal(text)
}

// redactConfig leaves out what is secret in a configuration, or refuses it. Cargo believes the
// one that is in the home until it updates (cargo 1.95: http_remote.rs, config).
func (p *Plan) redactConfig(conf *index.Config, where string) error {
	for _, url := range []*string{&conf.Download, &conf.API} {
		shown := crate.Redact(*url)
		switch {
		case !isSecret(*url):
		case !p.o.Redact:
			return &SecretError{[]string{shown}, where, "--redact-urls leaves them out; cargo then builds with what is packed, and downloads nothing from there before `cargo update`, which gets the configuration anew"}
		default:
			p.Warnings = append(p.Warnings, fmt.Sprintf("left out user info of %s in %s: cargo builds with what is packed, and downloads nothing from there before `cargo update`, which gets the configuration anew", shown, where))
			*url = shown
		}
	}
	return nil
}
