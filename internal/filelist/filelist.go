// Package filelist is a work tree, or a folder, as the list of what is in it. Who has
// such a list need not know whether git says so or a disk.
package filelist

import (
	"fmt"
	"io/fs"
	"strings"
)

// Kind is what an entry of a work tree is.
type Kind uint8

const (
	Regular    Kind = iota // a file
	Executable             // a file with the executable bit
	Symlink                // leads to Entry.Target, or nowhere
	Submodule              // the root of a repository within the work tree
)

// Entry is one thing in the work tree that Cargo would check out for a commit:
// a file or link of the commit itself or of a submodule, or the root of a
// submodule. Folders have no entries of their own.
type Entry struct {
	// Path is relative to the work tree's root, '/'-separated and clean.
	Path string
	Kind Kind // folders are none
	// Target is where a Symlink leads, as the repository has it.
	Target string
}

// LinkError is the error for a symbolic link that leads out of the work tree.
type LinkError struct {
	Path   string // of the link, in the work tree
	Target string // where it leads, as it is there
}

func (e *LinkError) Error() string {
	return fmt.Sprintf("link %q leads out of the repository, to %q", e.Path, e.Target)
}

// ValidPath is [fs.ValidPath] for names of any bytes: what is in a repository need not
// be UTF-8.
func ValidPath(name string) bool { return fs.ValidPath(strings.ToValidUTF8(name, "?")) }

// Parent returns the folder a path lies in, "" for the root.
func Parent(path string) string { return path[:max(0, strings.LastIndexByte(path, '/'))] }

// Base returns the last name of a path.
func Base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// Join returns the path of what has a name in a folder, "" being the root.
func Join(folder, name string) string {
	if folder == "" {
		return name
	}
	return folder + "/" + name
}
