//go:build conform

package conform

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/cargotest"
	"cargohome/internal/registry"
)

// writersVariable is how long writers are at work, such as 5m.
const writersVariable = "CARGOHOME_WRITERS"

// Beside writers that fill a store of objects, prune it and clean the homes that they take from, two
// servers of it never list what is not there, nor serve anything but what was listed.
func TestServe_writers(t *testing.T) {
	long := 15 * time.Second
	if text := os.Getenv(writersVariable); text != "" {
		var err error
		if long, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	store := "file://" + filepath.ToSlash(filepath.Join(t.TempDir(), "store"))
	var homes, projects [2]string
	for i := range homes {
		homes[i], projects[i] = newWriter(t, i)
		command{projects[i], homes[i], []string{binary, "mirror", store}}.output(t)
	}
	servers := []*own{startOwn(t, homes[0], store), startOwn(t, homes[0], store)}
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	var runs, answers atomic.Int64
	var all sync.WaitGroup
	for i, home := range homes {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				args := [][]string{{"mirror", store}, {"mirror", store, "--prune", "--manifest-path", "Cargo.toml"}, {"clean", "--archives", "--keep", "Cargo.lock"}}[n%3]
				cmd := exec.CommandContext(ctx, binary, args...)
				cmd.Dir, cmd.Env = projects[i], append(os.Environ(), "CARGO_HOME="+home)
				out, err := cmd.CombinedOutput()
				if err != nil && ctx.Err() == nil && cmd.ProcessState.ExitCode() != 3 {
					t.Errorf("%q: %v\n%s", args, err, out)
				}
				if n%3 == 2 { // what was cleaned comes back
					fillWriter(t, home, i)
				}
				runs.Add(1)
			}
		})
	}
	for _, server := range servers {
		for _, name := range []string{"shared", "own0", "own1", "lost0", "lost1"} {
			all.Go(func() {
				for ctx.Err() == nil {
					answers.Add(askWhole(ctx, t, server.url, name))
				}
			})
		}
	}
	all.Wait()
	t.Logf("%d answers beside %d runs in %v; %s and %s of memory", answers.Load(), runs.Load(), long, servers[0].memory(), servers[1].memory())
}

// newWriter makes a home, and a project that names some of it.
func newWriter(t *testing.T, i int) (home, project string) {
	t.Helper()
	dir := t.TempDir()
	home, project = filepath.Join(dir, "home"), filepath.Join(dir, "app")
	fillWriter(t, home, i)
	h := cargotest.NewHome(t, home)
	h.WriteProject(project, cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "shared"}, {Name: fmt.Sprint("own", i)}}})
	return home, project
}

// fillWriter has a home have what it is to, some of which no project names.
func fillWriter(t *testing.T, home string, i int) {
	h := cargotest.NewHome(t, home)
	h.Add(
		cargotest.Crate{Name: "shared", Version: "1.0.0"}, cargotest.Crate{Name: "shared", Version: fmt.Sprintf("1.%d.0", i+1)},
		cargotest.Crate{Name: fmt.Sprint("own", i), Version: "1.0.0"}, cargotest.Crate{Name: fmt.Sprint("lost", i), Version: "1.0.0"},
	)
}

// askWhole asks for what is listed of a crate, and for all that is; it returns the number of answers.
func askWhole(ctx context.Context, t *testing.T, url, name string) int64 {
	lines, status, err := get(ctx, url+"/crates-io/index/"+cargotest.IndexPath(name))
	if err != nil || status == http.StatusNotFound {
		return 1
	}
	if status != http.StatusOK {
		t.Errorf("%s: status %d", name, status)
	}
	n := int64(1)
	for _, e := range registry.EntriesOf(lines) {
		stem := e.Name + "-" + e.Version
		body, status, err := get(ctx, url+"/crates-io/crates/"+e.Name+"/"+stem+".crate")
		if err != nil || status == http.StatusNotFound && isGone(ctx, url, &e) {
			return n
		}
		if status != http.StatusOK || crate.Sum(body) != e.Checksum {
			t.Errorf("%s is listed, and is answered by %d with %d bytes", stem, status, len(body))
		}
		n++
	}
	if got := bytes.Count(lines, []byte("\n")); got != int(n)-1 {
		t.Errorf("%s has %d lines, of which %d are whole", name, got, n-1)
	}
	return n
}

// isGone reports whether a version that was listed is not any more: it went between the answers.
func isGone(ctx context.Context, url string, e *index.Entry) bool {
	lines, _, err := get(ctx, url+"/crates-io/index/"+cargotest.IndexPath(e.Name))
	return err != nil || !bytes.Contains(lines, []byte(e.Line))
}

// get returns the body of what is there, and the status. The error is that of ctx, or of the way.
func get(ctx context.Context, url string) (body []byte, status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, 0, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return body, answer.StatusCode, err
}
