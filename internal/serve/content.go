package serve

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/internal/registry"
)

// config answers a registry's config.json. "api" has no '/' at its end (cargo 1.97's book).
func (h *Handler) config(a *answer, r *http.Request, name string) {
	a.kind = "config"
	at := h.url(r) + "/" + name
	text, err := json.Marshal(struct {
		Download     string `json:"dl"`
		API          string `json:"api"`
		AuthRequired bool   `json:"auth-required,omitempty"`
	}{at + "/crates/{crate}/{crate}-{version}.crate", at, h.tokens() != nil})
	if err != nil {
		h.fail(a, err)
		return
	}
	a.Header().Set("Content-Type", "application/json")
	h.changing(a, r, &registry.Entries{Text: append(text, '\n'), Sum: crate.Sum(text)}, false)
}

// url is where the client finds the server.
func (h *Handler) url(r *http.Request) string {
	if h.o.URL != "" {
		return h.o.URL
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	if url, err := registry.ParseURL(scheme + r.Host); err == nil && url == scheme+r.Host && !strings.Contains(r.Host, "/") {
		return url
	}
	return h.o.Address
}

// entries answers an entry file of an index.
func (h *Handler) entries(a *answer, r *http.Request, name, path string) {
	a.kind = "index"
	e, err := h.o.Held.Entries(r.Context(), name, path)
	if err != nil {
		h.fail(a, err)
		return
	}
	a.Header().Set("Content-Type", "text/plain; charset=utf-8")
	h.changing(a, r, e, acceptsGzip(r.Header.Get("Accept-Encoding")))
}

// gzipMark ends the ETag of what is compressed: those are other bytes.
const gzipMark = "-gzip"

// changing answers a text that may change, or that it has not.
func (h *Handler) changing(a *answer, r *http.Request, e *registry.Entries, packed bool) {
	head, tag := a.Header(), e.Sum.String()[:32]
	body, suffix := e.Text, ""
	if packed {
		body, suffix = e.Gzip(), gzipMark
		head.Set("Content-Encoding", "gzip")
	}
	head.Set("ETag", `"`+tag+suffix+`"`)
	head.Set("Vary", "Accept-Encoding")
	head.Set("Cache-Control", h.scope()+", max-age=0, must-revalidate")
	if !e.Modified.IsZero() {
		head.Set("Last-Modified", e.Modified.UTC().Format(http.TimeFormat))
	}
	if isSame(r.Header, tag, e.Modified) {
		head.Del("Content-Type")
		head.Del("Content-Encoding")
		a.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Length", strconv.Itoa(len(body)))
	a.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = a.Write(body) // a client that is gone
	}
}

// scope is who may keep an answer besides the client.
func (h *Handler) scope() string {
	if h.tokens() != nil {
		return "private"
	}
	return "public"
}

// isSame reports whether the client has what it asks for. An ETag goes before a time (RFC
// 9110, 13.2.2), and of the two that a text can have either will do.
func isSame(head http.Header, tag string, modified time.Time) bool {
	if tags := head.Values("If-None-Match"); len(tags) > 0 {
		for t := range strings.SplitSeq(strings.Join(tags, ","), ",") {
			t = strings.TrimPrefix(strings.TrimSpace(t), "W/")
			if t == "*" || t == `"`+tag+`"` || t == `"`+tag+gzipMark+`"` {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(head.Get("If-Modified-Since"))
	return err == nil && !modified.IsZero() && !modified.After(since)
}

// acceptsGzip reads an Accept-Encoding.
func acceptsGzip(text string) bool {
	for part := range strings.SplitSeq(text, ",") {
		name, q, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q = strings.TrimSpace(q)
			return !strings.HasPrefix(q, "q=0") || strings.Trim(q[len("q=0"):], ".0") != ""
		}
	}
	return false
}

const (
	patience = 30 * time.Second // for a client that takes nothing
	slowest  = 16 << 10         // bytes in a second that a client must take of an archive
)

// archive answers an archive, or a part of it. Its file is opened as it was when it was found
// to be right, and stays that whatever takes its place.
func (h *Handler) archive(a *answer, r *http.Request, name, crate, file string) {
	a.kind = "archive"
	o, err := h.o.Held.Open(r.Context(), name, crate, file)
	if err != nil {
		h.fail(a, err)
		return
	}
	defer o.Close()
	long := patience + time.Duration(o.Size/slowest)*time.Second
	_ = http.NewResponseController(a).SetWriteDeadline(time.Now().Add(long)) // where that can be set
	head := a.Header()
	head.Set("ETag", `"`+o.Checksum.String()+`"`)
	head.Set("Content-Type", "application/octet-stream")
	head.Set("Cache-Control", h.scope()+", max-age=31536000, immutable")
	http.ServeContent(a, r, "", o.Modified, o.File)
}

const maxPage = 100 // crates that are shown of a search, as crates.io has it

// search answers what `cargo search` asks.
func (h *Handler) search(a *answer, r *http.Request, name string) {
	a.kind = "search"
	query := r.URL.Query()
	count, skip := number(query.Get("per_page"), 10, maxPage), number(query.Get("page"), 1, 1<<20)-1
	hits, total, err := h.o.Held.Search(r.Context(), &registry.Query{Registry: name, Text: query.Get("q"), Skip: skip * count, Count: count})
	if err != nil && len(hits) == 0 {
		h.fail(a, err)
		return
	}
	h.lacks(err)
	type found struct {
		Name        string  `json:"name"`
		Version     string  `json:"max_version"`
		Description *string `json:"description"`
	}
	list := []found{}
	for _, hit := range hits {
		f := found{hit.ID.Name, hit.ID.Version, nil}
		if hit.About.Description != "" {
			f.Description = &hit.About.Description
		}
		list = append(list, f)
	}
	text, err := json.Marshal(map[string]any{"crates": list, "meta": map[string]int{"total": total}})
	if err != nil {
		h.fail(a, err)
		return
	}
	say(a, "application/json", text)
}

// number reads one of a query, from 1 to a limit.
func number(text string, otherwise, limit int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return otherwise
	}
	return min(n, limit)
}
