package archive

import (
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"
)

// entryPath returns where below the package's folder an entry belongs, "" for
// that folder itself. The path it returns is relative and clean: no empty part and no
// ".". One with a ".." is for checkPlace to refuse.
func entryPath(path, stem string) (string, error) {
	first, rest, _ := strings.Cut(path, "/")
	if first != stem {
		return "", ErrOutside
	}
	if err := checkPathText(rest); err != nil {
		return "", err
	}
	clean := cleanPath(rest)
	return clean, checkPathSize(clean)
}

func checkPathSize(path string) error {
	switch {
	case len(path) > MaxPath:
		return &LimitError{"bytes in its path", MaxPath}
	case strings.Count(path, "/") >= MaxDepth:
		return &LimitError{"folders above it", MaxDepth}
	case len(path) > MaxName && hasLongName(path):
		return &LimitError{"bytes in a name", MaxName}
	}
	return nil
}

func hasLongName(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if len(part) > MaxName {
			return true
		}
	}
	return false
}

func checkPathText(path string) error {
	switch {
	case !utf8.ValidString(path):
		return fmt.Errorf("%w: it is not UTF-8", ErrPath)
	case strings.ContainsRune(path, 0):
		return fmt.Errorf("%w: it holds a NUL", ErrPath)
	case strings.ContainsRune(path, '\\'):
		// Cargo unpacks it on Unix, but lists it with '/' in the checksum
		// file, so that no build accepts the package (spec 7.10).
		return fmt.Errorf("%w: it holds a backslash", ErrPath)
	case runtime.GOOS == "windows":
		return checkWindowsPath(path)
	}
	return nil
}

// cleanPath drops empty and "." parts. Most paths have none and come back as
// they are.
func cleanPath(path string) string {
	if !needsCleaning(path) {
		return path
	}
	parts := strings.Split(path, "/")
	kept := parts[:0]
	for _, p := range parts {
		if p != "" && p != "." {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "/")
}

func needsCleaning(path string) bool {
	return strings.HasPrefix(path, "./") || strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") ||
		strings.HasSuffix(path, "/.") || path == "." || strings.Contains(path, "//") || strings.Contains(path, "/./")
}

// climbs reports whether a part of path is "..".
func climbs(path string) bool {
	if !strings.Contains(path, "..") {
		return false
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
