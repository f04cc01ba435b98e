//go:build !unix

package staging

import "os"

// lock is not available here, so what a killed run left stays.
func lock(string) (*os.File, error) { return nil, errNoLocks }
