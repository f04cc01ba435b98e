package object

import "github.com/go-git/go-git/v5/plumbing"

// Proof tells whether bytes are those of a blob without the blob: it is called by a hash
// of them. Bytes that were made to collide are found out. It is not safe for concurrent
// use.
type Proof struct {
	hash plumbing.Hasher
	want plumbing.Hash
}

// NewProof returns that of a blob. So many bytes are to be written to it.
func NewProof(blob plumbing.Hash, size int64) *Proof {
	return &Proof{plumbing.NewHasher(plumbing.BlobObject, size), blob}
}

// Write takes in bytes. It never fails.
func (p *Proof) Write(b []byte) (int, error) { return p.hash.Write(b) }

// Holds reports whether what was written is the blob.
func (p *Proof) Holds() bool { return p.hash.Sum() == p.want }
