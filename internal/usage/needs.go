package usage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/index"
	"cargohome/internal/home"
	"cargohome/internal/locate"
)

// Lock is a lockfile, as far as it says what is needed.
type Lock struct {
	Name     string          // for people
	Packages []locate.Placed // all that it names, patches that nothing uses among them

	// Elsewhere are packages that some cargo reads from another place than Packages
	// say: one that is run in the folder of a member with a configuration of its own.
	Elsewhere []locate.Placed
}

// ids returns the packages as they are called where they are read from, and those that
// may be read elsewhere. What the latter need is kept as far as it is there, and
// nothing follows from what is not: no build asks for it, or not each. Among them
// are the packages of the lockfile in whose place others are read.
func (l *Lock) ids() (read, spare []crate.ID) {
	for _, p := range l.Packages {
		read = append(read, p.At())
		if p.IsReplaced() {
			spare = append(spare, p.ID)
		}
	}
	for _, p := range l.Elsewhere {
		spare = append(spare, p.At())
	}
	return read, spare
}

// Needs is what lockfiles need of a home: of a registry's packages every archive and
// source by their name and version, whatever registry they lie under, as copies may
// stand in for each other; the indexes that are asked for them; of git sources the
// repositories that may hold them, with those of submodules, and their checkouts. All
// features and platforms are in, as they are in lockfiles. A nil one needs nothing.
//
// Where it was not to be found out what a git source needs, any repository and any
// checkout may be needed: see Unknown.
type Needs struct {
	locks     []string
	stems     users
	indexes   users
	entries   map[string]bool // paths of index entries
	databases users
	checkouts users // NAME/SHORT
	commits   map[string][]string
	lenders   map[string]bool // databases that others read objects from

	// Unknown is why it is not known which repositories are needed, for each git
	// source of which that is so. No repository and no checkout may go then.
	Unknown []error

	sources map[crate.SourceID]*needed
}

// needed is what a git source needs, which is found out once for all lockfiles.
type needed struct {
	*gitsrc.Need
	read bool // by a build, so that it matters if not all is known
}

// users are the lockfiles, by number, that need what has a name.
type users map[string][]int

func (u users) add(name string, lock int) {
	if list := u[name]; len(list) == 0 || list[len(list)-1] != lock {
		u[name] = append(list, lock)
	}
}

// NewNeeds finds out what lockfiles need.
func NewNeeds(ctx context.Context, h *home.Home, locks []Lock) (*Needs, error) {
	n := &Needs{
		stems: users{}, indexes: users{}, entries: map[string]bool{}, databases: users{}, checkouts: users{},
		commits: map[string][]string{}, lenders: map[string]bool{}, sources: map[crate.SourceID]*needed{},
	}
	for i := range locks {
		n.locks = append(n.locks, locks[i].Name)
		read, spare := locks[i].ids()
		if err := n.add(ctx, h, i, read, true); err != nil {
			return nil, err
		}
		if err := n.add(ctx, h, i, spare, false); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// add adds what packages of a lockfile need, which some build reads or not.
func (n *Needs) add(ctx context.Context, h *home.Home, lock int, packages []crate.ID, read bool) error {
	seen := map[crate.SourceID]bool{}
	for _, id := range packages {
		if id.Source.IsRegistry() {
			n.addPackage(lock, id)
		}
		if seen[id.Source] {
			continue
		}
		seen[id.Source] = true
		if err := n.addSource(ctx, h, lock, id.Source, read); err != nil {
			return err
		}
	}
	return nil
}

func (n *Needs) addPackage(lock int, id crate.ID) {
	n.stems.add(id.Stem(), lock)
	if path, err := index.Path(id.Name); err == nil {
		n.entries[path] = true
	}
}

func (n *Needs) addSource(ctx context.Context, h *home.Home, lock int, src crate.SourceID, read bool) error {
	switch {
	case src.IsRegistry():
		for _, name := range h.IndexNames(src) {
			n.indexes.add(name, lock)
		}
	case src.Kind() == crate.Git:
		return n.addGit(ctx, h, lock, src, read)
	}
	return nil
}

func (n *Needs) addGit(ctx context.Context, h *home.Home, lock int, src crate.SourceID, read bool) error {
	need, err := n.needOf(ctx, h, src)
	if err != nil {
		return err
	}
	for _, name := range need.Databases {
		n.databases.add(name, lock)
	}
	for _, name := range need.Checkouts {
		n.checkouts.add(name, lock)
	}
	if !read || need.read {
		return nil
	}
	need.read = true
	for _, name := range need.Lenders {
		n.lenders[name] = true
	}
	if need.Unknown != nil {
		n.Unknown = append(n.Unknown, fmt.Errorf("%s: %w", n.locks[lock], need.Unknown))
	}
	return nil
}

// needOf finds out what a git source needs.
func (n *Needs) needOf(ctx context.Context, h *home.Home, src crate.SourceID) (*needed, error) {
	if need := n.sources[src]; need != nil {
		return need, nil
	}
	need, err := h.Git().Needs(ctx, src)
	if err != nil {
		return nil, err
	}
	n.sources[src] = &needed{Need: need}
	for name, commits := range need.Commits {
		n.commits[name] = append(n.commits[name], commits...)
	}
	return n.sources[src], nil
}

// errUnknown is why something of git stays that is not known to be needed.
var errUnknown = errors.New("a lockfile may need it: not all that it needs of git was found")

// mayNeed reports whether it cannot be told that an item is not needed.
func (n *Needs) mayNeed(i *Item) bool {
	return n != nil && len(n.Unknown) > 0 && (i.Kind == Database || i.Kind == Checkout)
}

func (n *Needs) of(i *Item) []int {
	switch {
	case n == nil:
		return nil
	case i.Kind == Source, i.Kind == Archive:
		return n.stems[i.id.Stem()]
	case i.Kind == Index:
		return n.indexes[i.Folder]
	case i.Kind == Database:
		return n.databases[i.Folder]
	case i.Kind == Checkout:
		return n.checkouts[i.Folder+"/"+i.Name]
	}
	return nil
}

// Commits returns the commits that are needed of the repository in a folder of
// git/db.
func (n *Needs) Commits(database string) []string {
	return slices.Compact(slices.Sorted(slices.Values(n.commits[database])))
}

// Databases returns the folders of git/db that are needed, in order.
func (n *Needs) Databases() []string { return slices.Sorted(maps.Keys(n.databases)) }
