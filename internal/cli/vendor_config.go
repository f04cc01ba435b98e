package cli

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"cargohome/internal/config"
)

// planVendorConfig works out what --write-config is to change, nil if it is not given.
func (r *run) planVendorConfig(ctx context.Context, job *vendorJob) (*config.Change, error) {
	if !job.opts.writeConfig {
		return nil, nil
	}
	directory := config.Directory(job.project.Root, r.sys.Dir, job.opts.destination)
	return r.planConfig(ctx, job.project.Root, config.NewTables(job.folders(directory)...), job.opts.dryRun)
}

// checkNameable refuses to configure a folder that TOML cannot name, or says that what is
// printed does not lead there.
func (r *run) checkNameable(job *vendorJob) error {
	name := job.opts.destination
	switch {
	case utf8.ValidString(name):
		return nil
	case job.opts.writeConfig:
		return usagef("%q is not UTF-8, so that no configuration can name it: give the folder another name, or leave out --write-config", name)
	}
	r.out.Warning(fmt.Sprintf("the configuration does not lead to %q: it is not UTF-8, and TOML has no other names", name))
	return nil
}

// planConfig works out how tables come into a project's configuration, and does so up to
// the last step: what refuses, or fails, is to do so before anything else is touched.
func (r *run) planConfig(ctx context.Context, root string, tables config.Tables, dryRun bool) (*config.Change, error) {
	path, err := config.File(root)
	if err != nil {
		return nil, err
	}
	change, err := config.NewChange(path, tables)
	switch {
	case err != nil:
		return nil, err
	case !dryRun:
		return change, change.Prepare(ctx)
	case change.Differs:
		r.out.Detail("Would change", "%s", path)
	}
	return change, nil
}

func (r *run) reportConfig(change *config.Change) {
	switch {
	case change == nil:
	case change.Made:
		r.out.Status("Configured", "%s", change.Path)
	default:
		r.out.Detail("Fresh", "%s", change.Path)
	}
}

// folders returns the vendor folders, directory being the name of the first.
func (j *vendorJob) folders(directory string) []config.Folder {
	folders := []config.Folder{{Directory: directory, Sources: j.groups[0].Sources}}
	for _, g := range j.groups[1:] {
		folders = append(folders, config.Folder{Directory: strings.TrimSuffix(directory, "/") + "/" + g.Folder, Sources: g.Sources})
	}
	return folders
}
