package cli

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"cargohome/internal/config"
	"cargohome/internal/verify"
)

const rehashHelp = `Record that a package in a vendor folder was patched on purpose.

The checksums in NAME/.cargo-checksum.json become those of the files that are there, so
that cargo accepts the folder. The reason stands in it too: 'cargohome verify' tells it,
and compares the folder with that record in place of the archive. Vendoring again keeps
the folder as long as it is as recorded and its package is locked; 'vendor --force' makes
it anew, without the patch.

Cargo does not compile a package again because of a patch: run 'cargo clean -p NAME'
where it was built before.`

func newRehash(r *run) *cobra.Command {
	var reason, vendor string
	cmd := &cobra.Command{
		Use:     "rehash NAME --reason TEXT",
		Short:   "Record that a vendored package was patched on purpose",
		Long:    rehashHelp,
		Example: "  cargohome vendor rehash openssl-sys --reason 'finds our libssl'",
		Args:    words(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch name := args[0]; {
			case strings.TrimSpace(reason) == "":
				return usagef("--reason is needed, and may not be empty")
			case !filepath.IsLocal(name) || name != filepath.Base(name) || strings.HasPrefix(name, "."):
				return usagef("%q is not the name of a folder in the vendor folder", name)
			}
			return r.rehash(cmd.Context(), vendor, args[0], reason)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().StringVar(&reason, "reason", "", "record `TEXT` as why it was patched")
	cmd.Flags().StringVar(&vendor, "vendor", "vendor", "take `DIR` for the vendor folder")
	return cmd
}

func (r *run) rehash(ctx context.Context, vendor, name, reason string) error {
	if err := r.configure(config.Term{}); err != nil {
		return err
	}
	release, err := r.lockDestination(ctx, vendor)
	if err != nil {
		return err
	}
	defer release()
	r.begin()
	differ, err := verify.Rehash(ctx, filepath.Join(r.path(vendor), name), reason)
	if err != nil {
		return missing("vendored package", err)
	}
	r.out.Status("Rehashed", "%s (%d files differ from its record before)", filepath.Join(vendor, name), differ)
	return nil
}
