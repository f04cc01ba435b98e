package ui

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"cargohome/internal/visible"

	"golang.org/x/term"
)

// Printer prints all that one run says. Its methods are safe for concurrent use, but for
// [Printer.Configure], [Printer.Print] and [Printer.Achieved].
type Printer struct {
	stdout, stderr io.Writer
	settings       Settings
	color          bool
	terminal       bool     // stderr is one
	dataTerminal   bool     // stdout is one
	window         *os.File // that, nil if it is none
	errWindow      *os.File // stderr, nil if it is no terminal
	osc            bool     // the terminal is told of progress, unless settings say
	headings       bool     // of help are coloured
	printed        bool     // a result was, or was begun
	achieved       string   // what was done already when the result is printed, "" if nothing

	mu       sync.Mutex
	progress *progress // nil unless work goes on
}

// Settings say how to print. The zero value is for text, with colours on a terminal.
type Settings struct {
	Quiet      bool  // errors only
	Verbose    bool  // a line for each package
	JSON       bool  // the format of results
	NoProgress bool  // no progress on a terminal either
	Width      int   // of progress, in columns; 0 for that of the terminal
	Reports    *bool // whether the terminal is told of progress, nil if it can be
	Color      Color // "" is [ColorAuto]
}

// Color says when there are colours.
type Color string

// When there are colours.
const (
	ColorAuto   Color = "auto"   // as [New] was told; also if it is ""
	ColorAlways Color = "always" // whatever stderr is
	ColorNever  Color = "never"  // not on a terminal either
)

// New returns a printer that has the default settings. When ctx ends, it waits no longer
// for whoever reads.
func New(ctx context.Context, stdout, stderr io.Writer, e Environment) *Printer {
	p := &Printer{
		stdout:       newEndingWriter(ctx, stdout),
		stderr:       newEndingWriter(ctx, stderr),
		terminal:     isTerminal(stderr),
		dataTerminal: isTerminal(stdout),
	}
	p.color, p.headings = e.colored(p.terminal), e.colored(p.dataTerminal)
	p.osc = e.reports && p.terminal
	if p.dataTerminal {
		p.window, _ = stdout.(*os.File)
	}
	if p.terminal {
		p.errWindow, _ = stderr.(*os.File)
	}
	return p
}

// columns is how wide a terminal is, 0 if it is none or does not say.
func columns(window *os.File) int {
	if window == nil {
		return 0
	}
	width, _, err := term.GetSize(int(window.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// progressWidth is how many columns there are for progress.
func (p *Printer) progressWidth() int {
	return cmp.Or(p.settings.Width, columns(p.errWindow), pipeWidth)
}

// reports says whether the terminal itself is told of progress.
func (p *Printer) reports() bool {
	if p.settings.Reports != nil {
		return *p.settings.Reports
	}
	return p.osc
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Configure sets how to print from here on.
func (p *Printer) Configure(s Settings) {
	p.settings = s
	switch s.Color {
	case ColorAlways:
		p.color = true
	case ColorNever:
		p.color = false
	}
}

const (
	green  = "\x1b[1;32m"
	cyan   = "\x1b[1;36m"
	yellow = "\x1b[1;33m"
	red    = "\x1b[1;31m"
	plain  = "\x1b[0m"
)

// Status prints what was done: a verb in a column of twelve, and its subject.
func (p *Printer) Status(verb, format string, args ...any) {
	if !p.settings.Quiet {
		subject := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", `\n`) // of none of ours
		p.line(green, fmt.Sprintf("%12s", verb), " "+subject)
	}
}

// Details reports whether more is printed than totals.
func (p *Printer) Details() bool { return p.settings.Verbose || p.settings.JSON }

// Detail is a status that only --verbose shows.
func (p *Printer) Detail(verb, format string, args ...any) {
	if p.settings.Verbose {
		p.Status(verb, format, args...)
	}
}

// Warning prints what may not be as it should be.
func (p *Printer) Warning(text string) {
	if !p.settings.Quiet {
		p.line(yellow, "warning", ": "+text)
	}
}

// Note prints what is as it should be, and not what one may expect.
func (p *Printer) Note(text string) {
	if !p.settings.Quiet {
		p.line(green, "note", ": "+text)
	}
}

// Error prints the error that ends the run, and below it what to do about it.
func (p *Printer) Error(err error, hints ...string) {
	p.line(red, "error", ": "+text(err))
	for _, hint := range hints {
		p.line(cyan, "help", ": "+hint)
	}
}

// remark prints a line of no form.
func (p *Printer) remark(text string) {
	if !p.settings.Quiet {
		p.line("", "", text)
	}
}

func (p *Printer) line(color, head, text string) {
	head, text = visible.Text(head), indentLines(shown(text))
	if p.color && color != "" {
		head = color + head + plain
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.progress != nil {
		p.progress.clear()
	}
	fmt.Fprintf(p.stderr, "%s%s\n", head, text)
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
