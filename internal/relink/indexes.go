package relink

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"cargohome/gitsrc"
	"cargohome/index"
	"cargohome/internal/staging"
)

// index brings an index: all of it, or what the one that is there lacks.
func (x *execution) index(ctx context.Context, l *Link, stage *staging.Dir, tree *staging.Writer, fresh string) error {
	if l.files == nil {
		if err := x.wholeIndex(ctx, l, tree); err != nil {
			return err
		}
		return stage.Publish(fresh, x.path(l.To))
	}
	merged, err := x.writeFiles(l, tree)
	if err = errors.Join(err, tree.Finish()); err != nil {
		return err
	}
	for _, file := range l.files {
		if err := stage.Publish(fresh+"/"+file, x.path(l.To, file)); err != nil {
			return err
		}
	}
	for _, file := range merged {
		if err := stage.Replace(fresh+"/"+file, x.path(l.To, file)); err != nil {
			return err
		}
	}
	return nil
}

// wholeIndex writes all of an index. The files that Cargo keeps of one in git it makes
// again.
func (x *execution) wholeIndex(ctx context.Context, l *Link, tree *staging.Writer) error {
	if dir := x.path(l.From); !isAbsent(filepath.Join(dir, ".git")) {
		return gitsrc.WriteLinkedIndex(ctx, dir, x.home.Dir(), tree)
	}
	whole := &Link{Kind: Index, From: l.From, To: l.To}
	err := x.addFiles(whole)
	if err == nil {
		_, err = x.writeFiles(whole, tree)
	}
	return errors.Join(err, tree.Finish())
}

// writeFiles writes files of an index, and those that get lines, which it returns.
func (x *execution) writeFiles(l *Link, tree *staging.Writer) (merged []string, err error) {
	for _, file := range l.files {
		if err := copyFile(tree, x.path(l.From, file), file); err != nil {
			return nil, err
		}
	}
	to := index.Sparse(x.path(l.To))
	defer to.Close()
	for _, name := range slices.Sorted(maps.Keys(l.lines)) {
		data, err := to.Merged(name, l.lines[name])
		if err != nil {
			return nil, err
		}
		at, err := index.Path(name)
		if err != nil {
			return nil, err
		}
		if file := index.CacheFolder + "/" + at; data != nil {
			if err := tree.WriteFile(file, 0o666, data); err != nil {
				return nil, err
			}
			merged = append(merged, file)
		}
	}
	return merged, nil
}
