package resolve

import "cargohome/internal/platform"

// Workspace is what a build starts from. Packages are indices into those of the lockfile.
type Workspace struct {
	Members  []int // in Cargo's order
	Default  []int // those a command without -p and --workspace is about
	Current  int   // the member that the command is run for, -1 if that manifest is virtual
	Resolver int   // 1, 2 or 3
}

// Request says what is to be built.
type Request struct {
	// Packages are package id specifications of the forms NAME and NAME@VERSION, or
	// patterns for the names of members. Without any, and without All, the defaults of
	// the workspace are meant.
	Packages []string
	All      bool     // --workspace
	Exclude  []string // with All, members that are not meant; of the same forms

	// Features are as on the command line: each may hold several, with commas or spaces
	// between, of the forms FEATURE, MEMBER/FEATURE and DEPENDENCY/FEATURE.
	Features          []string
	AllFeatures       bool // all of the packages that are meant
	NoDefaultFeatures bool // not their default ones

	// Targets are what is built for, all at once as with several --target: what one needs
	// is turned on for each. Hosts are what may do the building. AnyPlatform is for all
	// targets and hosts there could be, as with `cargo tree --target all`; neither list
	// counts then.
	Targets, Hosts []*platform.Target
	AnyPlatform    bool

	Kinds Kinds // which dependencies are followed
}

// Kinds is a set of kinds of dependencies. With [Dev], tests, examples and benchmarks are
// built.
type Kinds uint8

// AllKinds has every kind.
const AllKinds Kinds = 1<<Normal | 1<<Build | 1<<Dev

// With returns the set with k in it.
func (s Kinds) With(k Kind) Kinds { return s | 1<<k }

// Without returns the set without k.
func (s Kinds) Without(k Kind) Kinds { return s &^ (1 << k) }

// Has reports whether k is in the set.
func (s Kinds) Has(k Kind) bool { return s&(1<<k) != 0 }
