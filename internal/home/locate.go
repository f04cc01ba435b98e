package home

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"runtime"

	"cargohome/internal/rustpath"
)

// LocateOptions are what the place of the home depends on. The zero value of
// each field but Flag means the process's own.
type LocateOptions struct {
	Flag     string                      // a folder named by the user, which beats CARGO_HOME
	Env      func(string) (string, bool) // os.LookupEnv
	GOOS     string                      // runtime.GOOS
	Dir      string                      // the current directory, to which a relative place is joined
	UserHome func() (string, error)      // the user's home by the system's account of the user
}

func (o *LocateOptions) withDefaults() (LocateOptions, error) {
	var opts LocateOptions
	if o != nil {
		opts = *o
	}
	if opts.Env == nil {
		opts.Env = os.LookupEnv
	}
	if opts.GOOS == "" {
		opts.GOOS = runtime.GOOS
	}
	if opts.UserHome == nil {
		opts.UserHome = accountHome
	}
	var err error
	if opts.Dir == "" {
		opts.Dir, err = os.Getwd()
	}
	return opts, err
}

// ErrNoHome is matched by the error if there is no telling where the home is.
var ErrNoHome = errors.New("no home directory found")

// Locate returns the folder of the Cargo home as an absolute path, which need not
// exist: the one named by the flag, by CARGO_HOME unless that is empty, or .cargo
// in the user's home (spec 1.1). As Cargo does, it joins a relative path to the
// current directory and does not clean it.
func Locate(o *LocateOptions) (string, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return "", err
	}
	if opts.Flag != "" {
		return opts.join(opts.Dir, opts.Flag), nil
	}
	if dir, _ := opts.Env("CARGO_HOME"); dir != "" {
		return opts.join(opts.Dir, dir), nil
	}
	home, err := opts.userHome()
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoHome, err)
	}
	return opts.join(opts.Dir, opts.join(home, ".cargo")), nil
}

// userHome: Windows knows USERPROFILE, all others HOME.
func (o *LocateOptions) userHome() (string, error) {
	name := "HOME"
	if o.GOOS == "windows" {
		name = "USERPROFILE"
	}
	if dir, _ := o.Env(name); dir != "" {
		return dir, nil
	}
	dir, err := o.UserHome()
	if err == nil && dir == "" {
		err = errors.New("the user has none")
	}
	return dir, err
}

// join puts path below dir unless it is absolute already.
func (o *LocateOptions) join(dir, path string) string { return rustpath.Of(o.GOOS).Join(dir, path) }

// accountHome asks the system: the passwd entry of the user id, the profile
// folder on Windows. Neither looks at HOME.
func accountHome() (string, error) {
	u, err := user.Current()
	if err != nil {
		return "", err
	}
	return u.HomeDir, nil
}
