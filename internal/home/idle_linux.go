//go:build !portable

package home

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"cargohome/internal/fsx"
)

// databaseIdle reports whether it is known that no other process of this machine has
// the database of last uses open: by whatever path, under whatever name, in whatever
// namespace or container. It is not known of a database that some users of the home
// cannot open, that may have taken the place of another that is open, or that others
// reach without this machine's help.
func (h *Home) databaseIdle(settle time.Duration) bool {
	f, err := fsx.OpenHere(filepath.Join(h.dir, LastUsePath), os.O_RDONLY, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	alone, err := isAlone(f)
	return err == nil && alone && isLocal(f) && isSettled(f, settle) && h.opensForAll(f)
}

// isAlone asks the system whether nobody else has a file open: only then does it grant a
// lease for writing, whatever way others came by the file (fcntl(2)). It is given back
// at once; who opens the file meanwhile waits so long. The error is for files of other
// users, and file systems without leases.
func isAlone(f *os.File) (bool, error) {
	_, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_WRLCK)
	if errors.Is(err, unix.EAGAIN) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_UNLCK)
	return true, err
}

// isLocal reports whether f lies on a file system that only this machine writes to. Of
// others, such as FUSE's, it is not known.
func isLocal(f *os.File) bool {
	var s unix.Statfs_t
	if unix.Fstatfs(int(f.Fd()), &s) != nil {
		return false
	}
	switch uint32(s.Type) {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC:
		return true
	}
	return false
}

// isSettled reports whether the file has been there longer than a Cargo is waited for:
// another may have been deleted, and be open.
func isSettled(f *os.File, settle time.Duration) bool {
	var s unix.Statx_t
	if unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH, unix.STATX_BTIME|unix.STATX_CTIME, &s) != nil {
		return false
	}
	since := s.Ctime
	if s.Mask&unix.STATX_BTIME != 0 {
		since = s.Btime
	}
	return time.Since(time.Unix(since.Sec, int64(since.Nsec))) > settle
}

// opensForAll reports whether whoever can reach the home can open the file for reading,
// which is enough for Cargo to have it open.
func (h *Home) opensForAll(f *os.File) bool {
	var dir, file unix.Stat_t
	if unix.Stat(h.dir, &dir) != nil || unix.Fstat(int(f.Fd()), &file) != nil || hasACL(h.dir) || hasACL(f.Name()) {
		return false
	}
	all := file.Mode&unix.S_IROTH != 0
	owner := file.Mode&unix.S_IRUSR != 0 && (all || file.Uid == dir.Uid)
	group := dir.Mode&unix.S_IXGRP == 0 || file.Mode&unix.S_IRGRP != 0 && (all || file.Gid == dir.Gid)
	return owner && group && (all || dir.Mode&unix.S_IXOTH == 0)
}

func hasACL(path string) bool {
	_, err := unix.Lgetxattr(path, "system.posix_acl_access", nil)
	return err == nil
}

// onNFS reports whether f lies on NFS (cargo 1.95: is_on_nfs_mount).
func onNFS(f *os.File) bool {
	var s unix.Statfs_t
	return unix.Fstatfs(int(f.Fd()), &s) == nil && s.Type == unix.NFS_SUPER_MAGIC
}
