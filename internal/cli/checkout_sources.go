package cli

import (
	"fmt"
	"slices"

	"cargohome/crate"
	"cargohome/internal/config"
)

// inPlaceOf returns the repositories that Cargo checks out for git sources: they
// themselves, or those that the configuration puts in place of them. Where a folder
// does that there is nothing to check out.
func inPlaceOf(sources []crate.SourceID, cfg *config.Config) ([]crate.SourceID, error) {
	replacements, err := cfg.Sources(true)
	if err != nil {
		return nil, err
	}
	var repositories []crate.SourceID
	for _, id := range sources {
		source, err := replacements.Resolve(id)
		if err != nil {
			return nil, fmt.Errorf("packages of %s: %w", id.Display(), err)
		}
		if source.Kind() == crate.Git && !slices.Contains(repositories, source) {
			repositories = append(repositories, source)
		}
	}
	return repositories, nil
}
