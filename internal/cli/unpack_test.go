//go:build unix

package cli_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cargohome/internal/staging"
)

// Whatever gets its name in the home was synced before, and its name is when the run ends:
// a power failure takes away whole things, or nothing.
func TestUnpack_power_failure(t *testing.T) {
	for _, name := range []string{"unpack", "unpack_new"} {
		t.Run(name, func(t *testing.T) {
			dir := scenes[name].build(t)
			var mu sync.Mutex
			unsynced, moved := "", 0
			restore := staging.Inject(func(op staging.Op, path string) error {
				mu.Lock()
				defer mu.Unlock()
				inHome := strings.HasPrefix(path, filepath.Join(dir, "home")) && !strings.Contains(path, staging.Prefix)
				switch {
				case op == staging.OpSync:
					unsynced = ""
				case (op == staging.OpOpen || op == staging.OpWrite) && !inHome:
					unsynced = path
				case (op == staging.OpRename || op == staging.OpSwap) && inHome:
					if moved++; unsynced != "" && moved == 1 {
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
