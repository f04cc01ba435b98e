package ui

import (
	"fmt"
	"strings"

	"cargohome/internal/platform"
)

// Targets is what targets lists.
type Targets struct {
	Format  Format1            `json:"format"`  // 1
	Rustc   string             `json:"rustc"`   // the version of the rustc that knows them, its commit and date behind it
	Targets []*platform.Target `json:"targets"` // sorted by name

	Cfgs bool `json:"-"` // whether the text is to have what holds on each
}

func (v *Targets) summarize(*Printer) {}

func (v *Targets) writeText(p *Printer) error {
	if v.Cfgs {
		return v.writeCfgs(p)
	}
	t := &table{out: p}
	t.head("target of rustc "+v.version(), "tier", "there is")
	for _, target := range v.Targets {
		there := "-"
		switch {
		case target.Host:
			there = "host"
		case target.Std:
			there = "std"
		}
		t.row(target.Name, fmt.Sprint(target.Tier), there)
	}
	return t.print()
}

func (v *Targets) version() string {
	version, _, _ := strings.Cut(v.Rustc, " ")
	return version
}

func (v *Targets) writeCfgs(p *Printer) error {
	var b strings.Builder
	for _, target := range v.Targets {
		b.WriteString(target.Name + "\n")
		for _, c := range target.Cfgs {
			b.WriteString("    " + c.String() + "\n")
		}
	}
	return p.write(b.String())
}
