package verify

import (
	"strings"

	"cargohome/crate"
	"cargohome/internal/filelist"
)

// What older cargos do otherwise in a vendor folder (ops/vendor.rs and sources/path.rs):
//
//	before 1.89   packages of registries are listed as for `cargo package`, without an index
//	              of git: no name with a dot in front, no "target", no package in a
//	              subfolder; and *.orig and *.rej are left out
//	before 1.94   .gitignore and .gitattributes in subfolders are kept; a submodule's
//	              .cargo-ok is left out
//
// The record is of what is there.
const (
	before189 = "made by an older cargo (before 1.89)"
	before194 = "made by an older cargo (before 1.94)"
)

// older returns which cargos make what differs as it does, "" if none do. Whatever they
// make alike must be as it should be, and the record true.
func (c *comparison) older(found []Difference) (made string) {
	if c.want == nil || c.got == nil || c.got.text != c.want.text {
		return ""
	}
	missing, extra := map[string]bool{}, map[string]bool{}
	for _, d := range found {
		switch base := filelist.Base(d.Path); {
		case d == Difference{crate.ChecksumFile, Changed}:
		case d.How == Extra && d.Path != base && (base == ".gitignore" || base == ".gitattributes"):
			extra[d.Path] = true
		case d.How == Missing && d.Path != base && base == crate.OKFile:
			missing[d.Path] = true
		case d.How == Missing && c.leftOut(d.Path):
			missing[d.Path], made = true, before189
		default:
			return ""
		}
	}
	if !c.isRecorded(missing, extra) || made != "" && !c.hasNoOriginals() {
		return ""
	}
	if made == "" {
		made = before194
	}
	return made
}

// leftOut reports whether cargos before 1.89 leave a file out.
func (c *comparison) leftOut(path string) bool {
	if isOriginal(path) || strings.HasPrefix(path, "target/") {
		return true
	}
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	for dir := filelist.Parent(path); dir != ""; dir = filelist.Parent(dir) {
		if _, isPackage := c.want.files[dir+"/Cargo.toml"]; isPackage {
			return true
		}
	}
	return false
}

func isOriginal(path string) bool {
	return strings.HasSuffix(path, ".orig") || strings.HasSuffix(path, ".rej")
}

// hasNoOriginals reports whether the record names none of what those cargos always leave
// out.
func (c *comparison) hasNoOriginals() bool {
	for path := range c.got.files {
		if isOriginal(path) {
			return false
		}
	}
	return true
}

// isRecorded reports whether the record is that of what should be there, but for what is
// missing, and of what is there besides.
func (c *comparison) isRecorded(missing, extra map[string]bool) bool {
	for path, sum := range c.want.files {
		if got, ok := c.got.files[path]; ok == missing[path] || ok && got != sum {
			return false
		}
	}
	for path, sum := range c.got.files {
		if _, wanted := c.want.files[path]; wanted {
			continue
		}
		dir, err := c.enter(filelist.Parent(path))
		if !extra[path] || err != nil || c.hasSum(dir, filelist.Base(path), sum) != "" {
			return false
		}
		delete(extra, path)
	}
	return len(extra) == 0
}
