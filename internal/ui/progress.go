package ui

import (
	"fmt"

	"github.com/schollz/progressbar/v3"
)

// StartProgress shows, on a terminal, how far work of so many steps has got: bytes, or
// things. It ends with [Printer.StopProgress].
func (p *Printer) StartProgress(verb string, total int64) {
	if p.settings.Quiet || p.settings.NoProgress || !p.terminal {
		return
	}
	p.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(p.stderr),
		progressbar.OptionSetDescription(fmt.Sprintf("%12s", verb)),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100e6),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "=", SaucerHead: ">", SaucerPadding: " ", BarStart: "[", BarEnd: "]"}),
	)
}

// Advance counts n steps as done.
func (p *Printer) Advance(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Add64(n)
	}
}

// StopProgress takes the progress away, if any is shown.
func (p *Printer) StopProgress() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}
