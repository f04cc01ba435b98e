package serve_test

import (
	"encoding/base64"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
)

var update = flag.Bool("update", false, "rewrite the pages that differ")

// about is a manifest that says something of its package.
func about(name, version, more string) []cargotest.File {
	return []cargotest.File{{Path: "Cargo.toml", Content: fmt.Sprintf("[package]\nname = %q\nversion = %q\n%s", name, version, more)}}
}

// newShownHome has what pages can show.
func newShownHome(t testing.TB) *cargotest.Home {
	t.Helper()
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	full := "description = \"does <em>much</em> & more\"\nlicense = \"MIT OR Apache-2.0\"\nrust-version = \"1.70\"\nhomepage = \"https://example.com/full\"\nrepository = \"javascript:alert(1)\"\n"
	h.Add(
		cargotest.Crate{Name: "full", Version: "1.0.0", Yanked: true, Published: "2024-01-02T03:04:05Z"},
		cargotest.Crate{Name: "full", Version: "1.1.0+build", Published: "2025-02-03T04:05:06Z", Files: about("full", "1.1.0+build", full),
			Features: map[string][]string{"default": {"std"}, "std": {}, "with": {"std", "dep:leaf"}},
			Deps: []cargotest.Dep{
				{Name: "leaf", Req: "^1", Optional: true}, {Name: "leaf", As: "old-leaf", Req: "^0.1", Kind: "dev"}, {Name: "absent", Req: "2", Target: "cfg(windows)"},
				{Name: "leaf", Req: "1", Kind: "build", NoDefaults: true, Features: []string{"a", "b"}},
			}},
		cargotest.Crate{Name: "full", Version: "2.0.0-rc.1"},
		cargotest.Crate{Name: "leaf", Version: "1.2.3", Files: about("leaf", "1.2.3", "license-file = \"COPYING\"\n")},
		cargotest.Crate{Name: "Big_One", Version: "0.1.0", Deps: []cargotest.Dep{{Name: "full", Req: "1"}}},
	)
	return h
}

// Pages are as they were looked at by people.
func TestPage_golden(t *testing.T) {
	s := newLiveSite(t, newShownHome(t))
	root := strings.TrimSuffix(s.base, "crates-io/")
	for name, path := range map[string]string{
		"list": "", "search": "?q=BIG-", "nothing": "?q=nowhere", "crate": "crates-io/crates/full", "version": "crates-io/crates/full/1.0.0",
		"leaf": "crates-io/crates/leaf/1.2.3", "absent": "crates-io/crates/absent",
	} {
		t.Run(name, func(t *testing.T) {
			_, body := request{path: path}.send(t, root)
			body = strings.ReplaceAll(body, strings.TrimSuffix(root, "/"), "http://SERVER")
			checkPage(t, body)
			golden := filepath.Join("testdata", "page_"+name+".html")
			want, err := os.ReadFile(golden)
			if *update && string(want) != body {
				err = os.WriteFile(golden, []byte(body), 0o666)
				want = []byte(body)
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), body); diff != "" {
				t.Errorf("the page differs:\n%s", diff)
			}
		})
	}
}

// Whatever is in an archive or an index is a text on a page, of some length.
func TestPage_hostile(t *testing.T) {
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	texts := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, "</title></main><!-- ", "&lt;b&gt; &#60;b&#62;", "]]><?x ?>", "javascript:alert(1)",
		"https://\" onclick=\"alert(1)", "http://user:hunter2@example.com/\u202egnp.exe", "a\x00b\x1b[31mc\u009b", "abc \u202edef\u2066 \u200b\ufeff\u3164", "مرحبا بالعالم \u200f שלום",
		strings.Repeat("Z\u0300\u0301\u0302\u0303", 2000), strings.Repeat("long", 1<<16), strings.Repeat("<", 1<<16), "\xff\xfe\xed\xa0\x80",
	}
	for i, text := range texts {
		name := fmt.Sprintf("evil%d", i)
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\x00", `\u0000`, "\x1b", `\u001b`).Replace(text)
		manifest := ""
		for _, key := range []string{"description", "license", "license-file", "homepage", "repository", "documentation", "rust-version"} {
			manifest += key + " = \"" + quoted + "\"\n"
		}
		short := strings.ToValidUTF8(text[:min(len(text), 300)], "")
		h.Add(cargotest.Crate{Name: name, Version: "1.0.0", Files: about(name, "1.0.0", manifest), Features: map[string][]string{short: {short}}, Deps: []cargotest.Dep{
			{Name: "evil0", As: "x", Req: "1", Features: []string{short}}, {Name: "evil0", Req: "1", Target: short},
		}})
	}
	s := newLiveSite(t, h)
	root := strings.TrimSuffix(s.base, "crates-io/")
	shown := 0
	for _, path := range []string{"", "?q=evil", "?q=%3Cscript%3E%22'%00%E2%80%AE", "?q=" + strings.Repeat("%3C", 300), "?page=99999999999999999999&registry=%3Cb%3E", "?page=-1;q=x", "?%zz"} {
		_, body := request{path: path}.send(t, root)
		checkPage(t, body)
	}
	for i := range texts {
		_, body := request{path: fmt.Sprintf("crates-io/crates/evil%d", i)}.send(t, root)
		checkPage(t, body)
		if len(body) > 256<<10 {
			t.Errorf("the page of evil%d has %d bytes", i, len(body))
		}
		if strings.Contains(body, "<dt>Licence</dt>") {
			shown++
		}
	}
	if shown < len(texts)-2 { // a lone byte is no TOML, nor JSON
		t.Errorf("of %d crates %d are shown", len(texts), shown)
	}
}

// Without a script a page is asked for by the form; and there are pages of what is too much for one.
func TestPage_form(t *testing.T) {
	h := newShownHome(t)
	for i := range 60 {
		h.Add(cargotest.Crate{Name: fmt.Sprintf("many%02d", i), Version: "1.0.0"})
	}
	h.Registry("other-0123456789abcdef").Add(cargotest.Crate{Name: "leaf", Version: "3.0.0"})
	s := newLiveSite(t, h, func(_ *serve.Options, o *registry.LiveOptions) { o.Names.Configured = nil })
	root := strings.TrimSuffix(s.base, "crates-io/")
	for path, want := range map[string][]string{
		"":                                   {`action="./"`, `<select id="registry"`, "1 to 25 of 64 crates.", `rel="next" href="?page=2"`},
		"?page=3":                            {"51 to 64 of 64 crates.", `rel="prev" href="?page=2"`, "Page 3 of 3"},
		"?page=9":                            {`rel="prev" href="?page=3"`},
		"?q=many&page=2":                     {"26 to 50 of 60 crates.", `href="?page=3&amp;q=many"`},
		"?q=Leaf":                            {"2 crates.", "crates-io/crates/leaf", "other-0123456789abcdef/crates/leaf"},
		"?q=leaf&registry=crates-io":         {"1 crate.", `<option value="crates-io" selected="selected">`},
		"other-0123456789abcdef/crates/leaf": {"3.0.0", `action="../../"`},
	} {
		_, body := request{path: path}.send(t, root)
		checkPage(t, body)
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%q has no %q:\n%s", path, text, body)
			}
		}
	}
	request{path: "?registry=nowhere", status: 404}.run(t, root)
}

// Pages are asked for as all else is.
func TestPage_requests(t *testing.T) {
	s := newLiveSite(t, newShownHome(t))
	root := strings.TrimSuffix(s.base, "crates-io/")
	for _, path := range []string{"", "page.css", "page.js", "page.svg", "git", "crates-io/crates/full", "crates-io/crates/FULL", "crates-io/crates/full/1.1.0+build", "crates-io/crates/full/1.1.0%2Bbuild"} {
		var tag string
		request{path: path, status: 200, check: func(t *testing.T, r *http.Response, body string) {
			tag = r.Header.Get("ETag")
			policy := r.Header.Get("Content-Security-Policy")
			if tag == "" || !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") ||
				r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%q is answered with %v", path, r.Header)
			}
		}}.run(t, root)
		request{path: path, status: 304, header: map[string]string{"If-None-Match": tag}, check: isEmpty}.run(t, root)
		request{path: path, status: 200, header: map[string]string{"If-None-Match": `"x"`}}.run(t, root)
		request{method: "HEAD", path: path, status: 200, check: isEmpty}.run(t, root)
		request{method: "POST", path: path, status: 405}.run(t, root)
		request{path: path, status: 200, header: map[string]string{"Accept-Encoding": "gzip"}, check: func(t *testing.T, r *http.Response, body string) {
			if r.Header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(body, "\x1f\x8b") {
				t.Errorf("%q is answered with %v", path, r.Header)
			}
		}}.run(t, root)
	}
	for _, path := range []string{
		"crates-io/crates/nowhere", "crates-io/crates/full/9.9.9", "nowhere/crates/full", "crates-io/crates/", "crates-io/crates/full/", "crates-io/crates/full/x", "crates-io/crates/%2e%2e",
		"page.txt", "crates-io", "crates-io/", "git/", "crates-io/crates/full%2f1.0.0", "crates-io/crates/full/1.0.0/x",
	} {
		request{path: path, status: 404}.run(t, root)
	}
}

// With tokens pages want one too, for which browsers ask people.
func TestPage_token(t *testing.T) {
	tokens, err := serve.ParseTokens("secret\n")
	if err != nil {
		t.Fatal(err)
	}
	s := newLiveSite(t, newShownHome(t), func(o *serve.Options, _ *registry.LiveOptions) { o.Tokens = func() *serve.Tokens { return tokens } })
	root := strings.TrimSuffix(s.base, "crates-io/")
	for _, path := range []string{"", "page.js", "crates-io/crates/full"} {
		request{path: path, status: 401, check: func(t *testing.T, r *http.Response, body string) {
			if !slices.Contains(r.Header.Values("WWW-Authenticate"), `Basic realm="cargohome"`) || strings.Contains(body, "<") {
				t.Errorf("it is answered with %v", r.Header)
			}
		}}.run(t, root)
		password := "Basic " + base64.StdEncoding.EncodeToString([]byte("anybody:secret"))
		request{path: path, status: 200, header: map[string]string{"Authorization": password}, check: func(t *testing.T, r *http.Response, body string) {
			if !strings.HasPrefix(r.Header.Get("Cache-Control"), "private") || strings.Contains(body, "secret\n") {
				t.Errorf("it is answered with %v", r.Header)
			}
		}}.run(t, root)
		if path == "" {
			request{path: path, status: 200, header: map[string]string{"Authorization": password}, check: contains("[registries.mirrored-sources]\ntoken = &#34;...&#34;")}.run(t, root)
		}
	}
}

// What is a secret in the URL of a registry is on no page.
func TestPage_secret(t *testing.T) {
	h := newShownHome(t)
	source := "sparse+https://user:hunter2@crates.example.com/index/"
	id, err := crate.NewRegistrySource(source)
	if err != nil {
		t.Fatal(err)
	}
	folder, _ := home.Ident(id)
	h.Registry(folder).Add(cargotest.Crate{Name: "leaf", Version: "3.0.0"})
	s := newLiveSite(t, h, func(_ *serve.Options, o *registry.LiveOptions) { o.Known = append(o.Known, id) })
	_, body := request{path: ""}.send(t, strings.TrimSuffix(s.base, "crates-io/"))
	if strings.Contains(body, "hunter2") || !strings.Contains(body, "not for everybody to see") {
		t.Errorf("the page is:\n%s", body)
	}
	c := serve.Configure([]registry.Recorded{{Name: "own", Source: id}}, &registry.Names{}, "http://h", false)
	if c.Text != "" || !slices.Equal(c.Hidden, []string{"own"}) {
		t.Errorf("the configuration is %+v", c)
	}
}

// Of a crate with thousands of versions the page of all crates reads one, and there are pages of them.
func TestPage_many(t *testing.T) {
	count := 1000
	if testing.Short() {
		count = 120
	}
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	features := map[string][]string{}
	for i := range 1000 {
		features[fmt.Sprintf("feature%d", i)] = []string{}
	}
	var crates []cargotest.Crate
	for i := range count {
		crates = append(crates, cargotest.Crate{Name: "many", Version: fmt.Sprintf("1.0.%d", i)})
	}
	crates[count-1].Features = features
	h.Add(crates...)
	read := 0
	s := newLiveSite(t, h, func(_ *serve.Options, o *registry.LiveOptions) { o.Jobs, o.Read = 1, func(int64) { read++ } })
	root := strings.TrimSuffix(s.base, "crates-io/")
	_, body := request{path: ""}.send(t, root)
	if read != 1 || !strings.Contains(body, fmt.Sprintf("%d versions", count)) {
		t.Errorf("%d archives were read for:\n%s", read, body)
	}
	_, body = request{path: "crates-io/crates/many?page=2"}.send(t, root)
	checkPage(t, body)
	if n := strings.Count(body, "<tr>"); n != 1+min(100, count-100) || read != count || !strings.Contains(body, "<code>feature999</code>") || !strings.Contains(body, fmt.Sprintf("Page 2 of %d", (count+99)/100)) {
		t.Errorf("the second page has %d rows, after %d archives were read", n, read)
	}
}

// tag is one of HTML, as pages of ours have them.
var tag = regexp.MustCompile(`<(/?)([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*)>`)
var attribute = regexp.MustCompile(` ([a-z-]+)="([^"]*)"`)

// checkPage makes sure that a page is well-formed, and can be used by who does not see it.
func checkPage(t *testing.T, page string) {
	t.Helper()
	if strings.ContainsFunc(page, func(r rune) bool {
		return r < ' ' && r != '\n' || r == 0x7f || r >= 0x202a && r <= 0x202e || r == 0x200b
	}) {
		t.Errorf("there are characters in it that nobody sees")
	}
	rest := tag.ReplaceAllString(strings.Replace(page, "<!doctype html>", "", 1), "")
	if strings.ContainsAny(rest, "<>\"") {
		i := strings.IndexAny(rest, "<>\"")
		t.Errorf("it has what is no element: %q", rest[max(0, i-40):min(len(rest), i+80)])
	}
	p := outline{t: t, ids: map[string]bool{}, labels: map[string]bool{}, count: map[string]int{}}
	for _, m := range tag.FindAllStringSubmatch(page, -1) {
		p.take(m[1] != "", m[2], m[3])
	}
	p.end()
}

// outline is what was seen of a page.
type outline struct {
	t       *testing.T
	open    []string
	ids     map[string]bool
	labels  map[string]bool
	inputs  []string
	named   []string
	count   map[string]int
	heading byte
}

func (p *outline) take(isEnd bool, name, text string) {
	if isEnd {
		if n := len(p.open); n == 0 || p.open[n-1] != name {
			p.t.Errorf("</%s> ends %v", name, p.open)
			return
		}
		p.open = p.open[:len(p.open)-1]
		return
	}
	p.count[name]++
	if !slices.Contains([]string{"meta", "link", "input"}, name) {
		p.open = append(p.open, name)
	}
	at := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(text, -1) {
		at[m[1]] = m[2]
		if strings.HasPrefix(m[1], "on") || m[1] == "style" {
			p.t.Errorf("<%s> has %s=%q", name, m[1], m[2])
		}
	}
	p.attributes(name, at)
	if len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' {
		if name[1] > p.heading+1 && p.heading != 0 || p.heading == 0 && name != "h1" {
			p.t.Errorf("<%s> comes after <h%c>", name, p.heading)
		}
		p.heading = name[1]
	}
}

func (p *outline) attributes(name string, at map[string]string) {
	if id := at["id"]; id != "" {
		if p.ids[id] {
			p.t.Errorf("two elements have the id %q", id)
		}
		p.ids[id] = true
	}
	if at["aria-labelledby"] != "" {
		p.named = append(p.named, at["aria-labelledby"])
	}
	for _, url := range []string{at["href"], at["src"], at["action"]} {
		scheme, _, has := strings.Cut(url, ":")
		if has && !strings.ContainsAny(scheme, "/?#.") && (name != "a" || scheme != "http" && scheme != "https") {
			p.t.Errorf("<%s> leads to %q", name, url)
		}
	}
	switch {
	case name == "label":
		p.labels[at["for"]] = true
	case name == "input" || name == "select":
		p.inputs = append(p.inputs, at["id"])
	case name == "html" && at["lang"] == "":
		p.t.Errorf("the language is not said")
	case name == "pre" && (at["tabindex"] != "0" || at["aria-label"] == ""):
		p.t.Errorf("<pre> %v cannot be reached, or has no name", at)
	}
}

func (p *outline) end() {
	if len(p.open) > 0 {
		p.t.Errorf("%v do not end", p.open)
	}
	for _, name := range []string{"title", "h1", "main", "header", "footer", "form"} {
		if p.count[name] != 1 {
			p.t.Errorf("there are %d of <%s>", p.count[name], name)
		}
	}
	for _, id := range p.inputs {
		if !p.labels[id] {
			p.t.Errorf("what has the id %q has no label", id)
		}
	}
	for _, id := range p.named {
		if !p.ids[id] {
			p.t.Errorf("there is no %q to be named by", id)
		}
	}
}
