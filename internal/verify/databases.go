package verify

import (
	"cmp"
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
	p.add(&Item{Area: Databases, Name: filepath.Base(path), Path: path, Size: gitSize, mend: indexer{filepath.Base(path)}, check: p.checkDatabase})
}

// checkDatabase: a fault that is no damage kept us from finding out. What references lead
// to is looked for where all objects are sound.
func (p *Plan) checkDatabase(ctx context.Context, _ *worker, i *Item) error {
	if !i.isFolder() {
		return nil
	}
	faults, closed, err := object.Verify(ctx, i.Path, 0)
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
		i.faulty("objects/"+f.File, f.Err)
	}
	var sound []string
	if len(faults) == 0 {
		if sound, err = p.checkRefs(ctx, i, closed); err != nil {
			return i.failed(ctx, err)
		}
	}
	i.nobody("", sound...)
	return nil
}

// checkRefs looks at what the repository has besides objects, and returns what of that is
// as it should be, as far as that can be told.
func (p *Plan) checkRefs(ctx context.Context, i *Item, closed bool) (sound []string, err error) {
	db, err := object.OpenDB(i.Path, p.home.Dir(), object.NewBudget())
	if err != nil {
		return nil, err
	}
	faults, sound, err := db.VerifyRefs(ctx, closed)
	for _, f := range faults {
		i.faulty(f.File, f.Err)
		sound = append(sound, f.File)
	}
	return sound, errors.Join(err, db.Close())
}

// faulty takes a fault of a file; the first one says why.
func (i *Item) faulty(file string, err error) {
	how := Unreadable
	switch {
	case errors.Is(err, object.ErrDamaged):
		how = Changed
	case errors.Is(err, fs.ErrNotExist):
		how = Missing
	}
	i.differsToo(file, how)
	i.Why = cmp.Or(i.Why, err.Error())
}
