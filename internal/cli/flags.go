package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// globalFlags are the flags of every command.
type globalFlags struct {
	cargoHome string
	dir       string
	quiet     bool
	verbose   bool
	color     string
	format    string
	jobs      int
	config    []string

	locked, offline, frozen bool
}

// alwaysSo is what there is to say of some flags.
const alwaysSo = "accepted for likeness with cargo: always so here"

func (f *globalFlags) register(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.SortFlags = false
	flags.StringVar(&f.cargoHome, "cargo-home", "", "use the Cargo home in `DIR` (default: CARGO_HOME, or ~/.cargo)")
	flags.StringVarP(&f.dir, "directory", "C", "", "change to `DIR` before doing anything")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print errors only")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "print a line for each package")
	flags.StringVar(&f.color, "color", "", "colour the output: `WHEN` is auto, always or never")
	flags.StringVar(&f.format, "format", "text", "print the result on stdout as `FORMAT`: text or json")
	flags.IntVarP(&f.jobs, "jobs", "j", 0, "use `N` workers (default: one for each processor)")
	flags.Var((*list)(&f.config), "config", "override a cargo configuration value: `KEY=VALUE` or a file")
	flags.BoolVar(&f.locked, "locked", true, alwaysSo)
	flags.BoolVar(&f.offline, "offline", true, alwaysSo)
	flags.BoolVar(&f.frozen, "frozen", true, alwaysSo)
	for _, name := range []string{"locked", "offline", "frozen"} {
		flags.Lookup(name).DefValue = "" // nothing to tell in the help
	}
	for name, values := range map[string][]string{"color": {"auto", "always", "never"}, "format": {"text", "json"}} {
		_ = root.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// prepare checks the flags and finds out how to print, before any command runs.
func (r *run) prepare() error {
	f := &r.flags
	switch {
	case f.quiet && f.verbose:
		return usagef("--quiet and --verbose exclude each other")
	case f.format != "text" && f.format != "json":
		return usagef("--format is %q; it may be text or json", f.format)
	case f.color != "" && f.color != "auto" && f.color != "always" && f.color != "never":
		return usagef("--color is %q; it may be auto, always or never", f.color)
	case f.jobs < 0:
		return usagef("--jobs is %d; it may not be negative", f.jobs)
	case !f.locked || !f.offline || !f.frozen:
		return usagef("--locked, --offline and --frozen cannot be turned off")
	}
	return r.changeDir()
}

const (
	openFiles  = 32 // at a time, whatever is done
	workerOpen = 16 // by each worker: as many as the tree is deep that it is in
)

// fitJobs takes fewer workers where few files may be open. Where next to none may, nothing is
// begun: what cannot be opened would be taken for damaged, and what was made could not be
// removed.
func (r *run) fitJobs(limit int) error {
	most := (limit - openFiles) / workerOpen
	if most < 2 {
		return fmt.Errorf("only %d files may be open at a time, and it takes %d: %w", limit, openFiles+2*workerOpen, syscall.EMFILE)
	}
	if cmp.Or(r.flags.jobs, runtime.GOMAXPROCS(0)) > most {
		r.flags.jobs = most
	}
	return nil
}

func (r *run) changeDir() error {
	if r.flags.dir == "" {
		return nil
	}
	dir, err := filepath.EvalSymlinks(r.path(r.flags.dir))
	if err != nil {
		return fmt.Errorf("cannot change to %s: %w", r.flags.dir, errors.Unwrap(err))
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder", dir)
	}
	r.sys.Dir = dir
	return err
}

// list is the value of a flag that may be repeated. Cobra's own costs each start a buffer of
// 4 KiB for each, to write it as CSV.
type list []string

func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Type() string { return "list" }

// GetSlice has cobra complete the flag again where it is given already.
func (l *list) GetSlice() []string { return *l }

// path returns a path the user gave as an absolute one; "" is the current folder.
func (r *run) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(r.sys.Dir, p)
}

// checkGiven refuses no workers, and flags with nothing as their value, as a variable leaves them that is not
// set: what they would keep out is let in, such as who has no token.
func checkGiven(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case err != nil:
		case f.Value.Type() == "string" && f.Value.String() == "" && f.Name != "prefix":
			err = usagef("--%s is given, and empty", f.Name)
		case f.Name == "jobs" && f.Value.String() == "0":
			err = usagef("--jobs is 0; it takes one worker or more") // as cargo 1.95: "jobs may not be 0"
		}
	})
	return err
}
