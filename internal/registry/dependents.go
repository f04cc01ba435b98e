package registry

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"time"

	"cargohome/index"
	"cargohome/internal/par"
)

// Dependent is a crate that depends on another.
type Dependent struct {
	Registry string   // by name
	Name     string   // as it is spelt
	Kinds    []string // of the dependencies of its versions: "normal", "build", "dev"
}

const (
	sweepTime  = 100 * time.Millisecond // in which a request goes on with a sweep
	sweepShare = 20                     // one part in so many of the time is for sweeps
	sweepBatch = 64                     // crates between looks at the clock

	maxEdges = 4 << 20 // that are remembered, of 8 bytes
	maxDeps  = 4096    // of one crate
)

// dependents are which crates depend on which. As that takes a look at each crate, it is found
// out in sweeps: each request goes on for a moment with the current one, and meanwhile what was
// found before holds. What has not changed is not read again.
type dependents struct {
	sweeping sync.Mutex   // for what follows
	seed     maphash.Seed // of states
	todo     []named      // of the current sweep
	passed   bool         // whether it passed over a crate that could not be read
	took     time.Duration
	swept    time.Time // when the last sweep ended

	mu     sync.Mutex // for what follows
	all    bool       // whether a sweep has ended
	round  uint32     // of the current sweep
	ids    map[named]uint32
	crates []vertex // by id
	edges  int
}

// vertex is a crate that is there, or that another depends on.
type vertex struct {
	named
	spelt string // "" if it is not there
	state uint64 // of what that was found out from
	round uint32 // of the last sweep that found it
	on    []edge // crates that it depends on
	by    []edge // crates that depend on it
}

// edge is a dependency as one of its ends has it.
type edge struct {
	id    uint32
	kinds uint8 // bits, by kindNames
}

var kindNames = []string{"normal", "build", "dev"}

// looker is who knows what depends on what.
type looker interface {
	// crates lists the crates of a registry, "" for all.
	crates(ctx context.Context, registry string) ([]named, error)
	// sweeper returns what looks at crates, until it is closed: at the state of one, which is
	// another when its lines may be others, and at the lines, unless the state is seen.
	sweeper() (look func(ctx context.Context, at named, seen uint64) (entries []index.Entry, state uint64, err error), done func(), err error)
	// RegistryAt returns the registry that has its index at a URL, "" if none does.
	RegistryAt(url string) string
}

// of returns who depends on a crate, as far as that was found out, which is all if all is set. The
// error is why there may be more.
func (d *dependents) of(ctx context.Context, l looker, registry, name string) (list []Dependent, all bool, err error) {
	if d.sweeping.TryLock() { // else somebody is at it
		err = d.sweep(ctx, l)
		d.sweeping.Unlock()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if id, known := d.ids[named{registry, strings.ToLower(name)}]; known {
		for _, e := range d.crates[id].by {
			v := &d.crates[e.id]
			list = append(list, Dependent{v.registry, v.spelt, e.names()})
		}
	}
	slices.SortFunc(list, func(a, b Dependent) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Registry, b.Registry))
	})
	return list, d.all, err
}

func (e edge) names() (names []string) {
	for i, name := range kindNames {
		if e.kinds&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// sweep goes on with the current sweep, or begins one if there is time for that. A crate that
// cannot be read it passes over; the error is that of the first.
func (d *dependents) sweep(ctx context.Context, l looker) (err error) {
	began := time.Now()
	if len(d.todo) == 0 {
		if began.Sub(d.swept) < sweepShare*d.took {
			return nil
		}
		if d.todo, err = l.crates(ctx, ""); err != nil {
			return err
		}
		d.begin()
	}
	look, done, err := l.sweeper()
	if err != nil {
		return err
	}
	defer done()
	for len(d.todo) > 0 && time.Since(began) < sweepTime {
		batch := d.todo[:min(sweepBatch, len(d.todo))]
		passed, ended := d.lookAt(ctx, l, look, batch)
		if ended != nil {
			return ended
		}
		if err == nil {
			err = passed
		}
		d.todo, d.passed = d.todo[len(batch):], d.passed || passed != nil
	}
	d.took += time.Since(began)
	if len(d.todo) == 0 {
		d.end()
		d.swept = time.Now()
	}
	return err
}

func (d *dependents) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.round, d.took, d.passed = d.round+1, 0, false
	if d.ids == nil {
		d.seed = maphash.MakeSeed()
		d.ids = map[named]uint32{}
	}
}

// seen is what came of looking at a crate.
type seen struct {
	spelt string
	state uint64
	on    map[named]uint8 // kinds of dependencies, as bits
}

// lookAt looks at crates. It returns why the first was passed over that could not be read, of which
// holds what was known before; ended is the error of ctx.
func (d *dependents) lookAt(
	ctx context.Context, l looker, look func(context.Context, named, uint64) ([]index.Entry, uint64, error), batch []named,
) (passed, ended error) {
	before, found := make([]uint64, len(batch)), make([]seen, len(batch))
	d.mu.Lock()
	for i, at := range batch {
		before[i] = d.crates[d.id(at)].state
	}
	d.mu.Unlock()
	errs := par.Each(ctx, 0, len(batch), func(i int) error {
		entries, state, err := look(ctx, batch[i], before[i])
		found[i] = seen{spelling(entries), state, dependenciesOf(batch[i], entries, l)}
		return err
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, at := range batch {
		switch id := d.id(at); {
		case isFailure(errs[i]):
			d.crates[id].round = d.round
			if passed == nil {
				passed = errs[i]
			}
		case errs[i] != nil:
		case found[i].state == before[i]:
			d.crates[id].round = d.round
		default:
			d.disconnect(id)
			d.connect(id, &found[i])
		}
	}
	return passed, nil
}

// id returns that of a crate. The caller has the lock, as with all that follows.
func (d *dependents) id(at named) uint32 {
	id, known := d.ids[at]
	if !known {
		id = uint32(len(d.crates))
		d.ids[at] = id
		d.crates = append(d.crates, vertex{named: at})
	}
	return id
}

// spelling is how a crate is spelt, "" if it has no lines.
func spelling(entries []index.Entry) string {
	if len(entries) == 0 {
		return ""
	}
	return strings.Clone(entries[0].Name)
}

// dependenciesOf are the crates that a crate depends on by its lines, none of which they keep.
func dependenciesOf(at named, entries []index.Entry, l looker) map[named]uint8 {
	kinds := map[named]uint8{}
	for i := range entries {
		list, err := entries[i].Dependencies()
		if err != nil {
			continue // nor does cargo take it
		}
		for _, dep := range list {
			on, ok := target(at.registry, &dep, l)
			if ok && (len(kinds) < maxDeps || kinds[on] != 0) {
				kinds[on] |= 1 << max(0, slices.Index(kindNames, dep.Kind))
			}
		}
	}
	return kinds
}

// connect adds what a crate depends on.
func (d *dependents) connect(id uint32, found *seen) {
	v := &d.crates[id]
	v.state, v.round = found.state, d.round
	if found.spelt != "" {
		v.spelt = found.spelt
	}
	for at, bits := range found.on {
		if d.edges >= maxEdges {
			return
		}
		on := d.id(at)
		d.crates[id].on = append(d.crates[id].on, edge{on, bits})
		d.crates[on].by = append(d.crates[on].by, edge{id, bits})
		d.edges++
	}
}

// target is the crate that a dependency leads to.
func target(registry string, dep *index.Dependency, l looker) (on named, ok bool) {
	on = named{registry, strings.Clone(strings.ToLower(dep.Package))}
	if dep.Registry != "" {
		on.registry = l.RegistryAt(dep.Registry)
	}
	_, err := index.Path(dep.Package)
	return on, err == nil && on.registry != ""
}

// disconnect takes away what a crate depends on.
func (d *dependents) disconnect(id uint32) {
	v := &d.crates[id]
	for _, on := range v.on {
		by := &d.crates[on.id].by
		*by = slices.DeleteFunc(*by, func(e edge) bool { return e.id == id })
		d.edges--
	}
	v.on, v.spelt, v.state = nil, "", 0
}

// end forgets what a sweep has not found.
func (d *dependents) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = d.edges < maxEdges && !d.passed
	for id := range d.crates {
		if v := &d.crates[id]; v.spelt != "" && v.round != d.round {
			d.disconnect(uint32(id))
		}
	}
}
