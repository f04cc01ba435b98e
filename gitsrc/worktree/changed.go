package worktree

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"time"

	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// Changed reports which file in the folder dir has another content than it should, nil if
// none. Only those are read that are not as the git indexes there remember them, by size and
// time of modification, as git asks first. What cannot be compared is passed over.
func (w *WorkTree) Changed(ctx context.Context, dir string) error {
	memories := make([][]memory, len(w.layers))
	for n, l := range w.layers {
		memories[n] = l.memories(filepath.Join(dir, filepath.FromSlash(l.Root), GitFile, "index"))
	}
	for i, n := range w.nodes {
		if n.item < 0 || n.layer < 0 || w.entries[i].Kind == filelist.Symlink || w.entries[i].Kind == filelist.Submodule {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(w.entries[i].Path))
		e, err := fsx.Lstat(path)
		if err == nil && memories[n.layer] != nil && memories[n.layer][n.item].is(e) {
			continue
		}
		if w.differs(ctx, i, path) {
			return fmt.Errorf("has another content at %q", w.entries[i].Path)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// differs reports whether a file was read and is not what is written for the entry.
func (w *WorkTree) differs(ctx context.Context, i int, path string) bool {
	data, err := fsx.ReadRegular(path, object.MaxBlob)
	if err != nil {
		return false
	}
	n := w.nodes[i]
	if n.conv == (conversion{}) && plumbing.ComputeHash(plumbing.BlobObject, data) == w.layers[n.layer].items[n.item].hash {
		return false
	}
	same := false
	err = w.use(ctx, i, object.MaxBlob, func(want []byte) error {
		same = bytes.Equal(data, want)
		return nil
	})
	return err == nil && !same
}

// memory is what a git index remembers of a file.
type memory struct {
	seconds, nanoseconds, size uint32
}

// Where in an entry it is; see [Layer.CheckIndex] for the rest.
const (
	indexModified = 8
	indexSize     = 36
)

// memories reads what a git index remembers of the items, nil if it is not that of the
// commit.
func (l *Layer) memories(path string) []memory {
	data, err := fsx.ReadRegular(path, l.IndexSize())
	if err != nil || l.CheckIndex(data) != nil {
		return nil
	}
	all := make([]memory, len(l.items))
	rest := data[indexHead:]
	for i, it := range l.items {
		number := func(at int) uint32 { return binary.BigEndian.Uint32(rest[at:]) }
		all[i] = memory{number(indexModified), number(indexModified + 4), number(indexSize)}
		rest = rest[it.indexed(rest):]
	}
	return all
}

// is: some git keep no parts of seconds.
func (m memory) is(e fsx.Entry) bool {
	at := e.Modified
	if m.nanoseconds == 0 {
		at = at.Truncate(time.Second)
	}
	return m.size == uint32(e.Size) && at.Equal(time.Unix(int64(m.seconds), int64(m.nanoseconds)))
}
