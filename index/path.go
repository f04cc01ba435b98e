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
	return PathAsSpelt(strings.ToLower(name)), nil
}

// PathAsSpelt is Path of a name in the case that it has. Cargo never asks for that, but
// others do.
func PathAsSpelt(name string) string {
	switch len(name) {
	case 1:
		return "1/" + name
	case 2:
		return "2/" + name
	case 3:
		return "3/" + name[:1] + "/" + name
	}
	return name[:2] + "/" + name[2:4] + "/" + name
}

// anyRegistry makes crate.NewID apply the rule for registries: ASCII only.
var anyRegistry = crate.NewLocalRegistrySource("/")
