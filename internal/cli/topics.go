package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cargohome/internal/bundle"
)

// flagsTopic is told by the flags themselves.
const flagsTopic = "flags"

// topics are what help tells of besides commands.
var topics = map[string]func() string{
	"bundle":      bundle.Help,
	"environment": func() string { return environmentHelp },
	"exit-status": func() string { return exitStatusHelp },
	flagsTopic:    func() string { return "These are flags of all commands.\n" },
}

func topicNames() []string { return slices.Sorted(maps.Keys(topics)) }

// Topic is the text of a topic, for the manual.
func Topic(name string) string { return topics[name]() }

func (r *run) helpTopic(cmd *cobra.Command, name string) error {
	p := helpPage{&strings.Builder{}, r, r.out.Width()}
	p.text(Topic(name))
	if name == flagsTopic {
		p.heading("Flags")
		p.WriteString(cmd.Root().PersistentFlags().FlagUsagesWrapped(p.width))
	}
	_, err := fmt.Fprint(cmd.OutOrStdout(), p.String())
	return err
}

const exitStatusHelp = `Exit statuses are part of the interface; scripts may rely on them.

    0   done
    1   failed, or not all could be done; nothing half-made is left behind
    2   the command line is wrong, or a name or value in it
    3   checked, and found what was asked for
  130   interrupted; nothing is half-made

A fault of the program itself is 1 as well. If stdout cannot be written the status is 1,
and the message says what was done all the same. One that is closed is as /dev/null is:
what is printed is lost, and a bundle or a tar is not written there.
`

const environmentHelp = `Variables of the environment, all of them cargo's or everybody's:

  CARGO_HOME                    the Cargo home, unless --cargo-home names one; else ~/.cargo
  CARGO_TERM_COLOR              auto, always or never, as --color
  CARGO_TERM_QUIET              true for --quiet
  CARGO_TERM_VERBOSE            true for --verbose
  CARGO_TERM_PROGRESS_WHEN      auto, always or never
  CARGO_*                       other configuration of cargo that has a say in where
                                packages come from, and in what is built
  AWS_*                         where a store of objects is, and its keys, for mirror and serve:
                                AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, AWS_REGION or
                                AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
                                and AWS_SESSION_TOKEN, or else the profile AWS_PROFILE of
                                AWS_SHARED_CREDENTIALS_FILE
  NO_COLOR                      no colour, unless it is empty
  CLICOLOR, CLICOLOR_FORCE      0 for no colour; colours also where there is no terminal
  TERM, CI, TF_BUILD            no progress if TERM is dumb, or either of the others is set;
                                no colours if TERM is dumb or not set
  RUSTFLAGS, RUSTC_BOOTSTRAP    as for cargo: what filters count with, and nightly features
  RUST_TARGET_PATH              as for rustc: where targets are that it does not know itself
  SOURCE_DATE_EPOCH             the time of everything in a tar
  GOMEMLIMIT                    what the collector of garbage is told to stay below
  TMPDIR                        is not used: temporary folders lie beside what they become
`
