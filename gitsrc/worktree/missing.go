package worktree

import (
	"fmt"
	"io/fs"
	"strings"

	"cargohome/crate"
)

// MissingError says that a repository is not at hand with the commit wanted. It
// matches fs.ErrNotExist.
type MissingError struct {
	Source    crate.SourceID // zero for a submodule whose URL is not known
	Commit    string         // its full id
	Submodule string         // its path in the work tree, "" for the repository itself
	Looked    []string       // repositories that lack the commit, none if there is none at all
}

func (e *MissingError) Error() string {
	what, why := crate.Redact(e.Source.URL()), "its repository is not in the Cargo home"
	switch {
	case e.Source == crate.SourceID{}:
		what, why = fmt.Sprintf("submodule %q", e.Submodule), "its URL is relative to that of its repository, which is not known"
	case e.Submodule != "":
		what = fmt.Sprintf("submodule %q, %s", e.Submodule, what)
	}
	if len(e.Looked) > 0 {
		why = fmt.Sprintf("commit %s is not in %s", e.Commit, strings.Join(e.Looked, ", "))
	}
	return what + ": " + why
}

func (e *MissingError) Unwrap() error { return fs.ErrNotExist }
