package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/declared"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/resolve"
)

// registry is what one Cargo sees of a registry: the folders of one name, or a local
// registry.
type registry struct {
	*checker
	from  crate.SourceID
	index *index.Index
	local string // the folder of a local registry, "" for others
	cache string // where archives lie
	src   string // where they are unpacked to
	dead  bool   // there is no index

	cacheDir, srcDir *fsx.Folder // those folders, open; nil for one that cannot be
}

// openRegistry makes the registry of a source, and tells what is wrong with all of it.
func (c *checker) openRegistry(from crate.SourceID) *registry {
	name := c.name(from)
	in := func(path string) string { return filepath.Join(c.Home.Dir(), filepath.FromSlash(path), name) }
	r := &registry{checker: c, from: from, cache: in(home.CachePath), src: in(home.SrcPath)}
	switch from.Kind() {
	case crate.LocalRegistry:
		r.local = from.LocalPath()
		r.cache, r.index = r.local, index.Local(r.local).Strictly()
	case crate.SparseRegistry:
		r.index = index.Sparse(in(home.IndexPath)).Strictly()
	default:
		r.index = index.Git(in(home.IndexPath)).Strictly()
	}
	r.cacheDir, r.srcDir = opened(r.cache), opened(r.src)
	r.checkIndex()
	return r
}

// opened opens a folder in which many names are looked up.
func opened(path string) *fsx.Folder {
	dir, err := fsx.OpenFolder(path)
	if err != nil {
		return nil
	}
	return &dir
}

func (r *registry) close() {
	_ = r.index.Close()
	for _, dir := range []*fsx.Folder{r.cacheDir, r.srcDir} {
		if dir != nil {
			_ = dir.Close()
		}
	}
}

// checkIndex makes sure that there is one, and a config.json in it: Cargo asks for that
// before it takes an archive, also one that it has (cargo 1.95: RegistryData::download).
func (r *registry) checkIndex() {
	found := Finding{Code: IndexMissing, ID: crate.ID{Source: r.from}, Path: r.index.Dir(), Remedy: r.fetch()}
	if info, err := os.Stat(r.index.Dir()); err != nil || !info.IsDir() {
		found.Reason = "there is no index of " + r.from.Display()
		if other := r.otherIndex(); other != "" {
			found.Reason += "; cargo does not look into " + other
		}
		r.dead = true
		r.find(found)
		return
	}
	if r.local != "" {
		return
	}
	if _, err := r.index.Config(); err != nil {
		found.Code, found.Reason = IndexConfig, err.Error()
		if r.from.Kind() == crate.Registry && errors.Is(err, fs.ErrNotExist) && !errors.Is(err, index.ErrNoConfig) {
			found.Code, r.dead = IndexMissing, true
		}
		r.find(found)
	}
}

// otherIndex returns the folder of an index of the registry that Cargo does not look into.
func (r *registry) otherIndex() string {
	for _, name := range r.Home.IndexNames(r.from) {
		if dir := filepath.Join(r.Home.Dir(), filepath.FromSlash(home.IndexPath), name); dir != r.index.Dir() {
			if _, err := os.Stat(dir); err == nil {
				return dir
			}
		}
	}
	return ""
}

// fetch is the remedy for what is not there.
func (r *registry) fetch() Remedy {
	if r.local != "" {
		return Remedy{Kind: Mend} // cargo fetches nothing there
	}
	return Remedy{Fetch, fetchLocked}
}

// lookUp looks at the package's line in the index. All commands read it, for what is
// locked is resolved once more.
func (r *registry) lookUp(p *project, one *piece) {
	if r.dead {
		return
	}
	at, locked := one.At(), p.lock.Packages[one.number].Checksum
	entry, err := r.index.Lookup(at.Name, at.Version)
	var said resolve.Package
	if err == nil {
		said, err = declared.FromEntry(&entry, one.ID.Source, false)
	}
	if err != nil {
		r.find(r.notListed(one, err))
		return
	}
	p.entries[one.number], p.declared[one.number] = &entry, &said
	p.links[one.number], p.rust[one.number] = entry.Links, entry.RustVersion
	found := Finding{ID: one.ID, Path: r.index.Dir()}
	_, err = locate.Vouch(locked, entry, nil)
	switch {
	case entry.V > maxSchema:
		found.Code, found.Remedy = IndexEntryBroken, r.fetch()
		found.Reason = fmt.Sprintf("its line in the index is of schema %d, which cargo does not select", entry.V)
	case locked == nil:
		found.Code, found.Path, found.Remedy = LockChecksum, p.path, Remedy{Relock, p.relock()}
		found.Reason = "the lockfile has no checksum for it, and the index has one"
	case err != nil:
		found.Code, found.Remedy = ChecksumDisagrees, Remedy{Kind: Mend}
		found.Reason = err.Error()
	default:
		return
	}
	r.find(found)
}

// maxSchema is the newest of index lines that Cargo selects (spec 3.6).
const maxSchema = 2

// notListed tells why the index has no line for a package.
func (r *registry) notListed(one *piece, err error) Finding {
	f := Finding{Code: IndexEntryMissing, ID: one.ID, Path: r.index.Dir(), Reason: err.Error(), Remedy: r.fetch()}
	if lookup, ok := errors.AsType[*index.LookupError](err); ok {
		f.Reason = lookup.Err.Error()
	}
	_, isCorrupt := errors.AsType[*index.CorruptError](err)
	switch {
	case isCorrupt || errors.Is(err, index.ErrEntry):
		f.Code = IndexEntryBroken
	case errors.Is(err, fs.ErrPermission):
		f.Code, f.Remedy = IndexEntryBroken, Remedy{Kind: Permit}
	case r.local != "":
	default:
		if other, err := r.Home.Lookup(one.ID); err == nil && other.Name == one.ID.Name {
			f.Code = IndexEntryElsewhere
			f.Reason += "; one of another protocol, or of another cargo's, does"
		}
	}
	return f
}
