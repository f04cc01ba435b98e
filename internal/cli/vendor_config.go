package cli

import (
	"context"
	"strings"

	"cargohome/internal/config"
)

// planConfig works out what --write-config is to change, and does so up to the last
// step: what refuses, or fails, is to do so before packages are touched. It returns nil
// if nothing is asked for.
func (r *run) planConfig(ctx context.Context, job *vendorJob) (*config.Change, error) {
	if !job.opts.writeConfig {
		return nil, nil
	}
	path, err := config.File(job.project.Root)
	if err != nil {
		return nil, err
	}
	directory := config.Directory(job.project.Root, r.sys.Dir, job.opts.destination)
	change, err := config.NewChange(path, config.NewTables(job.folders(directory)...))
	switch {
	case err != nil:
		return nil, err
	case !job.opts.dryRun:
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
