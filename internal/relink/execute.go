package relink

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"cargohome/gitsrc"
	"cargohome/internal/fsx"
	"cargohome/internal/lastuse"
	"cargohome/internal/staging"
)

// ExecuteOptions say how a plan is carried out.
type ExecuteOptions struct {
	// Done is told of each link that was brought. It may be nil, as may the other.
	Done func(*Link)
	// Leftover is told of a temporary folder that could not be deleted. The next run
	// deletes it.
	Leftover func(error)
}

// Execute brings what is planned, under the lock of [home.Adding]. One link that cannot be
// brought does not stop the others: its Err says why. The error is for ctx, or is that of
// the temporary folder. Record is why Cargo's database of last uses does not have what was
// brought, so that Cargo counts it from when it next looks.
func (p *Plan) Execute(ctx context.Context, opts *ExecuteOptions) (record, err error) {
	x := &execution{Plan: p, opts: opts, stages: map[string]*staging.Dir{}}
	for _, top := range []string{"registry", "git"} {
		staging.Sweep(ctx, p.in(top)) // of runs that were killed, also if there is nothing to do
	}
	err = x.all(ctx)
	record = p.mark(ctx)
	for _, stage := range x.stages {
		if err := stage.Close(); err != nil && opts.Leftover != nil {
			opts.Leftover(err)
		}
	}
	return record, err
}

// execution is a plan being carried out.
type execution struct {
	*Plan
	opts   *ExecuteOptions
	stages map[string]*staging.Dir // by the folder of the home they are in
}

func (x *execution) all(ctx context.Context) error {
	for n, l := range x.Links {
		if l.refused {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		l.Err = x.bring(ctx, l, fmt.Sprint(n))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case l.Err == nil && x.opts.Done != nil:
			x.opts.Done(l)
		}
	}
	return nil
}

// bring makes one thing in a temporary folder, and puts it in place.
func (x *execution) bring(ctx context.Context, l *Link, fresh string) error {
	stage, err := x.stage(ctx, l)
	if err != nil {
		return err
	}
	tree, err := stage.Writer(fresh)
	if err != nil {
		return err
	}
	place := x.path(l.To)
	switch l.Kind {
	case Archive:
		if err := x.archive(l, tree); err != nil {
			return err
		}
		return stage.Publish(fresh+"/"+path.Base(l.To), place)
	case Database:
		err = x.home.Git().WriteLinked(ctx, path.Base(l.From), tree)
	case Submodule:
		err = gitsrc.WriteHeld(tree, l.held)
	case Index:
		return x.index(ctx, l, stage, tree, fresh)
	}
	if err != nil {
		return err
	}
	return gitsrc.Put(stage, fresh, place)
}

func (x *execution) stage(ctx context.Context, l *Link) (*staging.Dir, error) {
	top, _, _ := strings.Cut(l.To, "/")
	if x.stages[top] == nil {
		stage, err := staging.New(ctx, x.in(top))
		if err != nil {
			return nil, err
		}
		x.stages[top] = stage
	}
	return x.stages[top].For(x.path(l.To))
}

// in is where things are staged: in a folder of the home, by no link.
func (p *Plan) in(top string) staging.In {
	return staging.In{Root: p.home.Dir(), Is: p.is, Below: top, NoLinks: true}
}

var errChanged = errors.New("it was changed meanwhile")

// archive links an archive, or copies it; it must be the one that was read.
func (x *execution) archive(l *Link, tree *staging.Writer) error {
	from, name := x.path(l.From), path.Base(l.To)
	err := tree.Link(from, name)
	if err != nil {
		return errors.Join(x.copyArchive(l, tree), tree.Finish())
	}
	if err := tree.Finish(); err != nil {
		return err
	}
	linked, err := fsx.Lstat(tree.Path() + "/" + name)
	if err == nil && (linked.ID != l.seen.ID || linked.Size != l.seen.Size || !linked.Modified.Equal(l.seen.Modified)) {
		err = errChanged
	}
	return err
}

func (x *execution) copyArchive(l *Link, tree *staging.Writer) error {
	if err := copyFile(tree, x.path(l.From), path.Base(l.To)); err != nil {
		return err
	}
	return SameArchive(x.path(l.From), tree.Path()+"/"+path.Base(l.To))
}

func copyFile(tree *staging.Writer, from, to string) error {
	f, _, err := fsx.OpenRegular(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return tree.Copy(to, 0o666, f)
}

// mark writes that what was brought is in use, so that Cargo does not collect it with a
// folder that it has not used for long.
func (p *Plan) mark(ctx context.Context) error {
	tables := map[Kind]lastuse.Table{Archive: lastuse.Archives, Index: lastuse.Indexes, Database: lastuse.Databases, Submodule: lastuse.Databases}
	var used []lastuse.Use
	for _, l := range p.Links {
		if l.Err != nil || l.refused {
			continue
		}
		use := lastuse.Use{Key: lastuse.Key{Table: tables[l.Kind], Folder: path.Base(l.To)}, Size: l.Size}
		if l.Kind == Archive {
			use.Folder, use.Name = path.Base(path.Dir(l.To)), path.Base(l.To)
		}
		used = append(used, use)
	}
	if len(used) == 0 || ctx.Err() != nil {
		return nil
	}
	return lastuse.Mark(ctx, p.home.Dir(), used, time.Now())
}
