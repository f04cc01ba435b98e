package manifest

import (
	"fmt"

	"cargohome/internal/tomltext"
)

// Metadata returns the table [HOLDER.metadata.KEY] of the manifest in the folder dir, nil if
// there is none; holder is "package" or "workspace". Cargo passes over such tables: they are
// for other tools.
func (r *Reader) Metadata(dir, holder, key string) (*tomltext.Table, error) {
	file := r.site.Manifest(dir)
	text, err := r.readFile(file)
	if err != nil {
		return nil, err
	}
	values, err := readSource(file, text)
	if err != nil {
		return nil, err
	}
	for _, part := range []string{holder, "metadata"} {
		if values, _ = values.Get(part).(*tomltext.Table); values == nil {
			return nil, nil
		}
	}
	found := values.Get(key)
	table, ok := found.(*tomltext.Table)
	if found != nil && !ok {
		return nil, inFile(file, fmt.Errorf("%s.metadata.%s is not a table", holder, key))
	}
	return table, nil
}
