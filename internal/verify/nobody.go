package verify

import (
	"os"
	"path/filepath"
	"slices"

	"cargohome/internal/filelist"
)

// Bounds of what is listed that nobody vouches for.
const (
	maxNobody = 1000 // files of one item
	nobodyIn  = 16   // how deep folders are entered
)

// nobody lists the files of a repository that nothing says the content of: its
// configuration, what its references lead to. Those in compared were compared; of objects
// each is known by its name. at is where the repository is in the item.
func (i *Item) nobody(at string, compared ...string) {
	i.listNobody(at, nobodyIn, append(compared, "objects"))
}

func (i *Item) listNobody(at string, depth int, compared []string) {
	entries, err := os.ReadDir(filepath.Join(i.Path, filepath.FromSlash(at)))
	if err != nil || depth == 0 {
		return
	}
	for _, e := range entries {
		switch path := filelist.Join(at, e.Name()); {
		case slices.Contains(compared, e.Name()) || len(i.Nobody) == maxNobody:
		case e.IsDir():
			i.listNobody(path, depth-1, nil)
		default:
			i.Nobody = append(i.Nobody, path)
		}
	}
}
