//go:build unix && !portable

package project

import (
	"io/fs"
	"syscall"
)

// ident tells folders apart, whatever path leads there.
type ident struct{ dev, ino uint64 }

func identOf(_ string, info fs.FileInfo) (ident, error) {
	st := info.Sys().(*syscall.Stat_t)
	return ident{uint64(st.Dev), uint64(st.Ino)}, nil
}
