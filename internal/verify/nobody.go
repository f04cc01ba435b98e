package verify

import (
	"os"
	"path/filepath"

	"cargohome/internal/filelist"
)

// Bounds of what is listed that nobody vouches for.
const (
	maxNobody = 1000 // files of one item
	nobodyIn  = 16   // how deep folders are entered
)

// nobody lists the files of a repository that nothing says the content of. Those in
// compared, by their paths in the repository, were looked at; of objects each is known by
// its name. at is where the repository is in the item.
func (i *Item) nobody(at string, compared ...string) {
	known := map[string]bool{filelist.Join(at, "objects"): true}
	for _, path := range compared {
		known[filelist.Join(at, path)] = true
	}
	i.listNobody(at, nobodyIn, known)
}

func (i *Item) listNobody(at string, depth int, known map[string]bool) {
	entries, err := os.ReadDir(filepath.Join(i.Path, filepath.FromSlash(at)))
	if err != nil || depth == 0 {
		return
	}
	for _, e := range entries {
		switch path := filelist.Join(at, e.Name()); {
		case known[path] || len(i.Nobody) == maxNobody:
		case e.IsDir():
			i.listNobody(path, depth-1, known)
		default:
			i.Nobody = append(i.Nobody, path)
		}
	}
}
