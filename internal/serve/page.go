package serve

import (
	_ "embed" // of the files below
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/internal/registry"
)

// Files that pages have, which are from nowhere else.
var (
	//go:embed page.css
	pageStyle []byte
	//go:embed page.js
	pageScript []byte
	//go:embed page.svg
	pageIcon []byte
)

// assetOf returns one of those files by its path.
func assetOf(path string) (kind string, text []byte, ok bool) {
	switch path {
	case "page.css":
		return "text/css; charset=utf-8", pageStyle, true
	case "page.js":
		return "text/javascript; charset=utf-8", pageScript, true
	case "page.svg":
		return "image/svg+xml", pageIcon, true
	}
	return "", nil, false
}

// pagePolicy lets a page have nothing but its own files, and lead nowhere by itself: even if a text
// from outside came to be taken for a part of it.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// isPage reports whether a path is that of a page, or of what belongs to one.
func isPage(path string) bool {
	_, _, isAsset := assetOf(path)
	_, ok := cratePathOf(path)
	return path == "" || path == gitFolder || isAsset || ok
}

// cratePath is the path of a page of a crate: REGISTRY/crates/NAME or REGISTRY/crates/NAME/VERSION.
type cratePath struct{ registry, name, version string }

// cratePathOf takes a path apart. A version begins with digits and a dot, wherein no name of an
// archive is like it.
func cratePathOf(path string) (p cratePath, ok bool) {
	parts := strings.Split(path, "/")
	if len(parts) < 3 || len(parts) > 4 || parts[1] != "crates" || parts[0] == "" || parts[2] == "" {
		return p, false
	}
	p.registry, p.name = parts[0], parts[2]
	if len(parts) == 4 {
		p.version = parts[3]
		return p, crate.CheckVersion(p.version) == nil
	}
	return p, true
}

// page answers a page.
func (h *Handler) page(a *answer, r *http.Request, path string) {
	a.kind = "page"
	head := a.Header()
	head.Set("Content-Security-Policy", pagePolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	if kind, text, ok := assetOf(path); ok {
		head.Set("Content-Type", kind)
		h.made(a, r, text)
		return
	}
	d := &document{h: h, r: r, up: strings.Repeat("../", strings.Count(path, "/"))}
	d.left = maxTexts
	var err error
	switch at, isCrate := cratePathOf(path); {
	case isCrate:
		err = d.crate(at)
	case path == gitFolder:
		d.repositories()
	default:
		err = d.list()
	}
	head.Set("Content-Type", "text/html; charset=utf-8")
	if err != nil {
		h.failPage(a, d, err)
		return
	}
	h.made(a, r, d.b.Bytes())
}

// made answers a text that was just made.
func (h *Handler) made(a *answer, r *http.Request, text []byte) {
	h.changing(a, r, registry.NewEntries(text, crate.Sum(text), time.Time{}), acceptsGzip(r.Header.Get("Accept-Encoding")))
}

// failPage answers a page that says why there is no other.
func (h *Handler) failPage(a *answer, d *document, err error) {
	status, title, text := http.StatusNotFound, "Not held", "Nothing of this name and version is held here."
	if !errors.Is(err, fs.ErrNotExist) {
		h.trouble(err)
		a.Header().Set("Retry-After", "1")
		status, title, text = http.StatusServiceUnavailable, "Not now", "What is held cannot be read just now. Try again in a moment."
	}
	d.b.Reset()
	d.write(title, func() {
		d.put("h1", title)
		d.put("p", text)
	})
	a.Header().Set("Cache-Control", "no-store")
	a.Header().Set("Content-Length", fmt.Sprint(d.b.Len()))
	a.WriteHeader(status)
	if d.r.Method != http.MethodHead {
		_, _ = a.Write(d.b.Bytes()) // a client that is gone
	}
}

// document is a page that is being written.
type document struct {
	markup
	h  *Handler
	r  *http.Request
	up string // leads from the page to that of all crates, whatever proxy is in front
}

// write writes a page; main is what is on it.
func (d *document) write(title string, main func()) {
	d.b.WriteString("<!doctype html>\n")
	d.in("html", func() {
		d.in("head", func() {
			d.void("meta", "charset", "utf-8")
			d.void("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
			d.void("meta", "name", "color-scheme", "content", "light dark")
			d.put("title", title+" – cargohome")
			d.void("link", "rel", "stylesheet", "href", d.up+"page.css")
			d.void("link", "rel", "icon", "href", d.up+"page.svg", "type", "image/svg+xml")
			d.put("script", "", "src", d.up+"page.js", "type", "module") // after the page is there
		})
		d.in("body", func() {
			d.put("a", "Skip to content", "class", "skip", "href", "#main")
			d.in("header", d.header)
			d.in("main", main, "id", "main", "tabindex", "-1")
			d.in("footer", func() { d.put("p", "Served by cargohome from what is held here, and from nowhere else.") })
		})
	}, "lang", "en")
}

func (d *document) header() {
	d.in("nav", func() {
		d.put("a", "All crates", "href", d.home())
		d.put("a", "Use it with cargo", "href", d.home()+"#use")
		if len(d.h.o.Homes) > 0 {
			d.put("a", "Repositories", "href", d.up+gitFolder)
		}
	}, "aria-label", "Site")
	d.search()
}

// home leads to the page of all crates.
func (d *document) home() string {
	if d.up == "" {
		return "./"
	}
	return d.up
}

// search is the form by which crates are found, with or without a script.
func (d *document) search() {
	query := d.r.URL.Query()
	d.in("form", func() {
		d.put("label", "Search crates by name", "for", "q")
		d.void("input", "type", "search", "id", "q", "name", "q", "value", query.Get("q"), "maxlength", "100", "autocomplete", "off", "autocapitalize", "off", "spellcheck", "false")
		if list := d.h.o.Held.Registries(); len(list) > 1 {
			d.put("label", "in", "for", "registry")
			d.in("select", func() {
				d.option("", "all registries", query.Get("registry"))
				for _, r := range list {
					d.option(r.Name, r.Name, query.Get("registry"))
				}
			}, "id", "registry", "name", "registry")
		}
		d.put("button", "Search")
	}, "role", "search", "id", "search", "action", d.home(), "method", "get")
}

func (d *document) option(value, text, selected string) {
	attributes := []string{"value", value}
	if value == selected {
		attributes = append(attributes, "selected", "selected")
	}
	d.put("option", text, attributes...)
}

// section writes a part of a page that has a heading.
func (d *document) section(id, title string, body func()) {
	d.in("section", func() {
		d.put("h2", title, "id", id+"-title")
		body()
	}, "id", id, "aria-labelledby", id+"-title")
}

// paste writes a text to be copied as it is.
func (d *document) paste(label, text string) {
	d.in("pre", func() { d.put("code", text) }, "tabindex", "0", "role", "group", "aria-label", label, "data-copy", "yes")
}

// code writes a text in which each letter counts.
func (d *document) code(text string) { d.put("code", text) }

// crateURL leads to the page of a crate, or of a version of it.
func (d *document) crateURL(registry, name, version string) string {
	at := d.up + registry + "/crates/" + url.PathEscape(name)
	if version != "" {
		at += "/" + url.PathEscape(version)
	}
	return at
}

// pages leads to those before and after a page of a list, of which each has count.
func (d *document) pages(page, count, total int) {
	last := (total + count - 1) / count
	if last <= 1 {
		return
	}
	link := func(rel, text string, to int) {
		query := d.r.URL.Query()
		query.Set("page", fmt.Sprint(to))
		d.put("a", text, "rel", rel, "href", "?"+query.Encode())
	}
	d.in("nav", func() {
		if page > 1 {
			link("prev", "Previous", min(page-1, last))
		}
		d.put("span", fmt.Sprintf("Page %d of %d", page, last))
		if page < last {
			link("next", "Next", page+1)
		}
	}, "aria-label", "Pages", "class", "pages")
}

// number is the number of the page of a list that is asked for.
func (d *document) number() int { return number(d.r.URL.Query().Get("page"), 1, 1<<20) }
