package whose

import (
	"context"
	"path"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/lastuse"
	"cargohome/internal/usage"
)

// Report is what a home tells.
type Report struct {
	Cargos   []Cargo         // that used it, the newest first
	Folders  []*Folder       // in order of their paths
	Problems []usage.Problem // the first of what could not be looked at
	Unseen   int             // of them in all
}

// Folder is one folder of a registry or a repository.
type Folder struct {
	Path       string          // below the home, '/'-separated
	Kind       usage.Kind      // of the things in it, or of itself
	Generation home.Generation // by which it is called
	Source     crate.SourceID  // zero if it is not known
	Count      int             // of the things in it, 1 if it is one itself
	Size       usage.Size      // of them; files with several names are counted in each folder
	Used       int64           // last, in Unix seconds
	From       lastuse.Origin  // who says so
	Marks      map[string]int  // how many of its things have which mark, see [Marks]
	Index      *Index          // of a registry, nil if it is none

	// Others are the folders of the same source that Cargos of other generations
	// have beside it, and Also is how many of its things one of them has too, by name.
	Others []string
	Also   int
}

// Options say how a home is looked at.
type Options struct {
	Jobs  int              // items measured at a time; 0 means one for each processor
	Known []crate.SourceID // sources besides those that the home tells of, as the configuration has
	Uses  *lastuse.Uses    // when things were used; nil if nothing knows
}

// Look looks at a home. The error is that of its folder, or of ctx.
func Look(ctx context.Context, h *home.Home, opts *Options) (*Report, error) {
	l := &looker{home: h, opts: opts, owners: h.Owners(opts.Known), folders: map[string]*Folder{}, names: map[string]map[string]bool{}}
	problems, unseen, err := usage.Each(ctx, h.Dir(), opts.Jobs, l.item)
	if err != nil {
		return nil, err
	}
	folders := l.finish()
	return &Report{l.cargos(folders), folders, problems, unseen}, nil
}

// looker collects what is found.
type looker struct {
	home    *home.Home
	opts    *Options
	owners  *home.Owners
	folders map[string]*Folder         // by path
	names   map[string]map[string]bool // of the things in a folder, by its path
	signs   signs
}

// parts are the folders that folders of registries and repositories lie in.
var parts = map[usage.Kind]string{
	usage.Index: home.IndexPath, usage.Archive: home.CachePath, usage.Source: home.SrcPath, usage.Database: home.DBPath, usage.Checkout: home.CheckoutsPath,
}

// item counts in one thing.
func (l *looker) item(i *usage.Item) {
	if parts[i.Kind] == "" {
		return
	}
	f := l.folder(i)
	f.Count++
	f.Size = f.Size.Plus(i.Whole())
	if used, from := i.Last(l.opts.Uses); used > f.Used {
		f.Used, f.From = used, from
	}
	if mark := l.mark(i); mark != "" {
		if f.Marks == nil {
			f.Marks = map[string]int{}
		}
		f.Marks[mark]++
	}
	if i.Name != "" {
		l.names[f.Path][i.Name] = true
	}
}

// folder is the one that a thing lies in, or is.
func (l *looker) folder(i *usage.Item) *Folder {
	at := path.Join(parts[i.Kind], i.Folder)
	if f := l.folders[at]; f != nil {
		return f
	}
	owned := l.owner(i.Kind, i.Folder)
	f := &Folder{Path: at, Kind: i.Kind, Generation: owned.Generation, Source: owned.Source}
	if i.Kind == usage.Index {
		f.Index = lookAtIndex(l.home.Dir(), at)
	}
	l.folders[at], l.names[at] = f, map[string]bool{}
	return f
}

func (l *looker) owner(kind usage.Kind, name string) home.Owned {
	if kind == usage.Database || kind == usage.Checkout {
		return l.owners.Repository(name)
	}
	return l.owners.Registry(name)
}
