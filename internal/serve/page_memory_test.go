package serve_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cargohome/crate"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
)

// heavy has one crate, whose line is so large.
type heavy struct {
	serve.Held
	line            []byte
	making, atATime atomic.Int64
}

func (*heavy) Registries() []registry.Recorded { return nil }

func (h *heavy) Entries(context.Context, string, string) (*registry.Entries, error) {
	return registry.NewEntries(h.line, crate.Checksum{}, time.Time{}), nil
}

func (h *heavy) Crate(context.Context, *registry.Wanted) (*registry.Crate, error) {
	defer h.making.Add(-1)
	h.atATime.Store(max(h.atATime.Load(), h.making.Add(1)))
	time.Sleep(5 * time.Millisecond)
	return nil, fs.ErrNotExist
}

// Pages of crates with large lines are made one after another, others beside each other.
func TestPages_memory(t *testing.T) {
	for size, alone := range map[int]bool{20 << 20: true, 1 << 10: false} {
		held := &heavy{line: make([]byte, size)}
		h := serve.NewHandler(&serve.Options{Held: held, Trouble: func(err error) { t.Error(err) }}, &serve.Metrics{})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/crates-io/crates/heavy", nil))
				if w.Code != http.StatusNotFound {
					t.Errorf("it is answered with %d", w.Code)
				}
			})
		}
		all.Wait()
		if n := held.atATime.Load(); (n == 1) != alone {
			t.Errorf("of lines of %d bytes the pages of %d are made at a time", size, n)
		}
	}
}
