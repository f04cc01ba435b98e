package cli_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"cargohome/internal/cli"
)

type faultyWriter struct{}

func (faultyWriter) Write([]byte) (int, error) { panic("https://u:hunter2@h/") }

// A fault of the program has the status of a failure, and is told like one.
func TestMain_fault(t *testing.T) {
	var stderr bytes.Buffer
	status := cli.Main(context.Background(), &cli.System{Args: []string{"cargohome", "--version"}, Dir: t.TempDir(), Stdout: faultyWriter{}, Stderr: &stderr})
	if status != 1 || !strings.HasPrefix(stderr.String(), "error: a fault of the program itself: https://***@h/\n") || !strings.Contains(stderr.String(), "\nhelp: report it") {
		t.Errorf("status %d:\n%s", status, stderr.String())
	}
}

// Help that nobody gets is a failure too.
func TestMain_full(t *testing.T) {
	for _, arg := range []string{"--version", "--help", "help"} {
		var stderr bytes.Buffer
		status := cli.Main(t.Context(), &cli.System{Args: []string{"cargohome", arg}, Dir: t.TempDir(), Stdout: fullWriter{}, Stderr: &stderr})
		if status != 1 || stderr.String() != "error: the result could not be printed: the disk is full\n" {
			t.Errorf("%s: status %d:\n%s", arg, status, stderr.String())
		}
	}
}

type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }
