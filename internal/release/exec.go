package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// sourceDir is the folder of the program, seen from that of this module, where both
// `go run` and `go test` are called.
func sourceDir() string { return filepath.Join("..", "..") }

// execute runs a program, with more in its environment than there is.
func execute(environment []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stderr, cmd.Env = os.Stderr, append(os.Environ(), environment...)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}
