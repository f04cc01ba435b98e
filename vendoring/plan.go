package vendoring

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"cargohome/internal/fsx"
)

// Plan says what a vendor folder will hold. It is made by [NewPlan], which only
// reads, and carried out by [Plan.Write].
type Plan struct {
	Dest   string   // the vendor folder, absolute, with links resolved if it exists
	Exists bool     // whether it is there already
	Steps  []Step   // in Cargo's order of package ids
	Remove []string // names in Dest that no step makes and that go, sorted

	there   map[string]bool // names in Dest, and GROUP/NAME in those of groups
	groups  map[string]bool // names in Dest that are folders of groups
	is      fsx.ID          // which folder Dest is
	project string          // the folder of the project, if Dest lies in it
	home    string          // the Cargo home
	anew    bool            // no folder is kept
	force   bool            // what was patched is not kept either

	compatible bool       // folders are kept that another cargo makes
	others     sync.Mutex // see [Plan.other]
}

// Target is the vendor folder and what must not be touched in it.
type Target struct {
	// Dest is the folder, absolute.
	Dest string
	// Outside holds folders that must not lie in Dest: those of the project, absolute.
	Outside []string
	// Home is the Cargo home, which must not lie in Dest, nor Dest in it.
	Home string
	// Keep holds folders that must stay if they lie in Dest: those of path
	// packages, absolute.
	Keep []string
	// NoDelete keeps what no step makes.
	NoDelete bool
	// KeepSources also keeps folders that hold a Cargo.toml and no checksum
	// file. It is for when nobody could say where the path packages lie.
	KeepSources bool
	// Anew makes the folders of all steps anew, also those that are proven unchanged.
	Anew bool
	// Compatible keeps folders that differ in nothing but what another cargo does
	// otherwise; see package compat.
	Compatible bool
	// Force takes a folder that no vendoring made, whatever it holds, and makes packages
	// anew, or deletes them, that were patched on purpose.
	Force bool
}

// NewPlan compares steps with what is in the vendor folder. It refuses a folder
// that contains the project or has to do with the Cargo home, steps that would replace a
// path package, with a [StrangersError] a folder that is not a vendor folder, and with a
// [PatchedError] to delete what was patched on purpose.
func NewPlan(steps []Step, target Target) (*Plan, error) {
	p := &Plan{Dest: target.Dest, Steps: steps, anew: target.Anew, force: target.Force, compatible: target.Compatible, home: target.Home}
	if err := p.resolveDest(); err != nil {
		return nil, err
	}
	if err := p.checkPlace(target); err != nil {
		return nil, err
	}
	kept, err := p.keptNames(target.Keep)
	if err != nil {
		return nil, err
	}
	wanted, err := p.wantedNames(kept)
	if err != nil {
		return nil, err
	}
	if !p.Exists {
		return p, p.checkKept()
	}
	names, err := p.list()
	if err != nil {
		return nil, err
	}
	content := p.look(names, kept)
	if err := content.check(p.Dest, wanted, target); err != nil {
		return nil, err
	}
	if !target.NoDelete {
		p.Remove = content.stale(p.Dest, wanted, target)
	}
	if err := p.lookIntoGroups(target.NoDelete); err != nil {
		return nil, err
	}
	return p, errors.Join(p.checkKept(), p.checkRemoved())
}

// wantedNames returns the names that steps make in Dest, none of which may be kept.
func (p *Plan) wantedNames(kept map[string]string) (map[string]bool, error) {
	wanted := map[string]bool{}
	for _, s := range p.Steps {
		if dir, ok := kept[s.topFolder()]; ok {
			return nil, fmt.Errorf("%s would replace the path package in %s: choose another folder to vendor into", s.ID, dir)
		}
		wanted[s.topFolder()] = true
	}
	return wanted, nil
}

// topFolder is the name in the vendor folder under which the step's folder is.
func (s Step) topFolder() string {
	top, _, _ := strings.Cut(s.Folder, "/")
	return top
}

// keptNames returns the names in Dest that lead to folders which must stay, each
// with one such folder.
func (p *Plan) keptNames(keep []string) (map[string]string, error) {
	names := map[string]string{}
	for _, dir := range keep {
		switch name, inside := p.nameOf(dir); {
		case inside && name == "":
			return nil, fmt.Errorf("cannot vendor into %s, which is a path package: choose a folder of its own", p.Dest)
		case inside:
			names[name] = dir
		}
	}
	return names, nil
}

// nameOf returns the name in Dest that leads to the folder dir, "" if dir is
// Dest; false if dir lies elsewhere.
func (p *Plan) nameOf(dir string) (name string, inside bool) { return p.nameIn(realPath(dir)) }

// nameIn is nameOf for a real path.
func (p *Plan) nameIn(dir string) (name string, inside bool) {
	rel, err := filepath.Rel(p.Dest, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	if rel == "." {
		return "", true
	}
	name, _, _ = strings.Cut(rel, string(filepath.Separator))
	return name, true
}

// list returns the names in the vendor folder, in order, and remembers them.
func (p *Plan) list() (names []string, err error) {
	p.is = fsx.Identify(p.Dest)
	entries, err := os.ReadDir(p.Dest)
	p.there = map[string]bool{}
	for _, e := range entries {
		p.there[e.Name()] = true
		names = append(names, e.Name())
	}
	return names, err
}
