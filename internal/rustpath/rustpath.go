// Package rustpath joins and compares paths as the text that they are, as Rust's Path
// does, where Go's would go a step too far: "a/.." and a link are left as they are. The
// rules of Windows are the same wherever they are asked for.
package rustpath

import (
	"runtime"
	"strings"
)

// Rules are how a system reads its paths.
type Rules struct{ windows bool }

// Of returns the rules of a system, by its name in GOOS.
func Of(goos string) Rules { return Rules{goos == "windows"} }

var here = Of(runtime.GOOS)

// Join is [Rules.Join] by the rules of this system.
func Join(base, path string) string { return here.Join(base, path) }

// Tidy is [Rules.Tidy] by the rules of this system.
func Tidy(path string) string { return here.Tidy(path) }

// Parent is [Rules.Parent] by the rules of this system.
func Parent(path string) string { return here.Parent(path) }

// IsSeparator reports whether the system takes a character for what parts a path.
func IsSeparator(r rune) bool { return here.isSeparator(r) }

func (r Rules) isSeparator(c rune) bool { return c == '/' || r.windows && c == '\\' }

func (r Rules) separator() string {
	if r.windows {
		return `\`
	}
	return "/"
}

// Prefix returns what stands before the folders of a path: nothing, but on Windows.
func (r Rules) Prefix(path string) Prefix {
	if !r.windows {
		return Prefix{}
	}
	return prefixOf(path)
}

// Join is Path::join: an absolute path, or one with a prefix, replaces the base, and
// nothing is normalised unless the base is verbatim, where the system would not do so.
func (r Rules) Join(base, path string) string {
	prefix := r.Prefix(base)
	rooted := path != "" && r.isSeparator(rune(path[0]))
	switch {
	case r.Prefix(path).Text != "" || rooted && !r.windows:
		return path
	case prefix.Verbatim && path != "":
		return joinVerbatim(base, path, prefix)
	case rooted: // on the drive of base
		return prefix.Text + path
	case base != "" && r.isSeparator(rune(base[len(base)-1])), prefix.isDrive() && base == prefix.Text: // C:x is relative to the drive's own folder
		return base + path
	}
	return base + r.separator() + path
}

// Tidy returns an absolute path by its components, so that texts which Path takes as
// equal become equal: without empty and "." parts, with one kind of separator, and with
// none at the end but for the root. ".." stays: /a/b/.. does not begin with /a/x.
func (r Rules) Tidy(path string) string {
	prefix := r.Prefix(path)
	start := prefix.tidy()
	var b strings.Builder
	b.WriteString(start)
	for part := range r.parts(path, prefix) {
		if part != "." || prefix.Verbatim {
			b.WriteString(r.separator())
			b.WriteString(part)
		}
	}
	if b.Len() == len(start) {
		b.WriteString(r.separator())
	}
	return b.String()
}

// parts yields what stands between the separators of a path, behind its prefix.
func (r Rules) parts(path string, prefix Prefix) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(path[len(prefix.Text):], func(c rune) bool {
		return r.isSeparator(c) && (c == '\\' || !prefix.Verbatim)
	})
}

// Parent drops the last part of a tidy path, also where that is "..", and stays at the
// root.
func (r Rules) Parent(path string) string {
	start := len(r.Prefix(path).Text)
	if i := strings.LastIndex(path, r.separator()); i > start {
		return path[:i]
	}
	return path[:min(start+1, len(path))]
}
