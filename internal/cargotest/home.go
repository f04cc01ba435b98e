package cargotest

import (
	"bytes"
	"os"
	"path/filepath"
)

// Folder names of crates.io below registry/{index,cache,src} (spec 2.5). Names
// of other registries are given as they are: hashing is not done here.
const (
	CratesIO       = "index.crates.io-1949cf8c6b5b557f" // sparse
	CratesIOOld    = "index.crates.io-6f17d22bba15001f" // sparse, up to Cargo 1.84
	CratesIOGit    = "github.com-25cdd57fae9f0462"
	CratesIOGitOld = "github.com-1ecc6299db9ec823" // up to Cargo 1.84
)

// ConfigJSON is what a registry's config.json says when nothing else is asked for.
const ConfigJSON = `{"dl":"https://static.crates.io/crates","api":"https://crates.io"}`

// Home is a Cargo home.
type Home struct {
	t   T
	Dir string
}

const cacheDirTag = `Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by cargo.
# For information about cache directory tags see https://bford.info/cachedir/
`

// NewHome makes dir a Cargo home, or takes the one that is there.
func NewHome(t T, dir string) *Home {
	write(t, filepath.Join(dir, "registry", "CACHEDIR.TAG"), []byte(cacheDirTag))
	return &Home{t, dir}
}

// Add puts crates into the sparse registry of crates.io.
func (h *Home) Add(crates ...Crate) { h.Registry(CratesIO).Add(crates...) }

// Registry returns the registry whose folders are named name.
func (h *Home) Registry(name string) *Registry {
	return &Registry{t: h.t, home: h.Dir, Name: name, Version: "Unknown"}
}

// Registry is one registry of a home: an index of the sparse kind, unless
// [Registry.CommitIndex] makes it one in git.
type Registry struct {
	t       T
	home    string
	Name    string
	Version string // the version string of cache files, "Unknown" or `etag: "…"`
}

// Add puts crates into the registry: their archives and their index lines. A
// line of the same version is replaced.
func (r *Registry) Add(crates ...Crate) {
	for _, c := range crates {
		r.AddArchive(c.Stem(), c.Archive())
		r.AddLine(c.Name, c.IndexLine(""))
	}
}

// AddArchive writes only an archive, which may be anything.
func (r *Registry) AddArchive(stem string, data []byte) { write(r.t, r.ArchivePath(stem), data) }

// AddLine writes only an index line, and config.json if there is none.
func (r *Registry) AddLine(name string, line []byte) {
	file := r.CachePath(name)
	write(r.t, file, CacheFile(r.Version, upsert(cachedLines(r.t, file), line)))
	config := filepath.Join(r.IndexDir(), "config.json")
	if _, err := os.Stat(config); err != nil {
		write(r.t, config, []byte(ConfigJSON))
	}
}

// IndexDir is registry/index/NAME.
func (r *Registry) IndexDir() string { return filepath.Join(r.home, "registry", "index", r.Name) }

// CachePath is the index cache file of a crate.
func (r *Registry) CachePath(crate string) string {
	return filepath.Join(r.IndexDir(), ".cache", filepath.FromSlash(IndexPath(crate)))
}

// ArchivePath is where the archive of a crate is.
func (r *Registry) ArchivePath(stem string) string {
	return filepath.Join(r.home, "registry", "cache", r.Name, stem+".crate")
}

// SourcePath is where Cargo would unpack a crate.
func (r *Registry) SourcePath(stem string) string {
	return filepath.Join(r.home, "registry", "src", r.Name, stem)
}

// AddLocal puts crates into the local registry in dir (spec 9).
func AddLocal(t T, dir string, crates ...Crate) {
	for _, c := range crates {
		write(t, filepath.Join(dir, c.Stem()+".crate"), c.Archive())
		file := filepath.Join(dir, "index", filepath.FromSlash(IndexPath(c.Name)))
		old, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			check(t, err)
		}
		lines := upsert(splitLines(old), c.IndexLine(""))
		write(t, file, joinLines(lines))
	}
}

func splitLines(data []byte) [][]byte {
	var lines [][]byte
	for line := range bytes.Lines(data) {
		lines = append(lines, bytes.TrimSuffix(line, []byte("\n")))
	}
	return lines
}

// joinLines is the form of index files outside caches.
func joinLines(lines [][]byte) []byte {
	return append(bytes.Join(lines, []byte("\n")), '\n')
}
