package index

import (
	"strings"

	"cargohome/crate"
)

// Path returns the place of a crate's entry within an index, with slashes:
// lower case, under one or two folders made of the beginning of the name (spec
// 3.1). '-' and '_' stay as they are.
//
//	a → 1/a    ab → 2/ab    abc → 3/a/abc    Serde → se/rd/serde
//
// The error matches crate.ErrName. Only ASCII names have a place.
func Path(name string) (string, error) {
	if _, err := crate.NewID(name, "0.0.0", anyRegistry); err != nil {
		return "", err
	}
	name = strings.ToLower(name)
	switch len(name) {
	case 1:
		return "1/" + name, nil
	case 2:
		return "2/" + name, nil
	case 3:
		return "3/" + name[:1] + "/" + name, nil
	}
	return name[:2] + "/" + name[2:4] + "/" + name, nil
}

// anyRegistry makes crate.NewID apply the rule for registries: ASCII only.
var anyRegistry = crate.NewLocalRegistrySource("/")
