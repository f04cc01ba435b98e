package resolve

import "cargohome/crate"

// Kind is the kind of a dependency. The order is the one Cargo prints them in.
type Kind uint8

const (
	Normal Kind = iota // for the package itself
	Build              // for build scripts
	Dev                // for tests, examples and benchmarks
)

func (k Kind) String() string { return [...]string{"normal", "build", "dev"}[k] }

// Package is what index or manifest say of a locked package.
type Package struct {
	Dependencies []Dependency        // of all kinds; of a member in Cargo's order
	Features     map[string][]string // as written, without those of optional dependencies

	// ProcMacro is whether the library is a procedural macro. If it is, and the package is
	// selected, it counts whether there are binaries, and test, example or benchmark
	// targets, beside.
	ProcMacro            bool
	Binaries, DevTargets bool // beside such a library

	Dir string // the folder of a path package, by which dependencies may name it; else ""
}

// Dependency is one entry of a table of dependencies.
type Dependency struct {
	Name    string // by which the package knows it
	Package string // its own name, the same unless it is renamed

	// Requirement is for its version; "" takes all. Source is where it comes from, the
	// zero value for a path package, in the folder Dir if that is given; with AnySource it
	// is not known. A package from elsewhere fits as well, if none does from there: [patch]
	// and configuration make it so.
	Requirement string
	Source      crate.SourceID
	Dir         string
	AnySource   bool

	Kind            Kind     // what for
	Platform        string   // the key of its [target] table, "" for none
	Optional        bool     // whether only a feature asks for it
	DefaultFeatures bool     // whether it is wanted with its default features
	Features        []string // that are wanted of it, as written
	Artifact        bool     // whether more than its library is wanted
}
