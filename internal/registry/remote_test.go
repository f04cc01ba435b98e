package registry_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"cargohome/internal/blob"
	"cargohome/internal/registry"
)

// swollen is a store of entry files that have one line, which says nothing.
type swollen struct {
	blob.Store
	listed, sent     int64 // how large it says that they are, and how large they are
	reading, atATime atomic.Int64
}

const swollenRecord = `{"format":1,"layout":"objects","url":"https://x.invalid","registries":[{"name":"crates-io","source":"registry+https://github.com/rust-lang/crates.io-index"}]}`

func (s *swollen) String() string { return "s3://swollen" }

func (s *swollen) Stat(context.Context, string) (blob.Info, error) {
	return blob.Info{}, blob.ErrNotFound
}

func (s *swollen) List(_ context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		if !strings.HasSuffix(prefix, "/"+registry.IndexFolder+"/") {
			return
		}
		for i := range 6 {
			if !yield(blob.Info{Name: fmt.Sprintf("%saa/aa/aaaa%d", prefix, i), Size: s.listed, Tag: "tag"}, nil) {
				return
			}
		}
	}
}

func (s *swollen) Open(_ context.Context, name string) (io.ReadCloser, blob.Info, error) {
	if name == registry.RecordFile {
		return io.NopCloser(strings.NewReader(swollenRecord)), blob.Info{Name: name, Size: int64(len(swollenRecord)), Tag: "tag"}, nil
	}
	return &swollenFile{store: s, left: s.sent}, blob.Info{Name: name, Size: s.sent, Tag: "tag"}, nil
}

var nonsense = bytes.Repeat([]byte("x"), 1<<20)

type swollenFile struct {
	store *swollen
	begun sync.Once
	left  int64
}

func (f *swollenFile) Read(buf []byte) (int, error) {
	f.begun.Do(func() { f.store.atATime.Store(max(f.store.atATime.Load(), f.store.reading.Add(1))) })
	if f.left == 0 {
		return 0, io.EOF
	}
	n := copy(buf[:min(int64(len(buf)), f.left)], nonsense)
	f.left -= int64(n)
	return n, nil
}

func (f *swollenFile) Close() error {
	f.begun.Do(func() { f.store.reading.Add(1) })
	f.store.reading.Add(-1)
	return nil
}

func newReplica(t *testing.T, s blob.Store) *registry.Replica {
	t.Helper()
	p, err := registry.NewReplica(t.Context(), s, t.TempDir(), &registry.ReplicaOptions{LeftOut: func(registry.LeftOut) {}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A store that sends more than it lists is not copied, nor asked for more.
func TestRemote_more_than_listed(t *testing.T) {
	s := &swollen{listed: 1, sent: 16 << 20}
	const says = "it has 16777216 bytes, and may have"
	if err := registry.OpenRemote(s, t.TempDir()).Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("it is copied: %v", err)
	}
	if _, _, err := newReplica(t, s).Search(t.Context(), &registry.Query{Count: 100}); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("it is searched: %v", err)
	}
}

// Of large entry files no more are in memory than there is room for, however many are wanted.
func TestReplica_large(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads half a gigabyte")
	}
	s := &swollen{listed: 70 << 20, sent: 70 << 20}
	p := newReplica(t, s)
	if _, _, err := p.Search(t.Context(), &registry.Query{Count: 3}); err != nil {
		t.Error(err)
	}
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() { _, _ = p.Entries(t.Context(), "crates-io", fmt.Sprintf("aa/aa/aaaa%d", 3+i)) })
	}
	all.Wait()
	if n := s.atATime.Load(); n != 1 {
		t.Errorf("%d of them are read at a time", n)
	}
}
