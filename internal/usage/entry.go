package usage

import (
	"errors"
	"io/fs"

	"cargohome/internal/fsx"
)

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
	fsx.Entry
}

func (e entry) takes() Size { return Size{e.Size, e.Allocated} }

// read calls yield with what is in a folder, in no certain order. What vanishes meanwhile
// is passed over.
func read(dir fsx.Folder, yield func(entry) error) error {
	for l, err := range dir.Names(make([]byte, 32<<10)) {
		if err != nil {
			return err
		}
		e, err := dir.Stat(l.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := yield(entry{l.Name, e}); err != nil {
			return err
		}
	}
	return nil
}

// link is one name of a file that has several. Its bytes are given back only when
// the last name goes.
type link struct {
	fsx.ID
	links uint64
	size  Size
}
