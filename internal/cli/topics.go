package cli

import (
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"cargohome/internal/bundle"
)

// topics are what help tells of besides commands.
var topics = map[string]func(p helpPage, root *cobra.Command){
	"bundle":      func(p helpPage, _ *cobra.Command) { p.WriteString(bundle.Help()) },
	"environment": func(p helpPage, _ *cobra.Command) { p.text(environmentHelp) },
	"exit-status": func(p helpPage, _ *cobra.Command) { p.text(exitStatusHelp) },
	"flags": func(p helpPage, root *cobra.Command) {
		p.text("These are flags of all commands.\n")
		p.heading("Flags")
		p.WriteString(root.PersistentFlags().FlagUsagesWrapped(p.width))
	},
}

func topicNames() []string { return slices.Sorted(maps.Keys(topics)) }

const exitStatusHelp = `Exit statuses are part of the interface; scripts may rely on them.

    0   done
    1   failed, or not all could be done; nothing half-made is left behind
    2   the command line is wrong
    3   checked, and found what was asked for
  130   interrupted; nothing is half-made

A fault of the program itself is 1 as well. If stdout cannot be written the status is 1,
and the message says what was done all the same.
`

const environmentHelp = `Variables of the environment, all of them cargo's or everybody's:

  CARGO_HOME                    the Cargo home, unless --cargo-home names one; else ~/.cargo
  CARGO_TERM_COLOR              auto, always or never, as --color
  CARGO_TERM_QUIET              true for --quiet
  CARGO_TERM_VERBOSE            true for --verbose
  CARGO_TERM_PROGRESS_WHEN      auto, always or never
  CARGO_*                       other configuration of cargo that has a say in where
                                packages come from, and in what is built
  NO_COLOR                      no colour, unless it is empty
  CLICOLOR, CLICOLOR_FORCE      0 for no colour; colours also where there is no terminal
  TERM, CI, TF_BUILD            no progress if TERM is dumb, or either of the others is set;
                                no colours if TERM is dumb or not set
  RUSTFLAGS, RUSTC_BOOTSTRAP    as for cargo: what filters count with, and nightly features
  SOURCE_DATE_EPOCH             the time of everything in a tar
  GOMEMLIMIT                    what the collector of garbage is told to stay below
  TMPDIR                        is not used: temporary folders lie beside what they become
`
