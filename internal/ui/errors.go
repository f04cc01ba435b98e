package ui

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
	text := e.head
	for _, err := range e.errs {
		text += "\n  " + err.Error()
	}
	return text
}

func (e *listError) Unwrap() []error { return e.errs }
