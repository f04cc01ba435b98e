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

// output runs a program and returns what it prints, without the last line's end.
func output(name string, args ...string) (string, error) { return outputIn("", nil, name, args...) }

func outputIn(dir string, environment []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), environment...)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}
