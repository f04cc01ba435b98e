package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
	"cargohome/internal/ui"
	"cargohome/internal/verify"
)

// compareVendored refuses packages of a vendor folder, which are staged in dir, that are
// not what a home makes of them that has all else which the bundle brings. By the lockfiles,
// if they were packed, is known which packages these are.
func (r *run) compareVendored(ctx context.Context, job *unpackJob, dir, from string) error {
	h := home.New(from)
	defer h.Close()
	o := &verifyOptions{projectFlags: projectFlags{lockfiles: job.plan.Lockfiles(from)}, vendor: dir}
	plan, err := r.planVerify(ctx, h, job.cfg, o)
	if err != nil {
		return err
	}
	plan.Items = slices.DeleteFunc(plan.Items, func(i *verify.Item) bool {
		_, err := os.Lstat(i.Path)
		return errors.Is(err, fs.ErrNotExist) // it is in the home
	})
	if err := plan.Run(ctx, r.flags.jobs, nil); err != nil {
		return err
	}
	for _, i := range plan.Items {
		if err := vendoredFault(i); err != nil {
			return &bundle.Error{Bundle: job.name, Entry: path.Join(bundle.VendorPath, filepath.Base(i.Path)), Err: err}
		}
	}
	return nil
}

// vendoredFault is why a package of a vendor folder is not believed. Of modes a bundle has no
// more than whether a file is executable.
func vendoredFault(i *verify.Item) error {
	switch {
	case i.State == verify.Sound || i.State == verify.Older || i.State == verify.Unvouched && isStub(i.Path):
		return nil
	case i.State == verify.Differing:
		for _, d := range i.Differences {
			if d.How != verify.Mode {
				return fmt.Errorf("it is not what is made of the package: %q: %s", d.Path, d.How)
			}
		}
		return nil
	case i.State == verify.Unvouched:
		return ui.WithHint(errors.New("nothing else in the bundle says what it should be"), "pack it --with-lockfiles: by these packages from git are known")
	}
	return fmt.Errorf("it is not what is made of the package: %s", i.Why)
}

// isStub reports whether a package has no code, as there is in place of one that nothing
// builds. The bundle has no archive of it either.
func isStub(dir string) bool {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == crate.ChecksumFile || path == filepath.Join(dir, "Cargo.toml") {
			return err
		}
		info, err := d.Info()
		if err == nil && (!info.Mode().IsRegular() || info.Size() > 0) {
			err = errors.New("it has code")
		}
		return err
	})
	return err == nil
}
