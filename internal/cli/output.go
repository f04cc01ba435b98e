package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"cargohome/internal/config"
)

// output prints for people, and is the only place that does. Its rules:
//
//   - stdout is data; everything else goes to stderr, in the forms cargo uses: a
//     right-aligned verb and its subject, or "error:", "warning:", "note:",
//     "help:" and a text in lower case without a full stop.
//   - Texts hold names, paths and URLs from outside. Whatever in them could
//     command a terminal, or show something other than it is, is escaped here, and
//     what may be a secret in a URL is hidden; see [shown]. The one exception is the
//     TOML that Cargo needs whole; see [output.data] and [tomlText].
//   - Meaning never rests on colour.
//   - Quiet leaves errors only.
//
// Its methods are safe for concurrent use.
type output struct {
	stdout, stderr io.Writer
	quiet, verbose bool
	color          bool
	terminal       bool // stderr is one
	dataTerminal   bool // stdout is one
	progressWhen   string
	done           string // what was done already when the result is printed, "" if nothing

	mu  sync.Mutex
	bar *progressbar.ProgressBar // nil unless one is shown
}

func newOutput(ctx context.Context, sys *System) *output {
	o := &output{
		stdout:       newEndingWriter(ctx, sys.Stdout),
		stderr:       newEndingWriter(ctx, sys.Stderr),
		terminal:     isTerminal(sys.Stderr),
		dataTerminal: isTerminal(sys.Stdout),
	}
	o.color = o.terminal && !hasNoColor(sys)
	return o
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// hasNoColor: any value but the empty one asks for no colour.
func hasNoColor(sys *System) bool {
	value, _ := sys.lookupEnv("NO_COLOR")
	return value != ""
}

// configure applies flags, and cargo's [term] table where they leave it open.
func (o *output) configure(f *globalFlags, t config.Term) error {
	o.quiet, o.verbose = f.quiet, f.verbose
	if !f.quiet && !f.verbose {
		if t.Quiet && t.Verbose {
			return errors.New("cargo configuration: term.quiet and term.verbose exclude each other")
		}
		o.quiet, o.verbose = t.Quiet, t.Verbose
	}
	o.progressWhen = t.ProgressWhen
	when := f.color
	if when == "" && t.HasColor {
		when = t.Color
	} else if when == "" {
		when = "auto"
	}
	switch when {
	case "auto":
	case "always":
		o.color = true
	case "never":
		o.color = false
	default:
		return fmt.Errorf("cargo configuration: key term.color is %q, not auto, always or never", when)
	}
	return nil
}

const (
	green  = "\x1b[1;32m"
	cyan   = "\x1b[1;36m"
	yellow = "\x1b[1;33m"
	red    = "\x1b[1;31m"
	plain  = "\x1b[0m"
)

// status prints what was done: a verb in a column of twelve, and its subject.
func (o *output) status(verb, format string, args ...any) {
	if !o.quiet {
		subject := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", `\n`) // of none of ours
		o.line(green, fmt.Sprintf("%12s", verb), " "+subject)
	}
}

// detail is a status that only --verbose shows.
func (o *output) detail(verb, format string, args ...any) {
	if o.verbose {
		o.status(verb, format, args...)
	}
}

func (o *output) warning(text string) {
	if !o.quiet {
		o.line(yellow, "warning", ": "+text)
	}
}

func (o *output) note(text string) {
	if !o.quiet {
		o.line(green, "note", ": "+text)
	}
}

func (o *output) help(text string) { o.line(cyan, "help", ": "+text) }

func (o *output) error(err error) { o.line(red, "error", ": "+err.Error()) }

// plainText prints a line of no form.
func (o *output) plainText(text string) {
	if !o.quiet {
		o.line("", "", text)
	}
}

func (o *output) line(color, head, text string) {
	head, text = escape(head), indentLines(shown(text))
	if o.color && color != "" {
		head = color + head + plain
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bar != nil {
		_ = o.bar.Clear()
	}
	fmt.Fprintf(o.stderr, "%s%s\n", head, text)
}

// indentLines sets off all lines but the first, so that a line break in a text from
// outside cannot make what looks like another message.
func indentLines(text string) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	var b strings.Builder
	for i, line := range slices.Collect(strings.Lines(text)) {
		if i > 0 && line != "\n" && !strings.HasPrefix(line, " ") {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// data prints TOML on stdout, with all that is in it: a build reads it. A terminal gets it with escapes, which mean the same in
// the strings of TOML; a file gets the bytes that cargo prints.
func (o *output) data(b []byte) error {
	if o.dataTerminal {
		b = []byte(escapeAs(string(b), tomlEscape))
	}
	return o.write(string(b))
}

// write prints a part of a result on stdout.
func (o *output) write(text string) error {
	if _, err := io.WriteString(o.stdout, text); err != nil {
		return o.unwritten(err)
	}
	return nil
}

// unwritten tells of an error of printing a result, and what was done all the same. The
// cause is of no use: no disk is to be cleared for an output.
func (o *output) unwritten(err error) error {
	switch {
	case errors.Is(err, context.Canceled) && o.done != "":
		return &partialError{err}
	case errors.Is(err, context.Canceled):
		return err
	}
	if o.done != "" {
		return fmt.Errorf("%s, but the result could not be printed: %v", o.done, err)
	}
	return fmt.Errorf("the result could not be printed: %v", err)
}

// json prints a result on stdout as one indented object.
func (o *output) json(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(redacted(reflect.ValueOf(v)).Interface()); err != nil {
		return err
	}
	return o.write(escapeAs(b.String(), jsonEscape))
}

// startProgress shows, on a terminal, how far work of total bytes has got.
func (o *output) startProgress(verb string, total int64) {
	if o.quiet || o.progressWhen == "never" || !o.terminal {
		return
	}
	o.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(o.stderr),
		progressbar.OptionSetDescription(fmt.Sprintf("%12s", verb)),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100e6),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "=", SaucerHead: ">", SaucerPadding: " ", BarStart: "[", BarEnd: "]"}),
	)
}

// advance counts n bytes of the work as done.
func (o *output) advance(n int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bar != nil {
		_ = o.bar.Add64(n)
	}
}

func (o *output) stopProgress() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bar != nil {
		_ = o.bar.Clear()
		o.bar = nil
	}
}

// size prints a number of bytes in binary units, as "1.1 GiB".
func size(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	units := "KMGTPE"
	f := float64(n) / 1024
	for f >= 1023.95 && len(units) > 1 {
		f /= 1024
		units = units[1:]
	}
	return fmt.Sprintf("%.1f %ciB", f, units[0])
}

// plural prints a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
