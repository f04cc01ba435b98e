package serve_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cargohome/internal/blob"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
)

// deniedStore is one in which an entry file may not be read, as long as that is denied.
type deniedStore struct {
	blob.Store
	denied atomic.Bool
}

func (s *deniedStore) Open(ctx context.Context, name string) (io.ReadCloser, blob.Info, error) {
	if s.denied.Load() && name == "crates-io/index/le/af/leaf" {
		return nil, blob.Info{}, &blob.Error{Store: s.String(), Name: name, Err: errors.New("it is denied")}
	}
	return s.Store.Open(ctx, name)
}

// isPartly makes sure that a page or a search has what can be read, and not what cannot.
func isPartly(t *testing.T, base, path, has, not string) {
	t.Helper()
	answer, body := request{path: path}.send(t, base)
	if answer.StatusCode != http.StatusOK || !strings.Contains(body, has) || not != "" && strings.Contains(body, not) {
		t.Errorf("%q is answered %d, without %q or with %q:\n%s", path, answer.StatusCode, has, not, body)
	}
}

// One crate that cannot be read is missing in pages and searches, which is said once, and the others
// are there.
func TestPage_unreadable_entries(t *testing.T) {
	store := &deniedStore{Store: newStore(t, newShownHome(t))}
	replica, err := registry.NewReplica(t.Context(), store, t.TempDir(), &registry.ReplicaOptions{
		Limit: 1 << 20, LeftOut: func(l registry.LeftOut) { t.Errorf("left out is %+v", l) },
	})
	if err != nil {
		t.Fatal(err)
	}
	var troubles atomic.Int64
	o := &serve.Options{Held: replica, Trouble: func(err error) {
		troubles.Add(1)
		if !strings.Contains(err.Error(), "it is denied") {
			t.Errorf("trouble: %v", err)
		}
	}}
	server := httptest.NewServer(serve.NewHandler(o, &serve.Metrics{}))
	defer server.Close()
	base := server.URL + "/"
	store.denied.Store(true)
	for range 2 {
		isPartly(t, base, "", ">full</a>", ">leaf</a>")
		isPartly(t, base, "crates-io/api/v1/crates?q=", `"name":"full"`, `"name":"leaf"`)
		isPartly(t, base, "crates-io/crates/full", `>Big_One</a>`, "")
		isPartly(t, base, "crates-io/crates/full", "cannot be read now", "held as 1.2.3")
		isPartly(t, base, "crates-io/crates/Big_One", "data-more", "")
	}
	if n := troubles.Load(); n != 1 {
		t.Errorf("it is said %d times", n)
	}
	for _, path := range []string{"?q=leaf", "crates-io/crates/leaf", "crates-io/index/le/af/leaf"} {
		if answer, _ := (request{path: path}).send(t, base); answer.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%q is answered %d", path, answer.StatusCode)
		}
	}
	store.denied.Store(false)
	isPartly(t, base, "", ">leaf</a>", "")
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, body := (request{path: "crates-io/crates/leaf"}).send(t, base); !strings.Contains(body, "data-more") {
			isPartly(t, base, "crates-io/crates/leaf", ">full</a>", "")
			return
		}
		if time.Now().After(end) {
			t.Fatal("not all is known ever")
		}
	}
}

// So it is with a folder that may not be read.
func TestPage_unreadable_folder(t *testing.T) {
	h, dir := newShownHome(t), filepath.Join(t.TempDir(), "m")
	makeMirror(t, h, dir, "https://h")
	leaf := filepath.Join(dir, "crates-io", "crates", "leaf")
	if err := os.Chmod(leaf, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(leaf, 0o700)
	if _, err := os.ReadDir(leaf); err == nil {
		t.Skip("who runs this may read everything, as root may")
	}
	var troubles atomic.Int64
	s := newLiveSite(t, h, func(o *serve.Options, held *registry.LiveOptions) {
		held.Places = []registry.Place{{Mirror: dir}}
		o.Trouble = func(error) { troubles.Add(1) }
	})
	for range 2 {
		isPartly(t, strings.TrimSuffix(s.base, "crates-io/"), "", ">full</a>", ">leaf</a>")
		isPartly(t, s.base, "crates/full", ">Big_One</a>", "held as 1.2.3")
	}
	if n := troubles.Load(); n != 1 {
		t.Errorf("it is said %d times", n)
	}
}
