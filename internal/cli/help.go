package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Groups of commands, in the order of the help.
var groups = []*cobra.Group{
	{ID: "make", Title: "Make"},
	{ID: "check", Title: "Check"},
	{ID: "clean", Title: "Clean"},
	{ID: "other", Title: "Other"},
}

// helpPage is the help of a command as it is printed.
type helpPage struct {
	*strings.Builder
	run   *run
	width int
}

// help prints the help of a command on stdout, in lines that fit the terminal.
func (r *run) help(cmd *cobra.Command) {
	p := helpPage{&strings.Builder{}, r, r.out.Width()}
	p.text(long(cmd))
	p.usage(cmd)
	p.examples(cmd)
	p.commands(cmd)
	p.flags(cmd)
	p.more(cmd)
	_, _ = fmt.Fprint(cmd.OutOrStdout(), p.String()) // what cannot be written is told at the end
}

func long(cmd *cobra.Command) string {
	if cmd.Long == "" {
		return cmd.Short + "."
	}
	return cmd.Long
}

func (p helpPage) heading(title string) { fmt.Fprintf(p, "\n%s\n", p.run.out.Heading(title+":")) }

// text writes paragraphs, and what is set off.
func (p helpPage) text(text string) {
	p.WriteString(reflow(text, p.width))
}

func (p helpPage) usage(cmd *cobra.Command) {
	use := cmd.Use
	if !cmd.HasParent() {
		use += " COMMAND"
	} else {
		above := cmd.Parent().CommandPath() + " "
		use = above + strings.ReplaceAll(use, " | "+cmd.Name()+" ", " [flags]\n       "+above+cmd.Name()+" ")
	}
	fmt.Fprintf(p, "\n%s %s [flags]\n", p.run.out.Heading("Usage:"), use)
}

func (p helpPage) examples(cmd *cobra.Command) {
	if cmd.Example != "" {
		p.heading("Examples")
		p.WriteString(cmd.Example + "\n")
	}
}

// commands lists those that a command has, by group.
func (p helpPage) commands(cmd *cobra.Command) {
	byGroup := map[string][]*cobra.Command{}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			byGroup[c.GroupID] = append(byGroup[c.GroupID], c)
		}
	}
	for _, g := range slices.Concat([]*cobra.Group{{Title: "Commands"}}, cmd.Groups()) {
		if of := byGroup[g.ID]; len(of) > 0 {
			p.heading(g.Title)
			for _, c := range of {
				p.entry(c.Name(), c.Short)
			}
		}
	}
}

// entry is a word, and what it means in lines of their own column.
func (p helpPage) entry(word, meaning string) {
	const column = 14
	lines := strings.Split(strings.TrimSuffix(reflow(meaning, p.width-column), "\n"), "\n")
	for i, line := range lines {
		if i > 0 {
			word = ""
		}
		fmt.Fprintf(p, "  %-*s%s\n", column-2, word, line)
	}
}

func (p helpPage) flags(cmd *cobra.Command) {
	set := cmd.LocalNonPersistentFlags()
	set.SortFlags = false // what belongs together stands together
	if text := set.FlagUsagesWrapped(p.width); text != "" {
		p.heading("Flags")
		p.WriteString(text)
	}
}

// more says where there is more.
func (p helpPage) more(cmd *cobra.Command) {
	p.WriteString("\n" + reflow("Flags of all commands, 'cargohome help flags': "+globals(cmd.Root()), p.width))
	if !cmd.HasParent() {
		p.WriteString("\n" + reflow("'cargohome help WORD' tells more of each command, and of "+strings.Join(topicNames(), ", ")+".", p.width))
	}
}

// globals names the flags of all commands, as short as can be.
func globals(root *cobra.Command) string {
	var names []string
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		switch {
		case f.Usage == alwaysSo:
		case f.Shorthand != "":
			names = append(names, "-"+f.Shorthand)
		default:
			names = append(names, "--"+f.Name)
		}
	})
	return strings.Join(names, " ")
}

// reflow breaks paragraphs into lines of a width, and what words mean that stand in a column
// of their own. Other lines that begin with a space are left as they are.
func reflow(text string, width int) string {
	f := &flow{width: width}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		off, column := SetOff(line)
		switch {
		case line == "":
			f.end()
			f.WriteByte('\n')
		case off == f.indent:
			f.words(line)
		case column > 0 && width-column > 20:
			f.end()
			f.WriteString(line[:column])
			f.indent, f.column = column, column
			f.words(line[column:])
		default:
			f.end()
			f.indent = 0
			if off == 0 {
				f.words(line)
			} else {
				f.WriteString(line + "\n")
			}
		}
	}
	f.end()
	return f.String()
}

// SetOff tells by how many spaces a line of help is set off, and in which column what its
// first words mean begins, 0 if it does not explain words.
func SetOff(line string) (off, column int) {
	rest := strings.TrimLeft(line, " ")
	off = len(line) - len(rest)
	if _, meaning, explains := strings.Cut(rest, "  "); explains && off > 0 {
		column = len(line) - len(strings.TrimLeft(meaning, " "))
	}
	return off, column
}

// flow is text in lines of a width.
type flow struct {
	strings.Builder
	width, indent, column int // the second is of the lines that follow, the last that of the next byte
}

func (f *flow) words(line string) {
	for word := range strings.FieldsSeq(line) {
		if f.column > f.indent && f.column+1+len(word) > f.width {
			f.end()
		}
		switch {
		case f.column > f.indent:
			f.WriteByte(' ')
			f.column++
		case f.column < f.indent:
			f.WriteString(strings.Repeat(" ", f.indent))
			f.column = f.indent
		}
		f.WriteString(word)
		f.column += len(word)
	}
}

// end ends the line, if there is one.
func (f *flow) end() {
	if f.column > 0 {
		f.WriteByte('\n')
	}
	f.column = 0
}

// newHelp is the help command. A name that is none is an error with a status.
func newHelp(r *run) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND|TOPIC]",
		Short: "Tell more of a command, or of a topic",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && topics[args[0]] != nil {
				return r.helpTopic(cmd, args[0])
			}
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return &usageError{fmt.Errorf("there is no command %q", strings.Join(args, " ")), nearestCommand(cmd.Root(), args, topicNames()...)}
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return append(commandNames(cmd.Root()), topicNames()...), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func commandNames(cmd *cobra.Command) (names []string) {
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names
}
