package vendoring

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// unit is the folder, below the vendor folder, that is put in place as one, and so kept
// or not: that of the package, or that of its group if that is not there yet.
func (p *Plan) unit(s *Step) string {
	if top := s.topFolder(); !p.groups[top] {
		return top
	}
	return s.Folder
}

// lookIntoGroups lists what is in the folders of groups, and has removed there what no
// step makes.
func (p *Plan) lookIntoGroups(noDelete bool) error {
	wanted := map[string]bool{}
	for i := range p.Steps {
		wanted[p.Steps[i].Folder] = true
	}
	p.groups = p.groupFolders()
	for top := range p.groups {
		entries, err := os.ReadDir(filepath.Join(p.Dest, top))
		if err != nil {
			return err
		}
		for _, e := range entries {
			name := path.Join(top, e.Name())
			p.there[name] = true
			if !noDelete && !wanted[name] && !strings.HasPrefix(e.Name(), ".") {
				p.Remove = append(p.Remove, name)
			}
		}
	}
	slices.Sort(p.Remove)
	return nil
}

// groupFolders returns the names in Dest that are folders of groups; a link is none.
func (p *Plan) groupFolders() map[string]bool {
	groups := map[string]bool{}
	for i := range p.Steps {
		top := p.Steps[i].topFolder()
		if top == p.Steps[i].Folder || groups[top] {
			continue
		}
		if info, err := os.Lstat(filepath.Join(p.Dest, top)); err == nil && info.IsDir() {
			groups[top] = true
		}
	}
	return groups
}

// mayKeep reports whether the folder of s may stay: it is there, and put in place by
// itself, and what it is to hold does not depend on a directory source, of which nothing
// is known before it is read.
func (p *Plan) mayKeep(s *Step) bool { return !p.anew && p.there[s.Folder] && s.Vendored == nil }

// checkKept: what was found to be unchanged must still be there.
func (p *Plan) checkKept() error {
	for i := range p.Steps {
		if s := &p.Steps[i]; s.kept != nil && !p.mayKeep(s) {
			return fmt.Errorf("%s: the folder was there a moment ago: try again", filepath.Join(p.Dest, s.Folder))
		}
	}
	return nil
}
