package archive

import (
	"fmt"
	"slices"
	"strings"
)

// checkWindowsPath refuses what Windows takes for something other than a file of
// that name: a device, a stream of another file, or a name without the dots and
// blanks at its end. Cargo tries, and says so when it failed (cargo 1.95:
// is_windows_reserved_path).
func checkWindowsPath(path string) error {
	for part := range strings.SplitSeq(path, "/") {
		if part != "." && part != ".." && forbiddenOnWindows(part) {
			return fmt.Errorf("%w: Windows has no files called %q", ErrPath, part)
		}
	}
	return nil
}

const windowsForbids = `<>:"|?*`

func forbiddenOnWindows(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	return strings.ContainsAny(name, windowsForbids) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) ||
		strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") ||
		slices.Contains(windowsDevices, strings.ToLower(strings.TrimRight(stem, " ")))
}

var windowsDevices = []string{
	"con", "prn", "aux", "nul", "conin$", "conout$",
	"com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "com¹", "com²", "com³",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",
}
