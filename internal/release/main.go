// Release makes what people install:
//
//	release DIR VERSION
//
// makes archives and packages for all systems, of binaries and of what internal/share
// writes; the source with its modules, a list of components, and sums.
//
// The same sources make the same bytes: binaries know no path (-trimpath) and no time, and
// all that is packed is dated by SOURCE_DATE_EPOCH, which make sets to the commit's. What is
// made of a working tree with changes that are not committed is of the commit all the same.
//
// It is a module of its own, as it needs much that the program does not: nfpm for .deb and
// .rpm, CycloneDX for the list of components.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: release DIR VERSION")
	}
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w; make sets it", err)
	}
	return dist(args[0], args[1], time.Unix(seconds, 0).UTC())
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
