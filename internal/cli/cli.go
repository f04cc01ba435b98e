package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/fsx"
	"cargohome/internal/ui"
)

// System is what a run has of the world around it.
type System struct {
	Args           []string  // the program's name first
	Environ        []string  // "NAME=value"
	Dir            string    // the current folder, absolute
	Stdout, Stderr io.Writer // a terminal only if an *os.File

	// Exit ends the process, for a run that does not notice in time that it is to
	// end. If it is nil, such a run goes on until it does.
	Exit func(status int)

	// Begin is called when a command begins, which printing the version is not; may be nil.
	Begin func()

	// Settle is how long what removes waits for a cargo that it may not see at work, and
	// a part of how long for a database that is in use; 0 is for a second.
	Settle time.Duration
}

// OS returns the system this process runs in. As for cargo, the current folder
// is where it really is, whatever PWD says.
func OS() *System {
	dir, err := os.Getwd()
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		dir = "."
	}
	return &System{Args: os.Args, Environ: os.Environ(), Dir: dir, Stdout: os.Stdout, Stderr: os.Stderr, Exit: os.Exit}
}

// lookupEnv returns a variable of the environment, the last one of that name.
func (s *System) lookupEnv(name string) (string, bool) {
	for _, entry := range slices.Backward(s.Environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// environment is what there is to know of terminals.
func (s *System) environment() ui.Environment { return ui.NewEnvironment(s.lookupEnv) }

// Main runs the program and returns its exit status. When ctx ends the run stops
// as soon as it can, leaving nothing half-made.
//
// A fault of the program is an error like others, and not what the Go runtime makes of
// one, whose status is that of a wrong command line.
func Main(ctx context.Context, sys *System) (status int) {
	run := &run{sys: sys, out: ui.New(ctx, sys.Stdout, sys.Stderr, sys.environment())}
	defer func() {
		if fault := recover(); fault != nil {
			status = run.fault(fault, debug.Stack())
		}
	}()
	defer run.interruption.watch(ctx, run.out, sys.Exit)()
	args := arguments(sys.Args)
	root := newRoot(run, args)
	root.SetArgs(args)
	help := run.out.Stdout()
	root.SetOut(help)
	root.SetErr(run.out.Stderr())
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = help.Err()
	}
	return run.finish(ctx, withHelp(cmd, err))
}

// arguments drops the name of the subcommand that cargo passes on when the
// program is installed as `cargo-home` and called as `cargo home`. As
// `cargo-vendor-filterer` it is vendor, whether or not cargo calls it.
func arguments(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	sub, isSub := strings.CutPrefix(name, "cargo-")
	rest := args[1:]
	if isSub && len(rest) > 0 && rest[0] == sub {
		rest = rest[1:]
	}
	if asked := len(rest) == 1 && (rest[0] == "--version" || rest[0] == "-V"); sub == filterer && !asked {
		rest = append([]string{filterer}, rest...)
	}
	return rest
}

// run is what all commands of one run share.
type run struct {
	sys     *System
	flags   globalFlags
	out     *ui.Printer
	written target
	// configured is set when flags and configuration have said how to print.
	configured bool
	interruption
}

// Commands returns all commands, for what is generated from them. They are not to be run.
func Commands() *cobra.Command { return newRoot(&run{}, nil) }

const rootHelp = `Cargohome does with a Cargo home what can be done without a network, without
cargo, rustc or git.

Every command reads the Cargo home that --cargo-home or CARGO_HOME names, or
~/.cargo.`

// newRoot makes the command line. If the arguments begin with a command, or ask for the
// version, no other is made: all of them together take longer than many a run.
func newRoot(r *run, args []string) *cobra.Command {
	var asked bool
	root := &cobra.Command{
		Use:           "cargohome",
		Short:         "An offline mirror and vendoring tool for Cargo homes",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !asked {
				return r.tour(cmd.Context())
			}
			return r.out.Version(build())
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.HasParent() && r.sys.Begin != nil {
				r.sys.Begin()
			}
			if err := checkGiven(cmd); err != nil {
				return err
			}
			if err := r.prepare(); err != nil || !works(cmd) {
				return err
			}
			if !filepath.IsAbs(r.sys.Dir) {
				return errors.New("the current folder cannot be found; it may have been deleted: name one with -C")
			}
			return r.fitJobs(fsx.OpenLimit())
		},
	}
	// Not cobra's own: its template has the linker keep every method that there is.
	root.Flags().BoolVarP(&asked, "version", "V", false, "print the version")
	root.SetFlagErrorFunc(badFlag)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { r.help(cmd) })
	root.SetHelpCommand(newHelp(r))
	r.flags.register(root)
	root.AddGroup(groups...)
	for _, c := range commands {
		if len(args) == 0 || args[0] == c.name || !isAlone(args) {
			cmd := c.make(r)
			cmd.GroupID = c.group
			root.AddCommand(cmd)
		}
	}
	return root
}

// works reports whether a command, or the one it is a part of, reads files, and does not only
// print what it knows.
func works(cmd *cobra.Command) bool {
	for cmd.HasParent() && cmd.Parent().HasParent() {
		cmd = cmd.Parent()
	}
	return cmd.GroupID != "" && cmd.GroupID != "other"
}

// commands are all that there are, by group.
var commands = []struct {
	group, name string
	make        func(*run) *cobra.Command
}{
	{"make", "vendor", newVendor},
	{"make", "pack", newPack},
	{"make", "unpack", newUnpack},
	{"make", "mirror", newMirror},
	{"make", "serve", newServe},
	{"make", "reextract", newReextract},
	{"make", "checkout", newCheckout},
	{"make", "relink", newRelink},
	{"check", "check", newCheck},
	{"check", "verify", newVerify},
	{"check", "explain", newExplain},
	{"check", "size", newSize},
	{"check", "home", newHome},
	{"clean", "clean", newClean},
	{"other", "targets", newTargets},
	{"other", "completion", newCompletion},
	{"other", "version", newVersion},
}

// isAlone reports whether the first argument says which command is meant, whatever
// follows, or there is only the one for the version. Completion is about all commands.
func isAlone(args []string) bool {
	if len(args) == 1 && (args[0] == "--version" || args[0] == "-V") {
		return true
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.name != "completion"
		}
	}
	return false
}
