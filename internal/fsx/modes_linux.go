//go:build !portable

package fsx

import (
	"slices"

	"golang.org/x/sys/unix"
)

// modelessTypes are the file systems on which a file may have other modes than it was given:
// all are executable there, as a rule.
var modelessTypes = []int64{
	unix.MSDOS_SUPER_MAGIC, unix.EXFAT_SUPER_MAGIC,
	unix.FUSE_SUPER_MAGIC, // exFAT and NTFS by a program, and others that do keep them
	unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.V9FS_MAGIC,
	0x5346544e, 0x7366746e, // NTFS, by either driver
}

// KeepsModes reports whether files in the folder are known to keep their modes, as on FAT they
// do not.
func (d Folder) KeepsModes() bool { return !slices.Contains(modelessTypes, d.fileSystem()) }
