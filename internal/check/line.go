package check

import (
	"strings"

	"cargohome/internal/workspace"
)

// aim notes of the findings from a number on which manifest commands are to name, if it is not
// the one that is found from the current folder.
func (c *checker) aim(first int, manifest string) {
	if here, err := workspace.FindManifest(c.Dir); manifest == "" || err == nil && here == manifest {
		return
	}
	for i := range c.report.Findings[first:] {
		if f := &c.report.Findings[first+i]; f.manifest == "" {
			f.manifest = manifest
		}
	}
}

// lines are command lines as they have to be given in the current folder.
func (c *checker) lines(f *Finding, commands []string) []string {
	given := make([]string, len(commands))
	for i, line := range commands {
		given[i] = c.line(f, line, true)
	}
	return given
}

// line is a command line, or several with "; " between, for the manifest, the configuration and
// the home that were looked at. One that is to fail is for the cargo that is meant, and finds
// nothing in the home where that is not as it is configured, and all is to come from elsewhere:
// as things are it may do without what was asked about.
func (c *checker) line(f *Finding, line string, fails bool) string {
	if first, more, ok := strings.Cut(line, "; "); ok {
		return c.line(f, first, fails) + "; " + c.line(f, more, fails)
	}
	program, words, _ := strings.Cut(line, " ")
	if program != "cargo" && program != "cargohome" {
		return line
	}
	isCargo, env := program == "cargo", ""
	if isCargo && fails && c.Cargo != 0 {
		program += " +" + versionOf(c.Cargo)
	}
	switch {
	case isCargo && fails && c.unasked:
		env = emptyHome
	case c.NamedHome:
		env = "env CARGO_HOME=" + quoted(c.Home.Dir()) + " "
	}
	line = env + program + " " + words
	if f.manifest != "" && (isCargo || strings.HasPrefix(words, "vendor ")) {
		line += " --manifest-path " + quoted(f.manifest)
	}
	for _, argument := range c.Arguments {
		line += " --config " + quoted(argument)
	}
	return line
}
