package config

import (
	"errors"
	"fmt"
	"slices"
)

// Term is the [term] table as far as it decides what is shown. Command-line
// flags are stronger; of Quiet and Verbose cargo refuses both together unless a
// flag decides.
type Term struct {
	Color        string // "auto", "always", "never" or wrong; "" if not set
	Quiet        bool
	Verbose      bool
	ProgressWhen string // "auto", "always" or "never"; "" if not set
}

// Term reads the [term] table and the CARGO_TERM_ variables.
func (c *Config) Term() (Term, error) {
	color, errColor := c.text(newKey("term", "color"))
	quiet, errQuiet := c.boolean(newKey("term", "quiet"))
	verbose, errVerbose := c.boolean(newKey("term", "verbose"))
	when, errWhen := c.progressWhen()
	if err := errors.Join(errColor, errQuiet, errVerbose, errWhen); err != nil {
		return Term{}, fmt.Errorf("cargo configuration: %w", err)
	}
	return Term{color.value, quiet.value, verbose.value, when}, nil
}

// progressWhen: "always" needs a width, for there may be no terminal to ask.
func (c *Config) progressWhen() (string, error) {
	when, err := c.text(newKey("term", "progress", "when"))
	if err != nil || !when.set {
		return "", err
	}
	if !slices.Contains([]string{"auto", "always", "never"}, when.value) {
		return "", fmt.Errorf("key term.progress.when is %q, not auto, always or never (in %s)", when.value, when.from)
	}
	width, err := c.integer(newKey("term", "progress", "width"))
	if err == nil && when.value == "always" && !width.set {
		err = fmt.Errorf(`key term.progress.when is "always", which needs term.progress.width (in %s)`, when.from)
	}
	return when.value, err
}
