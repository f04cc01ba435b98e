//go:build unix

package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// Whoever reads a mirror while others change it never finds a line without its archive, nor
// half of anything.
func TestMirror_readers(t *testing.T) {
	cargotest.NotPortable(t, "names are not exchanged, so for a moment there is no index")
	dir := scenes["mirror_new"].build(t)
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Add(cargotest.Crate{Name: "a", Version: "2.0.0"})
	home.WriteLock(filepath.Join(dir, "one"), cargotest.Project{Name: "one", Deps: []cargotest.Dep{{Name: "a", Req: "=1.0.0"}, {Name: "b"}}})
	home.WriteLock(filepath.Join(dir, "two"), cargotest.Project{Name: "two", Deps: []cargotest.Dep{{Name: "a", Req: "=2.0.0"}}})
	mustRun(t, dir, "mirror", "mirror", "--lockfile-path", "../one/Cargo.lock")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for began, n := time.Now(), 0; time.Since(began) < readersTime(); n++ {
			name := []string{"two", "one"}[n%2]
			if status, stderr := runIn(t, dir, "mirror", "mirror", "--prune", "--lockfile-path", "../"+name+"/Cargo.lock"); status != 0 {
				t.Errorf("status %d:\n%s", status, stderr)
			}
		}
	}()
	registry, reads := filepath.Join(dir, "app", "mirror", "crates-io"), 0
	for {
		select {
		case <-ended:
			t.Logf("%d reads", reads)
			return
		default:
			reads++
			readMirror(t, registry)
		}
	}
}

func readersTime() time.Duration {
	if everyFault() {
		return 20 * time.Second
	}
	return 200 * time.Millisecond
}

// readMirror looks for what a line promises. Between the two readings the mirror may have
// changed, but not each time.
func readMirror(t *testing.T, registry string) {
	t.Helper()
	var text, data []byte
	for range 5 {
		var err error
		if text, err = os.ReadFile(filepath.Join(registry, "index", "1", "a")); err != nil {
			t.Fatal(err)
		}
		var e struct{ Cksum string }
		if err := json.Unmarshal(text, &e); err != nil {
			t.Fatalf("a line is %q", text)
		}
		data, err = os.ReadFile(filepath.Join(registry, "sha256", e.Cksum+".crate"))
		if err == nil && cargotest.Checksum(data) == e.Cksum {
			return
		}
	}
	t.Fatalf("it lists %q, of which the archive is %q", text, data)
}
