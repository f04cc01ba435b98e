package check

import (
	"fmt"

	"cargohome/internal/manifest"
)

// rustChecked is the cargo that first looked at rust-version (spec 0).
const rustChecked = 56

// checkRust: what is compiled here takes the rustc that comes with the cargo (cargo 1.95:
// ops/cargo_compile, create_bcx). Which 1.N.x that is, is not known.
func (n *needs) checkRust(c *checker) {
	var newer []int
	for i, version := range n.p.rust {
		if c.isTooOld(version) {
			newer = append(newer, i)
		}
	}
	if len(newer) == 0 || n.g == nil || len(n.host) == 0 || c.minor() < rustChecked {
		return
	}
	told := map[int]bool{}
	for i := range n.selections {
		s := &n.selections[i]
		compiled := n.compiled(s)
		for _, number := range newer {
			if compiled != nil && compiled[number] && !told[number] {
				told[number] = true
				c.find(Finding{Code: RustVersion, ID: n.p.lock.Packages[number].ID, Path: n.p.path, Breaks: []string{s.command}, Remedy: Remedy{Kind: Mend}, reach: building,
					Reason: fmt.Sprintf("it needs rustc %s, and %s is meant", n.p.rust[number], versionOf(c.minor()))})
			}
		}
	}
}

// isTooOld reports whether the rustc that comes with the cargo is older than a version.
func (c *checker) isTooOld(version string) bool {
	minor, ok := manifest.RustMinor(version)
	return version != "" && (!ok || minor > c.minor())
}

// compiled returns the packages that a command compiles, nil if it is none that does.
func (n *needs) compiled(s *selection) []bool {
	if len(s.targets) == 0 {
		return nil
	}
	request := s.request
	request.Kinds, request.Targets, request.Hosts = s.kinds, s.targets, n.host
	resolution, err := n.g.Resolve(n.ws, &request)
	if err != nil {
		return nil // a finding tells why
	}
	return resolution.Packages(len(n.p.lock.Packages))
}
