package fsx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Presence answers whether something is at a path. What may not be looked at, or lies
// on a drive that is away, is not known to be absent: who deletes because of what is
// not there has to tell the two apart.
type Presence uint8

const (
	Unknown  Presence = iota // it cannot be told
	There                    // something is there
	NotThere                 // nothing is
)

// errAway says why nothing is found behind a link.
var errAway = errors.New("a link leads there, to what may be away for now")

// Look tells whether anything is at rel, below the folder root. The error is why that
// is [Unknown]: the system does not let us look (EACCES, EIO, ELOOP, ENOTCONN, …),
// something else than a folder is in the way, or nothing was found behind a link that
// lies below root. Of links above, only those that lead nowhere make it unknown.
func Look(root, rel string) (Presence, error) {
	root = filepath.Clean(root)
	path := filepath.Join(root, filepath.FromSlash(rel))
	_, err := os.Stat(path)
	switch {
	case err == nil:
		return There, nil
	case !errors.Is(err, fs.ErrNotExist):
		return Unknown, err
	}
	for at := path; at != filepath.Dir(at); at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		switch isLink := err == nil && IsLink(info.Mode()); {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return Unknown, err
		case isLink && (len(at) > len(root) || dangling(at)):
			return Unknown, fmt.Errorf("%q: %w", at, errAway)
		case err == nil && len(at) <= len(root):
			return NotThere, nil
		}
	}
	return NotThere, nil
}

func dangling(link string) bool {
	_, err := os.Stat(link)
	return err != nil
}
