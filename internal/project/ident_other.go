//go:build !unix || portable

package project

import (
	"io/fs"
	"path/filepath"
)

// ident tells folders apart, whatever links lead there.
type ident struct{ path string }

func identOf(path string, _ fs.FileInfo) (ident, error) {
	real, err := filepath.EvalSymlinks(path)
	return ident{real}, err
}
