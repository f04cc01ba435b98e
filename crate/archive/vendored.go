package archive

import "cargohome/crate"

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
