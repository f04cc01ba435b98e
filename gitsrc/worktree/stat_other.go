//go:build !unix || portable

package worktree

import "os"

// lstat returns what the git index remembers of a file.
func lstat(path string) (fileStat, error) {
	fi, err := os.Lstat(path)
	if err != nil {
		return fileStat{}, err
	}
	t := fi.ModTime()
	return fileStat{mtime: uint32(t.Unix()), mtimeNano: uint32(t.Nanosecond()), size: uint32(fi.Size())}, nil
}
