package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cargohome/internal/cli"
)

// writePages writes a page for each command, in the macros of man(7). Pages that are made
// by way of Markdown lose the columns in which help is set.
func writePages(cmd *cobra.Command, dir string, when time.Time) error {
	if err := writeFile(filepath.Join(dir, pageName(cmd)+".1"), manPage(cmd, when)); err != nil {
		return err
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			if err := writePages(sub, dir, when); err != nil {
				return err
			}
		}
	}
	return nil
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// bundlePage is the one of the format of bundles.
func bundlePage(when time.Time) []byte {
	p := newPage("cargohome-bundle", 5, "The format of a bundle", when)
	p.section("DESCRIPTION", cli.Topic("bundle"))
	p.section("SEE ALSO", "cargohome-pack(1), cargohome-unpack(1)")
	return []byte(p.String())
}

// page is one in the making.
type page struct{ strings.Builder }

func newPage(name string, section int, says string, when time.Time) *page {
	p := &page{}
	fmt.Fprintf(p, ".TH %s %d %s cargohome\n", strings.ToUpper(name), section, when.Format("2006-01-02"))
	p.section("NAME", name+" - "+says)
	return p
}

func manPage(cmd *cobra.Command, when time.Time) []byte {
	p := newPage(pageName(cmd), 1, cmd.Short, when)
	p.section("SYNOPSIS", cmd.UseLine())
	p.section("DESCRIPTION", cmd.Long)
	p.commands(cmd)
	p.flags("OPTIONS", cmd.LocalNonPersistentFlags())
	p.flags("OPTIONS OF ALL COMMANDS", cmd.Root().PersistentFlags())
	p.section("EXAMPLES", cmd.Example)
	p.section("EXIT STATUS", cli.Topic("exit-status"))
	if !cmd.HasParent() {
		p.section("ENVIRONMENT", cli.Topic("environment"))
	}
	p.also(cmd)
	return []byte(p.String())
}

// section has paragraphs, words with what they mean, and lines that are set off and stay as
// they are: as help has them.
func (p *page) section(title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(p, ".SH %s\n", title)
	indent, asIs := 0, false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		off, column := cli.SetOff(line)
		if now := off > 0 && column == 0 && off != indent; now != asIs {
			asIs = now
			p.WriteString(map[bool]string{true: ".PP\n.nf\n", false: ".fi\n"}[now])
		}
		switch {
		case line == "":
			p.WriteString(".PP\n")
		case column > 0:
			indent = column
			p.item(`\fB`+roff(strings.TrimSpace(line[:column]))+`\fR`, line[column:])
		case asIs:
			p.WriteString(roff(line) + "\n")
		default:
			indent = off
			p.WriteString(roff(line[off:]) + "\n")
		}
	}
	if asIs {
		p.WriteString(".fi\n")
	}
}

// roff escapes a line of text.
func roff(line string) string {
	line = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	return line
}

func (p *page) item(term, text string) { fmt.Fprintf(p, ".TP\n%s\n%s\n", term, roff(text)) }

func (p *page) commands(cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	p.WriteString(".SH COMMANDS\n")
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			p.item(`\fB`+roff(sub.Name())+`\fR`, sub.Short+".")
		}
	}
}

func (p *page) flags(title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(p, ".SH %s\n", title)
	flags.SortFlags = false
	flags.VisitAll(func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		term := `\fB` + roff("--"+f.Name) + `\fR`
		if f.Shorthand != "" {
			term = `\fB` + roff("-"+f.Shorthand) + `\fR, ` + term
		}
		if value != "" {
			term += ` \fI` + roff(value) + `\fR`
		}
		p.item(term, usage+".")
	})
}

func (p *page) also(cmd *cobra.Command) {
	var names []string
	for _, other := range cmd.Root().Commands() {
		if other.IsAvailableCommand() && other != cmd {
			names = append(names, `\fB`+roff(pageName(other))+`\fR(1)`)
		}
	}
	if cmd.HasParent() {
		names = append([]string{`\fBcargohome\fR(1)`}, names...)
	}
	names = append(names, `\fBcargohome\-bundle\fR(5)`)
	p.WriteString(".SH SEE ALSO\n" + strings.Join(names, ",\n") + "\n")
}
