package gitsrc

// Kind is what an entry of a work tree is.
type Kind uint8

const (
	Regular    Kind = iota // a file
	Executable             // a file with the executable bit
	Symlink
	Submodule // the root of a repository within the work tree
)

// Entry is one thing in the work tree that Cargo would check out for a commit:
// a file or link of the commit itself or of a submodule, or the root of a
// submodule. Folders have no entries of their own.
type Entry struct {
	// Path is relative to the work tree's root, '/'-separated and clean.
	Path string
	Kind Kind
	// Target is where a Symlink leads, as the repository has it.
	Target string
}
