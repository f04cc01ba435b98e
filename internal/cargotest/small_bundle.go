package cargotest

import (
	"encoding/base64"
	"fmt"
	"strings"

	"cargohome/internal/redeflate"
)

// SmallCrate is what a [SmallBundle] has in place of its archive.
var SmallCrate = Crate{Name: "a", Version: "1.0.0", Encoder: redeflate.ZlibRs06}

// SmallHead begins a sound manifest of a small bundle that is not compressed.
var SmallHead = strings.Replace(BundleHead, `"format":1`, `"format":2`, 1)

// SmallLine is the line of an archive that has a content.
type SmallLine struct {
	Size      int
	Sum       string
	Content   string // in the tar
	Length    int    // of that, as the manifest has it; 0 for the right one
	Recipe    []byte // nil for the right one
	Encoder   redeflate.Encoder
	More      string // behind the package
	Spelt     string // the recipe as the manifest has it; "" for the right one
	OtherPath string // "" for that of the archive
	Base      string // the archive that the content is a patch for, "" for none
	BaseSum   string
	NoDelta   bool // it is said of no delta
}

// SmallSample is the line of [SmallCrate], as it should be.
func SmallSample() SmallLine {
	archive := SmallCrate.Archive()
	return SmallLine{Size: len(archive), Sum: Checksum(archive), Content: string(SmallCrate.Tar()), Encoder: SmallCrate.Encoder}
}

// recipe makes the archive as it should, but for the encoder.
func (l SmallLine) recipe() []byte {
	if l.Recipe != nil {
		return l.Recipe
	}
	archive := SmallCrate.Archive()
	header := archive[:10+len(SmallCrate.Stem())+len(".crate")+1]
	b, _ := redeflate.Recipe{Encoder: l.Encoder, Header: header, Kept: int64(len(archive) - len(header))}.AppendBinary(nil) // never an error
	return b
}

// SmallBundle returns a bundle with one archive, of which it has the content, and its index
// entry.
func SmallBundle(l SmallLine) *Bundle {
	path := "registry/cache/" + CratesIO + "/" + SmallCrate.Stem() + ".crate"
	if l.OtherPath != "" {
		path = l.OtherPath
	}
	length, recipe := len(l.Content), base64.StdEncoding.EncodeToString(l.recipe())
	if l.Length != 0 {
		length = l.Length
	}
	if l.Spelt != "" {
		recipe = l.Spelt
	}
	suffix, base, head := ".tar", "", SmallHead
	if l.Base != "" {
		suffix, base = ".tar.patch", fmt.Sprintf(`,"base":%q,"base_sha256":%q`, l.Base, l.BaseSum)
	}
	if l.Base != "" && !l.NoDelta {
		head = strings.TrimSuffix(head, "}") + fmt.Sprintf(`,"since":[%q]}`, Checksum(nil))
	}
	line := fmt.Sprintf(`{"path":%q,"size":%d,"sha256":%q,"content_size":%d,"content_sha256":%q,"recipe":%q%s,"package":"a 1.0.0"%s}`,
		path, l.Size, l.Sum, length, Checksum([]byte(l.Content)), recipe, base, l.More)
	index := "registry/index/" + CratesIO + "/"
	return &Bundle{Head: head, Entries: []BundleEntry{
		{Path: path + suffix, Data: l.Content, Line: line},
		{Path: index + ".cache/1/a", Data: string(CacheFile("Unknown", [][]byte{SmallCrate.IndexLine(l.Sum)})), Package: "a"},
		{Path: index + "config.json", Data: ConfigJSON},
	}}
}
