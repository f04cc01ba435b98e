package cargotest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"cargohome/internal/redeflate"
)

// Crate is a package of a registry. Name and Version are all it needs: it then
// is an empty library.
type Crate struct {
	Name, Version string
	Deps          []Dep
	Features      map[string][]string
	Links         string
	Yanked        bool
	Published     string            // when, as the index has it; "" if that does not say
	Files         []File            // in archive order; one named like a default file takes its place
	NoDefaults    bool              // Files are all there is in the archive
	Encoder       redeflate.Encoder // that has made the archive; 0 is one that Cargo never had
}

// File is an entry of an archive.
type File struct {
	Path    string // below NAME-VERSION/
	Content string
	Mode    int64  // 0 means 0644; -1 means 0
	MTime   int64  // in seconds; 0 means [MTime]; -1 means 0
	Type    byte   // tar's; 0 means '0', a regular file
	Link    string // the target of a link
}

// Stem is NAME-VERSION.
func (c Crate) Stem() string { return c.Name + "-" + c.Version }

// Checksum is the SHA-256 of the archive, in hex.
func (c Crate) Checksum() string { return Checksum(c.Archive()) }

// Checksum is the SHA-256 of data as lockfiles and indexes have it.
func Checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Archive returns the .crate file, made as `cargo package` makes it.
func (c Crate) Archive() []byte {
	if c.Encoder != 0 {
		return GzipBy(c.Encoder, c.Stem()+".crate", c.Tar())
	}
	return Gzip(c.Stem()+".crate", c.Tar())
}

// Tar returns what Archive compresses.
func (c Crate) Tar() []byte {
	var b bytes.Buffer
	for _, f := range c.AllFiles() {
		b.Write(f.entry(c.Stem()))
	}
	b.Write(EndOfTar)
	return b.Bytes()
}

func (f File) entry(stem string) []byte {
	name := stem + "/" + f.Path
	e := Entry(Header{Name: name, Mode: f.Mode, MTime: f.MTime, Type: f.Type, Link: f.Link}, f.Content)
	if len(name) > 100 {
		return append(LongName(name), e...)
	}
	return e
}

// AllFiles returns the entries of the archive, in order: the default ones, as
// far as Files has none of their name, then Files.
func (c Crate) AllFiles() []File {
	if c.NoDefaults {
		return c.Files
	}
	all := slices.DeleteFunc(c.defaults(), func(f File) bool { return c.has(f.Path) })
	return append(all, c.Files...)
}

func (c Crate) has(path string) bool {
	return slices.ContainsFunc(c.Files, func(f File) bool { return f.Path == path })
}

func (c Crate) defaults() []File {
	return []File{
		{Path: ".cargo_vcs_info.json", Content: vcsInfo, MTime: 1},
		{Path: "Cargo.toml", Content: c.manifest(), MTime: 1},
		{Path: "Cargo.toml.orig", Content: c.originalManifest()},
		{Path: "src/lib.rs", Content: c.lib()},
	}
}

const vcsInfo = `{
  "git": {
    "sha1": "0123456789abcdef0123456789abcdef01234567"
  },
  "path_in_vcs": ""
}`

// lib gives each crate a function that names it and those it always uses.
func (c Crate) lib() string {
	var b strings.Builder
	b.WriteString("pub fn describe() -> String {\n    let mut s = String::from(" + quote(c.Name+" "+c.Version) + ");\n")
	for _, d := range c.Deps {
		if d.always() {
			b.WriteString("    s.push_str(\" < \");\n    s.push_str(&" + d.ident() + "::describe());\n")
		}
	}
	b.WriteString("    s\n}\n")
	return b.String()
}

// Dep is a dependency of a crate or project.
type Dep struct {
	Name       string // the package
	As         string // the name the manifest gives it; "" means Name
	Req        string // "" means "*"
	Kind       string // "" or "normal", "dev", "build"
	Target     string // `cfg(windows)` or a triple; "" means all
	Features   []string
	Optional   bool
	NoDefaults bool   // no default features
	Registry   string // URL of another registry's index, "sparse+" included

	// In projects only; Req must then be the exact version.
	Path bool   // a package in the project's folder of its name
	Git  string // URL[?branch=B|?tag=T|?rev=R]#COMMIT
}

func (d Dep) key() string   { return cmp.Or(d.As, d.Name) }
func (d Dep) req() string   { return cmp.Or(d.Req, "*") }
func (d Dep) kind() string  { return cmp.Or(d.Kind, "normal") }
func (d Dep) ident() string { return strings.ReplaceAll(d.key(), "-", "_") }

// always reports whether code may count on d being there.
func (d Dep) always() bool { return d.kind() == "normal" && d.Target == "" && !d.Optional }
