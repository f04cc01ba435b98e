package pack

import (
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/lockfile"
)

// SecretError lists URLs that hold user info, or what else may be secret.
type SecretError struct {
	URLs   []string // as they may be shown, in Cargo's order
	Where  string   // in which they are, as "the lockfile"
	Remedy string   // what can be done
}

func (e *SecretError) Error() string {
	return fmt.Sprintf("%s has URLs with user info, which a bundle would tell to everybody who gets it: %s", e.Where, strings.Join(e.URLs, ", "))
}

// Hint says what the user can do.
func (e *SecretError) Hint() string { return e.Remedy }

// isSecret reports whether a URL has something that is not shown.
func isSecret(url string) bool { return crate.Redact(url) != url }

// checkSources refuses sources whose URL holds a secret, or warns of what is left out.
func (p *Plan) checkSources(packages []lockfile.Package) error {
	e := &SecretError{Where: "the lockfile", Remedy: "--redact-urls leaves them out; cargo then needs the lockfile as it is, with its URLs, and --with-lockfiles is refused"}
	seen := map[string]bool{}
	look := func(src crate.SourceID) {
		url := src.URL()
		if !seen[url] && isSecret(url) {
			e.URLs = append(e.URLs, crate.Redact(url))
		}
		seen[url] = true
	}
	for _, src := range p.o.Project.GitSources() {
		look(src)
	}
	for i := range packages {
		look(packages[i].ID.Source)
	}
	switch {
	case len(e.URLs) == 0:
		return nil
	case !p.o.Redact || p.o.WithLockfiles:
		return e
	}
	p.Warnings = append(p.Warnings, fmt.Sprintf("left out user info of %s: cargo finds what is packed if the lockfile has the URLs as they are", strings.Join(e.URLs, ", ")))
	return nil
}

// checkSubmodule refuses a repository that no lockfile names, and whose URL holds a secret: that
// is in a .gitmodules, and so in a commit, of which nothing can be left out.
func (p *Plan) checkSubmodule(r *gitsrc.Bundled) error {
	isSource := func(src crate.SourceID) bool { return src.URL() == r.URL }
	if !isSecret(r.URL) || slices.ContainsFunc(p.o.Project.GitSources(), isSource) {
		return nil
	}
	e := &SecretError{[]string{crate.Redact(r.URL)}, "the .gitmodules of " + r.For.Display(), "--redact-urls packs the commit as it is, with its URLs, for whoever may read those"}
	if !p.o.Redact {
		return e
	}
	p.Warnings = append(p.Warnings, e.Error())
	return nil
}
