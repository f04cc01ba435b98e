package usage

import "io/fs"

// Size is what something takes, as `du` counts: links and folders included.
type Size struct {
	Apparent  int64 `json:"apparent"`  // in bytes, as programs read them
	Allocated int64 `json:"allocated"` // in bytes, on the disk
}

// Plus is what both take.
func (s Size) Plus(o Size) Size { s.add(o); return s }

// Minus is what it takes without that.
func (s Size) Minus(o Size) Size { s.sub(o); return s }

func (s *Size) add(o Size) { s.Apparent += o.Apparent; s.Allocated += o.Allocated }
func (s *Size) sub(o Size) { s.Apparent -= o.Apparent; s.Allocated -= o.Allocated }

// entry is something in a folder.
type entry struct {
	name string
	mode fs.FileMode // its type
	size Size
	inode
	links    uint64
	mod, acc int64 // in Unix seconds
}

// inode tells files apart.
type inode struct{ dev, ino uint64 }

// link is one name of a file that has several. Its bytes are given back only when
// the last name goes.
type link struct {
	inode
	links uint64
	size  Size
}
