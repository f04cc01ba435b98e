package worktree

import (
	"errors"
	"fmt"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"

	"github.com/go-git/go-git/v5/plumbing"
	whatwg "github.com/nlnwa/whatwg-url/url"
)

// maxNesting bounds submodules within submodules.
const maxNesting = 32

// ErrSubmodule is matched by errors for submodules that Cargo could not check
// out either, wherever their repositories are.
var ErrSubmodule = errors.New("submodule that cannot be checked out")

// ErrRefused is matched by errors for what Cargo checks out, and is not checked out here: no
// commit of anybody's needs it, and much of it leads elsewhere.
var ErrRefused = errors.New("cargo takes that, and it is not supported")

// submodule is a repository that a commit wants within its work tree.
type submodule struct {
	path   string         // within the repository
	src    crate.SourceID // zero if its URL is relative to one that is not known
	rel    relation
	commit plumbing.Hash
}

// relation is how the URL of a submodule depends on its repository's.
type relation uint8

const (
	absolute relation = iota // not at all
	beside                   // "../": how the end of the other is spelled does not matter
	below                    // "./": it does
)

func relationOf(url string) relation {
	switch {
	case strings.HasPrefix(url, "../"):
		return beside
	case strings.HasPrefix(url, "./"):
		return below
	}
	return absolute
}

// submodulesOf returns what of mods is checked out for a commit with these items,
// in order of names; base is the URL of its repository, "" if that is not known. Gitlinks that are not to
// be updated are left as empty folders.
//
// Cargo asks libgit2 for the submodules, which are those of .gitmodules and all
// gitlinks: one that is not mentioned there, or anywhere as there is no such
// file, has no URL, and Cargo fails (submodule.c, git_submodule_init). Names come
// before paths in telling which module a gitlink belongs to.
func submodulesOf(items []item, mods []module, base string) ([]submodule, error) {
	named := make(map[string]int, len(mods))
	byPath := make(map[string]int, len(mods))
	for i, m := range mods {
		named[m.name], byPath[m.path] = i, i
	}
	commits := map[int]plumbing.Hash{}
	links := map[string]bool{}
	for _, it := range items {
		if it.typ() != object.TypeGitlink {
			continue
		}
		links[it.path] = true
		i, ok := named[it.path]
		if !ok {
			i, ok = byPath[it.path]
		}
		if !ok {
			return nil, fmt.Errorf("%w: %q has no URL", ErrSubmodule, it.path)
		}
		commits[i] = it.hash
	}
	var subs []submodule
	for i, m := range mods {
		commit, linked := commits[i]
		sub, err := m.submodule(base, linked)
		if err != nil {
			return nil, err
		}
		if !linked || m.skip {
			continue
		}
		if !links[m.path] {
			return nil, fmt.Errorf("%w: %q is said to be at %q, where there is none; %w", ErrSubmodule, m.name, m.path, ErrRefused)
		}
		sub.commit = commit
		subs = append(subs, sub)
	}
	return subs, nil
}

// submodule works out where a module comes from. A URL is needed of all modules
// of .gitmodules, and it must be one for those that are checked out.
func (m module) submodule(base string, linked bool) (submodule, error) {
	if m.url == "" {
		return submodule{}, fmt.Errorf("%w: %q has no URL", ErrSubmodule, m.name)
	}
	if !linked || m.skip {
		return submodule{}, nil
	}
	rel := relationOf(m.url)
	if base == "" && rel != absolute {
		return submodule{path: m.path, rel: rel}, nil
	}
	url, err := submoduleURL(base, m.url)
	if err == nil {
		var src crate.SourceID
		if src, err = crate.NewGitSource(url, crate.GitRef{Kind: crate.DefaultBranch}); err == nil {
			return submodule{path: m.path, src: src, rel: rel}, nil
		}
	}
	return submodule{}, fmt.Errorf("%w: %q: %w", ErrSubmodule, m.name, err)
}

// submoduleURL resolves a URL of .gitmodules. One that begins with "./" or "../"
// is relative to the repository's URL taken as a folder; any other is complete
// (cargo 1.95: absolute_submodule_url).
func submoduleURL(base, url string) (string, error) {
	if relationOf(url) == absolute {
		return url, nil
	}
	b, err := whatwg.Parse(base)
	if err != nil {
		return strings.TrimSuffix(base, "/") + "/" + url, nil
	}
	if path := b.Pathname(); !strings.HasSuffix(path, "/") {
		b.SetPathname(path + "/")
	}
	joined, err := b.Parse(url)
	if err != nil {
		return "", fmt.Errorf("%q is not relative to %q", url, crate.Redact(base))
	}
	return joined.Href(false), nil
}
