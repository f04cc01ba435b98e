package worktree

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"cargohome/internal/filename"
)

// ErrName is matched by errors for entries whose name may not be written.
var ErrName = errors.New("has a name that is not checked out")

// EntryError says which entry of a work tree is refused.
type EntryError struct {
	Path string // as the repository has it, possibly hostile
	Err  error  // why; never nil
}

func (e *EntryError) Error() string { return fmt.Sprintf("entry %q %v", e.Path, e.Err) }
func (e *EntryError) Unwrap() error { return e.Err }

// checkName refuses the names of entries that are none, lead elsewhere, or mean
// ".git" to some file system. libgit2 refuses on each system what that system
// would be fooled by, and the forms of NTFS on all (path.c: core.protectNTFS is
// on); here the forms of HFS+ are refused everywhere as well. No honest
// repository has any of them.
func checkName(name string, link bool) error {
	switch {
	case name == "" || name == "." || name == "..":
		return ErrName
	case strings.ContainsAny(name, "/\x00"):
		return ErrName
	case meansDotGit(name), link && meansGitmodules(name):
		return ErrName
	case runtime.GOOS == "windows" && filename.NotOnWindows(name) != "": // as libgit2 there
		return ErrName
	}
	return nil
}

func meansDotGit(name string) bool {
	if hfsFold(name) == ".git" {
		return true
	}
	for _, word := range []string{".git", "git~1"} {
		if rest, ok := cutPrefixFold(name, word); ok && endsOnNTFS(rest, `\:`) {
			return true
		}
	}
	return false
}

// endsOnNTFS reports whether a name that goes on with rest is the name without
// it to NTFS: trailing dots and spaces are dropped, and a character of ends
// begins something else.
func endsOnNTFS(rest, ends string) bool {
	return rest == "" || strings.IndexByte(ends, rest[0]) >= 0 || strings.Trim(rest, " .") == ""
}

// meansGitmodules: a link of that name would let a file outside the commit say
// which submodules there are.
func meansGitmodules(name string) bool {
	if hfsFold(name) == ".gitmodules" {
		return true
	}
	if rest, ok := cutPrefixFold(name, ".gitmodules"); ok {
		rest, _, _ = strings.Cut(rest, ":")
		return strings.Trim(rest, " .") == ""
	}
	rest, ok := cutPrefixFold(name, "gitmod~")
	if !ok {
		rest, ok = cutPrefixFold(name, "gi7eba~")
	}
	return ok && rest != "" && '1' <= rest[0] && rest[0] <= '9'
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// hfsFold returns a name as HFS+ compares it: without the code points it
// ignores, in lower case as far as ASCII goes.
func hfsFold(name string) string {
	if !strings.ContainsFunc(name, ignoredOnHFS) || !utf8.ValidString(name) {
		return strings.ToLower(name)
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		if ignoredOnHFS(r) {
			return -1
		}
		return r
	}, name))
}

func ignoredOnHFS(r rune) bool {
	return 0x200c <= r && r <= 0x200f || 0x202a <= r && r <= 0x202e || 0x206a <= r && r <= 0x206f || r == 0xfeff
}
