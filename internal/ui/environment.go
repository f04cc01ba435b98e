package ui

import (
	"runtime"
	"strings"
	"unicode"
)

// Environment is what the variables of the environment say of terminals.
type Environment struct {
	noColor, force, off, on, poor, plain, ci, reports bool
}

// NewEnvironment asks for the variables that cargo looks at (cargo 1.95: anstream's
// AutoStream::choice for colours, util/progress.rs for progress, and core/shell.rs,
// supports_term_integration, for telling the terminal of it). lookup is as
// [os.LookupEnv].
func NewEnvironment(lookup func(name string) (string, bool)) Environment {
	noColor, _ := lookup("NO_COLOR")
	force, forced := lookup("CLICOLOR_FORCE")
	color, hasColor := lookup("CLICOLOR")
	term, hasTerm := lookup("TERM")
	_, ci := lookup("CI")
	_, azure := lookup("TF_BUILD")
	_, windowsTerminal := lookup("WT_SESSION")
	conEmu, _ := lookup("ConEmuANSI")
	program, _ := lookup("TERM_PROGRAM")
	features, _ := lookup("TERM_FEATURES")
	return Environment{
		noColor: noColor != "", force: forced && force != "0",
		off: hasColor && color == "0", on: hasColor && color != "0",
		poor: term == "dumb" || !hasTerm && runtime.GOOS != "windows", plain: term == "dumb", ci: ci || azure,
		reports: windowsTerminal || conEmu == "ON" || program == "WezTerm" || program == "ghostty" ||
			program == "iTerm.app" && hasFeature(features, "P"),
	}
}

// hasFeature reports whether a feature is in iTerm's list of its own: each begins with a
// capital letter, and there may be a number behind it (https://iterm2.com/feature-reporting/).
func hasFeature(list, feature string) bool {
	if end := strings.IndexFunc(list, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }); end >= 0 {
		list = list[:end]
	}
	for i := strings.Index(list, feature); i >= 0; i = strings.Index(list, feature) {
		list = list[i+len(feature):]
		if list == "" || unicode.IsUpper(rune(list[0])) {
			return true
		}
	}
	return false
}

// colored reports whether there are colours on a terminal, or on what is none.
func (e Environment) colored(terminal bool) bool {
	switch {
	case e.noColor:
		return false
	case e.force:
		return true
	case e.off:
		return false
	}
	return terminal && (!e.poor || e.on || e.ci)
}

// NoProgress reports whether progress is not shown, unless it is asked for.
func (e Environment) NoProgress() bool { return e.plain || e.ci }
