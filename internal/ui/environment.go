package ui

import "runtime"

// Environment is what the variables of the environment say of terminals.
type Environment struct {
	noColor, force, off, on, poor, plain, ci bool
}

// NewEnvironment asks for the variables that cargo looks at (cargo 1.95: anstream's
// AutoStream::choice for colours, util/progress.rs for progress). lookup is as
// [os.LookupEnv].
func NewEnvironment(lookup func(name string) (string, bool)) Environment {
	noColor, _ := lookup("NO_COLOR")
	force, forced := lookup("CLICOLOR_FORCE")
	color, hasColor := lookup("CLICOLOR")
	term, hasTerm := lookup("TERM")
	_, ci := lookup("CI")
	_, azure := lookup("TF_BUILD")
	return Environment{
		noColor: noColor != "", force: forced && force != "0",
		off: hasColor && color == "0", on: hasColor && color != "0",
		poor: term == "dumb" || !hasTerm && runtime.GOOS != "windows", plain: term == "dumb", ci: ci || azure,
	}
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
