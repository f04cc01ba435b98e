//go:build !unix || portable

package fsx

import "os"

// Lock says that there are no locks here.
func (d Folder) Lock() error { return ErrNoLocks }

// LockFile says that there are no locks here.
func LockFile(*os.File) error { return ErrNoLocks }
