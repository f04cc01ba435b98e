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
		variables := map[string]string{}
		for _, v := range strings.Fields(tt.variables) {
			name, value, _ := strings.Cut(v, "=")
			variables[name] = value
		}
		e := NewEnvironment(func(name string) (string, bool) { v, ok := variables[name]; return v, ok })
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
