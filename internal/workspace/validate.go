package workspace

import (
	"fmt"
	"path/filepath"

	"cargohome/internal/manifest"
)

// validate makes Cargo's checks of a workspace, in its order
// (cargo 1.95: Workspace::validate).
func (f *memberSearch) validate(current string) error {
	if err := f.checkNames(); err != nil {
		return err
	}
	if err := f.checkRoots(); err != nil {
		return err
	}
	if err := f.checkAgreement(); err != nil {
		return err
	}
	if !f.seen[current] {
		return f.notMember(current)
	}
	return nil
}

func (f *memberSearch) checkNames() error {
	first := map[string]*manifest.Manifest{}
	for _, m := range f.members {
		if m.Virtual {
			continue
		}
		if other := first[m.Name]; other != nil {
			return fmt.Errorf("%w: two members are called %q: %q and %q", manifest.ErrWorkspace, m.Name, other.File, m.File)
		}
		first[m.Name] = m
	}
	return nil
}

func (f *memberSearch) checkRoots() error {
	var roots []string
	for _, m := range f.members {
		if m.Workspace != nil {
			roots = append(roots, m.File)
		}
	}
	switch len(roots) {
	case 0: // the root excludes itself
		return fmt.Errorf("%w: none of the members of %q has a [workspace]", manifest.ErrWorkspace, f.root.File)
	case 1:
		return nil
	}
	return fmt.Errorf("%w: it has several roots: %q", manifest.ErrWorkspace, roots)
}

// checkAgreement asks each member for its root.
func (f *memberSearch) checkAgreement() error {
	for _, m := range f.members {
		switch root, err := f.FindRoot(m.Dir); {
		case err != nil:
			return err
		case root == "":
			return &HintError{
				fmt.Errorf("%w: member %q is not below the root %q", manifest.ErrWorkspace, m.File, f.root.File),
				fmt.Sprintf("set package.workspace in %q", m.File),
			}
		case root != f.root.Dir:
			return fmt.Errorf("%w: member %q of %q belongs to %q", manifest.ErrWorkspace, m.File, f.root.File, disk{}.Manifest(root))
		}
	}
	return nil
}

// checkDefaults: default-members must be members, or listed and then excluded.
func (f *memberSearch) checkDefaults(listed []memberPath) error {
	w := f.root.Workspace
	defaults, err := f.folders(w.DefaultMembers)
	if err != nil {
		return err
	}
	dirs := map[string]bool{}
	for _, p := range listed {
		dirs[p.dir] = true
	}
	for _, p := range defaults {
		f.chosen = append(f.chosen, p.dir)
		isMember := f.seen[p.dir]
		if !isMember && !(dirs[p.dir] && w.Excludes(p.dir)) {
			return fmt.Errorf("%w: default member %q of %q is not a member", manifest.ErrWorkspace, p.dir, f.root.File)
		}
	}
	return nil
}

func (f *memberSearch) notMember(current string) error {
	err := fmt.Errorf("%w: package %q, workspace %q", ErrNotMember, disk{}.Manifest(current), f.root.File)
	return &HintError{err, f.howToJoin(current) +
		", list it in workspace.exclude there, or give it an empty [workspace] table of its own"}
}

func (f *memberSearch) howToJoin(current string) string {
	if !f.root.Virtual && f.root.Workspace.Members == nil {
		return fmt.Sprintf("let the package at %q depend on it", f.root.File)
	}
	if rel, err := filepath.Rel(f.root.Dir, current); err == nil {
		current = filepath.ToSlash(rel)
	}
	return fmt.Sprintf("add %q to workspace.members in %q", current, f.root.File)
}
