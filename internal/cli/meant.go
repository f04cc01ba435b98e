package cli

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cargohome/internal/spelling"
)

// badFlag says which flag might be meant by one that there is not.
func badFlag(cmd *cobra.Command, err error) error {
	if value, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return usagef("%w", badValue(value))
	}
	usage := &usageError{err: err}
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && unknown.GetSpecifiedShortnames() == "" {
		if hint := flagMeant(cmd, unknown.GetSpecifiedName()); hint != "" {
			usage.hint = hint
		}
	}
	return usage
}

// badValue says of a flag's value what it has to be, in no words of Go's.
func badValue(e *pflag.InvalidValueError) error {
	flag, cause := e.GetFlag(), errors.Unwrap(e)
	number, isNumber := errors.AsType[*strconv.NumError](cause)
	switch {
	case isNumber && flag.Value.Type() == "bool":
		cause = errors.New("it is true or false")
	case isNumber && errors.Is(number, strconv.ErrRange):
		cause = errors.New("that is too large")
	case isNumber:
		cause = errors.New("it is a number")
	case strings.Contains(cause.Error(), strconv.Quote(e.GetValue())):
		return fmt.Errorf("--%s: %w", flag.Name, cause)
	}
	return fmt.Errorf("--%s %q: %w", flag.Name, e.GetValue(), cause)
}

// elsewhere are flags by which other programs have what is asked for.
var elsewhere = map[string]string{"json": "write `--format json`"}

func flagMeant(cmd *cobra.Command, name string) string {
	if hint := elsewhere[name]; hint != "" {
		return hint
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near := spelling.Nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean --%s?", near)
	}
	return ""
}

func seeHelp(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return "run `cargohome help` for the commands and flags there are"
	}
	return fmt.Sprintf("run `%s --help` for the flags there are", cmd.CommandPath())
}

// nearestCommand says which command might be meant.
func nearestCommand(root *cobra.Command, args []string, more ...string) string {
	if len(args) > 0 {
		if near := spelling.Nearest(args[0], append(commandNames(root), more...)); near != "" {
			return fmt.Sprintf("did you mean `%s`?", near)
		}
	}
	return seeHelp(root)
}

// noCommand refuses words that are no command.
func noCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{fmt.Errorf("there is no command %q", args[0]), nearestCommand(root, args)}
}

// noWords refuses words behind a command that takes none.
func (r *run) noWords(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := &usageError{err: fmt.Errorf("%s takes nothing but flags, and not %q", cmd.Name(), args[0])}
	if info, e := os.Stat(r.path(args[0])); e == nil && info.IsDir() {
		err.hint = fmt.Sprintf("name a Cargo home by --cargo-home %s, and the folder of a project by -C %[1]s", args[0])
	}
	return err
}

// words refuses more or fewer words than a command takes.
func words(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch n := len(args); {
		case n < least:
			return usagef("%s takes %s", cmd.Name(), strings.Join(strings.Fields(cmd.Use)[1:], " "))
		case n > most:
			return usagef("%s does not take %q", cmd.Name(), args[most])
		}
		return nil
	}
}
