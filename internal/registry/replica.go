package registry

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/blob"
	"cargohome/internal/home"
	"cargohome/internal/manifest"
	"cargohome/internal/par"
)

// ChangedFile is an object that whoever writes to a store replaces when lines have changed.
const ChangedFile = "cargohome-changed"

const (
	// Fresh is how old an answer of a [Replica] may be. Archives are not deleted before lines
	// are gone for longer.
	Fresh = 2 * time.Second

	// relist is how often all of an index is listed if nobody says that it has changed: of a
	// run that was killed nobody does.
	relist = time.Minute

	// patience is how long one look at what there is may take: less than a client waits for an
	// answer, which is then that the store cannot be asked.
	patience = 20 * time.Second
	// broken is how long nobody tries again.
	broken = time.Second
)

// Replica is what a mirror in a store of objects has whenever somebody asks. Any number of
// them give the same answers, of the same tags and times. Lines are served as they are there;
// an archive is fetched when it is asked for, and served if it is of its checksum. It is safe
// for concurrent use.
type Replica struct {
	remote *Remote
	o      *ReplicaOptions

	updating sync.Mutex // for what follows
	checked  time.Time  // when it began to be found up to date
	listed   time.Time  // when all was listed
	changed  string     // the tag of ChangedFile then
	failed   error      // what came of the last look, nil if it went well
	failedAt time.Time

	reading *par.Room // bytes of entry files that are read, which
	looking *par.Room // bytes of those of which a search has what they say

	asked sync.Map // of a lock for each object of an index that is read

	abouts     abouts
	dependents dependents

	mu      sync.Mutex                         // for what follows
	names   map[string]blob.Info               // of objects of indexes
	locked  map[string]map[key]*crate.Checksum // by registry, of packages of lockfiles: nil if they name none
	texts   map[string]replied
	bytes   int                       // of those
	corrupt map[crate.Checksum]string // what was said of archives that are not of their checksum
}

// ReplicaOptions say what is served. What is called may be called by many goroutines.
type ReplicaOptions struct {
	Limit   int64            // bytes of archives that are kept on this machine
	Fresh   time.Duration    // how old an answer may be; 0 for [Fresh]
	Locked  []Locked         // of lockfiles; see [Options]
	AsOf    func() time.Time // see [Options]; nil hides none
	LeftOut func(LeftOut)    // is called once with an archive that is not of its checksum
}

// replied is an answer for an entry file.
type replied struct {
	from   string    // the tag of what it was made of
	hiding bool      // it depends on the time
	at     time.Time // when it was made
	*Entries
}

// NewReplica serves the mirror in a store. A folder is there, and empty, for archives. If there
// is no mirror the error matches fs.ErrNotExist.
func NewReplica(ctx context.Context, s blob.Store, dir string, o *ReplicaOptions) (*Replica, error) {
	p := &Replica{
		remote: OpenRemote(s, dir), o: o, reading: par.NewRoom(inMemory), looking: par.NewRoom(inMemory), texts: map[string]replied{}, corrupt: map[crate.Checksum]string{},
	}
	return p, p.fresh(ctx)
}

// fresh finds out what there is, if that was not done a moment ago. Who waits for another's
// look gets what came of that.
func (p *Replica) fresh(ctx context.Context) error {
	p.updating.Lock()
	defer p.updating.Unlock()
	began := time.Now()
	switch {
	case began.Sub(p.checked) < cmp.Or(p.o.Fresh, Fresh):
		return nil
	case p.failed != nil && began.Sub(p.failedAt) < min(broken, cmp.Or(p.o.Fresh, Fresh)):
		return p.failed
	}
	ctx, end := context.WithTimeout(context.WithoutCancel(ctx), patience) // others wait for it too
	defer end()
	p.failed = p.update(ctx, began)
	if p.failed != nil {
		p.failedAt = time.Now()
	}
	return p.failed
}

// update looks whether anything has changed.
func (p *Replica) update(ctx context.Context, began time.Time) error {
	info, err := p.remote.Store.Stat(ctx, ChangedFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if info.Tag != p.changed || began.Sub(p.listed) > relist {
		if err := p.list(ctx); err != nil {
			return err
		}
		p.changed, p.listed = info.Tag, began
	}
	p.checked = began
	return nil
}

// list lists the objects of all indexes. None is read before it is asked for.
func (p *Replica) list(ctx context.Context) error {
	record, err := p.remote.RefreshRecord(ctx)
	if err != nil {
		return err
	}
	names := map[string]blob.Info{}
	for _, reg := range record.Registries {
		for info, err := range p.remote.Store.List(ctx, reg.Name+"/"+IndexFolder+"/") {
			if err != nil {
				return err
			}
			if _, is := crateOf(reg.Name, info.Name); is {
				names[info.Name] = info
			}
		}
	}
	locked := map[string]map[key]*crate.Checksum{}
	for _, reg := range record.Registries {
		locked[reg.Name] = p.lockedOf(reg.Source)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names, p.locked = names, locked
	return nil
}

// lockedOf returns the packages of lockfiles that are a registry's, with their checksums.
func (p *Replica) lockedOf(source crate.SourceID) map[key]*crate.Checksum {
	locked := map[key]*crate.Checksum{}
	for _, l := range p.o.Locked {
		if sameSource(source, l.ID.Source) {
			locked[key{l.ID.Name, l.ID.Version}] = l.Checksum
		}
	}
	return locked
}

// Registries returns those that are held, by name.
func (p *Replica) Registries() []Recorded {
	record, _ := p.remote.Record()
	return slices.Clone(record.Registries)
}

// Has reports whether there is a registry of that name. One that is not known may have come.
func (p *Replica) Has(registry string) bool {
	has := func() bool {
		record, _ := p.remote.Record()
		return record.find(registry) != nil
	}
	return has() || p.fresh(context.Background()) == nil && has()
}

// Entries is as [Live.Entries].
func (p *Replica) Entries(ctx context.Context, registry, path string) (*Entries, error) {
	lower := strings.ToLower(path)
	if _, is := entryFileOf(lower); !is {
		return nil, notHeld(path)
	}
	if err := p.fresh(ctx); err != nil {
		return nil, err
	}
	if !p.Has(registry) {
		return nil, notHeld(path)
	}
	e, err := p.entries(context.WithoutCancel(ctx), registry, registry+"/"+IndexFolder+"/"+lower)
	if err == nil && len(e.Text) == 0 {
		err = notHeld(path)
	}
	return e, err
}

// entries returns an entry file as it is served. Several that ask for one wait for the first.
func (p *Replica) entries(ctx context.Context, registry, name string) (*Entries, error) {
	lock, _ := p.asked.LoadOrStore(name, new(sync.Mutex))
	lock.(*sync.Mutex).Lock()
	defer lock.(*sync.Mutex).Unlock()
	p.mu.Lock()
	info, there := p.names[name]
	made, known := p.texts[name]
	locked := p.locked[registry]
	p.mu.Unlock()
	switch {
	case !there:
		p.asked.Delete(name)
		return nil, notHeld(name)
	case known && made.from == info.Tag && (!made.hiding || time.Since(made.at) < hideFor):
		return made.Entries, nil
	}
	from, now, err := blob.OpenWithin(ctx, p.remote.Store, name, most(info))
	if err != nil {
		return nil, err
	}
	defer from.Close()
	done, err := p.reading.Take(ctx, now.Size)
	if err != nil {
		return nil, err
	}
	defer done()
	text, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	made = replied{from: now.Tag, at: time.Now(), hiding: p.o.AsOf != nil}
	if made.hiding || len(locked) > 0 {
		text = p.shown(text, registry, locked)
	}
	made.Entries = NewEntries(text, crate.Sum(text), timeOf(now))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.names[name] == info {
		p.names[name] = now // which may be newer than what was listed
	}
	if p.bytes += len(text) - p.size(name); p.bytes > maxTexts {
		p.texts, p.bytes = map[string]replied{}, len(text)
	}
	p.texts[name] = made
	return made.Entries, nil
}

// size is that of the answer that is there. The caller has the lock.
func (p *Replica) size(name string) int {
	if old, ok := p.texts[name]; ok {
		return len(old.Text)
	}
	return 0
}

// timeOf is when an object was modified, zero if another time may still be the same: HTTP
// counts in seconds.
func timeOf(info blob.Info) time.Time {
	if at := info.Modified.Truncate(time.Second); time.Since(at) > 5*time.Second {
		return at
	}
	return time.Time{}
}

// shown leaves out the lines that are hidden, and those of other archives than are locked.
func (p *Replica) shown(text []byte, registry string, locked map[key]*crate.Checksum) (shown []byte) {
	var before time.Time
	if p.o.AsOf != nil {
		before = p.o.AsOf()
	}
	for _, e := range EntriesOf(text) {
		switch sum, is := locked[key{e.Name, e.Version}]; {
		case sum != nil && *sum != e.Checksum:
			p.leaveOut(registry, idOf(&e), e.Checksum, &ConflictError{*sum, e.Checksum, "the lockfile"})
			continue
		case !is && hides(before, &e):
			continue
		}
		shown = append(append(shown, e.Line...), '\n')
	}
	return shown
}

// Open is as [Live.Open].
func (p *Replica) Open(ctx context.Context, registry, name, file string) (*Opened, error) {
	id, err := home.ParseArchive(file)
	if err != nil || id.Name != name {
		return nil, notHeld(file)
	}
	path, err := index.Path(name)
	if err != nil {
		return nil, notHeld(file)
	}
	e, err := p.Entries(ctx, registry, path)
	if err != nil {
		return nil, err
	}
	for _, found := range EntriesOf(e.Text) {
		if found.Name == id.Name && found.Version == id.Version {
			return p.open(ctx, registry, &found)
		}
	}
	return nil, notHeld(file)
}

// open opens the archive of a line.
func (p *Replica) open(ctx context.Context, registry string, e *index.Entry) (*Opened, error) {
	id := crate.ID{Name: e.Name, Version: e.Version}
	f, err := p.remote.open(context.WithoutCancel(ctx), registry, e.Checksum)
	if wrong, ok := errors.AsType[*archive.ChecksumError](err); ok {
		p.leaveOut(registry, id, e.Checksum, wrong)
		return nil, notHeld(id.Stem())
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = p.remote.keepWithin(p.o.Limit)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	v := Version{ID: id, Checksum: e.Checksum, Size: info.Size(), Yanked: e.Yanked}
	return &Opened{f, v, time.Time{}}, nil
}

// leaveOut says what is not of its checksum, once.
func (p *Replica) leaveOut(registry string, id crate.ID, sum crate.Checksum, err error) {
	p.mu.Lock()
	said := p.corrupt[sum] == err.Error()
	p.corrupt[sum] = err.Error()
	p.mu.Unlock()
	if !said {
		p.o.LeftOut(LeftOut{Registry: registry, ID: id, Path: p.remote.Store.String() + "/" + p.remote.at(registry, sum).name, Err: err})
	}
}

// Search is as [Live.Search].
func (p *Replica) Search(ctx context.Context, q *Query) (hits []Hit, total int, err error) {
	if q.Registry != "" && !p.Has(q.Registry) {
		return nil, 0, notHeld(q.Registry)
	}
	names, err := p.crates(ctx, q.Registry)
	if err != nil {
		return nil, 0, err
	}
	return search(ctx, inFlight, names, q, p.hit)
}

// crates lists the crates of a registry, or of all.
func (p *Replica) crates(ctx context.Context, registry string) (names []named, err error) {
	if err := p.fresh(ctx); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for name := range p.names {
		of, _, _ := strings.Cut(name, "/")
		if registry != "" && of != registry {
			continue
		}
		if crate, is := crateOf(of, name); is {
			names = append(names, named{of, crate})
		}
	}
	return names, nil
}

// listedAs is what was listed of the entry file of a crate, zero if it is not there.
func (p *Replica) listedAs(at named) (info blob.Info, err error) {
	path, err := index.Path(at.name)
	if err != nil {
		return info, notHeld(at.name)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.names[at.registry+"/"+IndexFolder+"/"+path], nil
}

// hit looks at a crate that was found.
func (p *Replica) hit(ctx context.Context, at named) (Hit, error) {
	listed, err := p.listedAs(at)
	if err != nil {
		return Hit{}, err
	}
	done, err := p.looking.Take(ctx, most(listed))
	if err != nil {
		return Hit{}, err
	}
	defer done()
	entries, err := p.lines(ctx, at)
	if err != nil {
		return Hit{}, err
	}
	e := shownOf(entries)
	v := Version{ID: idOf(e), Checksum: e.Checksum, Size: p.remote.size(ctx, at.registry, e.Checksum), Yanked: e.Yanked}
	about, err := p.about(ctx, at.registry, e)
	return Hit{at.registry, v, len(entries), about}, err
}

func (p *Replica) about(ctx context.Context, registry string, e *index.Entry) (manifest.About, error) {
	return p.abouts.get(ctx, e.Checksum, func() (*Opened, error) { return p.open(ctx, registry, e) })
}

// lines returns the lines of a crate, of which there is one at least.
func (p *Replica) lines(ctx context.Context, at named) ([]index.Entry, error) {
	path, err := index.Path(at.name)
	if err != nil {
		return nil, notHeld(at.name)
	}
	text, err := p.Entries(ctx, at.registry, path)
	if err != nil {
		return nil, err
	}
	entries := slices.DeleteFunc(EntriesOf(text.Text), func(e index.Entry) bool { return !strings.EqualFold(e.Name, at.name) })
	if len(entries) == 0 {
		err = notHeld(at.name)
	}
	return entries, err
}
