//go:build conform

package declared_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var askedTargets = []string{host, "x86_64-pc-windows-gnu", "aarch64-apple-darwin", "wasm32-unknown-unknown", "i686-unknown-linux-musl", "thumbv7em-none-eabi"}

var askedEdges = []string{"normal", "normal,build", "normal,build,dev", "normal,build", "normal,dev", "build", "dev", "build,dev"}

// question draws what to ask of the members.
func (w *drawnWorkspace) question() question {
	q := question{target: pick(w.r, askedTargets), edges: pick(w.r, askedEdges)}
	if w.one(6) {
		q.rustflags = pick(w.r, []string{"--cfg tokio_unstable", "-Cpanic=abort -g", "-C debug-assertions=off --cfg=x", "--cfg feature=\"f0\""})
	}
	if other := pick(w.r, askedTargets); w.one(5) && other != q.target {
		q.target += " " + other
	}
	w.askPackages(&q)
	w.askFeatures(&q, pick(w.r, w.meant(&q)))
	return q
}

// meant returns members that a question is about; of some questions all there are.
func (w *drawnWorkspace) meant(q *question) []*drawn {
	list := slices.DeleteFunc(slices.Clone(w.members), func(d *drawn) bool {
		isNamed := func(text string) bool { return strings.HasPrefix(text, d.name) }
		return slices.ContainsFunc(q.exclude, isNamed) || len(q.packages) > 0 && !slices.ContainsFunc(q.packages, isNamed) ||
			len(q.packages) == 0 && !q.all && d.dir != "." && w.members[len(w.members)-1].dir == "."
	})
	if len(list) == 0 {
		return w.members
	}
	return list
}

// patterns are for members, some of which there may be.
var patterns = []string{"l*", "l[0-2]", "*1", "l?", "[!l]*"}

func (w *drawnWorkspace) askPackages(q *question) {
	switch w.r.IntN(4) {
	case 0:
		q.all = true
	case 1:
		q.all = true
		if m := pick(w.r, w.members); len(w.members) > 1 {
			q.exclude = []string{pick(w.r, []string{m.name, m.name, m.name + "@" + m.version, pick(w.r, patterns)})}
		}
	case 2:
		for range 1 + w.r.IntN(2) {
			m := pick(w.r, w.members)
			q.packages = append(q.packages, pick(w.r, []string{m.name, m.name, m.name, m.name + "@" + m.version, m.name + ":0.1", pick(w.r, patterns)}))
		}
		if d := pick(w.r, slices.Concat(w.crates, w.packages)); w.one(4) {
			q.packages[0] = pick(w.r, []string{d.name, d.name + "@" + d.version, d.name + "@" + d.version[:1]})
		}
	}
}

func (w *drawnWorkspace) askFeatures(q *question, m *drawn) {
	switch w.r.IntN(6) {
	case 0:
		q.allFeatures = true
	case 1:
		q.noDefaults = true
	case 2, 3:
		q.noDefaults = w.one(2)
		known := m.known()
		if len(known) > 0 {
			q.features = w.some(known)
			if w.one(2) {
				q.features = append(q.features, m.name+"/"+pick(w.r, known))
			}
		}
		if len(m.deps) > 0 && w.one(2) {
			dep := &m.deps[w.r.IntN(len(m.deps))]
			if known := dep.to.known(); len(known) > 0 {
				q.features = append(q.features, dep.key()+pick(w.r, []string{"/", "?/"})+pick(w.r, known))
			}
		}
		if w.one(3) {
			q.features = []string{strings.Join(q.features, pick(w.r, []string{",", " ", " ,, "}))}
		}
	}
}

func TestPackages_drawn(t *testing.T) {
	first, last := 0, 40
	if testing.Short() {
		last = 1
	}
	if text := os.Getenv("CARGOHOME_ROUNDS"); text != "" { // FIRST LAST
		fmt.Sscan(text, &first, &last)
	}
	for round := first; round < last; round++ {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			drawSite(t, uint64(round)).play()
		})
	}
}

// play draws workspaces, until there are fifty that cargo takes, and asks about them.
func (s *drawnSite) play() {
	asked, refused, drawn := 0, 0, 0
	for taken := 0; taken < 50; drawn++ {
		if drawn == 200 {
			s.t.Fatalf("of %d workspaces cargo takes %d", drawn, taken)
		}
		w := s.workspace(filepath.Join(s.dir, fmt.Sprintf("ws%d", drawn)))
		p := s.project(w.dir)
		if p.loose = w.bindeps; p.loose {
			p.env = append(p.env, "RUSTC_BOOTSTRAP=1", "CARGO_UNSTABLE_BINDEPS=true")
		}
		if s.one(3) {
			p.dir = filepath.Join(w.dir, pick(s.r, w.members).dir)
		}
		if _, err := p.cargo("generate-lockfile", "--offline"); err != nil {
			s.t.Logf("not a workspace that cargo takes: %v", err)
			continue
		}
		if lock, _ := os.ReadFile(filepath.Join(w.dir, "Cargo.lock")); strings.Count(string(lock), "[[patch.unused]]") > 1 {
			continue // cargo 1.95 wants to write such a lockfile again, with the same in it
		}
		taken++
		p.load()
		for range 3 {
			p.compare(w.question())
		}
		asked, refused = asked+p.asked, refused+p.refused
	}
	s.t.Logf("%d workspaces, %d questions, of which %d are refused", drawn, asked, refused)
}

func (s *drawnSite) project(dir string) *project {
	return &project{t: s.t, dir: dir, home: s.home.Dir, env: []string{"CARGO_TARGET_DIR=" + filepath.Join(s.dir, "target")}}
}
