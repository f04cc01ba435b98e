package worktree

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// Every byte of an index is where git's documentation has it.
func TestEncodeIndex(t *testing.T) {
	idx := &index.Index{Version: 2}
	want := []byte{'D', 'I', 'R', 'C', 0, 0, 0, 2, 0, 0, 0, 5}
	for i, path := range []string{"a", "ab/c", "abcdefgh", strings.Repeat("long/", 900) + "x", "z"} {
		mode := []uint32{0o100644, 0o100755, 0o120000, 0o160000, 0o100664}[i]
		idx.Entries = append(idx.Entries, &index.Entry{
			CreatedAt: time.Unix(1, 2), ModifiedAt: time.Unix(3, 4), Dev: 5, Inode: 6, UID: 7, GID: 8, Size: uint32(i),
			Name: path, Mode: indexMode(mode), Hash: someHash,
		})
		start := len(want)
		for _, n := range []uint32{1, 2, 3, 4, 5, 6, []uint32{0o100644, 0o100755, 0o120000, 0o160000, 0o100644}[i], 7, 8, uint32(i)} {
			want = binary.BigEndian.AppendUint32(want, n)
		}
		want = append(want, someHash[:]...)
		want = binary.BigEndian.AppendUint16(want, uint16(min(len(path), 0xfff)))
		want = append(want, path...)
		want = append(want, make([]byte, 8-(len(want)-start)%8)...)
	}
	sum := sha1.Sum(want)
	got, err := encodeIndex(idx)
	if err != nil || !bytes.Equal(got, append(want, sum[:]...)) {
		t.Errorf("%v: %d bytes, want %d, or others", err, len(got), len(want)+len(sum))
	}
	if indexMode(0o100664) != filemode.Regular {
		t.Error("an old mode is kept")
	}
}
