package ui

import (
	"errors"
	"fmt"
	"strings"
)

// Hinted is an error that says what to do about it.
type Hinted interface {
	error
	Hint() string // "" if it does not
}

// WithHint is an error, and what to do about it in place of what the error itself says.
func WithHint(err error, hint string) error { return &hintError{err, hint} }

type hintError struct {
	error
	hint string
}

func (e *hintError) Hint() string  { return e.hint }
func (e *hintError) Unwrap() error { return e.error }

// PartialError ends a run of which some was done, and stays.
type PartialError struct {
	Err error // what ended it
}

func (e *PartialError) Error() string { return e.Err.Error() }
func (e *PartialError) Unwrap() error { return e.Err }

// listError is a line, and below it others, each about one thing that failed.
type listError struct {
	head string
	errs []error
}

func (e *listError) Error() string {
	return strings.Join(append([]string{e.head}, folded(e.errs)...), "\n  ")
}

func (e *listError) Unwrap() []error { return e.errs }

// alike is how many errors of one cause are told; the rest is counted.
const alike = 3

// folded are the texts of errors, those of a cause that many have in one line.
func folded(errs []error) (lines []string) {
	counts := map[string]int{}
	for _, err := range errs {
		counts[causeOf(err)]++
	}
	told := map[string]int{}
	for _, err := range errs {
		cause := causeOf(err)
		told[cause]++
		switch more := counts[cause] - alike; {
		case told[cause] <= alike || more == 1:
			lines = append(lines, err.Error())
		case told[cause] == alike+1:
			lines = append(lines, fmt.Sprintf("and %d more: %s", more, cause))
		}
	}
	return lines
}

// causeOf is the text of the innermost error.
func causeOf(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// text is that of an error, folded if it joins several.
func text(err error) string {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err.Error()
	}
	all := make([]string, len(joined.Unwrap()))
	for i, one := range joined.Unwrap() {
		all[i] = one.Error()
	}
	if strings.Join(all, "\n") != err.Error() {
		return err.Error() // it says something of its own
	}
	return strings.Join(folded(joined.Unwrap()), "\n")
}
