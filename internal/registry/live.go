package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cargohome/crate"
	"cargohome/internal/home"
)

// Live is what is held in some places whenever somebody asks. Nothing is read before that,
// and what has changed meanwhile is seen: an answer is given again only while the folders
// and files that it was made of are as they were. An archive is read before the index lists
// it, and again only if it is another file, or one that has changed. It is safe for
// concurrent use.
type Live struct {
	o       *LiveOptions
	reading chan struct{} // as many as may read archives at a time
	texts   texts
	abouts  abouts

	dependents dependents

	mu      sync.Mutex // for what follows
	looked  atomic.Int64
	current atomic.Pointer[view]
	kept    map[string]*keptRegistry // by name
	trouble string                   // that was said of looking; "" if it went well
}

// LiveOptions say what is held. What is called may be called by many goroutines.
type LiveOptions struct {
	Places []Place          // the most trusted first
	Names  Names            // that registries get
	Known  []crate.SourceID // that they may be of, besides those that have a name
	Locked []Locked         // of lockfiles; see [Options]
	AsOf   func() time.Time // see [Options]; nil hides none
	Jobs   int              // how many archives are read at a time, at least 1
	// Read is called with the bytes of each archive that was read, and LeftOut with what is
	// there and not held.
	Read    func(bytes int64)
	LeftOut func(LeftOut)
}

// NewLive looks which registries there are. The error is that of reading a mirror's record,
// or of a registry that can get no name.
func NewLive(o *LiveOptions) (*Live, error) {
	l := &Live{o: o, reading: make(chan struct{}, o.Jobs), kept: map[string]*keptRegistry{}}
	v, err := l.look()
	if err != nil {
		return nil, err
	}
	l.current.Store(v)
	l.looked.Store(time.Now().UnixNano())
	return l, nil
}

// Close closes what is held open for reading indexes in git.
func (l *Live) Close() error {
	l.current.Load().retire()
	return nil
}

// view is which registries there are, as it was found at one time.
type view struct {
	from    []watched
	shelves map[string]*shelf // by name
	homes   []*home.Home

	use    sync.RWMutex // held by who asks
	closed bool
}

// shelf is a registry, and where its archives are.
type shelf struct {
	*gathering
	live     *Live
	listings []*listing // of each store
	kept     *keptRegistry
}

// gatheringFor is what is done for one crate, of which something is kept.
func (s *shelf) gatheringFor(k *kept) *gathering {
	g := *s.gathering
	g.live, g.kept, g.o = s.live, k, &Options{}
	if s.live.o.AsOf != nil {
		g.o.AsOf = s.live.o.AsOf()
	}
	return &g
}

// keptRegistry is what is known of a registry from one view to the next.
type keptRegistry struct {
	mu       sync.Mutex
	listings map[string]*listing // by folder
	crates   map[string]*kept    // by name in lower case
}

// look finds the registries in the places. The caller holds the lock, if others may look.
func (l *Live) look() (*view, error) {
	v := &view{shelves: map[string]*shelf{}}
	known := l.o.Names.Known(l.o.Known, l.o.Locked)
	var stores []*Store
	for _, p := range l.o.Places {
		v.from = append(v.from, p.watch()...)
		found, err := v.stores(p, known)
		if err != nil {
			return nil, err
		}
		stores = append(stores, found...)
	}
	groups, err := group(stores, &Options{Names: l.o.Names, Locked: l.o.Locked})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		v.shelves[g.Name] = l.newShelf(g)
	}
	return v, nil
}

func (v *view) stores(p Place, known []crate.SourceID) ([]*Store, error) {
	switch {
	case p.Home != "":
		h := home.New(p.Home)
		v.homes = append(v.homes, h)
		stores := HomeStores(h, known)
		for _, s := range stores {
			s.packed = p.Packed
		}
		return stores, nil
	case p.Local != "":
		return []*Store{LocalStore(p.Local, known[0])}, nil
	}
	record, err := ReadRecord(p.Mirror)
	return MirrorStores(p.Mirror, record, false), err
}

// watch looks at what the registries of a place are found by.
func (p Place) watch() (list []watched) {
	if p.Mirror != "" {
		return []watched{watch(filepath.Join(p.Mirror, RecordFile))}
	}
	if p.Local != "" {
		return nil
	}
	indexes := filepath.Join(p.Home, filepath.FromSlash(home.IndexPath))
	list = append(list, watch(indexes), watch(filepath.Join(p.Home, filepath.FromSlash(home.CachePath))))
	_ = eachName(indexes, func(name string) {
		for _, file := range []string{"FETCH_HEAD", "packed-refs", "refs/remotes/origin"} {
			list = append(list, watch(filepath.Join(indexes, name, ".git", filepath.FromSlash(file))))
		}
	})
	return list
}

func (l *Live) newShelf(g *gathering) *shelf {
	k := l.kept[g.Name]
	if k == nil {
		k = &keptRegistry{listings: map[string]*listing{}, crates: map[string]*kept{}}
		l.kept[g.Name] = k
	}
	s := &shelf{gathering: g, live: l, kept: k}
	for _, store := range g.stores {
		at := k.listings[store.shelf]
		if at == nil || at.folders != store.folders || at.packed != store.packed {
			at = &listing{dir: store.shelf, folders: store.folders, packed: store.packed}
			k.listings[store.shelf] = at
		}
		s.listings = append(s.listings, at)
	}
	return s
}

// lookAgain is how often the registries are looked for.
const lookAgain = 200 * time.Millisecond

// open returns the current view, to be released.
func (l *Live) open() *view {
	if now, last := time.Now().UnixNano(), l.looked.Load(); now-last > int64(lookAgain) && l.looked.CompareAndSwap(last, now) {
		if v := l.current.Load(); !allSame(v.from) {
			l.renew(v)
		}
	}
	for {
		v := l.current.Load()
		v.use.RLock()
		if !v.closed {
			return v
		}
		v.use.RUnlock()
		if v == l.current.Load() {
			v.use.RLock() // all is closed, and says so
			return v
		}
	}
}

func (v *view) release() { v.use.RUnlock() }

// renew looks for the registries anew: what homes remember of their indexes is forgotten.
// Where that fails what was found before stays.
func (l *Live) renew(old *view) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current.Load() != old {
		return // somebody else did
	}
	v, err := l.look()
	if err != nil {
		if l.trouble != err.Error() { // it is looked at many times in a second
			l.trouble = err.Error()
			l.o.LeftOut(LeftOut{Err: err})
		}
		return
	}
	l.trouble = ""
	l.current.Store(v)
	go old.retire()
}

// retire closes the homes when nobody asks any more.
func (v *view) retire() {
	v.use.Lock()
	defer v.use.Unlock()
	v.closed = true
	for _, h := range v.homes {
		_ = h.Close() // which was only read
	}
}

// Registries returns those that are held, by name.
func (l *Live) Registries() (list []Recorded) {
	v := l.open()
	defer v.release()
	for name, s := range v.shelves {
		list = append(list, Recorded{name, s.Source})
	}
	slices.SortFunc(list, func(a, b Recorded) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Has reports whether there is a registry of that name.
func (l *Live) Has(registry string) bool {
	v := l.open()
	defer v.release()
	return v.shelves[registry] != nil
}

// notHeld is the error for what nobody has.
func notHeld(what string) error { return fmt.Errorf("%s: %w", what, fs.ErrNotExist) }

// ifThere is no error for what nobody has.
func ifThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Entries returns the entry file of a registry's index at a path, in which capitals do not
// matter. The error matches fs.ErrNotExist if nothing of the crate is held; any other is one
// of reading, and says nothing of that.
func (l *Live) Entries(ctx context.Context, registry, path string) (*Entries, error) {
	name, is := entryFileOf(strings.ToLower(path))
	if !is {
		return nil, notHeld(path)
	}
	var e *Entries
	err := l.crate(ctx, registry, name, func(k *kept) (err error) {
		e, err = k.lines(l)
		return err
	})
	return e, err
}

// Open opens the archive of a version by the name of its file. Errors are as those of
// [Live.Entries].
func (l *Live) Open(ctx context.Context, registry, name, file string) (*Opened, error) {
	id, err := home.ParseArchive(file)
	if err != nil || id.Name != name {
		return nil, notHeld(file)
	}
	var o *Opened
	err = l.crate(ctx, registry, strings.ToLower(name), func(k *kept) (err error) {
		o, err = k.open(id)
		return err
	})
	return o, err
}

// crate calls use with what is held of a crate, which nobody else changes meanwhile; and once more
// if that finds that something has changed.
func (l *Live) crate(ctx context.Context, registry, name string, use func(*kept) error) error {
	return l.find(ctx, registry, name, func(ctx context.Context, k *kept, s *shelf) (renew bool, err error) {
		if renew, err = k.bringUp(ctx, s, name); err == nil {
			err = use(k)
		}
		return renew, err
	})
}

// finder finds out something of a crate; see [kept.bringUp].
type finder func(ctx context.Context, k *kept, s *shelf) (renew bool, err error)

// findTries is how often something is found out of a crate that changes all the time.
const findTries = 12

// find has something found out of a crate, and again if it has changed meanwhile. What was just
// written is not certain to be as it was: after the second time a tick goes by before the next.
func (l *Live) find(ctx context.Context, registry, name string, find finder) error {
	ctx = context.WithoutCancel(ctx) // what is found out is of use to others
	var err error
	for try := range findTries {
		if try > 1 {
			time.Sleep(tick)
		}
		var again bool
		if again, err = l.tryFind(ctx, registry, name, find); !again {
			return err
		}
	}
	return err
}

func (l *Live) tryFind(ctx context.Context, registry, name string, find finder) (again bool, err error) {
	v := l.open()
	renew := false
	defer func() {
		v.release()
		if renew {
			l.renew(v)
		}
	}()
	s := v.shelves[registry]
	if s == nil {
		return false, notHeld(registry)
	}
	k, err := s.crate(name)
	if err != nil {
		return false, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	defer k.letGo()
	if renew, err = find(ctx, k, s); !renew && errors.Is(err, errStale) {
		k.shelf = nil
		return true, ErrChanged
	}
	return renew, err
}

// crate returns what is known of a crate that has archives.
func (s *shelf) crate(name string) (*kept, error) {
	s.kept.mu.Lock()
	k := s.kept.crates[name]
	s.kept.mu.Unlock()
	if k != nil {
		return k, nil
	}
	for _, at := range s.listings {
		paths, _, err := at.archives(name)
		if err != nil {
			return nil, err
		}
		if len(paths) > 0 {
			return s.kept.add(name), nil
		}
	}
	return nil, notHeld(name)
}

func (r *keptRegistry) add(name string) *kept {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.crates[name]
	if k == nil {
		k = &kept{}
		r.crates[name] = k
	}
	return k
}
