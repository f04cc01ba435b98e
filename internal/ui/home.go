package ui

import (
	"fmt"
	"strings"
)

// Blocking says whose turn is waited for, in cargo's words.
func (p *Printer) Blocking(what string) {
	p.Status("Blocking", "waiting for file lock on %s", what)
}

// Leftover says that something of ours stays behind, which hinders nobody.
func (p *Printer) Leftover(err error) {
	p.Warning(fmt.Sprintf("a temporary folder could not be deleted; the next run will do it: %v", err))
}

// SharedParts tells of parts of the home that another home may have too. Whoever uses
// them there takes the locks of that home, and not these.
func (p *Printer) SharedParts(parts []string) {
	if len(parts) > 0 {
		p.Warning(fmt.Sprintf("%s of the cargo home may be part of another home too, whose cargos know nothing of the locks of this one: see that none is at work", strings.Join(parts, ", ")))
	}
}

// LinkedParts tells of parts of the home that are not looked into, and that may be what
// takes the space.
func (p *Printer) LinkedParts(parts []string) {
	if len(parts) > 0 {
		p.Warning(fmt.Sprintf("what lies behind links is left alone: %s of the cargo home", strings.Join(parts, ", ")))
	}
}
