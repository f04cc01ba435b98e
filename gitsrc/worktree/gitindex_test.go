package worktree

import (
	"bytes"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// go-git reads the index as it was meant.
func TestEncodeIndex(t *testing.T) {
	var want []indexEntry
	for i, path := range []string{"a", "ab/c", "abcdefgh", strings.Repeat("long/", 900) + "x", "z"} {
		want = append(want, indexEntry{
			stat: fileStat{1, 2, 3, 4, 5, 6, 7, 8, uint32(i)}, mode: []uint32{0o100644, 0o100755, 0o120000, 0o160000, 0o100644}[i], hash: someHash, path: path,
		})
	}
	var got index.Index
	if err := index.NewDecoder(bytes.NewReader(encodeIndex(want))).Decode(&got); err != nil {
		t.Fatal(err)
	}
	for i, e := range got.Entries {
		w := want[i]
		if e.Name != w.path || uint32(e.Mode) != w.mode || e.Hash != w.hash || e.Size != w.stat.size || e.Inode != 6 || e.ModifiedAt.Unix() != 3 || e.CreatedAt.Nanosecond() != 2 {
			t.Errorf("entry %d = %v", i, e)
		}
	}
	if len(got.Entries) != len(want) {
		t.Errorf("%d entries, want %d", len(got.Entries), len(want))
	}
}
