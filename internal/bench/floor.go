package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// floorSource is kept in testdata, as the go command takes C files beside Go files
// for cgo's.
//
//go:embed testdata/floor.c
var floorSource []byte

// buildFloor compiles the floor into dir, and returns its path.
func buildFloor(ctx context.Context, dir string) (string, error) {
	compiler, err := exec.LookPath("cc")
	if err != nil {
		return "", err
	}
	source, program := filepath.Join(dir, "floor.c"), filepath.Join(dir, "floor")
	if err := os.WriteFile(source, floorSource, 0o666); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, compiler, "-O2", "-o", program, source, "-ldeflate", "-lcrypto", "-lpthread")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cc: %w\n%s", err, out)
	}
	return program, nil
}
