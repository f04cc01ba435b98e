package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cargohome/internal/ui"
)

// Exit statuses. They are part of the interface: scripts rely on them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitFound       = 3
	exitInterrupted = 130
)

const exitHelp = `Exit status: 0 done; 1 failed, with nothing half-made left behind; 2 the
command line is wrong; 3 checked, and found what was asked for; 130 interrupted.`

// usageError is a wrong command line.
type usageError struct {
	err     error
	command string // whose help to read, "" for the program's
}

func (e *usageError) Error() string { return e.err.Error() }

func (e *usageError) Hint() string {
	if e.command == "" {
		return "run `cargohome help` for the commands and flags there are"
	}
	return fmt.Sprintf("run `%s --help` for the flags there are", e.command)
}

func usagef(format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...)}
}

// foundError ends a run that was to check something, and found it.
type foundError struct{ error }

func (e *foundError) Unwrap() error { return e.error }

// finish prints the error that ended the run, if any, and returns the status.
func (r *run) finish(ctx context.Context, err error) int {
	r.out.StopProgress()
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		r.out.Error(errors.New(interrupted(err)))
		return exitInterrupted
	}
	if isUsage(err) {
		err = asUsage(err)
	}
	r.out.Error(err, ui.Hints(err)...)
	switch _, found := errors.AsType[*foundError](err); {
	case isUsage(err):
		return exitUsage
	case found:
		return exitFound
	}
	return exitFailed
}

// fault prints what should never happen.
func (r *run) fault(fault any, stack []byte) int {
	r.out.StopProgress()
	r.out.Error(fmt.Errorf("a fault of the program itself: %v\n%s", fault, stack),
		"report it with the lines above; the next run clears away what this one left")
	return exitFailed
}

func interrupted(err error) string {
	if _, ok := errors.AsType[*ui.PartialError](err); ok {
		return "interrupted; what was finished stays, and nothing is half-made"
	}
	return "interrupted; nothing was changed"
}

// isUsage also knows the errors cobra itself makes, which have no type.
func isUsage(err error) bool {
	if _, ok := errors.AsType[*usageError](err); ok {
		return true
	}
	text := err.Error()
	return strings.HasPrefix(text, "unknown command ") || strings.HasPrefix(text, "accepts ")
}

func asUsage(err error) error {
	if _, ok := errors.AsType[*usageError](err); ok {
		return err
	}
	return &usageError{err: err}
}
