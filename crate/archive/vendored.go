package archive

import (
	"strings"

	"cargohome/crate"
	"cargohome/internal/compat"
)

// Vendored reports whether cargo copies the file at path, relative to the
// package's folder, into a vendor folder (cargo 1.95: vendor_this).
func Vendored(path string) bool {
	rest := path
	for {
		part, more, found := cutPart(rest)
		if part == ".git" {
			return false
		}
		if !found {
			return part != ".gitattributes" && part != ".gitignore" && path != crate.OKFile
		}
		rest = more
	}
}

func cutPart(path string) (part, rest string, found bool) {
	for i := range len(path) {
		if path[i] == '/' {
			return path[:i], path[i+1:], true
		}
	}
	return path, "", false
}

// VendoredBy returns what [Vendored] is by the rule of some cargo. It says nothing of what
// is not in the list of the package's files, which decided as well before 1.89.
func VendoredBy(rule compat.Rule) Include {
	switch {
	case rule.Has(compat.AnyDepth):
		return Vendored
	case rule.Has(compat.Unpacked):
		return isNoFileOfGit
	}
	return func(path string) bool {
		return isNoFileOfGit(path) && !strings.HasSuffix(path, ".orig") && !strings.HasSuffix(path, ".rej")
	}
}

// isNoFileOfGit looks right in the package's folder only (cargo 1.93: vendor_this).
func isNoFileOfGit(path string) bool {
	switch path {
	case ".gitattributes", ".gitignore", ".git", crate.OKFile:
		return false
	}
	return true
}
