package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"cargohome/internal/visible"
)

// Result is what a run of a command comes to. As JSON it is printed as it is.
type Result interface {
	// summarize tells people what was done, on stderr, in either format.
	summarize(p *Printer)
	// writeText prints the data on stdout, where it is not to be JSON.
	writeText(p *Printer) error
}

// Format1 is the first member of every result, "format": 1.
type Format1 struct{}

// MarshalJSON returns the number.
func (Format1) MarshalJSON() ([]byte, error) { return []byte("1"), nil }

// Print prints the result of a run. The error is that of printing it.
func (p *Printer) Print(r Result) error {
	p.printed = true
	r.summarize(p)
	if p.settings.JSON {
		return p.writeJSON(r)
	}
	return r.writeText(p)
}

// Achieved says what was done already before the result is printed, as a sentence.
func (p *Printer) Achieved(what string) { p.achieved = what }

// writeTOML prints a configuration, with all that is in it: a build reads it. A terminal
// gets it with escapes, which mean the same in the strings of TOML; a file gets the bytes
// that cargo prints.
func (p *Printer) writeTOML(text TOML) error {
	if p.dataTerminal {
		return p.write(visible.As(string(text), visible.TOML))
	}
	return p.write(string(text))
}

// writeJSON prints a result as one indented object.
func (p *Printer) writeJSON(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(redacted(reflect.ValueOf(v)).Interface()); err != nil {
		return err
	}
	return p.write(visible.As(b.String(), visible.JSON))
}

// write prints a part of a result.
func (p *Printer) write(text string) error {
	if _, err := io.WriteString(p.stdout, text); err != nil {
		return p.unwritten(err)
	}
	return nil
}

// unwritten tells of an error of printing a result, and what was done all the same. The
// cause is of no use: no disk is to be cleared for an output.
func (p *Printer) unwritten(err error) error {
	switch {
	case errors.Is(err, context.Canceled) && p.achieved != "":
		return &PartialError{err}
	case errors.Is(err, context.Canceled):
		return err
	}
	if p.achieved != "" {
		return fmt.Errorf("%s, but the result could not be printed: %v", p.achieved, err)
	}
	return fmt.Errorf("the result could not be printed: %v", err)
}

// Stdout is for what others print there, as is help. The error of printing, if any, is
// that of its [Help.Err].
func (p *Printer) Stdout() *Stdout { return &Stdout{p: p} }

// Stderr is for what others print there.
func (p *Printer) Stderr() io.Writer { return p.stderr }

// Bytes is stdout for what is no text, as it is; see [Printer.NotTerminal].
func (p *Printer) Bytes() io.Writer { return p.stdout }

// NotTerminal is an error if stdout is a terminal, which bytes are not for.
func (p *Printer) NotTerminal() error {
	if p.dataTerminal {
		return errors.New("stdout is a terminal: let it lead to a file or another program")
	}
	return nil
}

// Stdout keeps the first error of writing to itself: a library that prints help passes
// over it, or prints it in a form of its own.
type Stdout struct {
	p   *Printer
	err error
}

// Write never fails.
func (s *Stdout) Write(b []byte) (int, error) {
	if s.err == nil {
		s.err = s.p.write(string(b))
	}
	return len(b), nil
}

// Err returns the first error.
func (s *Stdout) Err() error { return s.err }
