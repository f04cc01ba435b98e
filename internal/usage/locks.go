package usage

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"cargohome/internal/locate"
	"cargohome/internal/project"
)

// ConfigError says that a configuration cannot be read, and so could say anything about
// what lockfiles need.
type ConfigError struct {
	Err error // of all that cannot be
}

func (e *ConfigError) Error() string { return e.Err.Error() }
func (e *ConfigError) Unwrap() error { return e.Err }

// Hint returns what the user may do about the error.
func (e *ConfigError) Hint() string { return "mend the configuration, or name other lockfiles" }

// LocksOf returns what lockfiles say is needed, each by cargo's configuration for the
// folder that it lies in, and for those of members that have another: cargo goes by where
// it is run. What holds for a cargo in a folder is what sourcesIn returns. The error is a
// [*ConfigError].
func LocksOf(locks []project.Lock, sourcesIn func(dir string) (*locate.Sources, error)) ([]Lock, error) {
	var list []Lock
	var errs []error
	for _, l := range locks {
		packages, err := placed(filepath.Dir(l.Path), l, sourcesIn)
		lock := Lock{Name: l.Name, Packages: packages}
		for _, dir := range l.Dirs {
			other, otherErr := placed(dir, l, sourcesIn)
			lock.Elsewhere = append(lock.Elsewhere, without(other, packages)...)
			err = errors.Join(err, otherErr)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("what %s needs is not known: %w", l.Name, err))
		}
		list = append(list, lock)
	}
	if len(errs) > 0 {
		return nil, &ConfigError{errors.Join(errs...)}
	}
	return list, nil
}

// placed says where the packages of a lockfile are read from where cargo is run in a
// folder.
func placed(dir string, l project.Lock, sourcesIn func(dir string) (*locate.Sources, error)) ([]locate.Placed, error) {
	sources, err := sourcesIn(dir)
	if err != nil {
		return nil, err
	}
	return sources.Place(l.IDs())
}

// without returns the packages of a list that are not in another.
func without(list, other []locate.Placed) []locate.Placed {
	in := map[locate.Placed]bool{}
	for _, p := range other {
		in[p] = true
	}
	return slices.DeleteFunc(list, func(p locate.Placed) bool { return in[p] })
}
