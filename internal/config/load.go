package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/internal/fsx"
	"cargohome/internal/rustpath"
)

// Bounds of what is read, in bytes and files. Real configurations are a few
// kilobytes in at most a handful of files; for inline tables the TOML library
// takes time that grows with the square of their size, so little is allowed.
const (
	// MaxFileSize is the size in bytes of the largest configuration that is read.
	MaxFileSize  = 1 << 18
	maxTotalSize = 1 << 20
	maxFiles     = 256
	maxIncludes  = 32 // of files that include each other in a row
)

// Options say whose configuration to load.
type Options struct {
	Cwd     string   // absolute; the search starts here, not at the manifest
	Home    string   // the Cargo home, absolute
	Environ []string // "NAME=value", as os.Environ gives it
	Args    []string // the values of --config, in order: KEY=VALUE or the path of a file
}

// Config is the merged configuration. It is not safe for concurrent use.
type Config struct {
	cwd      string
	env      environment
	root     *value
	warnings []string
	warned   map[string]bool
}

// Load reads and merges all configuration files. Missing files are none of its
// concern; an unreadable or malformed one is an error that names it.
func Load(opts Options) (*Config, error) {
	if !filepath.IsAbs(opts.Cwd) || !filepath.IsAbs(opts.Home) {
		return nil, fmt.Errorf("current folder %q and Cargo home %q must be absolute", opts.Cwd, opts.Home)
	}
	l := loader{cwd: rustpath.Tidy(opts.Cwd), left: maxTotalSize}
	root, err := l.load(rustpath.Tidy(opts.Home), opts.Args)
	if err != nil {
		return nil, fmt.Errorf("cargo configuration: %w", err)
	}
	return &Config{l.cwd, newEnvironment(opts.Environ), root, l.warnings, map[string]bool{}}, nil
}

// Warnings returns what cargo would warn about so far, in order and each once:
// the methods that read keys may add to it.
func (c *Config) Warnings() []string { return c.warnings }

// loader counts what has been read against the bounds.
type loader struct {
	cwd      string
	files    int
	left     int64 // bytes
	warnings []string
}

func (l *loader) load(home string, args []string) (*value, error) {
	root := newTable(origin{})
	for _, path := range l.discover(home) {
		v, err := l.file(path, fromFile, map[string]bool{}, 0)
		if err != nil {
			return nil, err
		}
		if err := merge(root, v, false); err != nil {
			return nil, err
		}
	}
	return root, l.mergeArgs(root, args)
}

// discover returns the configuration files from the current folder upward, then
// the home's, unless that is the .cargo of one of those folders.
func (l *loader) discover(home string) []string {
	var paths []string
	seen := map[string]bool{}
	for dir := l.cwd; ; dir = parent(dir) {
		folder := join(dir, ".cargo")
		paths = l.appendFile(paths, folder)
		seen[canonical(folder)] = true
		if dir == parent(dir) {
			break
		}
	}
	if !seen[canonical(home)] && !seen[home] {
		paths = l.appendFile(paths, home)
	}
	return paths
}

// appendFile appends the configuration file of a folder, if it has one. The old
// name without extension wins where both exist (spec 1.2).
func (l *loader) appendFile(paths []string, folder string) []string {
	old, current := join(folder, "config"), join(folder, "config.toml")
	switch oldInfo, currentInfo := stat(old), stat(current); {
	case oldInfo == nil && currentInfo == nil:
		return paths
	case oldInfo == nil:
		return append(paths, current)
	case currentInfo == nil:
		l.warn("`%s` is deprecated in favor of `config.toml`", old)
	case !os.SameFile(oldInfo, currentInfo):
		l.warn("both `%s` and `%s` exist. Using `%s`", old, current, old)
	}
	return append(paths, old)
}

func (l *loader) warn(format string, args ...any) {
	l.warnings = append(l.warnings, fmt.Sprintf(format, args...))
}

func stat(path string) fs.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

// file reads one file and what it includes. seen holds the files that lead here
// and those their other includes led to: cargo takes any second mention as a
// cycle.
func (l *loader) file(path string, kind originKind, seen map[string]bool, depth int) (*value, error) {
	if seen[path] {
		return nil, fmt.Errorf("`include` leads to %q a second time", path)
	}
	seen[path] = true
	text, err := l.read(path, kind)
	if err != nil {
		return nil, err
	}
	v, err := parseTOML(text, origin{kind, path})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l.withIncludes(v, seen, depth)
}

// read refuses what is not a regular file, which a hostile checkout could have
// in this place to make the open hang. Arguments may name a pipe.
func (l *loader) read(path string, kind originKind) ([]byte, error) {
	if l.files++; l.files > maxFiles {
		return nil, fmt.Errorf("more than %d files", maxFiles)
	}
	f, err := open(path, kind)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only: nothing to lose
	limit := min(MaxFileSize, l.left)
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s: %w", path, errTooLarge)
	}
	l.left -= int64(len(text))
	return text, nil
}

func open(path string, kind originKind) (*os.File, error) {
	if kind != fromFile {
		return os.Open(path)
	}
	f, _, err := fsx.OpenRegular(path)
	if errors.Is(err, fsx.ErrNotRegular) {
		err = fmt.Errorf("%s: %w", path, fsx.ErrNotRegular)
	}
	return f, err
}

var errTooLarge = errors.New("it is too large for a configuration")
