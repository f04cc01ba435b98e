package manifest

import (
	"fmt"
	"path/filepath"
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
	first := map[string]*manifest{}
	for _, m := range f.members {
		if m.virtual {
			continue
		}
		if other := first[m.name]; other != nil {
			return fmt.Errorf("%w: two members are called %q: %q and %q", ErrWorkspace, m.name, other.path, m.path)
		}
		first[m.name] = m
	}
	return nil
}

func (f *memberSearch) checkRoots() error {
	var roots []string
	for _, m := range f.members {
		if m.root != nil {
			roots = append(roots, m.path)
		}
	}
	switch len(roots) {
	case 0: // the root excludes itself
		return fmt.Errorf("%w: none of the members of %q has a [workspace]", ErrWorkspace, f.root.path)
	case 1:
		return nil
	}
	return fmt.Errorf("%w: it has several roots: %q", ErrWorkspace, roots)
}

// checkAgreement asks each member for its root.
func (f *memberSearch) checkAgreement() error {
	for _, m := range f.members {
		switch root, err := f.findRoot(m.path); {
		case err != nil:
			return err
		case root == "":
			return &HintError{
				fmt.Errorf("%w: member %q is not below the root %q", ErrWorkspace, m.path, f.root.path),
				fmt.Sprintf("set package.workspace in %q", m.path),
			}
		case root != f.root.path:
			return fmt.Errorf("%w: member %q of %q belongs to %q", ErrWorkspace, m.path, f.root.path, root)
		}
	}
	return nil
}

// checkDefaults: default-members must be members, or listed and then excluded.
func (f *memberSearch) checkDefaults(listed []memberPath) error {
	w := f.root.root
	defaults, err := f.folders(w, w.defaultMembers)
	if err != nil {
		return err
	}
	dirs := map[string]bool{}
	for _, p := range listed {
		dirs[p.dir] = true
	}
	for _, p := range defaults {
		isMember := f.seen[filepath.Join(p.dir, fileName)]
		if !isMember && !(dirs[p.dir] && w.excludes(p.dir)) {
			return fmt.Errorf("%w: default member %q of %q is not a member", ErrWorkspace, p.dir, f.root.path)
		}
	}
	return nil
}

func (f *memberSearch) notMember(current string) error {
	err := fmt.Errorf("%w: package %q, workspace %q", ErrNotMember, current, f.root.path)
	return &HintError{err, f.howToJoin(current) +
		", list it in workspace.exclude there, or give it an empty [workspace] table of its own"}
}

func (f *memberSearch) howToJoin(current string) string {
	if !f.root.virtual && !f.root.root.hasMembers {
		return fmt.Sprintf("let the package at %q depend on it", f.root.path)
	}
	dir := filepath.Dir(current)
	if rel, err := filepath.Rel(f.root.dir, dir); err == nil {
		dir = filepath.ToSlash(rel)
	}
	return fmt.Sprintf("add %q to workspace.members in %q", dir, f.root.path)
}
