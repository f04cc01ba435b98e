package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"cargohome/internal/par"
	"cargohome/internal/registry"
)

// Held is what is served: a [registry.Live] or a [registry.Replica], whose methods say more.
type Held interface {
	// Registries lists those that are held, by name.
	Registries() []registry.Recorded
	// RegistryAt returns the name of that which has its index at a URL, "" if none has.
	RegistryAt(url string) string
	// Has reports whether there is a registry of that name.
	Has(registry string) bool
	// Entries returns an entry file.
	Entries(ctx context.Context, registry, path string) (*registry.Entries, error)
	// Open opens an archive.
	Open(ctx context.Context, registry, name, file string) (*registry.Opened, error)
	// Search finds crates. With an error there may be those that could be read.
	Search(ctx context.Context, q *registry.Query) (hits []registry.Hit, total int, err error)
	// Crate tells what is held of a crate.
	Crate(ctx context.Context, w *registry.Wanted) (*registry.Crate, error)
	// Versions lists those of a crate, as one would want them.
	Versions(ctx context.Context, registry, name string) ([]string, error)
	// Dependents returns who depends on a crate, and whether that is all; also with an error.
	Dependents(ctx context.Context, registry, name string) (list []registry.Dependent, all bool, err error)
}

// Options say what is served, and how.
type Options struct {
	Held  Held           // closed by whoever made it
	Homes []string       // Cargo homes, of which the repositories are served; the first counts
	Names registry.Names // that cargo's configuration has for registries, for pages to tell
	// URL is where clients find the server, without a '/' at the end. If it is "" that is what
	// each of them calls it, or Address if that is no name of a server.
	URL, Address string
	// Tokens are those of which a client must have one; if it is nil, or returns nil, nobody
	// needs any.
	Tokens  func() *Tokens
	Log     func(*Event) // is called with each request; may be nil
	Trouble func(error)  // is called with what could not be answered
}

// Event is a request that was answered. Its texts are from outside.
type Event struct {
	Time     time.Time     // when it came
	Client   string        // address
	Method   string        // as it was sent
	Path     string        // as it was sent, without a query
	Protocol string        // "HTTP/1.1"
	Agent    string        // what the client calls itself
	Status   int           // that it was answered with
	Bytes    int64         // of the body that was sent
	Took     time.Duration // until the last byte was handed on
}

// Handler answers requests. It is safe for concurrent use.
type Handler struct {
	o *Options
	*Metrics

	making *par.Room // bytes of memory for pages that are being made

	mu      sync.Mutex
	lacking map[string]bool // why answers lacked something, as it was said
}

// NewHandler returns one, which counts what it does.
func NewHandler(o *Options, m *Metrics) *Handler {
	return &Handler{o: o, Metrics: m, making: par.NewRoom(pagesMemory), lacking: map[string]bool{}}
}

// basicRealm has git and browsers ask for a name and a password, which is the token.
const basicRealm = `Basic realm="cargohome"`

const maxPath = 1024 // of a request, in bytes, with its query; those of crates have 200

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	a := &answer{ResponseWriter: w, kind: "other"}
	h.inFlight.Add(1)
	defer func() {
		h.inFlight.Add(-1)
		took := time.Since(began)
		h.count(a, took)
		if h.o.Log != nil {
			h.o.Log(&Event{began, r.RemoteAddr, r.Method, pathOf(r), r.Proto, r.UserAgent(), a.status, a.bytes, took})
		}
	}()
	h.answer(a, r)
}

// pathOf is the path that was sent, of no more length than is answered.
func pathOf(r *http.Request) string {
	path := r.URL.EscapedPath()
	return path[:min(len(path), maxPath)]
}

func (h *Handler) answer(a *answer, r *http.Request) {
	path, isPath := strings.CutPrefix(r.URL.Path, "/")
	repository, what, isGit := isGit(path)
	switch {
	case len(r.RequestURI) > maxPath:
		fail(a, http.StatusRequestURITooLong, "the path is too long")
	case r.Method != http.MethodGet && r.Method != http.MethodHead && !(isGit && r.Method == http.MethodPost):
		a.Header().Set("Allow", "GET, HEAD")
		fail(a, http.StatusMethodNotAllowed, "this registry is read-only")
	case path == "healthz":
		a.kind = "healthz"
		say(a, "text/plain; charset=utf-8", []byte("ok\n"))
	case !h.allows(r):
		a.Header().Set("WWW-Authenticate", "Cargo")
		switch {
		case isGit:
			a.Header().Set("WWW-Authenticate", basicRealm)
		case isPage(path):
			a.Header().Add("WWW-Authenticate", basicRealm) // of the two browsers know this
		}
		fail(a, http.StatusUnauthorized, "a token is needed, and it must be one that counts here")
	case path == "metrics":
		a.kind = "metrics"
		say(a, "text/plain; version=0.0.4; charset=utf-8", h.text())
	case isGit:
		h.git(a, r, repository, what)
	case !isPath || strings.Contains(strings.ToLower(r.URL.RawPath), "%2f"):
		h.fail(a, fs.ErrNotExist)
	case isPage(path):
		h.page(a, r, path)
	default:
		h.registry(a, r, path)
	}
}

// registry answers what is asked of a registry.
func (h *Handler) registry(a *answer, r *http.Request, path string) {
	name, path, _ := strings.Cut(path, "/")
	what, path, _ := strings.Cut(path, "/")
	switch {
	case !h.o.Held.Has(name):
		h.fail(a, fs.ErrNotExist)
	case what == registry.IndexFolder && path == "config.json":
		h.config(a, r, name)
	case what == registry.IndexFolder:
		h.entries(a, r, name, path)
	case what == "crates":
		crate, file, _ := strings.Cut(path, "/")
		h.archive(a, r, name, crate, file)
	case what == "api" && path == "v1/crates":
		h.search(a, r, name)
	default:
		h.fail(a, fs.ErrNotExist)
	}
}

func (h *Handler) tokens() *Tokens {
	if h.o.Tokens == nil {
		return nil
	}
	return h.o.Tokens()
}

func (h *Handler) allows(r *http.Request) bool {
	t := h.tokens()
	return t == nil || t.Has(r.Header.Get("Authorization"))
}

// fail answers an error: what is not held, or what cannot be told now.
func (h *Handler) fail(a *answer, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		fail(a, http.StatusNotFound, "it is not held here")
		return
	}
	h.trouble(err)
	a.Header().Set("Retry-After", "1")
	fail(a, http.StatusServiceUnavailable, "it cannot be read now")
}

// trouble tells of what could not be answered, unless nobody waits for the answer any more.
func (h *Handler) trouble(err error) {
	if !errors.Is(err, context.Canceled) {
		h.o.Trouble(err)
	}
}

// maxLacking is how many reasons are remembered.
const maxLacking = 1000

// lacks tells why an answer lacks something, nil for nothing: once, as with many others it may be
// the same.
func (h *Handler) lacks(err error) {
	if err == nil {
		return
	}
	h.mu.Lock()
	said := h.lacking[err.Error()]
	if len(h.lacking) >= maxLacking {
		clear(h.lacking)
	}
	h.lacking[err.Error()] = true
	h.mu.Unlock()
	if !said {
		h.trouble(err)
	}
}

// fail says why a request is not answered, as cargo reads it from a registry's API.
func fail(a *answer, status int, detail string) {
	head := a.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Type", "application/json")
	a.WriteHeader(status)
	fmt.Fprintf(a, `{"errors":[{"detail":%q}]}`+"\n", detail)
}

func say(a *answer, kind string, text []byte) {
	a.Header().Set("Cache-Control", "no-store")
	a.Header().Set("Content-Type", kind)
	_, _ = a.Write(text) // a client that is gone
}
