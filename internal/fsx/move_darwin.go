//go:build !portable

package fsx

import "golang.org/x/sys/unix"

// Exchange swaps two names in one step.
func Exchange(from Folder, a string, to Folder, b string) error {
	return linkError("exchange", a, b, unix.RenameatxNp(from.fd, a, to.fd, b, unix.RENAME_SWAP))
}

// Move gives what is in one folder a name in another that nothing has. The error matches
// fs.ErrExist if something has it.
func Move(from Folder, a string, to Folder, b string) error {
	err := unix.RenameatxNp(from.fd, a, to.fd, b, unix.RENAME_EXCL)
	if err == unix.ENOTSUP || err == unix.EINVAL {
		return moveLooking(from, a, to, b)
	}
	return linkError("rename", a, b, err)
}
