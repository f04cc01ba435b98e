package config

import (
	"cmp"
	"errors"
	"fmt"
	"math"
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

	ProgressWidth int  // of the line, in columns; 0 if not set
	HasReports    bool // whether it is said whether the terminal itself is told of progress
	Reports       bool // if HasReports: whether it is
}

// Term reads the [term] table and the CARGO_TERM_ variables. If anything of it has
// the wrong form, cargo passes over all of it, without a word (1.95,
// GlobalContext::configure).
func (c *Config) Term() Term {
	color, errColor := c.text(newKey("term", "color"))
	quiet, errQuiet := c.boolean(newKey("term", "quiet"))
	verbose, errVerbose := c.boolean(newKey("term", "verbose"))
	when, width, errWhen := c.progressWhen()
	reports, errReports := c.boolean(newKey("term", "progress", "term-integration"))
	if cmp.Or(errColor, errQuiet, errVerbose, errWhen, errReports, c.checkTerm()) != nil {
		return Term{}
	}
	return Term{color.set, color.value, quiet.value, verbose.value, when, width, reports.set, reports.value}
}

// progressWhen: "always" needs a width, for there may be no terminal to ask.
func (c *Config) progressWhen() (when string, width int, err error) {
	said, err := c.text(newKey("term", "progress", "when"))
	if err != nil {
		return "", 0, err
	}
	if said.set && !slices.Contains([]string{"auto", "always", "never"}, said.value) {
		return "", 0, fmt.Errorf("key term.progress.when is %q, not auto, always or never (in %s)", said.value, said.from)
	}
	columns, err := c.integer(newKey("term", "progress", "width"))
	switch {
	case err != nil:
		return "", 0, err
	case columns.value < 0:
		return "", 0, fmt.Errorf("key term.progress.width is %d (in %s)", columns.value, columns.from)
	case said.value == "always" && !columns.set:
		return "", 0, fmt.Errorf(`key term.progress.when is "always", which needs term.progress.width (in %s)`, said.from)
	}
	return said.value, int(min(columns.value, math.MaxInt32)), nil
}

// checkTerm looks at the keys that are of no use here.
func (c *Config) checkTerm() error {
	_, errLinks := c.boolean(newKey("term", "hyperlinks"))
	_, errUnicode := c.boolean(newKey("term", "unicode"))
	return errors.Join(errLinks, errUnicode)
}
