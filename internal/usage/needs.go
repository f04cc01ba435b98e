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
)

// Lock is a lockfile, as far as it says what is needed.
type Lock struct {
	Name     string // for people
	Packages []crate.ID

	// Replaced are packages of the lockfile in whose place others, that are among
	// Packages, are read. What they need is kept as far as it is there.
	Replaced []crate.ID
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

	sources map[crate.SourceID]*gitsrc.Need
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
		commits: map[string][]string{}, lenders: map[string]bool{}, sources: map[crate.SourceID]*gitsrc.Need{},
	}
	for i, lock := range locks {
		n.locks = append(n.locks, lock.Name)
		sources := map[crate.SourceID]bool{}
		for _, id := range lock.Packages {
			if id.Source.IsRegistry() {
				n.addPackage(i, id)
			}
			if sources[id.Source] {
				continue
			}
			sources[id.Source] = true
			if err := n.addSource(ctx, h, i, id.Source); err != nil {
				return nil, err
			}
		}
		if err := n.addReplaced(ctx, h, i, lock.Replaced); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (n *Needs) addPackage(lock int, id crate.ID) {
	n.stems.add(id.Stem(), lock)
	if path, err := index.Path(id.Name); err == nil {
		n.entries[path] = true
	}
}

func (n *Needs) addSource(ctx context.Context, h *home.Home, lock int, src crate.SourceID) error {
	if src.IsRegistry() {
		for _, name := range h.IndexNames(src) {
			n.indexes.add(name, lock)
		}
		return nil
	}
	if src.Kind() != crate.Git {
		return nil
	}
	need, err := n.needOf(ctx, h, lock, src)
	if err != nil {
		return err
	}
	for _, name := range need.Databases {
		n.databases.add(name, lock)
	}
	for _, name := range need.Checkouts {
		n.checkouts.add(name, lock)
	}
	return nil
}

// needOf finds out what a git source needs, once for all lockfiles.
func (n *Needs) needOf(ctx context.Context, h *home.Home, lock int, src crate.SourceID) (*gitsrc.Need, error) {
	if need := n.sources[src]; need != nil {
		return need, nil
	}
	need, err := h.Git().Needs(ctx, src)
	if err != nil {
		return nil, err
	}
	n.sources[src] = need
	for name, commits := range need.Commits {
		n.commits[name] = append(n.commits[name], commits...)
	}
	for _, name := range need.Lenders {
		n.lenders[name] = true
	}
	if need.Unknown != nil {
		n.Unknown = append(n.Unknown, fmt.Errorf("%s: %w", n.locks[lock], need.Unknown))
	}
	return need, nil
}

// errUnknown is why something of git stays that is not known to be needed.
var errUnknown = errors.New("a lockfile may need it: not all that it needs of git was found")

// mayNeed reports whether it cannot be told that an item is not needed.
func (n *Needs) mayNeed(i *Item) bool {
	return n != nil && len(n.Unknown) > 0 && (i.Kind == Database || i.Kind == Checkout)
}

// has reports whether an item is needed by any.
func (n *Needs) has(i *Item) bool { return len(n.of(i)) > 0 }

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

// meets takes note of an archive that is needed: an index beside it is, too, also if
// it is that of a registry which stands in for the lockfile's.
func (n *Needs) meets(i *Item) {
	if n != nil && i.Kind == Archive {
		for _, lock := range n.of(i) {
			n.indexes.add(i.Folder, lock)
		}
	}
}

// By returns the lockfiles that need an item.
func (n *Needs) By(i *Item) (names []string) {
	for _, lock := range n.of(i) {
		names = append(names, n.locks[lock])
	}
	return names
}

// Commits returns the commits that are needed of the repository in a folder of
// git/db.
func (n *Needs) Commits(database string) []string {
	return slices.Compact(slices.Sorted(slices.Values(n.commits[database])))
}

// Databases returns the folders of git/db that are needed, in order.
func (n *Needs) Databases() []string { return slices.Sorted(maps.Keys(n.databases)) }
