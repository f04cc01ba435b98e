package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/manifest"
	"cargohome/internal/resolve"
)

// What Cargo finds wrong with the user's own manifests when it resolves them. Those of other
// packages have been through that.

func (s *stepper) broken(id crate.ID, format string, args ...any) {
	s.find(Finding{Code: ManifestBroken, ID: id, Path: s.p.ownPackage(id).File, Reason: fmt.Sprintf(format, args...), Remedy: Remedy{Kind: Mend}})
}

// checkFeatures: no feature turns on itself (cargo 1.95: resolver/dep_cache.rs,
// require_feature). All of those of members are on, and what others are asked for.
func (s *stepper) checkFeatures(links []resolve.Link) {
	seen := map[*manifest.Manifest]map[string]bool{}
	for _, m := range s.p.ws.Members {
		for _, name := range slices.Sorted(maps.Keys(m.Features)) {
			s.turnOn(m, name, seen)
		}
	}
	for _, l := range links {
		if m := s.p.folders[l.Dependency.Dir]; m != nil {
			for _, name := range append([]string{"default"}, l.Dependency.Features...) {
				s.turnOn(m, name, seen)
			}
		}
	}
}

// turnOn looks at a feature, and those of the same package that it turns on.
func (s *stepper) turnOn(m *manifest.Manifest, name string, seen map[*manifest.Manifest]map[string]bool) {
	if seen[m] == nil {
		seen[m] = map[string]bool{}
	}
	if seen[m][name] {
		return
	}
	seen[m][name] = true
	if slices.Contains(m.Features[name], name) {
		s.broken(crate.ID{Name: m.Name, Version: m.Version}, "its feature %q turns on itself", name)
	}
	for _, other := range m.Features[name] {
		s.turnOn(m, other, seen)
	}
}

// checkName: all dependencies on one package call it the same (cargo 1.95:
// Resolve::extern_crate_name_and_dep_name).
func (s *stepper) checkName(l resolve.Link) {
	id := s.p.lock.Packages[l.From].ID
	if id.Source != (crate.SourceID{}) || s.p.ownPackage(id) == nil {
		return
	}
	key, name := [2]int{l.From, l.To}, strings.ReplaceAll(l.Dependency.Name, "-", "_")
	switch other, ok := s.names[key]; {
	case !ok:
		s.names[key] = name
	case other != name:
		breaks, m := []string{metadata}, s.p.ownPackage(id)
		if slices.Contains(s.p.ws.Defaults, m) {
			breaks = append(breaks, build)
		}
		s.find(Finding{Code: ManifestBroken, ID: id, Path: m.File, Breaks: breaks, Remedy: Remedy{Kind: Mend},
			Reason: fmt.Sprintf("it depends on %s twice, as %q and as %q", s.p.lock.Packages[l.To].ID, other, name)})
	}
}
