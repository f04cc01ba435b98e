package registry

import (
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"cargohome/internal/bundle"
	"cargohome/internal/home"
)

// Packed are the archives of a bundle, of which each is made in a Cargo home when somebody
// asks for its crate, and deleted when there are too many bytes of them. It is safe for
// concurrent use.
type Packed struct {
	shelf  *bundle.Shelf
	home   string
	limit  int64
	names  map[string][]string // of archives, by the folder of their registry
	making chan struct{}       // as many as may be made at a time

	mu    sync.Mutex     // for what follows
	made  []madeFile     // the oldest first
	bytes int64          // of those
	used  map[string]int // by how many, by path
}

// madeFile is an archive that was made.
type madeFile struct {
	path string
	size int64
}

// maxMaking is how many crates are made at a time at most: each takes about 100 MiB.
const maxMaking = 3

// NewPacked returns those of a bundle. The home is a folder that nobody else writes to: it
// gets folders for them. At most limit bytes of archives stay there.
func NewPacked(shelf *bundle.Shelf, m *bundle.Manifest, home string, limit int64) (*Packed, error) {
	p := &Packed{shelf: shelf, home: home, limit: limit, names: map[string][]string{}, making: make(chan struct{}, maxMaking), used: map[string]int{}}
	for i := range m.Entries {
		if e := &m.Entries[i]; e.Kind() == bundle.ArchiveEntry {
			p.names[e.Folder()] = append(p.names[e.Folder()], path.Base(e.Path))
		}
	}
	for folder := range p.names {
		if err := os.MkdirAll(p.in(folder), 0o777); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// in is where the archives of a registry are made.
func (p *Packed) in(folder string) string {
	return filepath.Join(p.home, filepath.FromSlash(home.CachePath), folder)
}

// make makes archives of a folder that are not there, and returns why one could not be made,
// by its path. Those that are stay until done is called.
func (p *Packed) make(ctx context.Context, paths []string) (wrong map[string]error, done func()) {
	p.use(paths, 1)
	done = func() { p.use(paths, -1) }
	var list []string
	for _, at := range paths {
		if _, err := os.Lstat(at); err != nil {
			list = append(list, path.Join(home.CachePath, filepath.Base(filepath.Dir(at)), filepath.Base(at)))
		}
	}
	if len(list) == 0 {
		return nil, done
	}
	p.making <- struct{}{}
	defer func() { <-p.making }()
	wrong = map[string]error{}
	for i, err := range p.shelf.Take(ctx, list, p.put) {
		if err != nil {
			wrong[filepath.Join(p.home, filepath.FromSlash(list[i]))] = err
		}
	}
	return wrong, done
}

// use counts who uses archives, and deletes the oldest that nobody does as long as there are
// too many.
func (p *Packed) use(paths []string, by int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, at := range paths {
		if p.used[at] += by; p.used[at] == 0 {
			delete(p.used, at)
		}
	}
	p.made = slices.DeleteFunc(p.made, func(f madeFile) bool {
		if p.bytes <= p.limit || p.used[f.path] > 0 || removeIfThere(f.path) != nil { // on Windows, where it is open
			return false
		}
		p.bytes -= f.size
		return true
	})
}

// put makes an archive.
func (p *Packed) put(e *bundle.Entry, write func(w io.Writer) error) error {
	at := filepath.Join(p.home, filepath.FromSlash(e.Path))
	if err := putWhole(at, write); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made, p.bytes = append(p.made, madeFile{at, e.Size}), p.bytes+e.Size
	return nil
}

// byCrate are the names of archives in the folder of a registry, by that of the crate in
// lower case.
func (p *Packed) byCrate(folder string) map[string][]string {
	all := map[string][]string{}
	for _, name := range p.names[folder] {
		if id, err := home.ParseArchive(name); err == nil {
			crate := strings.ToLower(id.Name)
			all[crate] = append(all[crate], name)
		}
	}
	return all
}
