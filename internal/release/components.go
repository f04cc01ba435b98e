package main

import (
	"bytes"
	"path/filepath"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// components writes what the program is made of (an SBOM), in the form of CycloneDX.
func (r *release) components() error {
	all, err := modules()
	if err != nil {
		return err
	}
	var list []cdx.Component
	for _, m := range all {
		if !m.Main {
			list = append(list, cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: purl(m), Name: m.Path, Version: m.Version, PackageURL: purl(m)})
		}
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

func purl(m module) string { return "pkg:golang/" + m.Path + "@" + m.Version }
