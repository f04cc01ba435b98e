package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"cargohome/internal/config"
	"cargohome/internal/staging"
)

// configEdit is a change to the project's own cargo configuration; the zero
// value changes nothing.
type configEdit struct {
	path    string
	text    []byte
	differs bool // from what is there
}

// planConfig works out what --write-config is to change.
func (r *run) planConfig(job *vendorJob) (*configEdit, error) {
	if !job.opts.writeConfig {
		return &configEdit{}, nil
	}
	path, err := config.File(job.project.root)
	if err != nil {
		return nil, err
	}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	directory := config.Directory(job.project.root, r.sys.Dir, job.opts.destination)
	text, differs, err := config.Edit(old, config.NewTables(job.folders(directory)...))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if differs && job.opts.dryRun {
		r.out.detail("Would change", "%s", path)
	}
	return &configEdit{path, text, differs}, nil
}

func (e *configEdit) write(r *run) error {
	switch {
	case e.path == "":
		return nil
	case !e.differs:
		r.out.detail("Fresh", "%s", e.path)
		return nil
	}
	if err := staging.ReplaceFile(e.path, e.text); err != nil {
		return err
	}
	r.out.status("Configured", "%s", e.path)
	return nil
}
