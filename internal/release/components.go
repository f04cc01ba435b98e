package main

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// components writes what the program is made of (an SBOM), in the form of CycloneDX.
func (r *release) components() error {
	var list []cdx.Component
	for _, path := range slices.Sorted(maps.Keys(r.modules)) {
		version := r.modules[path]
		purl := "pkg:golang/" + path + "@" + version
		list = append(list, cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: purl, Name: path, Version: version, PackageURL: purl})
	}
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{
		Timestamp: r.when.Format(time.RFC3339),
		Component: &cdx.Component{Type: cdx.ComponentTypeApplication, Name: "cargohome", Version: r.version},
	}
	bom.Components = &list
	var out bytes.Buffer
	if err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom); err != nil {
		return err
	}
	return writeFile(filepath.Join(r.dir, "cargohome-"+r.version+".cdx.json"), out.Bytes())
}
