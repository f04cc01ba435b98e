package usage

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"

	"cargohome/gitsrc"
	"cargohome/internal/home"
)

// Move is a repository of git/db that gets what only checkouts have of it, before these
// go. Nothing is copied: the objects get names there.
type Move struct {
	Name    string   // in git/db
	Commits []string // that are needed of it
	From    []string // checkouts, below the home

	parts []*gitsrc.Held
}

// Path is where the repository will be, below the home.
func (m *Move) Path() string { return path.Join(home.DBPath, m.Name) }

// movesOf puts what is to be moved out of some checkouts together. A commit that several
// have is taken from the first.
func (p *planner) movesOf(ctx context.Context, list []*Removal) (moves []*Move) {
	byName := map[string]*Move{}
	for _, r := range list {
		r.moves, r.moved = nil, Size{}
		if r.rebuild == nil {
			continue
		}
		for _, h := range r.rebuild.Held {
			m := byName[h.Database]
			if m == nil {
				m = &Move{Name: h.Database}
				byName[m.Name], moves = m, append(moves, m)
			}
			r.moves = append(r.moves, m)
			if !slices.Contains(m.Commits, h.Commit) {
				m.Commits, m.parts = append(m.Commits, h.Commit), append(m.parts, h)
				m.From = append(m.From, r.Path())
				r.moved.add(p.sizeHeld(ctx, h))
			}
		}
	}
	slices.SortFunc(moves, func(a, b *Move) int { return cmp.Compare(a.Name, b.Name) })
	return moves
}

// sizeHeld is what does not come back when a checkout goes out of which objects are
// moved. Those with other names do not count as coming back anyway.
func (p *planner) sizeHeld(ctx context.Context, h *gitsrc.Held) Size {
	dir := h.Objects(p.plan.home.Git())
	if dir == "" {
		return Size{}
	}
	size, _ := sizeOf(ctx, dir) // it is only told
	return size
}

func (p *Plan) movesTo(database string) bool {
	return slices.ContainsFunc(p.Moves, func(m *Move) bool { return m.Name == database })
}

// Moved is what became of a move.
type Moved struct {
	*Move
	Err error // why the checkouts stay, nil if all was moved

	takes Size // that does not come back with the checkouts
}

// notMoved returns why a checkout has to stay though it was to go.
func (x *execution) notMoved(r *Removal) error {
	for _, m := range r.moves {
		if err := x.moved(m).Err; err != nil {
			return fmt.Errorf("what only it has of git/db/%s could not be moved there: %w", m.Name, err)
		}
	}
	return nil
}

// moved returns what became of a move.
func (x *execution) moved(m *Move) *Moved { return &x.out.Moved[slices.Index(x.plan.Moves, m)] }

// moveAll moves what only checkouts have. A run that is killed meanwhile leaves it in
// both places, or in one.
func (x *execution) moveAll(ctx context.Context) error {
	for n, m := range x.plan.Moves {
		x.out.Moved = append(x.out.Moved, Moved{Move: m})
		x.out.Moved[n].Err = x.move(ctx, &x.out.Moved[n], n)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// sizeMoved returns a function for what was moved out of a removal, which the plan could
// but guess. What several have counts for the first that is asked about.
func (x *execution) sizeMoved() func(*Removal) Size {
	counted := map[*Move]bool{}
	return func(r *Removal) (size Size) {
		for _, m := range r.moves {
			if !counted[m] {
				counted[m] = true
				size.add(x.moved(m).takes)
			}
		}
		return size
	}
}

func (x *execution) move(ctx context.Context, m *Moved, number int) error {
	place := x.plan.path(m.Path())
	stage, err := x.stage(ctx, m.Path())
	if err != nil {
		return err
	}
	fresh := fmt.Sprintf("move-%d", number)
	tree, err := stage.Writer(fresh)
	if err != nil {
		return err
	}
	if err := gitsrc.WriteHeld(tree, m.parts); err != nil {
		return err
	}
	if m.takes, err = sizeOfLinks(ctx, tree.Path()); err != nil {
		return err
	}
	if err := gitsrc.Put(stage, fresh, place); err != nil {
		return err
	}
	for _, commit := range m.Commits {
		if err := gitsrc.HasWhole(ctx, place, x.plan.home.Dir(), commit); err != nil {
			return err
		}
	}
	return nil
}

// sizeOfLinks is what a repository takes that was made by hard links to one that goes:
// what it has for itself, and the files of which that one had the only name.
func sizeOfLinks(ctx context.Context, dir string) (Size, error) {
	t, err := measureAt(ctx, dir)
	if err != nil {
		return Size{}, err
	}
	for _, l := range t.links {
		if l.links == 2 {
			t.size.add(l.size)
		}
	}
	return t.size, t.err
}
