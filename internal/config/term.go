package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Term is the [term] table as far as it decides what is shown. Command-line
// flags are stronger; Quiet and Verbose together are for cargo an error unless a
// flag decides.
type Term struct {
	HasColor     bool   // whether there is a color
	Color        string // if HasColor: "auto", "always", "never" or wrong
	Quiet        bool   // as --quiet; false if not set
	Verbose      bool   // as --verbose; false if not set
	ProgressWhen string // "auto", "always" or "never"; "" if not set
}

// Term reads the [term] table and the CARGO_TERM_ variables. If anything of it has
// the wrong form, cargo passes over all of it, without a word (1.95,
// GlobalContext::configure).
func (c *Config) Term() Term {
	color, errColor := c.text(newKey("term", "color"))
	quiet, errQuiet := c.boolean(newKey("term", "quiet"))
	verbose, errVerbose := c.boolean(newKey("term", "verbose"))
	when, errWhen := c.progressWhen()
	if cmp.Or(errColor, errQuiet, errVerbose, errWhen, c.checkTerm()) != nil {
		return Term{}
	}
	return Term{color.set, color.value, quiet.value, verbose.value, when}
}

// progressWhen: "always" needs a width, for there may be no terminal to ask.
func (c *Config) progressWhen() (string, error) {
	when, err := c.text(newKey("term", "progress", "when"))
	if err != nil {
		return "", err
	}
	if when.set && !slices.Contains([]string{"auto", "always", "never"}, when.value) {
		return "", fmt.Errorf("key term.progress.when is %q, not auto, always or never (in %s)", when.value, when.from)
	}
	width, err := c.integer(newKey("term", "progress", "width"))
	switch {
	case err != nil:
		return "", err
	case width.value < 0:
		return "", fmt.Errorf("key term.progress.width is %d (in %s)", width.value, width.from)
	case when.value == "always" && !width.set:
		return "", fmt.Errorf(`key term.progress.when is "always", which needs term.progress.width (in %s)`, when.from)
	}
	return when.value, nil
}

// checkTerm looks at the keys that are of no use here.
func (c *Config) checkTerm() error {
	_, errLinks := c.boolean(newKey("term", "hyperlinks"))
	_, errUnicode := c.boolean(newKey("term", "unicode"))
	_, errIntegration := c.boolean(newKey("term", "progress", "term-integration"))
	return errors.Join(errLinks, errUnicode, errIntegration)
}
