package manifest

import (
	"fmt"

	"cargohome/internal/tomltext"
)

// Metadata returns the table [HOLDER.metadata.KEY] of the manifest in the folder dir, nil if
// there is none; holder is "package" or "workspace". Cargo passes over such tables: they are
// for other tools.
func (r *Reader) Metadata(dir, holder, key string) (*tomltext.Table, error) {
	s, err := r.read(dir)
	if err != nil {
		return nil, err
	}
	found := s.metadata[holder].Get(key)
	table, ok := found.(*tomltext.Table)
	if found != nil && !ok {
		return nil, inFile(r.site.Manifest(dir), fmt.Errorf("%s.metadata.%s is not a table", holder, key))
	}
	return table, nil
}

// metadataOf returns the metadata that a [package] and a [workspace] have.
func metadataOf(values *tomltext.Table) (metadata map[string]*tomltext.Table) {
	for _, holder := range []string{"package", "workspace"} {
		table, _ := values.Get(holder).(*tomltext.Table)
		if found, ok := table.Get("metadata").(*tomltext.Table); ok {
			if metadata == nil {
				metadata = map[string]*tomltext.Table{}
			}
			metadata[holder] = found
		}
	}
	return metadata
}
