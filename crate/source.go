package crate

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// SourceKind says how a source is reached. The order is the one Cargo sorts by,
// and differs from the numbers that enter folder hashes.
type SourceKind uint8

const (
	Path           SourceKind = iota // a folder of the user's
	Registry                         // a registry with an index in git
	SparseRegistry                   // a registry with an index over HTTP
	LocalRegistry                    // a folder of archives with an index
	Directory                        // a vendor folder
	Git                              // a commit of a repository
)

// RefKind is the kind of a [GitRef], in the order Cargo sorts by.
type RefKind uint8

const (
	Tag           RefKind = iota // by its name
	Branch                       // by the name it has in the repository
	Rev                          // a commit, whole or cut short, or whatever else git resolves
	DefaultBranch                // what HEAD of the repository stands for
)

// GitRef is what a git dependency asks for, before it is locked to a commit.
type GitRef struct {
	Kind RefKind // Tag in the zero value, which sources other than git have
	Name string  // empty for DefaultBranch
}

// CratesIOGit and CratesIOSparse are the two sources of crates.io. Lockfiles
// always name the first, also when packages come through the second.
const (
	CratesIOGit    = "https://github.com/rust-lang/crates.io-index"
	CratesIOSparse = "sparse+https://index.crates.io/"
)

// SourceID says where packages come from. It is an immutable, comparable value
// and can only be made by the constructors here, so its URL is always valid.
// Cargo takes two sources as the same when their Keys are equal.
type SourceID struct {
	kind      SourceKind
	url       string // as written, "sparse+" included
	canonical string
	ref       GitRef
	precise   string // git: the locked commit
}

// SourceKey is the part of a [SourceID] by which Cargo tells sources apart:
// spelling of the URL and locked commit do not take part.
type SourceKey struct {
	Kind      SourceKind // of the source
	Ref       GitRef     // of a git source
	Canonical string     // see [SourceID.CanonicalURL]
}

// ErrSource is matched by errors for texts that do not name a source.
var ErrSource = errors.New("invalid source")

// ParseSourceID reads the form used in lockfiles (spec 4.3):
//
//	registry+URL
//	sparse+URL
//	git+URL[?branch=B|?tag=T|?rev=R][#COMMIT]
//	path+URL
func ParseSourceID(s string) (SourceID, error) {
	protocol, rest, ok := strings.Cut(s, "+")
	if !ok {
		return SourceID{}, fmt.Errorf("%w %q: no protocol before a '+'", ErrSource, Redact(s))
	}
	switch protocol {
	case "registry", "sparse":
		if protocol == "sparse" {
			rest = s // the prefix is part of the URL
		}
		return NewRegistrySource(rest)
	case "git":
		return parseGitSource(rest)
	case "path":
		u, err := parseURL(rest)
		if err != nil {
			return SourceID{}, err
		}
		return newSource(Path, u)
	}
	return SourceID{}, fmt.Errorf("%w %q: unsupported protocol %q", ErrSource, Redact(s), protocol)
}

// NewRegistrySource returns the source of a registry by the URL of its index;
// the prefix "sparse+" selects the kind.
func NewRegistrySource(index string) (SourceID, error) {
	u, err := parseURL(index)
	if err != nil {
		return SourceID{}, err
	}
	if strings.HasPrefix(index, "sparse+") {
		return newSource(SparseRegistry, u)
	}
	return newSource(Registry, u)
}

// NewGitSource returns the source of a repository at a reference, not locked to
// a commit.
func NewGitSource(repo string, ref GitRef) (SourceID, error) {
	u, err := parseURL(repo)
	if err != nil {
		return SourceID{}, err
	}
	id, err := newSource(Git, u)
	id.ref = ref
	return id, err
}

// NewLocalRegistrySource returns the source of a local registry in dir, an
// absolute path. Cargo does not normalise it, so neither is it done here.
func NewLocalRegistrySource(dir string) SourceID {
	u := fileURL(dir, here)
	return SourceID{kind: LocalRegistry, url: u, canonical: canonicalFileURL(u)}
}

// NewDirectorySource returns the source of a vendor folder in dir, an absolute
// path.
func NewDirectorySource(dir string) SourceID {
	u := fileURL(dir, here)
	return SourceID{kind: Directory, url: u, canonical: canonicalFileURL(u)}
}

func newSource(kind SourceKind, u *parsedURL) (SourceID, error) {
	return SourceID{kind: kind, url: u.String(), canonical: u.canonical(), ref: defaultRef(kind)}, nil
}

func defaultRef(kind SourceKind) GitRef {
	if kind == Git {
		return GitRef{Kind: DefaultBranch}
	}
	return GitRef{}
}

// parseGitSource: the fragment is the commit, the query holds the reference and
// is dropped from the URL whatever else it says (spec 4.3).
func parseGitSource(rest string) (SourceID, error) {
	u, err := parseURL(rest)
	if err != nil {
		return SourceID{}, err
	}
	ref, precise := refFromQuery(u.query()), u.fragment()
	u.stripQueryAndFragment()
	id, err := newSource(Git, u)
	id.ref, id.precise = ref, precise
	return id, err
}

// refFromQuery reads form-encoded pairs; of several known keys the last wins.
func refFromQuery(q string) GitRef {
	ref := GitRef{Kind: DefaultBranch}
	for pair := range strings.SplitSeq(q, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if kind, ok := refKinds[formDecode(key)]; ok {
			ref = GitRef{kind, formDecode(value)}
		}
	}
	return ref
}

// Kind returns how the source is reached.
func (s SourceID) Kind() SourceKind { return s.kind }

// URL returns the URL as written, with the "sparse+" of a sparse registry. It
// may hold user info; print [SourceID.Display] instead.
func (s SourceID) URL() string { return s.url }

// CanonicalURL returns the URL by which Cargo compares sources and names
// folders (spec 2.2).
func (s SourceID) CanonicalURL() string { return s.canonical }

// Ref returns the reference of a git source.
func (s SourceID) Ref() GitRef { return s.ref }

// Precise returns the locked commit of a git source, as the lockfile has it.
func (s SourceID) Precise() string { return s.precise }

// At returns a git source locked to a commit, and other sources as they are.
func (s SourceID) At(commit string) SourceID {
	if s.kind == Git {
		s.precise = commit
	}
	return s
}

// Key returns the value that is equal for sources Cargo takes as the same.
func (s SourceID) Key() SourceKey { return SourceKey{s.kind, s.ref, s.canonical} }

// IsRegistry reports whether packages of s are archives listed in an index.
func (s SourceID) IsRegistry() bool {
	return s.kind == Registry || s.kind == SparseRegistry || s.kind == LocalRegistry
}

// IsCratesIO reports whether s is crates.io, by either protocol and in any
// spelling: both URLs are canonical.
func (s SourceID) IsCratesIO() bool {
	return s.kind == Registry && s.canonical == CratesIOGit || s.kind == SparseRegistry && s.canonical == CratesIOSparse
}

// Compare orders sources as Cargo does: kind, then reference, then canonical URL.
func (s SourceID) Compare(o SourceID) int {
	return cmp.Or(
		cmp.Compare(s.kind, o.kind),
		cmp.Compare(s.ref.Kind, o.ref.Kind),
		strings.Compare(s.ref.Name, o.ref.Name),
		strings.Compare(s.canonical, o.canonical),
	)
}

// String returns the source as a lockfile of version 4 writes it. Local
// registries and directories, which lockfiles never name, get Cargo's own
// prefixes for them.
func (s SourceID) String() string {
	switch s.kind {
	case Git:
		text := "git+" + s.url
		if q := s.ref.query(formEncode); q != "" {
			text += "?" + q
		}
		if s.precise != "" {
			text += "#" + s.precise
		}
		return text
	case SparseRegistry:
		return s.url
	case Registry:
		return "registry+" + s.url
	case LocalRegistry:
		return "local-registry+" + s.url
	case Directory:
		return "directory+" + s.url
	}
	return "path+" + s.url
}

// ConfigKey is the name `cargo vendor` gives the [source] table of s: its text
// without commit, the reference not encoded (spec 7.9).
func (s SourceID) ConfigKey() string {
	if s.IsCratesIO() {
		return "crates-io"
	}
	text := s
	text.precise, text.ref = "", defaultRef(s.kind)
	if q := s.ref.query(func(v string) string { return v }); s.kind == Git && q != "" {
		return text.String() + "?" + q
	}
	return text.String()
}

// Display is how Cargo names the source in messages, without user info.
func (s SourceID) Display() string {
	switch u := Redact(s.url); s.kind {
	case Git:
		if q := s.ref.query(formEncode); q != "" {
			u += "?" + q
		}
		if s.precise != "" {
			u += "#" + s.precise[:min(8, len(s.precise))]
		}
		return u
	case Registry, SparseRegistry:
		return "registry `" + u + "`"
	case LocalRegistry:
		return "registry `" + s.LocalPath() + "`"
	case Directory:
		return "dir " + s.LocalPath()
	default:
		return u
	}
}

// LocalPath returns the folder of a local registry, directory or path source,
// and "" if the URL names none.
func (s SourceID) LocalPath() string { return localPath(s.url, here) }

// query is the reference as the query part of a URL, "" for the default branch.
func (r GitRef) query(encode func(string) string) string {
	switch r.Kind {
	case Branch:
		return "branch=" + encode(r.Name)
	case Tag:
		return "tag=" + encode(r.Name)
	case Rev:
		return "rev=" + encode(r.Name)
	}
	return ""
}
