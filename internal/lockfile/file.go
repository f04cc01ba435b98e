package lockfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"cargohome/internal/fsx"
)

// open refuses what is no file, and what would keep whoever opens it waiting. What is
// open already, as /dev/stdin and what the shell makes of <(…), has somebody at the
// other end.
func open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, deadLink(path, err)
	}
	given := path == "/dev/stdin" || strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/")
	what := kindName(info.Mode())
	switch {
	case what != "" && given && !info.IsDir():
		return os.Open(path)
	case what != "":
		return nil, fmt.Errorf("lock file %s is %s", path, what)
	}
	f, _, err := fsx.OpenRegular(path)
	return f, err
}

// deadLink: there is something at the path, so a lockfile was meant to be there.
func deadLink(path string, err error) error {
	info, lerr := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) && lerr == nil && fsx.IsLink(info.Mode()) {
		return fmt.Errorf("lock file %s is a link that leads nowhere", path)
	}
	return err
}

// kindName says what is no regular file.
func kindName(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return ""
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no file"
}
