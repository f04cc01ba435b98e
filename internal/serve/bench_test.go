package serve_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"cargohome/internal/registry"
	"cargohome/internal/serve"
)

// BenchmarkRequest answers from memory: what is asked of the system is whether that still
// counts, and of archives that they are opened.
func BenchmarkRequest(b *testing.B) {
	h := newHeldHome(b)
	m := &serve.Metrics{}
	live, err := registry.NewLive(&registry.LiveOptions{
		Places: []registry.Place{{Home: h.Dir}}, Jobs: 1, Read: m.Read, LeftOut: func(registry.LeftOut) {},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer live.Close()
	handler := serve.NewHandler(&serve.Options{Held: live}, m)
	for name, header := range map[string]http.Header{
		"index/plain": {}, "index/gzip": {"Accept-Encoding": {"gzip"}}, "index/same": {"If-None-Match": {"*"}}, "archive": {}, "missing": {},
	} {
		path := map[string]string{"archive": "/crates-io/crates/held/held-1.0.0.crate", "missing": "/crates-io/index/no/wh/nowhere"}[name]
		if path == "" {
			path = "/crates-io/index/he/ld/held"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Header = header
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
