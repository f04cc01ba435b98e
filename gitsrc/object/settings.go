package object

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"cargohome/internal/fsx"
)

// settings are what libgit2 asks the configuration of a repository before it opens it
// (libgit2 1.9: obtain_config_and_set_oid_type, load_config_data, load_workdir).
type settings struct {
	version  int64
	unknown  string // an extension that libgit2 does not know
	bare     bool
	workTree string // as written, "" if nothing is said
	empty    bool   // it is said to be nothing

	more bool // there is a config.worktree that counts
}

// extensions are those of repositories that libgit2 1.9.2 knows, which is cargo 1.95's.
var extensions = map[string]bool{"noop": true, "objectformat": true, "preciousobjects": true, "worktreeconfig": true}

// readSettings reads the configuration of a repository.
func readSettings(root *os.Root) (*settings, error) {
	s := &settings{}
	err := s.readFile(root, "config", 0)
	if err == nil && s.more {
		err = s.readFile(root, "config.worktree", 0)
	}
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return s, nil
}

// checkSettings looks at the text of a configuration.
func checkSettings(text string) error {
	s := &settings{}
	err := parseConfig(text, s.set)
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	return nil
}

// maxIncluded is how deep files may include each other (libgit2 1.9: MAX_INCLUDE_DEPTH).
const maxIncluded = 10

// readFile reads a file. One that may not be read, or is a folder, counts as none. Files that
// it includes are read where they lie in the repository.
func (s *settings) readFile(root *os.Root, name string, depth int) error {
	text, err := fsx.ReadRegularIn(root, filepath.FromSlash(name), maxRemotesFile)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || err != nil && isFolder(root, filepath.FromSlash(name)) {
		return nil
	}
	if err != nil {
		return err
	}
	return parseConfig(string(text), func(section, sub, key, value string, given bool) error {
		if section != "include" || sub != "" || key != "path" || value == "" {
			return s.set(section, sub, key, value, given)
		}
		if depth+1 == maxIncluded {
			return errors.New("files include each other too deeply")
		}
		included := path.Join(path.Dir(name), value)
		if path.IsAbs(value) || !filepath.IsLocal(filepath.FromSlash(included)) {
			return nil
		}
		return s.readFile(root, included, depth+1)
	})
}

// set takes one variable. One without a value is true, and no text.
func (s *settings) set(section, sub, key, value string, given bool) (err error) {
	if sub != "" {
		return nil
	}
	truth := value
	if !given {
		truth = "true"
	}
	switch name := section + "." + key; {
	case name == "core.repositoryformatversion":
		s.version, err = configInt(value)
	case name == "core.bare":
		s.bare, err = ParseBool(truth)
	case name == "core.worktree":
		s.workTree, s.empty = value, given && value == ""
	case name == "extensions.worktreeconfig":
		s.more, err = ParseBool(truth)
	case section == "extensions" && (!extensions[key] || key == "objectformat" && value != "sha1"):
		s.unknown = key
	}
	return err
}

func (s *settings) check() error {
	switch {
	case s.version > 1:
		return fmt.Errorf("a repository of version %d", s.version)
	case s.version == 1 && s.unknown != "":
		return fmt.Errorf("a repository with the extension %q", s.unknown)
	case s.empty && !s.bare:
		return errors.New("a work tree without a name")
	}
	return nil
}

// findWorkTree returns the folder of the work tree of a repository in dir: above it, where
// the configuration says, or for a bare one dir itself, which is what Cargo then takes.
func (s *settings) findWorkTree(dir string) (string, error) {
	switch {
	case s.bare:
		return dir, nil
	case s.workTree == "":
		return filepath.Dir(dir), nil
	case filepath.IsAbs(s.workTree):
		return filepath.EvalSymlinks(s.workTree)
	}
	return filepath.EvalSymlinks(filepath.Join(dir, filepath.FromSlash(s.workTree)))
}

// ParseBool reads true or false as git takes it in a configuration, where numbers and nothing
// at all are such too (libgit2 1.9: git_config_parse_bool). The error names the text.
func ParseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on":
		return true, nil
	case "", "false", "no", "off":
		return false, nil
	}
	n, err := configInt(text)
	if err != nil {
		return false, fmt.Errorf("%q is neither true nor false", text)
	}
	return n != 0, nil
}

// configInt reads a number, which may have a unit (libgit2 1.9: git_config_parse_int64).
func configInt(text string) (int64, error) {
	unit := int64(1)
	digits := text
	if text != "" {
		if at := strings.IndexByte("kmg", text[len(text)-1]|0x20); at >= 0 {
			digits, unit = text[:len(text)-1], 1<<(10*(at+1))
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 0, 32)
	if err != nil || strings.Contains(digits, "_") {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return n * unit, nil
}
