package cli

import (
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"
)

const completionHelp = `Print a script that makes a shell complete commands, flags and their values. In a
plain bash, zsh, fish or PowerShell:

  source <(cargohome completion bash)
  autoload -U compinit && compinit; source <(cargohome completion zsh)
  cargohome completion fish | source
  cargohome completion powershell | Out-String | Invoke-Expression`

var shells = map[string]func(root *cobra.Command, w io.Writer) error{
	"bash":       BashCompletion,
	"zsh":        (*cobra.Command).GenZshCompletion,
	"fish":       func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
	"powershell": (*cobra.Command).GenPowerShellCompletionWithDesc,
}

// plainBash does what the script asks of the package bash-completion, where that is not
// there: words that bash takes apart at '=' and ':' are put together.
const plainBash = `
if ! declare -F _get_comp_words_by_ref >/dev/null; then
_get_comp_words_by_ref() {
    local i
    words=() cword=0
    for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
        if ((i > 0)) && [[ ${COMP_WORDS[i]} == [=:]* || ${COMP_WORDS[i-1]} == [=:] ]]; then
            words[${#words[@]}-1]+=${COMP_WORDS[i]}
        else
            words+=("${COMP_WORDS[i]}")
        fi
        ((i == COMP_CWORD)) && cword=$((${#words[@]} - 1))
    done
    cur=${words[cword]} prev=${words[cword > 0 ? cword - 1 : 0]}
}
fi
`

// BashCompletion prints what bash is to source.
func BashCompletion(root *cobra.Command, w io.Writer) error {
	if _, err := io.WriteString(w, plainBash); err != nil {
		return err
	}
	return root.GenBashCompletionV2(w, true)
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
