package home

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// After Close nothing is opened, of folders that were looked at before and others.
func TestHome_closed(t *testing.T) {
	git := "github.com-1ecc6299db9ec823"
	h := homeOf(t, nil, []string{git + "/a"})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.LookupIn(git, mustID(t, "b", "1.0.0", cratesIOSource)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("what the cache files lack: %v, want %v", err, fs.ErrClosed)
	}
	commit := strings.Repeat("0", 40)
	if _, err := h.Git().DB(mustID(t, "a", "1.0.0", "git+https://x.invalid/r#"+commit).Source, commit); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Git().DB: %v, want %v", err, fs.ErrClosed)
	}
}
