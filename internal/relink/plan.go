package relink

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/index"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// Kind is a kind of things that are brought.
type Kind string

// The kinds.
const (
	Archive   Kind = "archive"   // a file in registry/cache
	Index     Kind = "index"     // a folder in registry/index, or entries of one
	Database  Kind = "database"  // a repository in git/db
	Submodule Kind = "submodule" // of a checkout, to git/db
)

// Link is something that gets another name.
type Link struct {
	Kind    Kind   // of the thing
	From    string // below the home, '/'-separated
	To      string // the same
	Size    int64  // of an archive, in bytes
	Vouched bool   // an index has the checksum of the archive
	Entries int    // files of an index that are brought, or get lines; 0 for all of it
	Err     error  // why it is refused, or was not brought

	id      crate.ID
	seen    fsx.Entry                // the archive that was found sound
	files   []string                 // of the cache, below it
	lines   map[string][]index.Entry // that are added, by the names of crates
	held    []*gitsrc.Held
	refused bool // before anything is done
}

// Options say what is brought.
type Options struct {
	For   home.Generation  // the Cargos that are to find it: [home.Current] or [home.Old]
	Known []crate.SourceID // sources besides those that the home tells of
	Jobs  int              // archives read at a time; 0 means one for each processor
}

// Plan says what is brought. Making one only reads.
type Plan struct {
	Links []*Link // indexes, archives, repositories, submodules; each in order of From
	There int     // archives, repositories and indexes that lie under both names

	home *home.Home
	is   fsx.ID // which folder the home is
}

// Replaces reports whether anything that is there is replaced, which is never so.
func (p *Plan) Replaces() bool { return false }

// planner makes a plan.
type planner struct {
	*Plan
	opts    *Options
	owners  *home.Owners
	indexes map[string]*index.Index // by folder
	brought map[string]*Link        // indexes, by folder
}

// NewPlan finds out what is to be brought. The error is for ctx.
func NewPlan(ctx context.Context, h *home.Home, opts *Options) (*Plan, error) {
	p := &planner{&Plan{home: h, is: fsx.Identify(h.Dir())}, opts, h.Owners(opts.Known), map[string]*index.Index{}, map[string]*Link{}}
	defer p.close()
	p.addIndexes()
	if err := p.addArchives(ctx); err != nil {
		return nil, err
	}
	if err := p.addDatabases(ctx); err != nil {
		return nil, err
	}
	if opts.For == home.Current {
		if err := p.addSubmodules(ctx); err != nil {
			return nil, err
		}
	}
	p.Links = slices.DeleteFunc(p.Links, func(l *Link) bool { return l.Kind == Index && l.files != nil && l.Entries == 0 })
	return p.Plan, nil
}

func (p *planner) add(l *Link) *Link {
	p.Links = append(p.Links, l)
	return l
}

func (p *Plan) path(below ...string) string {
	return filepath.Join(p.home.Dir(), filepath.FromSlash(path.Join(below...)))
}

// pairs calls do with the folders of a part whose things have another name too.
func (p *planner) pairs(part string, owner func(name string) home.Owned, do func(from, to string) error) error {
	for _, name := range p.home.Folders(part) {
		if to := p.owners.Under(owner(name), p.opts.For); to != "" {
			if err := do(name, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// addIndexes adds what is lacking of indexes. One in git that is there is as it is.
func (p *planner) addIndexes() {
	_ = p.pairs(home.IndexPath, p.owners.Registry, func(from, to string) error {
		l := &Link{Kind: Index, From: path.Join(home.IndexPath, from), To: path.Join(home.IndexPath, to), lines: map[string][]index.Entry{}}
		switch {
		case p.owners.Registry(from).Source.Kind() != p.owners.Registry(to).Source.Kind():
			return nil // of the other protocol
		case isAbsent(p.path(l.To)):
		case p.isGit(l.From):
			p.There++
			return nil
		default:
			l.files = []string{}
			l.Err = p.addFiles(l)
			l.refused = l.Err != nil
		}
		p.brought[to] = p.add(l)
		return nil
	})
}

func isAbsent(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func (p *Plan) isGit(at string) bool { return !isAbsent(p.path(at, ".git")) }

// addFiles adds the files of an index that the other lacks.
func (p *Plan) addFiles(l *Link) error {
	if isAbsent(p.path(l.To, configFile)) && !isAbsent(p.path(l.From, configFile)) {
		l.files = append(l.files, configFile)
	}
	err := index.EachCacheFile(p.path(l.From), func(_ fsx.Folder, at string) error {
		if file := path.Join(index.CacheFolder, at); isAbsent(p.path(l.To, file)) {
			l.files = append(l.files, file)
		}
		return nil
	})
	slices.Sort(l.files)
	l.Entries = len(l.files)
	return err
}

const configFile = "config.json"

func (p *planner) addDatabases(ctx context.Context) error {
	git := p.home.Git()
	return p.pairs(home.DBPath, p.owners.Repository, func(from, to string) error {
		l := &Link{Kind: Database, From: path.Join(home.DBPath, from), To: path.Join(home.DBPath, to)}
		if !isAbsent(p.path(l.To)) && git.HasAllOf(ctx, to, from) == nil {
			p.There++
			return nil
		}
		p.add(l)
		return ctx.Err()
	})
}

// addSubmodules adds the repositories that only checkouts hold.
func (p *planner) addSubmodules(ctx context.Context) error {
	byName := map[string]*Link{}
	for _, name := range p.home.Folders(home.CheckoutsPath) {
		for _, short := range p.home.Folders(path.Join(home.CheckoutsPath, name)) {
			at := path.Join(home.CheckoutsPath, name, short)
			if isAbsent(p.path(at, ".gitmodules")) {
				continue
			}
			rebuild, err := p.home.Git().Salvage(ctx, name, short)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				p.add(&Link{Kind: Submodule, From: at, To: home.DBPath, Err: err, refused: true})
				continue
			}
			for _, h := range rebuild.Held {
				l := byName[h.Database]
				if l == nil {
					l = p.add(&Link{Kind: Submodule, From: path.Join(at, h.Submodule), To: path.Join(home.DBPath, h.Database)})
					byName[h.Database] = l
				}
				l.held = append(l.held, h)
			}
		}
	}
	return nil
}
