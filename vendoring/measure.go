package vendoring

import (
	"context"
	"io/fs"

	"cargohome/crate/archive"
	"cargohome/internal/par"
)

// Measure returns what [Plan.Write] would leave out of each step, without writing it. What
// it would refuse about filters, and about what has to be read for them, is the error. Of
// a folder that such a filter made, its record tells, and nothing else is read; of a stub
// in whose place Cargo has the package unpacked, names and sizes there.
func (p *Plan) Measure(ctx context.Context, jobs int) ([]Left, error) {
	left, unpacked := make([]Left, len(p.Steps)), NewUnpacked(p.home)
	newWorker := func() *worker { return &worker{ctx: ctx, plan: p, unpack: archive.Unpacker{NoSums: true}} }
	errs := par.LongestFirst(ctx, jobs, len(p.Steps), p.weight, newWorker, func(w *worker, i int) (err error) {
		left[i], err = w.measure(&p.Steps[i], unpacked)
		return err
	})
	if err := collect(errs); err != nil {
		return nil, err
	}
	return left, nil
}

func (w *worker) measure(s *Step, unpacked *Unpacked) (Left, error) {
	if s.out == nil {
		return Left{}, nil
	}
	if w.plan.mayKeep(s) && w.prove.begin(w.ctx, w.plan.Dest, s) {
		w.prove.end()
		return s.left(), nil
	}
	w.prove.prepare()
	if left, told := unpacked.stub(s, w.prove.dirents); told {
		return left, nil
	}
	_, err := s.sound(func(c contents) ([]archive.File, error) {
		return c.write(w.ctx, &w.unpack, nothing{archive.NewShape()})
	})
	return s.left(), err
}

// nothing is a folder that nothing comes into.
type nothing struct{ *archive.Shape }

// Create implements archive.Folder.
func (n nothing) Create(path string, _ fs.FileMode) (archive.FileWriter, error) {
	return nowhere{}, n.Add(path)
}
