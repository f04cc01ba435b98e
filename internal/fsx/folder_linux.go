//go:build !portable

package fsx

import (
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Place tells on which file system the folder is. Kernels before 5.8 do not say by which
// mount; then the device alone tells.
func (d Folder) Place() (Place, error) {
	var st unix.Statx_t
	err := again(func() error {
		return unix.Statx(d.fd, "", unix.AT_EMPTY_PATH, unix.STATX_MNT_ID, &st)
	})
	if err == unix.ENOSYS || err == unix.EPERM { // the latter in some containers
		self, err := d.Self()
		return Place{dev: self.Dev}, err
	}
	p := Place{dev: unix.Mkdev(st.Dev_major, st.Dev_minor)}
	if st.Mask&unix.STATX_MNT_ID != 0 {
		p.mount = st.Mnt_id
	}
	return p, os.NewSyscallError("statx", err)
}

// ChmodChild sets the mode of a folder in the folder. Kernels before 6.6 do that by name
// and follow links, unless it is done by way of a descriptor.
func (d Folder) ChmodChild(name string, mode fs.FileMode) error {
	err := unix.Fchmodat(d.fd, name, uint32(mode), unix.AT_SYMLINK_NOFOLLOW)
	if err != unix.EOPNOTSUPP {
		return pathError("chmod", name, err)
	}
	fd, err := unix.Openat(d.fd, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return pathError("chmod", name, err)
	}
	defer unix.Close(fd)
	return os.Chmod(fmt.Sprintf("/proc/self/fd/%d", fd), mode)
}

// Exchange swaps two names in one step.
func Exchange(from Folder, a string, to Folder, b string) error {
	err := unix.Renameat2(from.fd, a, to.fd, b, unix.RENAME_EXCHANGE)
	return linkError("exchange", a, b, err)
}

// Move gives what is in one folder a name in another that nothing has. The error matches
// fs.ErrExist if something has it.
//
// File systems that have no such call (EINVAL, as NFS) do with a look before: of what
// appears in that moment an empty folder is lost to a folder, and nothing else.
func Move(from Folder, a string, to Folder, b string) error {
	err := unix.Renameat2(from.fd, a, to.fd, b, unix.RENAME_NOREPLACE)
	if err == unix.EINVAL || err == unix.ENOSYS {
		return moveLooking(from, a, to, b)
	}
	return linkError("rename", a, b, err)
}
