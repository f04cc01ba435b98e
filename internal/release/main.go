// Release makes what people install:
//
//	release files DIR            man pages, completions and licences, as below PREFIX/share
//	release dist DIR VERSION     archives and packages for all systems, the source, sums
//
// The same sources make the same bytes: binaries know no path (-trimpath) and no time, and
// all that is packed is dated by SOURCE_DATE_EPOCH, or else by the commit. What dist makes
// of a working tree with changes that are not committed is of the commit all the same.
//
// It is a module of its own, as it needs much that the program does not: nfpm for .deb and
// .rpm, CycloneDX for the list of components.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "files":
		return writeShare(args[1])
	case len(args) == 3 && args[0] == "dist":
		return dist(args[1], args[2])
	}
	return fmt.Errorf("usage: release files DIR | release dist DIR VERSION")
}
