package check

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"cargohome/crate"
	"cargohome/internal/config"
	"cargohome/internal/fsx"
)

// of returns the source that the packages of another are read from: what was asked for, or
// what cargo's configuration says.
func (c *checker) of(src crate.SourceID) (crate.SourceID, error) {
	from, err := c.sources.Of(src)
	want := crate.SourceID{}
	switch {
	case c.Vendor != "":
		want = crate.NewDirectorySource(c.Vendor)
	case c.Registry != "" && src.IsRegistry():
		want = crate.NewLocalRegistrySource(c.Registry)
	case err == nil && from.IsCratesIO() && c.minor() < sparseDefault:
		return crate.NewRegistrySource(crate.CratesIOGit)
	default:
		return from, err
	}
	if err != nil || !isSame(from, want) {
		c.notReplaced(src, from, want, err)
	}
	return want, nil
}

// isSame reports whether two sources are the same folder.
func isSame(a, b crate.SourceID) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	x, err := os.Stat(a.LocalPath())
	y, err2 := os.Stat(b.LocalPath())
	return a == b || err == nil && err2 == nil && os.SameFile(x, y)
}

// emptyHome stands before a command that is to find nothing in the home.
const emptyHome = "env CARGO_HOME=target/no-home "

// notReplaced tells that the configuration does not put a folder in place of a source.
func (c *checker) notReplaced(src, from, want crate.SourceID, err error) {
	f := Finding{Code: SourceNotReplaced, ID: crate.ID{Source: src}, Remedy: Remedy{Kind: Configure}, reach: hidden}
	f.Path = filepath.Join(c.Dir, ".cargo", "config.toml")
	f.Breaks = []string{metadata}
	c.unasked = true
	switch {
	case err != nil:
		f.Reason = err.Error()
	case from.Kind() == want.Kind():
		f.Reason = fmt.Sprintf("cargo's configuration puts another folder in its place: %s", from.LocalPath())
	default:
		f.Reason = fmt.Sprintf("no [source] table puts %s in its place", want.LocalPath())
		if other, ok := c.misnamed(src); ok {
			f.Reason = fmt.Sprintf("the [source] table for its repository is for %s", other.Display())
		}
	}
	if want.Kind() == crate.Directory {
		f.Remedy.Command = "cargohome vendor --write-config " + quoted(c.Vendor)
	}
	c.find(f)
}

// misnamed returns the source of a [source] table that is of the same repository, and of
// another branch, tag or rev: to cargo these are two sources.
func (c *checker) misnamed(src crate.SourceID) (crate.SourceID, bool) {
	for _, other := range c.replaced.Configured() {
		if other.Kind() == crate.Git && src.Kind() == crate.Git && other.CanonicalURL() == src.CanonicalURL() && other.Key() != src.Key() {
			return other, true
		}
	}
	return crate.SourceID{}, false
}

// hasSources matches a text with [source] tables.
var hasSources = regexp.MustCompile(`(?m)^\s*\[\s*source\s*\.`)

// unread looks, where something lacks, for files with [source] tables that cargo does not
// read from the current folder: it reads .cargo/config.toml there and in the folders above,
// and config.toml of the home.
func (c *checker) unread(p *project) {
	if !slices.ContainsFunc(c.report.Findings, Finding.lacks) {
		return
	}
	for _, path := range c.nearby(p) {
		text, err := fsx.ReadRegular(path, config.MaxFileSize)
		if err == nil && hasSources.Match(text) {
			c.find(Finding{Code: ConfigUnread, Path: path, Reason: "it has [source] tables, and cargo does not read it from here", Remedy: Remedy{Kind: Configure},
				Breaks: slices.Clone(c.report.Findings[slices.IndexFunc(c.report.Findings, Finding.lacks)].Breaks)})
		}
	}
}

// lacks reports whether something is not where cargo looks for it.
func (f Finding) lacks() bool {
	return f.Remedy.Kind == Fetch || f.Code == SourceNotReplaced
}

// nearby are files that people take for configuration, as far as they are none from the
// current folder.
func (c *checker) nearby(p *project) (paths []string) {
	dirs := []string{c.Dir, filepath.Dir(p.path), filepath.Join(filepath.Dir(p.path), "vendor")}
	if c.Vendor != "" {
		dirs = append(dirs, c.Vendor)
	}
	for _, m := range p.own {
		dirs = append(dirs, m.Dir)
	}
	read := map[string]bool{}
	for dir := c.Dir; ; dir = filepath.Dir(dir) {
		read[filepath.Join(dir, ".cargo", "config.toml")], read[filepath.Join(dir, ".cargo", "config")] = true, true
		if dir == filepath.Dir(dir) {
			break
		}
	}
	for _, dir := range dirs {
		files, _ := filepath.Glob(filepath.Join(globbed(dir), ".cargo", "*"))
		for _, name := range []string{"config.toml", "config", "cargo.toml", "Cargo.toml", ".cargo.toml", ".cargo"} {
			files = append(files, filepath.Join(dir, name))
		}
		for _, path := range files {
			if !read[path] {
				read[path] = true
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// globbed is a path as a pattern that it alone matches.
func globbed(path string) string { return regexp.MustCompile(`[*?\[\\]`).ReplaceAllString(path, `\$0`) }
