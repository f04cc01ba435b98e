package registry

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// listing is what lies in a folder of archives, by crate. It is listed again when the folder
// has changed, but for no more than a twentieth of the time: what is new may be seen later,
// and what is gone is not found where the listing says. What is packed never changes.
type listing struct {
	dir     string
	folders bool    // there is a folder for each crate, and archives in those
	packed  *Packed // that have the archives, in place of the folder; nil if it has

	mu      sync.Mutex
	seen    watched
	at      time.Time           // when it was listed
	took    time.Duration       // and how long that took
	byCrate map[string][]string // names in the folder, by that of the crate in lower case
	names   []string            // of the crates, in order
}

const listingShare = 20

// look lists the folder if it is to be listed. The caller holds the lock.
func (l *listing) look() error {
	if l.byCrate != nil && (l.packed != nil || l.seen.isSame() || time.Since(l.at) < listingShare*l.took) {
		return nil
	}
	if l.packed != nil {
		l.byCrate = l.packed.byCrate(filepath.Base(l.dir))
		l.names = slices.Sorted(maps.Keys(l.byCrate))
		return nil
	}
	began, seen := time.Now(), watch(l.dir)
	byCrate := map[string][]string{}
	err := eachName(l.dir, func(name string) {
		if crate := l.crateOf(name); crate != "" {
			byCrate[crate] = append(byCrate[crate], name)
		}
	})
	if err != nil {
		return err
	}
	l.byCrate, l.names = byCrate, slices.Sorted(maps.Keys(byCrate))
	l.seen, l.at, l.took = seen, began, time.Since(began)
	return nil
}

// crateOf returns which crate a name in the folder is about, in lower case, "" if none.
func (l *listing) crateOf(name string) string {
	if l.folders {
		return strings.ToLower(name)
	}
	id, err := home.ParseArchive(name)
	if err != nil {
		return ""
	}
	return strings.ToLower(id.Name)
}

// eachName calls do with the names in a folder, in no order. A folder that is not there is
// empty.
func eachName(dir string, do func(name string)) error {
	folder, err := fsx.OpenFolder(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer folder.Close()
	for e, err := range folder.Names(nil) {
		if err != nil {
			return fsx.WithPath(dir, err)
		}
		do(e.Name)
	}
	return nil
}

// archives returns the paths of what is called as an archive of a crate is, the crate in
// lower case, and what that was found in.
func (l *listing) archives(crate string) (paths []string, from []watched, err error) {
	l.mu.Lock()
	err = l.look()
	names, seen := l.byCrate[crate], l.seen
	l.mu.Unlock()
	from = []watched{seen}
	if err != nil {
		return nil, from, err
	}
	for _, name := range names {
		path := filepath.Join(l.dir, name)
		if !l.folders {
			paths = append(paths, path)
			continue
		}
		from = append(from, watch(path))
		err := eachName(path, func(file string) {
			if id, err := home.ParseArchive(file); err == nil && id.Name == name {
				paths = append(paths, filepath.Join(path, file))
			}
		})
		if err != nil && !errors.Is(err, fsx.ErrNotFolder) {
			return nil, from, err
		}
	}
	return paths, from, nil
}

// crates returns the names of all crates, in lower case and in order. They are not to be changed.
func (l *listing) crates() ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.look()
	return l.names, err
}
