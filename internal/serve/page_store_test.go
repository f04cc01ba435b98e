package serve_test

import (
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/blob"
	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/mirror"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
)

// newStore has what a home has.
func newStore(t *testing.T, h *cargotest.Home) blob.Store {
	t.Helper()
	cargotest.NotPortable(t, "folders are not locked, so nothing can be replaced")
	s, err := blob.Open("file://"+filepath.ToSlash(t.TempDir()), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	m, ctx, err := mirror.OpenObjects(t.Context(), s, &mirror.ObjectsOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	from := home.New(h.Dir)
	defer from.Close()
	o := &registry.Options{Begin: func(int64) {}, Read: func(int64) {}}
	set, err := registry.Gather(ctx, registry.HomeStores(from, o.Names.Known(nil, nil)), o)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := mirror.New(ctx, set, &mirror.Options{Objects: m, Layout: registry.Objects, URL: "https://h"})
	if err == nil {
		err = plan.Write(ctx, &mirror.WriteOptions{Leftover: func(error) {}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Pages of a store of objects are those of the home that is in it.
func TestPage_store(t *testing.T) {
	h := newShownHome(t)
	replica, err := registry.NewReplica(t.Context(), newStore(t, h), t.TempDir(), &registry.ReplicaOptions{
		Limit: 1 << 20, LeftOut: func(l registry.LeftOut) { t.Errorf("left out is %+v", l) },
	})
	if err != nil {
		t.Fatal(err)
	}
	o := &serve.Options{Held: replica, Trouble: func(err error) { t.Errorf("trouble: %v", err) }}
	store := httptest.NewServer(serve.NewHandler(o, &serve.Metrics{}))
	defer store.Close()
	live := newLiveSite(t, h)
	port := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	for _, path := range []string{"", "?q=full", "crates-io/crates/full", "crates-io/crates/full/1.0.0", "crates-io/crates/BIG_one", "crates-io/crates/absent"} {
		_, got := request{path: path}.send(t, store.URL+"/")
		_, want := request{path: path}.send(t, strings.TrimSuffix(live.base, "crates-io/"))
		checkPage(t, got)
		if diff := cmp.Diff(port.ReplaceAllString(want, ""), port.ReplaceAllString(got, "")); diff != "" {
			t.Errorf("%s of the store differs:\n%s", path, diff)
		}
	}
}
