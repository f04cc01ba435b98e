package lockfile

import (
	"slices"

	"cargohome/crate"
)

// Misread returns the git sources, each once, that Cargo does not recognise from this
// file, for their reference has a character that only version 4 encodes. It looks the
// reference up again, which it cannot do in a vendor folder.
func (l *Lockfile) Misread() (sources []crate.SourceID) {
	for _, p := range l.Packages {
		source := p.ID.Source
		if l.Version >= 4 || source.Kind() != crate.Git || slices.Contains(sources, source) {
			continue
		}
		cargos, err := crate.ParseSourceID(source.ConfigKey() + "#" + source.Precise())
		if err != nil || cargos != source {
			sources = append(sources, source)
		}
	}
	return sources
}
