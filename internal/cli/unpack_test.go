//go:build unix

package cli_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cargohome/internal/staging"
)

// Whatever gets its name in the home, or in a mirror, was synced before, and its name is when
// the run ends: a power failure takes away whole things, or nothing. In a mirror the names of
// archives are when the index comes.
func TestPower_failure(t *testing.T) {
	for name, place := range map[string]string{"unpack": "home", "unpack_new": "home", "mirror": "app/mirror"} {
		t.Run(name, func(t *testing.T) {
			dir := scenes[name].build(t)
			var mu sync.Mutex
			unsynced, moved := "", 0
			restore := staging.Inject(func(op staging.Op, path string) error {
				mu.Lock()
				defer mu.Unlock()
				inPlace := strings.HasPrefix(path, filepath.Join(dir, place)) && !strings.Contains(path, staging.Prefix)
				switch {
				case op == staging.OpSync:
					unsynced = ""
				case (op == staging.OpOpen || op == staging.OpWrite || op == staging.OpLink) && !inPlace:
					unsynced = path
				case (op == staging.OpRename || op == staging.OpSwap) && inPlace:
					if moved++; unsynced != "" && (moved == 1 || strings.HasSuffix(path, "/crates-io/index")) {
						t.Errorf("%s gets its name, and %s may be on its way to the disk", path, unsynced)
					}
					unsynced = path
				}
				return nil
			})
			defer restore()
			mustRun(t, dir, scenes[name].args...)
			if moved == 0 || unsynced != "" {
				t.Errorf("of %d names, that of %q may be on its way to the disk", moved, unsynced)
			}
		})
	}
}
