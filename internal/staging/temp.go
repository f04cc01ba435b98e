package staging

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"cargohome/internal/fsx"
)

// Prefix begins the name of every temporary folder and file made by this package;
// behind it is a number.
const Prefix = ".cargohome-tmp-"

// savedPrefix begins the name of a folder that holds what could not be put back. None is
// ever swept.
const savedPrefix = ".cargohome-saved-"

// IsTemporary reports whether this package could have given a temporary folder or file
// that name: the prefix and a number.
func IsTemporary(name string) bool {
	number, ok := strings.CutPrefix(name, Prefix)
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// tries is how often a temporary folder or file is made again, when somebody else has
// locked or removed it meanwhile.
const tries = 8

var errTaken = errors.New("somebody else locks, moves or removes each temporary folder or file that is made")

// again calls make with new names until it makes what has it, a few times. Only what
// somebody else does to it is worth another try.
func again(make func(name string) error) error {
	for range tries {
		err := make(Prefix + strconv.FormatUint(rand.Uint64(), 10))
		if err != errTaken && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return errTaken
}

// InFolder is an error of making, or writing to, something temporary in a folder: whoever
// reads it knows the folder, and not the name that we gave. It may be nil.
func InFolder(dir string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: "write to", Path: dir, Err: e.Err}
	}
	return err
}

// makeLocked makes a folder, opens and locks it. A neighbour that sweeps may take it for
// a leftover until it is locked, and who may write to the folder it lies in may put
// another in its place until it is open: then the error is errTaken. After another error
// nothing is left.
func makeLocked(parent fsx.Folder, name string) (self fsx.Folder, id fsx.ID, err error) {
	if err := parent.Mkdir(name, 0o700); err != nil {
		return self, id, err
	}
	self, err = parent.Open(name)
	switch {
	case err != nil && changed(parent, name):
		return self, id, errTaken
	case err != nil:
		return self, id, errors.Join(err, parent.RemoveFolder(name))
	}
	id, err = checkMade(parent, name, self)
	if err != nil {
		_ = self.Close()
	}
	return self, id, err
}

// changed reports whether a folder that was just made is gone, or is none any more.
func changed(parent fsx.Folder, name string) bool {
	e, err := parent.Stat(name)
	return err != nil || !e.Mode.IsDir()
}

// checkMade locks the folder, and makes sure that it is the one that was made.
func checkMade(parent fsx.Folder, name string, self fsx.Folder) (id fsx.ID, err error) {
	if self.Lock() == fsx.ErrLocked {
		return id, errTaken
	}
	e, err := self.Self()
	if err != nil {
		return id, err
	}
	there, err := parent.Stat(name)
	if err != nil || there.ID != e.ID {
		return id, errTaken
	}
	list, err := self.List()
	if err == nil && (len(list) > 0 || !isOurs(self, e)) {
		err = errTaken
	}
	return e.ID, err
}

// isOurs reports whether a folder belongs to us. Some file systems give all files one
// owner, or root's to nobody: there a file that we make tells whom ours belong to.
func isOurs(dir fsx.Folder, e fsx.Entry) bool {
	if e.Owner == owner() {
		return true
	}
	const probe = "owner"
	f, err := dir.Create(probe, 0o600)
	if err != nil {
		return false
	}
	defer f.Close()
	made, err := dir.Stat(probe)
	return err == nil && dir.Remove(probe) == nil && made.Owner == e.Owner
}

// owner is the user that what we make belongs to.
func owner() uint32 { return uint32(max(os.Geteuid(), 0)) }

// Unnamed makes a temporary file in a folder, and takes its name away, where the system
// lets that be done to an open file: of it nothing is left when the caller closes it, or
// the process ends. Elsewhere it is swept later.
func Unnamed(dir string) (*os.File, error) {
	if err := Point(OpOpen, dir); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, Prefix+"*")
	if err == nil {
		_ = os.Remove(f.Name())
	}
	return f, InFolder(dir, err)
}
