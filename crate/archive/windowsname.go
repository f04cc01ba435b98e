package archive

import (
	"fmt"
	"strings"

	"cargohome/internal/filename"
)

// checkWindowsPath refuses what Windows takes for something other than a file of
// that name. Cargo tries, and says so when it failed (cargo 1.95:
// is_windows_reserved_path).
func checkWindowsPath(path string) error {
	for part := range strings.SplitSeq(path, "/") {
		if part != "." && part != ".." && filename.NotOnWindows(part) != "" {
			return fmt.Errorf("%w: Windows has no files called %q", ErrPath, part)
		}
	}
	return nil
}
