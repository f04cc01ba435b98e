package home

import (
	"os"

	"golang.org/x/sys/unix"
)

// onNFS reports whether f lies on NFS (cargo 1.95: is_on_nfs_mount).
func onNFS(f *os.File) bool {
	var s unix.Statfs_t
	return unix.Fstatfs(int(f.Fd()), &s) == nil && s.Type == unix.NFS_SUPER_MAGIC
}
