package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
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

// Where there is no current folder, relative paths mean nothing: only what reads no file goes on.
func TestMain_no_current_folder(t *testing.T) {
	home := cargotest.NewHome(t, t.TempDir()).Dir
	for _, tt := range []struct {
		args   string
		status int
	}{{"size", 1}, {"vendor", 1}, {"vendor rehash a --reason x", 1}, {"-C " + home + " size", 0}, {"version", 0}, {"help size", 0}} {
		var stderr bytes.Buffer
		sys := &cli.System{Args: append([]string{"cargohome", "--cargo-home", home}, strings.Fields(tt.args)...), Dir: ".", Stdout: io.Discard, Stderr: &stderr}
		status := cli.Main(t.Context(), sys)
		if told := strings.Contains(stderr.String(), "the current folder cannot be found"); status != tt.status || told != (status == 1) {
			t.Errorf("%s ends with %d:\n%s", tt.args, status, stderr.String())
		}
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
