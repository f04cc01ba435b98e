package cli

import (
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"
)

const completionHelp = `Print a script that makes a shell complete commands, flags and their values. In a
plain shell:

  bash         source <(cargohome completion bash)
  zsh          autoload -U compinit && compinit; source <(cargohome completion zsh)
  fish         cargohome completion fish | source
  powershell   cargohome completion powershell | Out-String | Invoke-Expression`

var shells = map[string]func(root *cobra.Command, w io.Writer) error{
	"bash":       func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
	"zsh":        (*cobra.Command).GenZshCompletion,
	"fish":       func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
	"powershell": (*cobra.Command).GenPowerShellCompletionWithDesc,
}

func newCompletion(*run) *cobra.Command {
	names := slices.Sorted(maps.Keys(shells))
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "Print a script by which a shell completes words",
		Long:      completionHelp,
		Args:      words(1, 1),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			script := shells[args[0]]
			if script == nil {
				return usagef("there is no completion for %q: it may be bash, fish, powershell or zsh", args[0])
			}
			return script(cmd.Root(), cmd.OutOrStdout())
		},
	}
}
