package ui

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// Work is what a line of progress tells of. What is not known is 0.
type Work struct {
	Verb   string // what is done
	Things int    // how many there are to do it to
	Bytes  int64  // in all of them
}

// StartProgress shows, on a terminal, how far work has got, by its bytes, or else its
// things. It ends with [Printer.StopProgress].
func (p *Printer) StartProgress(work Work) {
	if p.settings.Quiet || p.settings.NoProgress || !p.terminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress = &progress{w: p.stderr, work: work, width: p.progressWidth, reports: p.reports(), began: time.Now()}
}

// Advance counts things as done, and bytes.
func (p *Printer) Advance(things int, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.progress != nil {
		p.progress.advance(things, bytes)
	}
}

// StopProgress takes the progress away, if any is shown.
func (p *Printer) StopProgress() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.progress != nil {
		p.progress.stop()
		p.progress = nil
	}
}

const (
	barWidth      = 25                     // of what is between the brackets, in columns, at most
	leastBar      = 5                      // and at least: with less room less is told
	progressDelay = 500 * time.Millisecond // before the first drawing: what is short does not flicker
	progressPause = 100 * time.Millisecond // from one drawing to the next, at least
)

// progress is a line that is drawn again in its place: what is done, to how many of how
// many, bytes, and the time that it still takes if it goes on like this. As cargo's it is
// drawn when the work has gone on for a while, and leaves the cursor at its beginning
// (cargo 1.95: util/progress.rs).
//
//	Vendoring [============>            ] 412/800, 520.1 MiB of 1.1 GiB, 2s left
type progress struct {
	w            io.Writer
	work         Work
	width        func() int // of the terminal, in columns
	reports      bool       // the terminal is told too, by OSC 9;4
	things       int        // that are done
	bytes        int64      // that are done
	columns      int        // that are drawn on, 0 if none is
	reported     bool       // what is to be taken back
	began, drawn time.Time
}

func (g *progress) advance(things int, bytes int64) {
	g.things, g.bytes = g.things+things, g.bytes+bytes
	part := g.part()
	if part < 0 || part >= 1 {
		g.stop()
		return
	}
	now := time.Now()
	if now.Sub(g.began) < progressDelay || now.Sub(g.drawn) < progressPause {
		return
	}
	g.drawn = now
	text := g.line(part, now.Sub(g.began))
	fmt.Fprintf(g.w, "\r%-*s%s\r", g.columns, text, g.report(part))
	g.columns = len(text)
}

// part is how much of the work is done, -1 if that is not known.
func (g *progress) part() float64 {
	switch {
	case g.work.Bytes > 0:
		return float64(g.bytes) / float64(g.work.Bytes)
	case g.work.Things > 0:
		return float64(g.things) / float64(g.work.Things)
	}
	return -1
}

// line is what fits: in a narrow terminal bytes go first, then the time, then all.
func (g *progress) line(part float64, took time.Duration) string {
	var amounts []string
	if g.work.Things > 0 {
		amounts = append(amounts, fmt.Sprintf("%d/%d", g.things, g.work.Things))
	}
	if g.work.Bytes > 0 {
		amounts = append(amounts, fmt.Sprintf("%s of %s", size(g.bytes), size(g.work.Bytes)))
	}
	left := time.Duration(float64(took) * (1 - part) / part).Truncate(time.Second)
	amounts = append(amounts, left.String()+" left")
	const around = len("123456789012 [] ")
	for len(amounts) > 0 {
		told := strings.Join(amounts, ", ")
		if room := g.width() - 1 - around - len(told); room >= leastBar {
			return fmt.Sprintf("%12s [%s] %s", g.work.Verb, arrow(part, min(room, barWidth)), told)
		}
		if last := len(amounts) - 1; last == 2 {
			amounts = append(amounts[:1], amounts[2])
		} else {
			amounts = amounts[:last]
		}
	}
	return ""
}

// arrow shows a part of a whole, as cargo draws it.
func arrow(part float64, width int) string {
	bar := ""
	if full := int(part * float64(width)); full > 0 {
		bar = strings.Repeat("=", full-1) + ">"
	}
	return fmt.Sprintf("%-*s", width, bar)
}

// report tells the terminal itself, which may show it where its window is not seen (cargo
// 1.95: StatusValue; ESC ] 9 ; 4 ; state ; percent ST).
func (g *progress) report(part float64) string {
	if !g.reports {
		return ""
	}
	g.reported = true
	return fmt.Sprintf("\x1b]9;4;1;%.0f\x1b\\", part*100)
}

// clear takes the line away until it is drawn again, and what was typed into it.
func (g *progress) clear() {
	switch {
	case g.columns == 0:
		return
	case runtime.GOOS == "windows": // whose consoles need not know the sequence
		fmt.Fprintf(g.w, "\r%*s\r", g.columns, "")
	default:
		fmt.Fprint(g.w, "\r\x1b[K")
	}
	g.columns = 0
}

// stop takes the line away for good.
func (g *progress) stop() {
	g.clear()
	if g.reported {
		fmt.Fprint(g.w, "\x1b]9;4;0;0\x1b\\")
		g.reported = false
	}
}
