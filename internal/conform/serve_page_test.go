//go:build conform && linux

package conform

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// shownHome has what pages can show, and texts of somebody who means harm.
func shownHome(t *testing.T) string {
	t.Helper()
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	harm := `<script>alert(1)</script><img src=http://elsewhere.example/x onerror=alert(2)>\" onload=\"alert(3) \u202e` + strings.Repeat("wide", 200)
	h.Add(
		cargotest.Crate{Name: "leaf", Version: "1.2.3"}, cargotest.Crate{Name: "leaf", Version: "1.0.0", Yanked: true},
		cargotest.Crate{Name: "Big_One", Version: "0.1.0", Deps: []cargotest.Dep{{Name: "leaf", Req: "1"}, {Name: "absent", Req: "2", Optional: true}}},
		cargotest.Crate{Name: "harm", Version: "1.0.0", Features: map[string][]string{`"><script>alert(4)</script>`: {}}, Files: []cargotest.File{{Path: "Cargo.toml", Content: "[package]\nname = \"harm\"\nversion = \"1.0.0\"\ndescription = \"" +
			harm + "\"\nlicense = \"" + harm + "\"\nhomepage = \"javascript:alert(5)\"\n"}}},
	)
	for i := range 60 {
		h.Add(cargotest.Crate{Name: fmt.Sprintf("many%02d", i), Version: "1.0.0"})
	}
	return h.Dir
}

// Somebody without a mouse finds a crate while typing, goes to its page, and to what it depends on;
// and nothing on the way leads elsewhere, or does anything by itself.
func TestServe_page(t *testing.T) {
	b := startBrowser(t)
	url := startOwn(t, shownHome(t)).url
	b.open(url + "/")
	b.eval("window.same = true")
	b.tab()
	if got := b.eval("document.activeElement.textContent + getComputedStyle(document.activeElement).outlineStyle"); got != "Skip to contentsolid" {
		t.Errorf("the first key leads to %q", got)
	}
	for range 4 {
		if b.tab(); b.eval("document.activeElement.id") == "q" {
			break
		}
	}
	b.write("BIG-")
	b.waitFor(`document.querySelectorAll("#results li").length == 1 && document.querySelector("#count").textContent == "1 crate."`)
	if got := b.eval(`window.same + " " + location.search + " " + document.activeElement.id`); got != "true ?q=BIG- q" {
		t.Errorf("after the search it is %q", got)
	}
	b.tab() // the button
	b.tab()
	b.loads(b.enter)
	if got := b.eval(`document.querySelector("h1").textContent + " " + location.pathname`); got != "Big_One 0.1.0 /crates-io/crates/Big_One" {
		t.Errorf("the page is that of %q", got)
	}
	if got := b.eval(`document.querySelector("#dependencies").innerText`); !strings.Contains(got, "absent 2, optional not held") || !strings.Contains(got, "leaf 1, held as 1.2.3") {
		t.Errorf("it depends on %q", got)
	}
	b.loads(func() { b.eval(`document.querySelector("#dependencies a").click()`) })
	b.waitFor(`document.querySelector("#dependents").innerText.includes("Big_One") && !document.querySelector("#dependents").dataset.more`)
	if got := b.eval(`document.querySelector("#versions").innerText`); !strings.Contains(got, "yanked") {
		t.Errorf("the versions are %q", got)
	}
	for _, path := range []string{"/", "/?q=harm", "/crates-io/crates/harm", "/crates-io/crates/leaf", "/git"} {
		b.open(url + path)
		b.eval("new Promise((done) => setTimeout(done, 100))")
		if list := b.complaints(url + "/"); len(list) > 0 {
			t.Errorf("%s: %s", path, list)
		}
	}
}

// Without JavaScript the form and links do the same.
func TestServe_page_without_script(t *testing.T) {
	b := startBrowser(t)
	url := startOwn(t, shownHome(t)).url
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.open(url + "/")
	if page := b.html(); strings.Contains(page, "Copy:") || !strings.Contains(page, "1 to 25 of 63 crates.") {
		t.Errorf("the page is %s", page)
	}
	for range 5 { // past what leads to the content, and elsewhere
		b.tab()
	}
	b.write("many")
	b.loads(b.enter)
	if page := b.html(); !strings.Contains(page, "1 to 25 of 60 crates.") || strings.Contains(page, "Big_One") {
		t.Errorf("what is found is %s", page)
	}
}

// What is to be pasted is all that cargo needs.
func TestServe_page_paste(t *testing.T) {
	b := startBrowser(t)
	url := startOwn(t, shownHome(t)).url
	b.open(url + "/")
	home, project := filepath.Join(t.TempDir(), "home"), t.TempDir()
	write(t, filepath.Join(home, "config.toml"), b.eval(`document.querySelector("#use pre").textContent`))
	b.open(url + "/crates-io/crates/big_one")
	command := strings.Fields(b.eval(`document.querySelector("pre").textContent`))
	write(t, filepath.Join(project, "Cargo.toml"), "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
	write(t, filepath.Join(project, "src", "lib.rs"), "")
	for _, args := range [][]string{command[1:], {"check", "--quiet"}} {
		cmd := exec.Command(command[0], args...)
		cmd.Dir, cmd.Env = project, append(os.Environ(), "CARGO_HOME="+home)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("cargo %s: %v\n%s", args, err, out)
		}
	}
	lock, err := os.ReadFile(filepath.Join(project, "Cargo.lock"))
	if err != nil || !strings.Contains(string(lock), "name = \"leaf\"\nversion = \"1.2.3\"") {
		t.Errorf("the lockfile is %s (%v)", lock, err)
	}
}

// It fits on the smallest phone, is dark for who wants that, can be printed, and everything on it has
// a name for who hears it.
func TestServe_page_everybody(t *testing.T) {
	b := startBrowser(t)
	url := startOwn(t, shownHome(t)).url
	light := ""
	for _, scheme := range []string{"light", "dark"} {
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
		b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": true}, nil)
		for _, path := range []string{"/", "/?q=harm", "/crates-io/crates/harm", "/crates-io/crates/leaf", "/git"} {
			b.open(url + path)
			if got := b.eval("document.documentElement.scrollWidth"); got != "320" {
				t.Errorf("%s is %s wide", path, got)
			}
			if got := b.eval(leastContrast); got != "" {
				t.Errorf("%s in %s: %s", path, scheme, got)
			}
			b.allNamed(path)
		}
		background := b.eval("getComputedStyle(document.documentElement).backgroundColor")
		if background == light {
			t.Errorf("dark is as light")
		}
		light = background
	}
	var printed struct{ Data string }
	if b.call("Page.printToPDF", nil, &printed); len(printed.Data) < 1000 {
		t.Errorf("printed it is %q", printed.Data)
	}
}

// leastContrast says of which texts the contrast is less than 4.5, by the colours that there are.
const leastContrast = `(() => {
	const lum = (text) => {
		const [r, g, b] = text.match(/[\d.]+/g).map(Number).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const behind = (e) => {
		const colour = getComputedStyle(e).backgroundColor;
		return colour != "rgba(0, 0, 0, 0)" || !e.parentElement ? colour : behind(e.parentElement);
	};
	const bad = [];
	for (const e of document.body.querySelectorAll("*")) {
		if (![...e.childNodes].some((n) => n.nodeType == 3 && n.data.trim())) continue;
		const [a, b] = [lum(getComputedStyle(e).color), lum(behind(e))];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) bad.push(e.tagName + " " + e.textContent.slice(0, 20) + " " + ratio);
	}
	return bad.join("; ");
})()`

// allNamed makes sure of what a screen reader is told.
func (b *browser) allNamed(path string) {
	b.t.Helper()
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	count := map[string]int{}
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		role := fmt.Sprint(n.Role.Value)
		count[role]++
		switch role {
		case "link", "button", "searchbox", "textbox", "combobox", "heading", "navigation", "region", "RootWebArea":
			if name, _ := n.Name.Value.(string); strings.TrimSpace(name) == "" {
				b.t.Errorf("%s: a %s has no name", path, role)
			}
		}
	}
	for _, role := range []string{"banner", "main", "contentinfo", "search", "navigation", "searchbox"} {
		if count[role] == 0 {
			b.t.Errorf("%s has no %s, but %v", path, role, count)
		}
	}
}
