package workspace

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/internal/manifest"
)

// FindManifest returns the Cargo.toml of dir or of the nearest folder above it.
// The error is a [NotFoundError] if there is none.
//
// Here and in the rest of the package a relative path is taken from the current
// folder, by the name the system has for it: like Cargo, and unlike a shell, we
// do not climb out of a symbolic link the way we came in.
func FindManifest(dir string) (string, error) {
	start, err := absolute(dir)
	if err != nil {
		return "", err
	}
	missing := &NotFoundError{Dir: start}
	for d, below := start, ""; d != below; d, below = filepath.Dir(d), d {
		if p := filepath.Join(d, manifest.FileName); exists(p) {
			return p, nil
		}
		if p := filepath.Join(d, "cargo.toml"); exists(p) {
			missing.LowerCase = p
		}
	}
	return "", missing
}

// CheckPath returns the absolute, normalised form of path, the argument of
// --manifest-path. As with cargo it must be an existing file called Cargo.toml,
// so a folder will not do; the errors match [ErrManifestPath], and that for a
// missing file matches [fs.ErrNotExist] as well.
func CheckPath(path string) (string, error) {
	full, err := absolute(path)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(full)
	switch {
	case err != nil:
		return "", &HintError{noManifestError(path), "--manifest-path takes the path of a Cargo.toml"}
	case info.IsDir():
		return "", directoryGiven(path, full)
	case filepath.Base(full) != manifest.FileName:
		err := fmt.Errorf("%w: %q is not called Cargo.toml", ErrManifestPath, path)
		return "", &HintError{err, "--manifest-path takes the path of a Cargo.toml"}
	}
	return full, nil
}

// noManifestError says that a manifest is not there.
type noManifestError string

func (e noManifestError) Error() string {
	return fmt.Sprintf("%v: %q does not exist", ErrManifestPath, string(e))
}
func (e noManifestError) Unwrap() []error { return []error{ErrManifestPath, fs.ErrNotExist} }

func directoryGiven(path, full string) error {
	err := fmt.Errorf("%w: %q is a folder", ErrManifestPath, path)
	if inside := filepath.Join(full, manifest.FileName); exists(inside) {
		return &HintError{err, fmt.Sprintf("did you mean %q?", inside)}
	}
	return &HintError{err, "--manifest-path takes the path of a Cargo.toml"}
}

// exists follows links, and takes what cannot be looked at as absent.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
