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
	p.groups = map[string]bool{}
	for i := range p.Steps {
		top := p.Steps[i].topFolder()
		if p.groups[top] || top == p.Steps[i].Folder {
			continue
		}
		if info, err := os.Lstat(filepath.Join(p.Dest, top)); err != nil || !info.IsDir() {
			continue
		}
		entries, err := os.ReadDir(filepath.Join(p.Dest, top))
		if err != nil {
			return err
		}
		p.groups[top] = true
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

// mayKeep reports whether the folder of s may stay: it has one of its own, and what it is
// to hold does not depend on a directory source, which says nothing of its content that
// could be compared.
func (p *Plan) mayKeep(s *Step) bool {
	return p.there[s.Folder] && p.unit(s) == s.Folder && s.Vendored == nil
}

// checkKept: what was found to be unchanged must still be there.
func (p *Plan) checkKept() error {
	for i := range p.Steps {
		if s := &p.Steps[i]; s.kept != nil && !p.mayKeep(s) {
			return fmt.Errorf("%s: the folder was there a moment ago: try again", filepath.Join(p.Dest, s.Folder))
		}
	}
	return nil
}
