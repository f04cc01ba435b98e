package object

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// ErrNoIndex is matched by the error for a folder that holds no repository, or
// one nothing was ever fetched into. It matches fs.ErrNotExist too.
var ErrNoIndex error = noIndexError{}

type noIndexError struct{}

func (noIndexError) Error() string        { return "no git repository with a fetched index" }
func (noIndexError) Is(target error) bool { return target == fs.ErrNotExist }

const (
	maxRefSize    = 64 << 10 // bytes of a loose reference or a line of packed-refs
	maxPackedRefs = 64 << 20 // bytes of packed-refs
	maxRefDepth   = 5        // symbolic references in a row, as in git
)

// openGitDir opens the git directory of the repository in dir, which is dir
// itself if the repository is bare. A ".git" file, which would name a place
// elsewhere, is an error.
func openGitDir(dir string) (root *os.Root, bare bool, err error) {
	outer, err := fsx.OpenRoot(dir)
	if err != nil {
		return nil, false, err
	}
	root, err = fsx.OpenRootIn(outer, ".git")
	if err == nil {
		return root, false, outer.Close()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		outer.Close()
		return nil, false, fmt.Errorf("%s: %w", dir, err)
	}
	if errors.Is(checkObjects(outer), ErrNoDB) {
		outer.Close()
		return nil, false, fmt.Errorf("%s: %w", dir, ErrNoIndex)
	}
	return outer, true, nil
}

// tip resolves the first of the references a fetched index may have.
func tip(root *os.Root, bare bool) (plumbing.Hash, error) {
	refs := []string{"refs/remotes/origin/HEAD", "refs/remotes/origin/master"}
	if bare {
		refs = append(refs, "HEAD") // a plain clone has no remote references
	}
	for _, ref := range refs {
		h, err := resolve(root, ref)
		if !errors.Is(err, fs.ErrNotExist) {
			return h, err
		}
	}
	return plumbing.ZeroHash, ErrNoIndex
}

// Head returns the commit that HEAD leads to.
func (db *DB) Head() (plumbing.Hash, error) { return resolve(db.git, "HEAD") }

// HeadOf returns the commit that HEAD of a git directory leads to, 40 hexadecimal digits,
// of which the objects are not looked at.
func HeadOf(dir string) (string, error) {
	root, err := fsx.OpenRootBelow(filepath.Split(dir))
	if err != nil {
		return "", err
	}
	defer root.Close()
	h, err := resolve(root, "HEAD")
	return h.String(), err
}

// HasRefs reports whether there is a folder for references, without which git takes no
// folder for a repository.
func (db *DB) HasRefs() bool {
	fi, err := db.git.Stat("refs")
	return err == nil && fi.IsDir()
}

// Shallow returns the list of commits that lack their parents; the error matches
// fs.ErrNotExist if there is none.
func (db *DB) Shallow() ([]byte, error) { return fsx.ReadRegularIn(db.git, "shallow", maxPackedRefs) }

// resolve follows symbolic references to an object.
func resolve(root *os.Root, ref string) (plumbing.Hash, error) {
	name := plumbing.ReferenceName(ref)
	for range maxRefDepth {
		text, err := readRef(root, name)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		r := plumbing.NewReferenceFromStrings(string(name), text)
		if r.Type() == plumbing.HashReference && !plumbing.IsHash(text) {
			return plumbing.ZeroHash, fmt.Errorf("reference %q: %w: %q is not an object id", name, ErrDamaged, text[:min(len(text), 64)])
		}
		if r.Type() == plumbing.HashReference {
			return r.Hash(), nil
		}
		name = r.Target()
	}
	return plumbing.ZeroHash, fmt.Errorf("reference %q: too many symbolic references in a row", name)
}

// readRef returns the text of a loose reference, or else of a packed one.
func readRef(root *os.Root, name plumbing.ReferenceName) (string, error) {
	ref := string(name)
	if name.Validate() != nil {
		return "", fmt.Errorf("reference %q: not a name of one", ref)
	}
	data, err := fsx.ReadRegularIn(root, filepath.FromSlash(ref), maxRefSize)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return packedRef(root, ref)
	}
	if err != nil {
		return "", fmt.Errorf("reference %q: %w", ref, err)
	}
	return refText(data), nil
}

const (
	hashDigits = 2 * plumbingHashSize
	spaces     = " \t\n\v\f\r"
)

// refText is what a loose reference says: what it leads to, or an id, whatever stands behind
// it after a space or a NUL (libgit2 1.9: loose_parse_oid).
func refText(data []byte) string {
	if bytes.HasPrefix(data, []byte("ref: ")) {
		return string(bytes.TrimRight(data, spaces))
	}
	if len(data) > hashDigits && strings.IndexByte(spaces+"\x00", data[hashDigits]) >= 0 {
		data = data[:hashDigits]
	}
	return string(data)
}

// isRef reports whether git takes a name for that of a reference among others.
func isRef(name plumbing.ReferenceName) bool {
	return strings.HasPrefix(string(name), "refs/") && name.Validate() == nil
}

// packedRef finds ref in packed-refs, whose lines are "OBJECT SP REF"; those
// beginning with '#' or '^' are about others.
func packedRef(root *os.Root, ref string) (string, error) {
	f, _, err := fsx.OpenRegularIn(root, "packed-refs")
	if err != nil {
		return "", err
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxPackedRefs))
	lines.Buffer(nil, maxRefSize)
	for lines.Scan() {
		if hash, name, _ := bytes.Cut(lines.Bytes(), []byte{' '}); string(name) == ref && string(hash) != "#" {
			return string(hash), nil
		}
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("packed-refs: %w", err)
	}
	return "", &fs.PathError{Op: "find", Path: ref, Err: fs.ErrNotExist}
}
