package cli

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"cargohome/internal/config"
	"cargohome/internal/ui"
)

func newVersion(r *run) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, and of which cargo it does the work",
		Args:  r.noWords,
		RunE: func(*cobra.Command, []string) error {
			if err := r.configure(config.Term{}); err != nil {
				return err
			}
			return r.out.Version(build())
		},
	}
}

// cargoVersion is the cargo whose work this program does.
const cargoVersion = "1.95"

// release is the version of a release, which the linker is told.
var release string

// build is what the build recorded.
func build() ui.Version {
	v := ui.Version{Version: "(unknown)", Cargo: cargoVersion, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = cmp.Or(release, info.Main.Version)
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Commit = s.Value
		}
	}
	return v
}
