package verify

import (
	"context"
	"errors"
	"io/fs"

	"cargohome/gitsrc/object"
)

func (p *Plan) listDatabases() {
	git := p.home.Git()
	for _, name := range git.Databases() {
		p.add(&Item{Area: Databases, Name: name, Path: git.DatabaseDir(name), Size: 1 << 30, check: checkDatabase})
	}
}

// checkDatabase: a fault that is no damage kept us from finding out.
func checkDatabase(ctx context.Context, _ *worker, i *Item) error {
	if !i.isFolder() {
		return nil
	}
	faults, _, err := object.Verify(ctx, i.Path, 0)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		i.is(Damaged, "it is no repository")
		return nil
	case err != nil:
		return i.failed(ctx, err)
	}
	i.State = Sound
	for _, f := range faults {
		how := Changed
		if i.State = Differing; !errors.Is(f.Err, object.ErrDamaged) {
			how = Unreadable
		}
		i.Differences = append(i.Differences, Difference{"objects/" + f.File, how})
	}
	if len(faults) > 0 {
		i.Why = faults[0].Err.Error()
	}
	return nil
}
