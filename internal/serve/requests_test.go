package serve_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/mirror"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
)

// site is a web server that has a registry.
type site struct {
	base    string // URL of the registry
	isLive  bool   // whether it is a server of ours, and not one of files
	archive string // the path by which config.json has cargo ask for "held" 1.1.0+build.7
	dl      string // what it says of that, behind the URL
	update  func() // has it show what its home has by now
}

var plus = cargotest.Crate{Name: "held", Version: "1.1.0+build.7"}

// newHeldHome has some versions, and lines of others.
func newHeldHome(t testing.TB) *cargotest.Home {
	t.Helper()
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	h.Add(
		cargotest.Crate{Name: "held", Version: "1.0.0"}, plus, cargotest.Crate{Name: "Big_One", Version: "0.1.0"},
		cargotest.Crate{Name: "took-back", Version: "1.0.0", Yanked: true}, cargotest.Crate{Name: "a", Version: "1.0.0"},
		cargotest.Crate{Name: "ab", Version: "1.0.0"}, cargotest.Crate{Name: "abc", Version: "1.0.0"},
	)
	r := h.Registry(cargotest.CratesIO)
	r.AddLine("held", cargotest.Crate{Name: "held", Version: "1.2.0"}.IndexLine(""))
	r.AddLine("absent", cargotest.Crate{Name: "absent", Version: "1.0.0"}.IndexLine(""))
	return h
}

// newFileSite is a mirror of the home behind a server of files, at a path of its own.
func newFileSite(t *testing.T, h *cargotest.Home) *site {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mirror")
	server := httptest.NewServer(http.StripPrefix("/some/prefix", http.FileServer(http.Dir(dir)))) // S17
	t.Cleanup(server.Close)
	url := server.URL + "/some/prefix"
	s := &site{base: url + "/crates-io/", archive: "sha256/" + plus.Checksum() + ".crate", dl: "sha256/{sha256-checksum}.crate"}
	s.update = func() { makeMirror(t, h, dir, url) }
	s.update()
	return s
}

func makeMirror(t *testing.T, h *cargotest.Home, dir, url string) {
	t.Helper()
	old, err := mirror.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	from := home.New(h.Dir)
	defer from.Close()
	o := &registry.Options{Names: registry.Names{Record: old}, Begin: func(int64) {}, Read: func(int64) {}}
	stores := append(registry.HomeStores(from, o.Names.Known(nil, nil)), registry.MirrorStores(dir, old, true)...)
	set, err := registry.Gather(t.Context(), stores, o)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := mirror.New(t.Context(), set, &mirror.Options{Dest: dir, Old: old, Layout: registry.Sparse, URL: url})
	if err == nil {
		err = plan.Write(t.Context(), &mirror.WriteOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// newLiveSite is a server of ours, of which the options may be changed.
func newLiveSite(t *testing.T, h *cargotest.Home, change ...func(*serve.Options, *registry.LiveOptions)) *site {
	t.Helper()
	m := &serve.Metrics{}
	held := &registry.LiveOptions{
		Places: []registry.Place{{Home: h.Dir}}, Jobs: 2, Read: m.Read, LeftOut: func(l registry.LeftOut) { t.Logf("%s: %v", l.ID, l.Err) },
	}
	o := &serve.Options{Trouble: func(err error) { t.Errorf("trouble: %v", err) }}
	for _, change := range change {
		change(o, held)
	}
	live, err := registry.NewLive(held)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = live.Close() })
	o.Held = live
	server := httptest.NewServer(serve.NewHandler(o, m))
	t.Cleanup(server.Close)
	return &site{
		base: server.URL + "/crates-io/", isLive: true, archive: "crates/held/held-1.1.0+build.7.crate",
		dl: "crates/{crate}/{crate}-{version}.crate", update: func() {},
	}
}

// request is one that clients make of a registry (the list S1–S20 of what cargo needs).
type request struct {
	method, path string
	header       map[string]string
	status       int
	check        func(t *testing.T, r *http.Response, body string)
	live         bool // files cannot answer it
}

func contains(text string) func(*testing.T, *http.Response, string) {
	return func(t *testing.T, _ *http.Response, body string) {
		if !strings.Contains(body, text) {
			t.Errorf("it is %q, without %q", body, text)
		}
	}
}

func isArchive(t *testing.T, r *http.Response, body string) {
	if cargotest.Checksum([]byte(body)) != plus.Checksum() || r.Header.Get("Content-Encoding") != "" {
		t.Errorf("%d bytes, encoded as %q", len(body), r.Header.Get("Content-Encoding"))
	}
}

func isTagged(t *testing.T, r *http.Response, body string) {
	isArchive(t, r, body)
	if tag := r.Header.Get("ETag"); tag != `"`+plus.Checksum()+`"` {
		t.Errorf("its ETag is %s", tag)
	}
}

var lines = string(cargotest.Crate{Name: "held", Version: "1.0.0"}.IndexLine("")) + "\n" + string(plus.IndexLine("")) + "\n"

func isLines(t *testing.T, r *http.Response, body string) {
	if body != lines || r.Header.Get("Last-Modified") == "" {
		t.Errorf("it is %q of %q, not %q", body, r.Header.Get("Last-Modified"), lines)
	}
}

func isZipped(t *testing.T, r *http.Response, body string) {
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || string(text) != lines || r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("it is %q with %v (%v)", text, r.Header, err)
	}
}

func isEmpty(t *testing.T, _ *http.Response, body string) {
	if body != "" {
		t.Errorf("it has a body of %q", body)
	}
}

func requests(s *site) map[string]request {
	held, future := "index/he/ld/held", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	return map[string]request{
		"S1_config":            {path: "index/config.json", status: 200, check: contains(`{"dl":"` + s.base + s.dl + `"`)},
		"S4_lines":             {path: held, status: 200, check: isLines},
		"S4_one":               {path: "index/1/a", status: 200, check: contains(`"name":"a"`)},
		"S4_two":               {path: "index/2/ab", status: 200, check: contains(`"name":"ab"`)},
		"S4_three":             {path: "index/3/a/abc", status: 200, check: contains(`"name":"abc"`)},
		"S4_hyphen":            {path: "index/to/ok/took-back", status: 200, check: contains(`"yanked":true`)},
		"S5_since":             {path: held, header: map[string]string{"If-Modified-Since": future}, status: 304, check: isEmpty},
		"S5_long_ago":          {path: held, header: map[string]string{"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, status: 200, check: isLines},
		"S5_other_tag":         {path: held, header: map[string]string{"If-None-Match": `"x"`, "If-Modified-Since": future}, status: 200, check: isLines, live: true},
		"S5_archive":           {path: s.archive, header: map[string]string{"If-None-Match": `"` + plus.Checksum() + `"`}, status: 304, check: isEmpty, live: true},
		"S6_missing":           {path: "index/ab/se/absent", status: 404},
		"S6_other_hyphen":      {path: "index/to/ok/took_back", status: 404},
		"S8_gzip":              {path: s.archive, header: map[string]string{"Accept-Encoding": "gzip"}, status: 200, check: isArchive},
		"S8_gzip_index":        {path: held, header: map[string]string{"Accept-Encoding": "deflate, gzip"}, status: 200, check: isZipped, live: true},
		"S8_no_gzip_index":     {path: held, header: map[string]string{"Accept-Encoding": "deflate, gzip;q=0"}, status: 200, check: isLines},
		"S9_archive":           {path: s.archive, status: 200, check: isArchive},
		"S9_archive_tag":       {path: s.archive, status: 200, check: isTagged, live: true},
		"S10_plus":             {path: "crates/held/held-1.1.0+build.7.crate", status: 200, check: isArchive},
		"S10_escaped":          {path: "crates/held/held-1.1.0%2Bbuild.7.crate", status: 200, check: isArchive},
		"S10_space":            {path: "crates/held/held-1.1.0%20build.7.crate", status: 404},
		"S13_search":           {path: "api/v1/crates?q=BIG-one&per_page=10", status: 200, check: contains(`{"crates":[{"name":"Big_One","max_version":"0.1.0","description":"a fixture"}],"meta":{"total":1}}`), live: true},
		"S13_search_all":       {path: "api/v1/crates?q=a&per_page=2&page=2", status: 200, check: contains(`"meta":{"total":4}`), live: true},
		"S13_search_nothing":   {path: "api/v1/crates?q=absent", status: 200, check: contains(`{"crates":[],"meta":{"total":0}}`), live: true},
		"S14_api":              {path: "index/config.json", status: 200, check: contains(`"api":"` + strings.TrimSuffix(s.base, "/") + `"`), live: true},
		"S15_publish":          {method: "PUT", path: "api/v1/crates/new", status: 405, check: contains(`{"errors":[{"detail":"`), live: true},
		"S16_lower_index":      {path: "index/bi/g_/big_one", status: 200, check: contains(`"name":"Big_One"`)},
		"S16_spelt_index":      {path: "index/Bi/g_/Big_One", status: 200, check: contains(`"name":"Big_One"`)},
		"S16_archive":          {path: "crates/Big_One/Big_One-0.1.0.crate", status: 200},
		"S16_archive_lower":    {path: "crates/big_one/big_one-0.1.0.crate", status: 404},
		"S19_absent_archive":   {path: "crates/held/held-1.2.0.crate", status: 404},
		"S20_query":            {path: held + "?x=1", status: 200, check: isLines},
		"S20_head":             {method: "HEAD", path: held, status: 200, check: isEmpty},
		"S20_head_archive":     {method: "HEAD", path: s.archive, status: 200, check: isEmpty},
		"S20_range":            {path: s.archive, header: map[string]string{"Range": "bytes=2-3"}, status: 206, check: contains(string(plus.Archive()[2:4]))},
		"S20_no_range":         {path: s.archive, header: map[string]string{"Range": "bytes=99999999-"}, status: 416},
		"S20_out_of_the_place": {path: "../../home/config.toml", status: 404},
	}
}

// What cargo needs of a registry it gets of a mirror, from any server of files, and of ours.
func TestRequests(t *testing.T) {
	for name, newSite := range map[string]func(*testing.T, *cargotest.Home) *site{"files": newFileSite, "serve": newOwnSite} {
		t.Run(name, func(t *testing.T) {
			home := newHeldHome(t)
			s := newSite(t, home)
			for name, q := range requests(s) {
				if s.isLive || !q.live {
					t.Run(name, func(t *testing.T) { q.run(t, s.base) })
				}
			}
			t.Run("S18", func(t *testing.T) { s.staysFresh(t, home) })
		})
	}
}

func newOwnSite(t *testing.T, h *cargotest.Home) *site { return newLiveSite(t, h) }

// staysFresh: what is new is there, whatever the client remembers by either validator.
func (s *site) staysFresh(t *testing.T, h *cargotest.Home) {
	known := map[string]string{}
	held := request{path: "index/he/ld/held", status: 200}
	held.check = func(t *testing.T, r *http.Response, body string) {
		known["If-Modified-Since"] = r.Header.Get("Last-Modified")
		if s.isLive {
			known["If-None-Match"] = r.Header.Get("ETag")
		}
	}
	held.run(t, s.base)
	same := request{path: held.path, status: 304, check: isEmpty}
	for name, value := range known {
		same.header = map[string]string{name: value}
		same.run(t, s.base)
	}
	h.Add(cargotest.Crate{Name: "held", Version: "1.2.0"}, cargotest.Crate{Name: "held", Version: "1.3.0"})
	s.update()
	for range 100 { // where a listing took long on a busy machine it is not made again at once
		if _, body := (request{path: held.path}).send(t, s.base); strings.Contains(body, `"vers":"1.3.0"`) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	for name, value := range known {
		held.header, held.check = map[string]string{name: value}, contains(`"vers":"1.3.0"`)
		held.run(t, s.base)
	}
}

func (q request) run(t *testing.T, base string) {
	t.Helper()
	r, body := q.send(t, base)
	if r.StatusCode != q.status {
		t.Fatalf("%s %s: status %d, not %d", q.method, q.path, r.StatusCode, q.status)
	}
	if q.check != nil {
		q.check(t, r, body)
	}
	if strings.HasSuffix(q.path, "/config.json") && !json.Valid([]byte(body)) {
		t.Errorf("it is no JSON: %s", body)
	}
}

func (q request) send(t *testing.T, base string) (*http.Response, string) {
	t.Helper()
	method := q.method
	if method == "" {
		method = "GET"
	}
	r, err := http.NewRequestWithContext(context.Background(), method, base+q.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// Without a token nothing is told but that the server is there; with it cargo is told to send
// it again (S2, S3).
func TestRequests_token(t *testing.T) {
	tokens, err := serve.ParseTokens("# for the build\nsecret\nother\n")
	if err != nil {
		t.Fatal(err)
	}
	s := newLiveSite(t, newHeldHome(t), func(o *serve.Options, _ *registry.LiveOptions) {
		o.Tokens = func() *serve.Tokens { return tokens }
	})
	root := strings.TrimSuffix(s.base, "crates-io/")
	paths := []string{"crates-io/index/config.json", "crates-io/index/he/ld/held", "crates-io/index/no/wh/nowhere", "crates-io/" + s.archive,
		"crates-io/api/v1/crates?q=a", "metrics", "nowhere", ""}
	for _, path := range paths {
		for _, sent := range []string{"", "secre", "secret2", "Basic secret", "secret other", "# for the build"} {
			request{path: path, status: 401, header: map[string]string{"Authorization": sent}, check: func(t *testing.T, r *http.Response, _ string) {
				if r.Header.Get("WWW-Authenticate") != "Cargo" {
					t.Errorf("it is answered with %v", r.Header)
				}
			}}.run(t, root)
		}
	}
	request{path: "healthz", status: 200}.run(t, root)
	for _, sent := range []string{"secret", "other", "Bearer secret"} {
		with := map[string]string{"Authorization": sent}
		request{path: paths[0], status: 200, header: with, check: contains(`"auth-required":true`)}.run(t, root)
		request{path: paths[1], status: 200, header: with, check: isLines}.run(t, root)
		request{path: paths[2], status: 404, header: with}.run(t, root)
		request{path: paths[3], status: 200, header: with, check: isArchive}.run(t, root)
	}
}

// Two servers of the same agree on what it is called.
func TestRequests_replicas(t *testing.T) {
	var tags []string
	for range 2 {
		s := newLiveSite(t, newHeldHome(t))
		for _, path := range []string{"index/he/ld/held", s.archive} {
			request{path: path, status: 200, check: func(_ *testing.T, r *http.Response, _ string) { tags = append(tags, r.Header.Get("ETag")) }}.run(t, s.base)
		}
	}
	if tags[0] == "" || !slices.Equal(tags[:2], tags[2:]) {
		t.Errorf("the ETags are %q", tags)
	}
}
