//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// A source goes only if reextract brings it back: it stays beside an archive that is
// refused, whatever for, though its checksum is right.
func TestHostileArchives_clean(t *testing.T) {
	for _, h := range cargotest.HostileArchives() {
		t.Run(h.Name, func(t *testing.T) {
			if h.Heavy && testing.Short() {
				t.Skip("takes long")
			}
			t.Parallel()
			w := newHostileWorld(t, h.Archive())
			source := filepath.Join("home/registry/src", cargotest.CratesIO, cargotest.HostileStem)
			w.write(t, filepath.Join(source, "old"), "old")
			w.write(t, filepath.Join(source, ".cargo-ok"), `{"v":1}`)
			status, stderr := run(t, w.root, "clean", "--auto")
			_, err := os.Stat(filepath.Join(w.root, source, "old"))
			if status != 0 || (err == nil) == h.Accepted() {
				t.Errorf("status %d, and of the source there is %v:\n%s", status, err, stderr)
			}
			if said := strings.Contains(stderr, "it could not be unpacked again: "); said == h.Accepted() {
				t.Errorf("it is said that\n%s", stderr)
			}
			checkSafeToShow(t, stderr)
			if status, stderr := run(t, w.root, "reextract"); h.Accepted() && status != 0 {
				t.Errorf("it does not come back:\n%s", stderr)
			}
		})
	}
}
