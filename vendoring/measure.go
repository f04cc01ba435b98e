package vendoring

import (
	"context"
	"io/fs"

	"cargohome/crate/archive"
	"cargohome/internal/par"
)

// Measure returns what [Plan.Write] would leave out of each step, without writing it. What
// it would refuse about filters, and about what has to be read for them, is the error.
func Measure(ctx context.Context, jobs int, steps []Step) ([]Left, error) {
	left := make([]Left, len(steps))
	newUnpacker := func() *archive.Unpacker { return &archive.Unpacker{NoSums: true} }
	errs := par.Do(ctx, jobs, len(steps), newUnpacker, func(u *archive.Unpacker, i int) error {
		s := &steps[i]
		if s.out == nil {
			return nil
		}
		_, err := s.sound(func(c contents) ([]archive.File, error) { return c.write(ctx, u, nothing{archive.NewShape()}) })
		left[i] = s.left()
		return err
	})
	if err := collect(errs); err != nil {
		return nil, err
	}
	return left, nil
}

// nothing is a folder that nothing comes into.
type nothing struct{ *archive.Shape }

// Create implements archive.Folder.
func (n nothing) Create(path string, _ fs.FileMode) (archive.FileWriter, error) {
	return nowhere{}, n.Add(path)
}
