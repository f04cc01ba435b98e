package ui

import (
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	for _, tt := range []struct {
		variables            string
		terminal, file, show bool // colours there, and progress
	}{
		{"TERM=xterm", true, false, true},
		{"", false, false, true},
		{"TERM=dumb", false, false, false},
		{"TERM=dumb CLICOLOR=1", true, false, false},
		{"TERM=xterm NO_COLOR=1", false, false, true},
		{"TERM=xterm NO_COLOR=", true, false, true},
		{"TERM=xterm CLICOLOR=0", false, false, true},
		{"TERM=dumb CLICOLOR_FORCE=1", true, true, false},
		{"TERM=xterm CLICOLOR_FORCE=0", true, false, true},
		{"CLICOLOR_FORCE=1 NO_COLOR=1", false, false, true},
		{"CLICOLOR_FORCE=1 CLICOLOR=0", true, true, true},
		{"CI=", true, false, false},
		{"TERM=xterm CI=true", true, false, false},
		{"TERM=xterm TF_BUILD=True", true, false, false},
	} {
		e := environmentOf(tt.variables)
		if got := e.colored(true); got != tt.terminal {
			t.Errorf("%s: colours on a terminal: %v", tt.variables, got)
		}
		if got := e.colored(false); got != tt.file {
			t.Errorf("%s: colours in a file: %v", tt.variables, got)
		}
		if got := !e.NoProgress(); got != tt.show {
			t.Errorf("%s: progress: %v", tt.variables, got)
		}
	}
}

// Terminals that take reports of progress, as cargo knows them.
func TestEnvironment_reports(t *testing.T) {
	for variables, want := range map[string]bool{
		"":                                       false,
		"TERM=xterm TERM_PROGRAM=Apple_Terminal": false,
		"WT_SESSION=":                            true,
		"ConEmuANSI=ON":                          true,
		"ConEmuANSI=OFF":                         false,
		"TERM_PROGRAM=WezTerm":                   true,
		"TERM_PROGRAM=ghostty":                   true,
		"TERM_PROGRAM=iTerm.app":                 false,
		"TERM_PROGRAM=iTerm.app TERM_FEATURES=T3CwLrMSc7UP": true,
		"TERM_PROGRAM=iTerm.app TERM_FEATURES=T3PCw":        true,
		"TERM_PROGRAM=iTerm.app TERM_FEATURES=T3PaCw":       false,
		"TERM_PROGRAM=iTerm.app TERM_FEATURES=T3P2Cw":       false,
		"TERM_PROGRAM=iTerm.app TERM_FEATURES=T3Cw;P":       false,
		"TERM_PROGRAM=ghostty-of-mine TERM_FEATURES=T3PCw":  false,
	} {
		if got := environmentOf(variables).reports; got != want {
			t.Errorf("%q: %v", variables, got)
		}
	}
}

func environmentOf(text string) Environment {
	variables := map[string]string{}
	for _, v := range strings.Fields(text) {
		name, value, _ := strings.Cut(v, "=")
		variables[name] = value
	}
	return NewEnvironment(func(name string) (string, bool) { v, ok := variables[name]; return v, ok })
}
