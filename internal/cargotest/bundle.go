package cargotest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Bundle is a bundle being made, by rules of its own and not by those of the program:
// what it says and what it holds may differ.
type Bundle struct {
	Head    string        // the first line of the manifest, as far as its last brace
	Entries []BundleEntry // in the order in which they are written
	Text    string        // of the manifest; "" means the one that the entries make
	Second  []byte        // what stands behind the manifest
	End     []byte        // of the tar; nil means [EndOfTar]
}

// BundleEntry is an entry of a bundle: a line of its manifest, and what is in the tar.
type BundleEntry struct {
	Path, Data, Link, Package string

	Line string // in the manifest; "" means the right one, "-" none
	Raw  []byte // in the tar; nil means what belongs there, empty none
}

// BundleHead begins a sound manifest of a plain bundle.
const BundleHead = `{"format":1,"made_by":"cargohome","writer":2,"container":"tar"}`

// BundleManifest is the path of the manifest.
const BundleManifest = "cargohome/bundle.jsonl"

// Object names in the sample's repository, which no object has.
var (
	bundlePack   = strings.Repeat("ab", 20)
	bundleFolder = "dep-0123456789abcdef"
)

// SampleBundle returns a sound bundle with an entry of most kinds.
func SampleBundle() *Bundle {
	cache, index, db := "registry/cache/"+CratesIO+"/", "registry/index/"+CratesIO+"/", "git/db/"+bundleFolder+"/"
	return &Bundle{Head: BundleHead, Entries: []BundleEntry{
		{Path: db + "HEAD", Data: "ref: refs/heads/master\n"},
		{Path: db + "objects/pack/pack-" + bundlePack + ".idx", Data: "index"},
		{Path: db + "objects/pack/pack-" + bundlePack + ".pack", Data: "pack"},
		{Path: db + "refs/"},
		{Path: cache + "a-1.0.0.crate", Data: "archive a", Package: "a 1.0.0"},
		{Path: cache + "b-1.0.0.crate", Data: strings.Repeat("b", 1000), Package: "b 1.0.0"},
		{Path: index + ".cache/1/a", Data: bundleIndex("a", "archive a"), Package: "a"},
		{Path: index + ".cache/1/b", Data: bundleIndex("b", strings.Repeat("b", 1000)), Package: "b"},
		{Path: index + "config.json", Data: ConfigJSON},
	}}
}

// bundleIndex is the file of an index with one version, which has that archive.
func bundleIndex(name, archive string) string {
	sum := sha256.Sum256([]byte(archive))
	return string(CacheFile("Unknown", [][]byte{Crate{Name: name, Version: "1.0.0"}.IndexLine(hex.EncodeToString(sum[:]))}))
}

// Bytes returns the tar.
func (b *Bundle) Bytes() []byte {
	text := b.Manifest()
	all := append(bundleBlocks(BundleEntry{Path: BundleManifest, Data: text}), b.Second...)
	for _, e := range b.Entries {
		if e.Raw != nil {
			all = append(all, e.Raw...)
			continue
		}
		all = append(all, bundleBlocks(e)...)
	}
	if b.End != nil {
		return append(all, b.End...)
	}
	return append(all, EndOfTar...)
}

// Manifest returns the text of the manifest.
func (b *Bundle) Manifest() string {
	if b.Text != "" {
		return b.Text
	}
	text := b.Head + "\n"
	for _, e := range b.Entries {
		if e.Line != "-" {
			text += e.line() + "\n"
		}
	}
	return text
}

// line returns the entry's line in the manifest.
func (e BundleEntry) line() string {
	if e.Line != "" {
		return e.Line
	}
	quoted := func(key, text string) string {
		value, _ := json.Marshal(text) // a string
		return fmt.Sprintf(",%q:%s", key, value)
	}
	line := quoted("path", e.Path)[1:]
	if len(e.Data) > 0 {
		line += fmt.Sprintf(`,"size":%d`, len(e.Data))
	}
	if !strings.HasSuffix(e.Path, "/") && e.Link == "" {
		sum := sha256.Sum256([]byte(e.Data))
		line += quoted("sha256", hex.EncodeToString(sum[:]))
	}
	if e.Link != "" {
		line += quoted("link", e.Link)
	}
	if e.Package != "" {
		line += quoted("package", e.Package)
	}
	return "{" + line + "}"
}

// bundleBlocks returns an entry as it is in the tar of a bundle.
func bundleBlocks(e BundleEntry) []byte { return goEntry(e.header(), e.Data) }

// goEntry is Entry with the checksum spelt as archive/tar does.
func goEntry(h Header, data string) []byte {
	b := Entry(h, data)
	if h.Sum == "" {
		copy(b[148:156], "        ")
		sum := 0
		for _, c := range b[:blockSize] {
			sum += int(c)
		}
		copy(b[148:], fmt.Sprintf("%06o\x00 ", sum))
	}
	return b
}

func (e BundleEntry) header() Header {
	h := Header{Name: e.Path, Magic: Ustar, Link: e.Link}
	switch {
	case e.Link != "":
		h.Type, h.Mode = '2', 0o777
	case strings.HasSuffix(e.Path, "/"):
		h.Type, h.Mode = '5', 0o755
	}
	if n := strings.LastIndexByte(e.Path[:min(len(e.Path), 156)], '/'); len(e.Path) > 100 && n > 0 {
		h.Prefix, h.Name = e.Path[:n], e.Path[n+1:]
	}
	h.Edit = func(block []byte) { // as archive/tar writes devices
		copy(block[329:], "0000000\x000000000\x00")
	}
	return h
}
