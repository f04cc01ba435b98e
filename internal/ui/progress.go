package ui

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// StartProgress shows, on a terminal, how far work of so many steps has got: bytes, or
// things. It ends with [Printer.StopProgress].
func (p *Printer) StartProgress(verb string, total int64) {
	p.startProgress(&progress{verb: verb, total: total, width: progressWidth})
}

// StartBytes is StartProgress for bytes, of which it says how many there are.
func (p *Printer) StartBytes(verb string, total int64) {
	p.startProgress(&progress{verb: verb, total: total, width: bytesWidth, bytes: true})
}

func (p *Printer) startProgress(g *progress) {
	if p.settings.Quiet || p.settings.NoProgress || !p.terminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	g.w, g.began = p.stderr, time.Now()
	p.progress = g
}

// Advance counts n steps as done.
func (p *Printer) Advance(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.progress != nil {
		p.progress.advance(n)
	}
}

// StopProgress takes the progress away, if any is shown.
func (p *Printer) StopProgress() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.progress != nil {
		p.progress.clear()
		p.progress = nil
	}
}

const (
	progressWidth = 30                     // of what is between the brackets, in columns
	bytesWidth    = 20                     // the same beside numbers of bytes
	progressPause = 100 * time.Millisecond // from one drawing to the next, at least
)

// progress is a line that is drawn again in its place, with the time that the work took
// and the time it still takes if it goes on like this:
//
//	Vendoring  45% [============>                 ]  [1s:2s]
//	  Packing  45% [========>           ]  66.2 MiB/147.0 MiB  [1s:2s]
type progress struct {
	w            io.Writer
	verb         string
	width        int  // of the bar
	bytes        bool // steps are bytes, and told
	total, done  int64
	percent      int64 // as drawn
	columns      int   // that are drawn on, 0 if none is
	began, drawn time.Time
}

func (g *progress) advance(n int64) {
	g.done += n
	if g.total <= 0 || g.done >= g.total {
		g.clear()
		return
	}
	now, percent := time.Now(), int64(100*float64(g.done)/float64(g.total))
	if percent == g.percent || now.Sub(g.drawn) < progressPause {
		return
	}
	g.percent, g.drawn = percent, now
	text := g.line(now.Sub(g.began))
	fmt.Fprintf(g.w, "\r%-*s", g.columns, text)
	g.columns = len(text)
}

func (g *progress) line(took time.Duration) string {
	bar, amount := "", ""
	if g.bytes {
		amount = fmt.Sprintf("  %s/%s", size(g.done), size(g.total))
	}
	if full := int(g.percent) * g.width / 100; full > 0 {
		bar = strings.Repeat("=", full-1) + ">"
	}
	left := time.Duration(float64(took) * float64(g.total-g.done) / float64(g.done))
	return fmt.Sprintf("%12s %3d%% [%-*s]%s  [%v:%v]", g.verb, g.percent, g.width, bar, amount,
		took.Truncate(time.Second), left.Truncate(time.Second))
}

// clear takes the line away until it is drawn again.
func (g *progress) clear() {
	if g.columns > 0 {
		fmt.Fprintf(g.w, "\r%*s\r", g.columns, "")
		g.columns = 0
	}
}
