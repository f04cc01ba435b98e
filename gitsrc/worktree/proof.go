package worktree

import (
	"cargohome/crate"
	"cargohome/gitsrc/object"
)

// Proof returns what tells whether so many bytes, which are then written to it, are those
// of the file at name, symbolic links followed: the blob need not be read. It is nil for a
// file that has other bytes than its blob, as it is converted, or has none, as it is
// Cargo's own.
func (w *WorkTree) Proof(name string, size int64) (*object.Proof, error) {
	i, err := w.fileAt(name)
	if err != nil || i < 0 {
		return nil, err
	}
	n := w.nodes[i]
	if n.item < 0 || n.conv != (conversion{}) {
		return nil, nil
	}
	it := w.layers[n.layer].items[n.item]
	if it.path == crate.OKFile {
		return nil, nil
	}
	return object.NewProof(it.hash, size), nil
}
