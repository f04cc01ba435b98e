package worktree

import (
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// indexedLayer has paths of all lengths to eight, with their index.
func indexedLayer(t *testing.T) (*Layer, []byte) {
	t.Helper()
	l := &Layer{}
	idx := &index.Index{Version: 2}
	for n := range 9 {
		it := item{path: "p" + strings.Repeat("x", n), mode: 0o100644, hash: plumbing.ComputeHash(plumbing.BlobObject, []byte{byte(n)})}
		l.items = append(l.items, it)
		idx.Entries = append(idx.Entries, &index.Entry{Name: it.path, Mode: indexMode(it.mode), Hash: it.hash, Size: uint32(n)})
	}
	data, err := encodeIndex(idx)
	if err != nil {
		t.Fatal(err)
	}
	return l, data
}

// summed gives an index the hash that it ends in.
func summed(data []byte) []byte {
	body := data[:len(data)-sha1.Size]
	sum := sha1.Sum(body)
	return append(slices.Clone(body), sum[:]...)
}

// What differs from the commit is found; what is remembered of files, the sum that git may
// leave out, and what follows the entries, is not looked at.
func TestLayer_CheckIndex(t *testing.T) {
	for what, c := range map[string]struct {
		change func(data []byte) []byte
		want   error
	}{
		"as it is":       {slices.Clone[[]byte], nil},
		"no sum":         {func(b []byte) []byte { return append(b[:len(b)-sha1.Size], make([]byte, sha1.Size)...) }, nil},
		"another size":   {func(b []byte) []byte { b[indexHead+36] ^= 1; return summed(b) }, nil},
		"an extension":   {func(b []byte) []byte { return summed(append(b, make([]byte, 20)...)) }, nil},
		"another sum":    {func(b []byte) []byte { b[len(b)-1] ^= 1; return b }, ErrIndex},
		"another mode":   {func(b []byte) []byte { b[indexHead+indexModeAt+3] ^= 0o111; return summed(b) }, ErrIndex},
		"another object": {func(b []byte) []byte { b[indexHead+indexName] ^= 1; return summed(b) }, ErrIndex},
		"another path":   {func(b []byte) []byte { b[indexHead+indexPath] ^= 1; return summed(b) }, ErrIndex},
		"of a merge":     {func(b []byte) []byte { b[indexHead+indexFlags] |= 0x10; return summed(b) }, ErrIndex},
		"fewer entries":  {func(b []byte) []byte { binary.BigEndian.PutUint32(b[8:], 8); return summed(b) }, ErrIndex},
		"cut":            {func(b []byte) []byte { return summed(b[:len(b)-80]) }, ErrIndex},
		"no index":       {func([]byte) []byte { return []byte("DIRC") }, ErrIndex},
		"version 4":      {func(b []byte) []byte { b[7] = 4; return summed(b) }, ErrIndexVersion},
	} {
		l, data := indexedLayer(t)
		if int64(len(data)) > l.IndexSize() {
			t.Errorf("an index may have %d bytes", l.IndexSize())
		}
		if err := l.CheckIndex(c.change(data)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
