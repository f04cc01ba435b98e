// Schema writes a JSON Schema for what each command prints with --format json:
//
//	go run ./internal/schema docs/schema
//
// It goes by the structs that are printed (encoding/json): their fields, tags and types; what
// a field is stands in the comment behind it. A member that is left out where it says nothing
// is not required, and no other members are allowed. The schemas are of the draft of 2020-12,
// of which they use type, const, properties, required, additionalProperties, items, $ref and
// $defs.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"cargohome/internal/ui"
)

// results are what there is to print, by the names of the files.
var results = map[string]reflect.Type{
	"check":       reflect.TypeFor[ui.Checked](),
	"checkout":    reflect.TypeFor[ui.Restored](),
	"clean":       reflect.TypeFor[ui.Cleaned](),
	"clean-alone": reflect.TypeFor[ui.Reclaimable](),
	"explain":     reflect.TypeFor[ui.Explained](),
	"failed":      reflect.TypeFor[ui.Failed](),
	"home":        reflect.TypeFor[ui.HomeTold](),
	"mirror":      reflect.TypeFor[ui.Mirrored](),
	"pack":        reflect.TypeFor[ui.Packed](),
	"pack-diff":   reflect.TypeFor[ui.BundleDiff](),
	"pack-list":   reflect.TypeFor[ui.BundleListed](),
	"reextract":   reflect.TypeFor[ui.Unpacked](),
	"relink":      reflect.TypeFor[ui.Relinked](),
	"serve":       reflect.TypeFor[ui.Served](),
	"size":        reflect.TypeFor[ui.Sizes](),
	"targets":     reflect.TypeFor[ui.Targets](),
	"tour":        reflect.TypeFor[ui.Tour](),
	"unpack":      reflect.TypeFor[ui.Placed](),
	"vendor":      reflect.TypeFor[ui.Vendored](),
	"verify":      reflect.TypeFor[ui.Verified](),
	"version":     reflect.TypeFor[ui.Version](),
}

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

func write(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: schema DIR")
	}
	files, err := generate(".")
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(args[0], name), files[name], 0o666); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the text of each file; root is the folder of the module.
func generate(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	comments := newComments(root)
	for name, t := range results {
		text, err := print(t, name, comments)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name+".json"] = text
	}
	return files, nil
}

// print returns the schema of a result.
func print(t reflect.Type, name string, comments *comments) ([]byte, error) {
	m := &maker{comments: comments, defs: map[string]*schema{}}
	top, err := m.object(t)
	if err != nil {
		return nil, err
	}
	top.Draft, top.Title, top.Defs = "https://json-schema.org/draft/2020-12/schema", "cargohome "+name, m.defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(top)
	return b.Bytes(), err
}
