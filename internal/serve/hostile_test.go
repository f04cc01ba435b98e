package serve_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
)

// running is a server that has an address, and its limits.
type running struct {
	*site
	addr    string
	metrics *serve.Metrics
}

// newRunning starts one. Change may be nil.
func newRunning(t *testing.T, h *cargotest.Home, change func(*serve.Server)) *running {
	t.Helper()
	m := &serve.Metrics{}
	live, err := registry.NewLive(&registry.LiveOptions{
		Places: []registry.Place{{Home: h.Dir}}, Jobs: 2, Read: m.Read, LeftOut: func(registry.LeftOut) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := &serve.Options{Held: live, Trouble: func(err error) { t.Errorf("trouble: %v", err) }}
	s := &serve.Server{Handler: serve.NewHandler(o, m)}
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, []net.Listener{l}) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("it ends with %v", err)
		}
		_ = live.Close()
	})
	addr := l.Addr().String()
	return &running{&site{base: "http://" + addr + "/crates-io/", isLive: true, archive: "crates/held/held-1.1.0+build.7.crate"}, addr, m}
}

// secretText is in files beside what is held.
const secretText = "nobody may see this"

func newHomeWithSecrets(t *testing.T) *cargotest.Home {
	t.Helper()
	h := newHeldHome(t)
	cache := filepath.Join(h.Dir, "registry", "cache")
	for _, path := range []string{
		filepath.Join(h.Dir, "credentials.toml"), filepath.Join(h.Dir, "..", "outside"), filepath.Join(cache, "secret.crate"),
		filepath.Join(cache, cargotest.CratesIO, "config.json"), filepath.Join(cache, cargotest.CratesIO, "secret"),
	} {
		if err := os.WriteFile(path, []byte(secretText), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(cache, cargotest.CratesIO, "link-1.0.0.crate")
	if err := os.Symlink(filepath.Join(h.Dir, "credentials.toml"), link); err != nil {
		t.Log(err) // not everybody may
	}
	h.Registry(cargotest.CratesIO).AddLine("link", cargotest.Crate{Name: "link", Version: "1.0.0"}.IndexLine(""))
	return h
}

// parts are what paths of hostile requests are made of.
var parts = []string{
	"..", ".", "", "%2e%2e", "%2E.", "..%2f", "%2f", "%5c", "\\", "..\\", "%00", "\x00", "crates-io", "index", "crates", "api", "v1", "sha256", "config.json", "held",
	"he", "ld", "held-1.0.0.crate", "held-1.1.0+build.7.crate", "secret.crate", "secret", "link", "link-1.0.0.crate", "credentials.toml", "registry", "cache",
	cargotest.CratesIO, "*", "?", "#", "%", "%zz", "é", "%ff%fe", "con", "nul:", "c:", "~", strings.Repeat("a", 300), "metrics", "healthz", ".cache", "Held", "HE", ";", "a=b",
	"file:", "http:", "etc", "passwd", "proc", "self", "environ", "1", "2", "3",
}

var methods = []string{"GET", "GET", "GET", "HEAD", "PUT", "DELETE", "POST", "OPTIONS", "TRACE", "CONNECT", "PRI", "get", "G E T", ""}

var headers = []string{
	"Host: x\r\n", "Host: x\r\n", "Host: a\r\nHost: b\r\n", "", "Host: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Host: x\r\nContent-Length: -1\r\n",
	"Host: x\r\nRange: bytes=0-1,1-2,2-3,-1\r\n", "Host: x\r\nRange: bytes=99999999999999999999-\r\n", "Host: x\r\nIf-None-Match: " + strings.Repeat(`"x",`, 2000) + "\r\n",
	"Host: x\r\nX: " + strings.Repeat("x", 40000) + "\r\n", "Host: x\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n", "Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: !!\r\n",
	"Host: x\r\nbad header\r\n", "Host: x\r\nA\x00: b\r\n", "Host: {crate}@evil\r\n", "Host: evil/\"\r\n", "Host: x\r\nIf-Modified-Since: yesterday\r\nAccept-Encoding: gzip;q=;,;\r\n",
	"Host: x\r\nAuthorization: " + strings.Repeat("s", 9000) + "\r\n",
}

func hostileRequest(r *rand.Rand) string {
	var path strings.Builder
	for range r.IntN(7) {
		path.WriteString("/" + parts[r.IntN(len(parts))])
	}
	if r.IntN(3) == 0 {
		path.WriteString("?q=" + strings.Repeat(parts[r.IntN(len(parts))], 1+r.IntN(3)) + "&per_page=" + []string{"-1", "99999999999999999999", "0", "x"}[r.IntN(4)])
	}
	version := []string{"HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", ""}[r.IntN(6)]
	text := methods[r.IntN(len(methods))] + " " + path.String() + " " + version + "\r\n" + headers[r.IntN(len(headers))] + "\r\n"
	switch r.IntN(12) {
	case 0:
		text = text[:r.IntN(len(text))] // cut
	case 1:
		b := []byte(text)
		b[r.IntN(len(b))] ^= byte(1 << r.IntN(8))
		text = string(b)
	case 2:
		text += text + text // several at once
	}
	return text
}

// Whoever sends what is malformed, slow, too large, or a way out, gets nothing of what is not
// held, ends nothing, and keeps nobody waiting.
func TestHostile(t *testing.T) {
	count, crowd := 10_000, 300
	if testing.Short() {
		count, crowd = 800, 60
	}
	s := newRunning(t, newHomeWithSecrets(t), func(s *serve.Server) { s.Connections = 128 })
	slow := make([]net.Conn, crowd) // more than there may be, which send nothing more
	for i := range slow {
		slow[i] = dial(t, s.addr)
		defer slow[i].Close()
		_, _ = fmt.Fprintf(slow[i], "GET /crates-io/index/he/ld/held HTTP/1.1\r\nHost: x\r\nX-%d: ", i)
	}
	honest := make(chan []time.Duration)
	done := make(chan struct{})
	go func() { honest <- s.askHonestly(t, done) }()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			for range count / 8 {
				text := hostileRequest(r)
				if answer := s.raw(text); strings.Contains(answer, secretText) || strings.Contains(answer, "panic") || strings.HasPrefix(answer, "HTTP/1.1 500") || strings.HasPrefix(answer, "HTTP/1.1 503") {
					t.Errorf("%q is answered by %q", text, answer)
				}
			}
		})
	}
	wg.Wait()
	close(done)
	took := <-honest
	slices.Sort(took)
	t.Logf("%d honest requests beside: median %v, 99 of 100 within %v", len(took), took[len(took)/2], took[len(took)*99/100])
	if m := took[len(took)/2]; m > 250*time.Millisecond {
		t.Errorf("half of the honest requests took more than %v", m)
	}
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// raw sends a text, and reads what comes until nothing does.
func (s *running) raw(text string) string {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return ""
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(conn, text)
	_ = conn.(*net.TCPConn).CloseWrite()
	answer, _ := io.ReadAll(io.LimitReader(conn, 1<<20))
	return string(answer)
}

// askHonestly returns how long requests took, each on a connection of its own, until done.
func (s *running) askHonestly(t *testing.T, done chan struct{}) (took []time.Duration) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	for {
		select {
		case <-done:
			if len(took) > 0 {
				return took
			}
		default:
		}
		began := time.Now()
		r, err := client.Get(s.base + "index/he/ld/held")
		if err != nil {
			t.Errorf("an honest request: %v", err)
			return append(took, time.Hour)
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil || string(body) != lines {
			t.Errorf("an honest request is answered by %q (%v)", body, err)
		}
		took = append(took, time.Since(began))
	}
}

// Of connections there are no more than may be: the idle ones give way.
func TestHostile_connections(t *testing.T) {
	s := newRunning(t, newHeldHome(t), func(s *serve.Server) { s.Connections = 4 })
	var idle []net.Conn
	for range 12 {
		conn := dial(t, s.addr)
		defer conn.Close()
		idle = append(idle, conn)
		request{path: "index/he/ld/held", status: 200, check: isLines}.run(t, s.base)
	}
	_ = idle[0].SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := idle[0].Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the first connection, long idle, is still open (%v)", err)
	}
	request{path: "metrics", status: 200, check: contains("cargohome_connections_dropped_total ")}.run(t, strings.TrimSuffix(s.base, "crates-io/"))
}
