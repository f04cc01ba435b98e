package cli

import (
	"context"
	"errors"
	"io/fs"

	"cargohome/internal/check"
	"cargohome/internal/home"
	"cargohome/internal/ui"
	"cargohome/internal/usage"
)

// tour says in a few lines what there is here, and what to try next.
func (r *run) tour(ctx context.Context) error {
	dir, err := r.cargoHome()
	if err != nil {
		return err
	}
	tour := &ui.Tour{Home: dir}
	h := home.New(dir)
	defer h.Close()
	if tour.Lacking = h.Check(); tour.Lacking == nil {
		if tour.Usage, err = usage.Measure(ctx, dir, &usage.MeasureOptions{Jobs: r.flags.jobs}); err != nil {
			return err
		}
	}
	report, err := r.runCheck(ctx, &check.Options{Jobs: r.flags.jobs, Dir: r.sys.Dir, Home: h}, nil)
	switch {
	case err == nil:
		tour.Project = ui.NewChecked(r.sys.Dir, dir, report)
	case ctx.Err() != nil || !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return r.out.Print(tour)
}
