package check

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/compat"
	"cargohome/internal/locate"
	"cargohome/vendoring"
)

// checkMade looks for signs that a package was vendored by another rule than is asked for.
// They are those of its record: whether what is listed there has the bytes that the cargo
// makes is for `cargohome verify vendor --compat`.
//
// Of a Cargo.toml.orig that is not listed the archive tells, if it is at hand, whether it
// should be: archives that were made by no cargo, or by one of before 2016, have none.
func (d *directory) checkMade(one *piece, v *vendored) {
	if d.Made == nil || v.record.Patched != "" {
		return
	}
	why := v.madeOtherwise(*d.Made)
	if why == "" && v.lacksOriginal(*d.Made) && d.hasOriginal(one.ID, *v.record.Package) {
		why = "it keeps " + original
	}
	if why != "" {
		d.find(Finding{Code: VendoredOtherwise, ID: one.ID, Path: filepath.Join(v.dir, crate.ChecksumFile), reach: hidden,
			Reason: fmt.Sprintf("cargo %s makes it in another way: %s", d.Made, why),
			Remedy: Remedy{Vendor, fmt.Sprintf("cargohome vendor --compat %s %s", d.Made, quoted(d.dir))}})
	}
}

// madeOtherwise says why a rule does not make such a record, "" if it may.
func (v *vendored) madeOtherwise(rule compat.Rule) string {
	_, filtered := vendoring.ParseMark(v.record.Comment)
	keeps := archive.VendoredBy(rule)
	for _, path := range slices.Sorted(maps.Keys(v.record.Files)) {
		if !keeps(path) {
			return "it leaves out " + path
		}
	}
	switch {
	case filtered:
		return ""
	case rule.Has(compat.Comment) && v.record.Comment == "":
		return "its record has a comment"
	case !rule.Has(compat.Comment) && v.record.Comment != "":
		return "its record has no comment"
	}
	return ""
}

// original is what cargos before 1.89 left out.
const original = "Cargo.toml.orig"

func (v *vendored) lacksOriginal(rule compat.Rule) bool {
	_, filtered := vendoring.ParseMark(v.record.Comment)
	_, has := v.record.Files[original]
	return rule.Has(compat.Unpacked) && v.record.Package != nil && !filtered && !has
}

// hasOriginal reports whether the archive of a package with that checksum is in the home,
// and has a Cargo.toml.orig.
func (d *directory) hasOriginal(id crate.ID, checksum string) bool {
	sum, err := crate.ParseChecksum(checksum)
	if err != nil {
		return false
	}
	u := archive.Unpacker{NoSums: true}
	for at, err := range d.Home.Archives(id) {
		if err != nil {
			continue
		}
		report, err := u.Check(d.ctx, locate.Vouched{Want: &sum}.Archive(id, at))
		if err == nil && report.Err() == nil {
			return slices.ContainsFunc(report.Files, func(f archive.File) bool { return f.Path == original })
		}
	}
	return false
}
