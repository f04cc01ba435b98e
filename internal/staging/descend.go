package staging

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"cargohome/internal/fsx"
)

// enter opens a folder in a folder, by the rule for links.
func (in In) enter(dir fsx.Folder, name string) (fsx.Folder, error) {
	if in.NoLinks {
		return dir.Open(name)
	}
	return dir.Enter(name)
}

// descend opens folders, each in the one before, beginning in dir, which has that path.
// It returns the last that is there, dir itself if none is, and the names that are
// missing. Each one is shown to see, which may be nil.
func (in In) descend(dir fsx.Folder, path string, names []string, see func(at fsx.Folder, names int) error) (at fsx.Folder, missing []string, err error) {
	there := 0
	at, err = down(dir, names, func(at fsx.Folder, name string) (fsx.Folder, error) {
		next, err := in.enter(at, name)
		if errors.Is(err, fs.ErrNotExist) {
			if isMissing(at, name) {
				return next, errEnd
			}
			next, err = in.enter(at, name) // made meanwhile, if it is no link to nothing
		}
		if err != nil && isLink(at, name) {
			err = fsx.ErrLink
		}
		if there++; err == nil && see != nil {
			if err = see(next, there); err != nil {
				_ = next.Close()
			}
		}
		return next, err
	})
	if err != nil {
		return at, nil, fmt.Errorf("%s: %w", joined(path, names[:there]), fsx.WithoutPath(err))
	}
	return at, names[there:], nil
}

// errEnd ends the way down before the last of the names.
var errEnd = errors.New("the end of the way")

// down opens folders by names, each in the one before, beginning in dir, and closes those
// between. It returns the last, or that in which open returned errEnd; dir itself if that
// was the first.
func down(dir fsx.Folder, names []string, open func(at fsx.Folder, name string) (fsx.Folder, error)) (at fsx.Folder, err error) {
	at = dir
	for _, name := range names {
		next, err := open(at, name)
		if err == errEnd {
			break
		}
		closeUnless(at, dir)
		if err != nil {
			return next, err
		}
		at = next
	}
	return at, nil
}

func closeUnless(dir, borrowed fsx.Folder) {
	if dir != borrowed {
		_ = dir.Close()
	}
}

// joined is a path of so many more names.
func joined(path string, names []string) string { return filepath.Join(path, filepath.Join(names...)) }

// isMissing: a link that leads to nothing is not.
func isMissing(dir fsx.Folder, name string) bool {
	_, err := dir.Stat(name)
	return errors.Is(err, fs.ErrNotExist)
}

func isLink(dir fsx.Folder, name string) bool {
	e, err := dir.Stat(name)
	return err == nil && fsx.IsLink(e.Mode)
}

func split(rel string) []string {
	if rel == "" || rel == "." {
		return nil
	}
	return strings.Split(rel, "/")
}

// makeFolders makes folders, each in the one before, beginning in dir, which has that
// path. It returns the last, dir itself if there are none. After an error nothing is
// left.
func makeFolders(dir fsx.Folder, path string, names []string) (at fsx.Folder, err error) {
	made := 0
	at, err = down(dir, names, func(at fsx.Folder, name string) (fsx.Folder, error) {
		next, err := makeFolder(at, name, joined(path, names[:made+1]))
		if err == nil {
			made++
		}
		return next, err
	})
	if err != nil {
		removeEmpty(dir, names[:made])
	}
	return at, err
}

// makeFolder makes a folder and opens it.
func makeFolder(in fsx.Folder, name, path string) (fsx.Folder, error) {
	err := Point(OpMkdir, path)
	if err == nil {
		err = in.Mkdir(name, 0o777)
	}
	if err != nil {
		return fsx.Folder{}, fsx.WithPath(path, err)
	}
	made, err := in.Open(name)
	if err != nil {
		_ = in.RemoveFolder(name)
	}
	return made, fsx.WithPath(path, err)
}

// removeEmpty deletes folders that were made, each in the one before, as far as nobody
// put anything there.
func removeEmpty(dir fsx.Folder, names []string) {
	if len(names) == 0 {
		return
	}
	if sub, err := dir.Open(names[0]); err == nil {
		removeEmpty(sub, names[1:])
		_ = sub.Close()
	}
	_ = dir.RemoveFolder(names[0])
}
