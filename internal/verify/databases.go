package verify

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"cargohome/gitsrc/object"
	"cargohome/internal/home"
)

// gitSize is how many bytes reading a repository is taken for, before it is known.
const gitSize = 16 << 20

func (p *Plan) listDatabases() {
	root := filepath.Join(p.home.Dir(), filepath.FromSlash(home.DBPath))
	for _, name := range p.names(Databases, root) {
		p.addDatabase(filepath.Join(root, name))
	}
}

func (p *Plan) addDatabase(path string) {
	p.add(&Item{Area: Databases, Name: filepath.Base(path), Path: path, Size: gitSize, mend: indexer{filepath.Base(path)}, check: checkDatabase})
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
	i.nobody("")
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
