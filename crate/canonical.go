package crate

import (
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// canonical returns the form by which Cargo compares sources (spec 2.2; cargo 1.95,
// CanonicalUrl::new), in its order of steps: one trailing slash goes, github.com
// becomes https with a lower-case path, a final ".git" goes. Query and fragment stay.
//
// cargo 1.95 applies the last two to "sparse+" URLs as well; 1.96 does not. The
// folder names here are those of 1.95.
func (p *parsedURL) canonical() string {
	scheme, authority, path, tail := split(p.String())
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	if p.u.Hostname() == "github.com" {
		scheme, authority, path, tail = atGitHub(authority, path, tail)
	}
	return scheme + "://" + authority + withoutGit(path) + tail
}

// atGitHub reads the URL anew with the scheme https, which has more rules than ssh
// and git have: its own port goes, backslashes become slashes, more is encoded.
func atGitHub(authority, path, tail string) (scheme, _, _, _ string) {
	text := "https://" + authority + path + tail
	if again, err := whatwg.Parse(text); err == nil { // else Cargo ends in a panic
		text = again.Href(false)
	}
	scheme, authority, path, tail = split(text)
	return scheme, authority, strings.ToLower(path), tail
}

// withoutGit takes a final ".git" off the path of a URL. What is left of the last
// segment is encoded as text that is not encoded yet, so a '%' in it is doubled; if it
// is "." or ".." nothing is left. A path that is a slash gets no second one, so an empty
// first segment goes (url 2.5, PathSegmentsMut::push).
//
// Left out: "C|", which stands for a drive in file URLs of long ago.
func withoutGit(path string) string {
	rest, ok := strings.CutSuffix(path, ".git")
	if !ok {
		return path
	}
	i := strings.LastIndexByte(rest, '/')
	parent, last := rest[:max(i, 0)], rest[i+1:]
	if parent == "/" {
		parent = ""
	}
	switch {
	case last != "." && last != "..":
		return parent + "/" + strings.ReplaceAll(last, "%", "%25")
	case parent == "":
		return "/"
	}
	return parent
}

// split cuts a printed URL into its parts; tail is query and fragment.
func split(text string) (scheme, authority, path, tail string) {
	scheme, rest, _ := strings.Cut(text, "://")
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest, tail = rest[:i], rest[i:]
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return scheme, rest[:i], rest[i:], tail
	}
	return scheme, rest, "", tail
}

// canonicalFileURL is canonical for the URL of a path. Parsing is avoided: it would
// resolve "..", which Cargo keeps for paths from its configuration (spec 2.1).
func canonicalFileURL(u string) string {
	const start = "file://"
	path := u[len(start):]
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return start + withoutGit(path)
}
