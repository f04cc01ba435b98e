package home

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// NotHomeError says that a folder is no Cargo home. Where there is nothing it matches
// fs.ErrNotExist, where it may not be read fs.ErrPermission.
type NotHomeError struct {
	Dir  string // the folder
	Near string // a Cargo home that may be meant, "" if none is near
	Err  error  // what is wrong with it
}

func (e *NotHomeError) Error() string {
	if errors.Is(e.Err, fs.ErrPermission) {
		return fmt.Sprintf("whether %q is a cargo home cannot be told: %v", e.Dir, e.Err)
	}
	return fmt.Sprintf("%q is no cargo home: %v", e.Dir, e.Err)
}

func (e *NotHomeError) Unwrap() error { return e.Err }

// Hint returns what the user may do about the error.
func (e *NotHomeError) Hint() string {
	if e.Near != "" {
		return fmt.Sprintf("did you mean --cargo-home %s?", e.Near)
	}
	return "name it with --cargo-home or CARGO_HOME; cargo makes one when it first fetches something"
}

var errStrange = errors.New("it holds nothing of cargo's, but other things")

// Check makes sure that the home is one, so that nothing found in it means that nothing
// is there. A folder is one if something in it could only be Cargo's. It may also be
// one if nothing in it is strange, as after a first run of rustup, or when a cache of
// CI was empty: so an empty folder will do. The error is a [*NotHomeError].
func (h *Home) Check() error {
	entries, err := os.ReadDir(h.dir)
	if info, serr := os.Stat(h.dir); serr == nil && !info.IsDir() {
		err = errors.New("it is not a folder")
	}
	switch err = fsx.WithoutPath(err); {
	case errors.Is(err, fs.ErrNotExist):
		return &NotHomeError{h.dir, "", fmt.Errorf("it does not exist (%w)", err)}
	case err != nil:
		return &NotHomeError{h.dir, "", err}
	case isHome(h.dir, entries) || isFresh(h.dir, entries):
		return nil
	}
	return &NotHomeError{h.dir, nearest(h.dir), errStrange}
}

// CheckReadable makes sure that a folder of the home, such as [CachePath], can be listed
// if it is there.
func (h *Home) CheckReadable(path string) error {
	const folder = string(os.PathSeparator) // behind its path: a pipe would be waited for
	f, err := os.Open(filepath.Join(h.dir, filepath.FromSlash(path)) + folder)
	if err == nil {
		_, err = f.Readdirnames(1)
		err = errors.Join(err, f.Close())
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("what the cargo home holds cannot be told: %w", err)
}

// signs are files that only Cargo has.
var signs = []string{packageCache, packageCacheMutate, LastUsePath, ".crates.toml", ".crates2.json", "credentials.toml"}

// ownNames are the other files of Cargo and rustup in a home.
var ownNames = []string{
	"config", "config.toml", "credentials", ".global-cache-journal",
	"env", "env.fish", "env.nu", "env.ps1", "env.tcsh", "env.xsh", "env.bat",
}

// IsOwnFile reports whether a file in a home has a name that Cargo or rustup gives.
func IsOwnFile(name string) bool {
	return slices.Contains(signs, name) || slices.Contains(ownNames, name)
}

// isHome reports whether something in a folder could only be Cargo's.
func isHome(dir string, entries []fs.DirEntry) bool {
	has := map[string]bool{}
	for _, e := range entries {
		has[e.Name()] = true
	}
	if slices.ContainsFunc(signs, func(name string) bool { return has[name] }) {
		return true
	}
	for _, name := range components {
		if has[name] && look(dir, name) == certain {
			return true
		}
	}
	inBin := func(name string) bool { return !missing(filepath.Join(dir, BinPath, name)) }
	return has["env"] && (inBin("cargo") || inBin("rustup"))
}

// isFresh reports whether nothing in a folder is strange.
func isFresh(dir string, entries []fs.DirEntry) bool {
	for _, e := range entries {
		name := e.Name()
		isComponent := slices.Contains(components, name)
		known := isComponent || IsOwnFile(name) || staging.IsTemporary(name) || slices.Contains([]string{BinPath, OwnPath, "lost+found", ".DS_Store"}, name)
		if !known || isComponent && look(dir, name) == strange {
			return false
		}
	}
	return true
}

// components are the folders of a home that hold what was fetched.
var components = []string{"registry", "git"}

// likeness is how much a folder is like what its name says.
type likeness uint8

const (
	strange likeness = iota
	possible
	certain
)

// look judges registry or git in a folder, which other programs have too. Cargo marks
// its own, and ends the names of the folders in them with a hash.
func look(dir, name string) likeness {
	parts := map[string][]string{"registry": {"index", "cache", "src"}, "git": {"db", "checkouts"}}[name]
	entries, err := os.ReadDir(filepath.Join(dir, name))
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return possible
		}
		return strange
	}
	found := possible
	for _, e := range entries {
		switch {
		case e.Name() == "CACHEDIR.TAG":
			return certain
		case !slices.Contains(parts, e.Name()):
			found = strange
		case slices.ContainsFunc(folders(filepath.Join(dir, name, e.Name())), IsFolderName):
			return certain
		}
	}
	return found
}

// maxLooked bounds how many folders are looked at for a home that may be meant.
const maxLooked = 1000

// nearest returns a Cargo home at most two folders below dir, or one that dir is a part
// of. What cannot be read is none.
func nearest(dir string) string {
	level, looked := []string{dir}, 0
	for range 2 {
		var next []string
		for _, at := range level {
			for _, name := range folders(at) {
				next = append(next, filepath.Join(at, name))
			}
			next = append(next, filepath.Join(at, ".cargo")) // which folders leaves out
		}
		slices.SortStableFunc(next, byLikelihood)
		for _, at := range next {
			if looked++; looked > maxLooked {
				return ""
			}
			if entries, err := os.ReadDir(at); err == nil && isHome(at, entries) {
				return at
			}
		}
		level = next
	}
	for range 4 {
		dir = filepath.Dir(dir)
		if entries, err := os.ReadDir(dir); err == nil && isHome(dir, entries) {
			return dir
		}
	}
	return ""
}

// byLikelihood puts first what is called as homes are.
func byLikelihood(a, b string) int {
	likely := func(path string) int {
		switch name := filepath.Base(path); {
		case name == ".cargo":
			return 0
		case strings.Contains(name, "cargo"):
			return 1
		}
		return 2
	}
	return likely(a) - likely(b)
}
