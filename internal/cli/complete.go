package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/platform"
	"cargohome/internal/project"
)

// completeTargets offers the targets of the table.
func completeTargets(*cobra.Command, []string, string) (names []string, _ cobra.ShellCompDirective) {
	for _, t := range platform.Targets(nil) {
		names = append(names, t.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeLocked offers the packages that the current project has locked.
func (r *run) completeLocked(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return r.lockedNames(func(crate.ID) bool { return true }), cobra.ShellCompDirectiveNoFileComp
}

// completeMembers offers those of them that are the user's own.
func (r *run) completeMembers(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return r.lockedNames(func(id crate.ID) bool { return id.Source.Kind() == crate.Path }), cobra.ShellCompDirectiveNoFileComp
}

// lockedNames says nothing of what goes wrong: it is called while a line is typed.
func (r *run) lockedNames(takes func(crate.ID) bool) (names []string) {
	dir, err := r.cargoHome()
	if err != nil || r.changeDir() != nil {
		return nil
	}
	h := home.New(dir)
	defer h.Close()
	p, err := project.Find(&project.Options{Dir: r.sys.Dir, Home: h})
	if err != nil {
		return nil
	}
	for _, locked := range p.Locked() {
		if takes(locked.ID) {
			names = append(names, locked.ID.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
