package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cargohome/internal/platform"
	"cargohome/internal/resolve"
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

// usageError is a wrong command line.
type usageError struct {
	err  error
	hint string // what to do, "" to see the help of the command that ran
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
func (e *usageError) Hint() string  { return e.hint }

// usagef wraps what it is about, of which the hint stays.
func usagef(format string, args ...any) error {
	e := &usageError{err: fmt.Errorf(format, args...)}
	if cause, ok := errors.AsType[ui.Hinted](e.err); ok {
		e.hint = cause.Hint()
	}
	return e
}

// typed is a wrong command line if an error is about a name that was typed.
func typed(err error) error {
	if errors.Is(err, platform.ErrUnknown) || errors.Is(err, resolve.ErrRequest) {
		return usagef("%w", err)
	}
	return err
}

// withHelp has a wrong command line lead to the help of its command.
func withHelp(cmd *cobra.Command, err error) error {
	if usage, ok := errors.AsType[*usageError](err); ok && usage.hint == "" {
		usage.hint = seeHelp(cmd)
	}
	return err
}

// foundError ends a run that was to check something, and found it.
type foundError struct{ error }

func (e *foundError) Unwrap() error { return e.error }

// checkedResult is the result of a command that checks.
type checkedResult interface {
	ui.Result
	Err() error // what was found, nil if nothing was
}

// printChecked prints the result of a command that checks, and ends it by what it found.
func (r *run) printChecked(result checkedResult) error {
	if err := r.out.Print(result); err != nil {
		return err
	}
	if err := result.Err(); err != nil {
		return &foundError{err}
	}
	return nil
}

// finish prints the error that ended the run, if any, and returns the status.
func (r *run) finish(ctx context.Context, err error) int {
	r.out.StopProgress()
	if err != nil {
		r.colorErrors()
	}
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		r.out.Error(errors.New(interrupted(err)))
		return exitInterrupted
	}
	err = r.explainRoom(ctx, err)
	hints := ui.Hints(err)
	r.out.Error(err, hints...)
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*foundError](err); ok {
		return exitFound
	}
	if r.flags.format == "json" {
		r.out.Failed(err, hints)
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
