package cargotest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
)

// HostileBundle is a bundle that no honest program makes.
type HostileBundle struct {
	Name string // unique
	Says string // part of what is said of it

	data func() []byte
}

// Bytes makes the bundle.
func (h HostileBundle) Bytes() []byte { return h.data() }

// HostileBundles returns all cases.
func HostileBundles() []HostileBundle {
	return slices.Concat(hostileBundleEntries, hostileBundlePaths(), hostileBundleManifests, hostileBundleFiles, hostileBundleOdd())
}

// What is said of them.
const (
	saysName     = "no entry of a bundle may have this path"
	saysManifest = "its manifest is not sound"
	saysEntry    = "it is not as the manifest says"
	saysCut      = "the bundle ends too early"
	saysLimit    = "it is too large"
	saysNone     = "it is not a bundle"
)

// edited is the sample after some change.
func edited(edit func(b *Bundle)) func() []byte {
	return func() []byte {
		b := SampleBundle()
		edit(b)
		return b.Bytes()
	}
}

// The entries of the sample that are changed.
const (
	bundleA = 4 + iota
	bundleB
)

// inPlace is the sample with other blocks where one entry is in the tar.
func inPlace(blocks func(e BundleEntry) []byte) func() []byte {
	return edited(func(b *Bundle) { b.Entries[bundleA].Raw = blocks(b.Entries[bundleA]) })
}

// withHeader changes the header of one entry.
func withHeader(edit func(h *Header)) func() []byte {
	return inPlace(func(e BundleEntry) []byte {
		h := e.header()
		edit(&h)
		return goEntry(h, e.Data)
	})
}

// withBlock changes the block of a header.
func withBlock(at int, text string) func() []byte {
	return withEdit(func(block []byte) { copy(block[at:], text) })
}

func withEdit(edit func(block []byte)) func() []byte {
	return withHeader(func(h *Header) {
		usual := h.Edit
		h.Edit = func(block []byte) {
			usual(block)
			edit(block)
		}
	})
}

// precededBy puts blocks before an entry.
func precededBy(blocks []byte) func() []byte {
	return inPlace(func(e BundleEntry) []byte { return append(slices.Clone(blocks), bundleBlocks(e)...) })
}

var sneaked = BundleEntry{Path: "config.toml", Data: "[build]\nrustc-wrapper = '/tmp/evil'\n"}

// hostileBundleEntries: what is in the tar is not what the manifest says.
var hostileBundleEntries = []HostileBundle{
	{"more_before", saysEntry, precededBy(bundleBlocks(sneaked))},
	{"more_behind", saysEntry, edited(func(b *Bundle) { b.End = append(bundleBlocks(sneaked), EndOfTar...) })},
	{"more_after_manifest", saysEntry, edited(func(b *Bundle) { b.Second = bundleBlocks(sneaked) })},
	{"fewer", saysEntry, inPlace(func(BundleEntry) []byte { return []byte{} })},
	{"fewer_at_the_end", saysEntry, edited(func(b *Bundle) { b.Entries[len(b.Entries)-1].Raw = []byte{} })},
	{"repeated", saysEntry, inPlace(func(e BundleEntry) []byte { return append(bundleBlocks(e), bundleBlocks(e)...) })},
	{"manifest_twice", saysEntry, edited(func(b *Bundle) { b.Second = bundleBlocks(BundleEntry{Path: BundleManifest, Data: BundleHead + "\n"}) })},
	{"signature_twice", saysEntry, edited(func(b *Bundle) {
		one := bundleBlocks(BundleEntry{Path: BundleManifest + ".minisig", Data: "x"})
		b.Second = append(one, one...)
	})},
	{"signature_late", saysEntry, precededBy(bundleBlocks(BundleEntry{Path: BundleManifest + ".minisig", Data: "x"}))},
	{"signature_large", saysLimit, edited(func(b *Bundle) {
		b.Second = bundleBlocks(BundleEntry{Path: BundleManifest + ".minisig", Data: strings.Repeat("x", 5000)})
	})},
	{"reordered", saysEntry, edited(func(b *Bundle) {
		a := &b.Entries[bundleA]
		a.Raw, b.Entries[bundleB].Raw = bundleBlocks(b.Entries[bundleB]), bundleBlocks(*a)
	})},
	{"larger", saysEntry, inPlace(func(e BundleEntry) []byte { e.Data += "x"; return bundleBlocks(e) })},
	{"smaller", saysEntry, inPlace(func(e BundleEntry) []byte { e.Data = e.Data[1:]; return bundleBlocks(e) })},
	{"other_content", saysEntry, inPlace(func(e BundleEntry) []byte { e.Data = strings.ToUpper(e.Data); return bundleBlocks(e) })},
	{"other_name", saysEntry, withHeader(func(h *Header) { h.Name = strings.Replace(h.Name, "a-", "c-", 1) })},
	{"climbing_name", saysEntry, withHeader(func(h *Header) { h.Name = "../../evil" })},
	{"absolute_name", saysEntry, withHeader(func(h *Header) { h.Name = "/etc/passwd" })},
	{"symbolic_link", saysEntry, withHeader(func(h *Header) { h.Type, h.Link = '2', "/etc/passwd" })},
	{"hard_link", saysEntry, withHeader(func(h *Header) { h.Type, h.Link = '1', "registry/index/"+CratesIO+"/config.json" })},
	{"device", saysEntry, withHeader(func(h *Header) { h.Type = '3' })},
	{"pipe", saysEntry, withHeader(func(h *Header) { h.Type = '6' })},
	{"folder_for_a_file", saysEntry, withHeader(func(h *Header) { h.Type = '5' })},
	{"sparse", saysEntry, withHeader(func(h *Header) { h.Type = 'S' })},
	{"unknown_type", saysEntry, withHeader(func(h *Header) { h.Type = 'Z' })},
	{"setuid", saysEntry, withHeader(func(h *Header) { h.Mode = 0o4755 })},
	{"executable", saysEntry, withHeader(func(h *Header) { h.Mode = 0o755 })},
	{"other_time", saysEntry, withHeader(func(h *Header) { h.MTime = 1 << 31 })},
	{"owner", saysEntry, withBlock(265, "root")},
	{"owner_number", saysEntry, withBlock(108, "0000017")},
	{"gnu_header", saysEntry, withHeader(func(h *Header) { h.Magic = "" })},
	{"long_name", saysEntry, precededBy(LongName("registry/cache/x"))},
	{"pax_path", saysEntry, precededBy(Pax('x', "path", "bin/cargo"))},
	{"pax_size", saysEntry, precededBy(Pax('x', "size", "5"))},
	{"pax_global", saysEntry, precededBy(Pax('g', "path", "bin/cargo"))},
	{"pax_xattr", saysEntry, precededBy(Pax('x', "SCHILY.xattr.security.capability", "evil"))},
	{"header_sum", saysEntry, withHeader(func(h *Header) { h.Sum = "000000\x00 " })},
	{"padding", saysEntry, inPlace(func(e BundleEntry) []byte {
		blocks := bundleBlocks(e)
		blocks[len(blocks)-1] = 1
		return blocks
	})},
	{"end_between", saysEntry, precededBy(EndOfTar)},
}

// hostileBundlePaths: each is one more entry, in its place, that the manifest has too.
func hostileBundlePaths() (cases []HostileBundle) {
	const name, db = "registry/cache/" + CratesIO + "/", "git/db/dep-0123456789abcdef/"
	for what, e := range map[string]BundleEntry{
		"credentials":       {Path: "credentials.toml"},
		"configuration":     {Path: "config.toml"},
		"old_configuration": {Path: "config"},
		"program":           {Path: "bin/cargo"},
		"installed":         {Path: ".crates.toml"},
		"database":          {Path: ".global-cache"},
		"lock":              {Path: ".package-cache"},
		"above":             {Path: "../evil"},
		"above_within":      {Path: "registry/cache/../../../evil"},
		"absolute":          {Path: "/etc/evil"},
		"dot":               {Path: name + "./a-1.0.0.crate"},
		"two_slashes":       {Path: name + "/a-1.0.0.crate"},
		"backslash":         {Path: name + `..\..\evil-1.0.0.crate`},
		"control":           {Path: name + "e\x1bvil-1.0.0.crate"},
		"no_archive":        {Path: name + "evil"},
		"archive_deeper":    {Path: name + "x/evil-1.0.0.crate"},
		"no_registry":       {Path: "registry/cache/evil/evil-1.0.0.crate"},
		"hidden_registry":   {Path: "registry/cache/.evil-0123456789abcdef/evil-1.0.0.crate"},
		"index_elsewhere":   {Path: "registry/index/" + CratesIO + "/.cache/ev/il/other"},
		"index_lock":        {Path: "registry/index/" + CratesIO + "/.cargo-index-lock"},
		"git_configuration": {Path: db + "config", Data: "[core]\n\tfsmonitor = evil\n"},
		"git_hook":          {Path: db + "hooks/post-checkout"},
		"git_alternates":    {Path: db + "objects/info/alternates", Data: "/etc\n"},
		"git_loose":         {Path: db + "objects/ab/cdef"},
		"git_reference":     {Path: db + "refs/heads/master"},
		"git_shallow":       {Path: db + "shallow"},
		"git_index_hook":    {Path: "registry/index/" + CratesIO + "/.git/hooks/evil"},
		"checkout_config":   {Path: "git/checkouts/dep-0123456789abcdef/1234567/.git/config"},
		"checkout_GIT":      {Path: "git/checkouts/dep-0123456789abcdef/1234567/sub/.GIT/hooks/evil"},
		"link_out":          {Path: "git/checkouts/dep-0123456789abcdef/1234567/x", Link: "../../../../bin"},
		"link_absolute":     {Path: "git/checkouts/dep-0123456789abcdef/1234567/x", Link: "/etc"},
		"link_by_another":   {Path: "git/checkouts/dep-0123456789abcdef/1234567/x", Link: "a/../../b"},
		"link_archive":      {Path: name + "evil-1.0.0.crate", Link: "a-1.0.0.crate"},
		"folder":            {Path: name},
		"lockfile":          {Path: "cargohome/lockfiles/evil.lock"},
		"stat_cache":        {Path: "cargohome/vendor-0123456789abcdef.stat"},
		"manifest_again":    {Path: BundleManifest},
	} {
		cases = append(cases, HostileBundle{"path_" + what, "", edited(func(b *Bundle) { b.Entries = append([]BundleEntry{e}, b.Entries...) })})
	}
	slices.SortFunc(cases, func(a, b HostileBundle) int { return strings.Compare(a.Name, b.Name) })
	return cases
}

// withLine changes a line of the manifest.
func withLine(old, new string) func() []byte {
	return edited(func(b *Bundle) { b.Text = strings.Replace(b.Manifest(), old, new, 1) })
}

// hostileBundleManifests: manifests that are none.
var hostileBundleManifests = []HostileBundle{
	{"format_newer", "newer format", withLine(`"format":1`, `"format":3`)},
	{"format_none", saysNone, withLine(`"format":1`, `"format":0`)},
	{"format_text", saysNone, withLine(`"format":1`, `"format":"1"`)},
	{"member_unknown", saysManifest, withLine(`"writer":2`, `"writer":2,"hook":"evil"`)},
	{"member_twice", saysManifest, withLine(`"writer":2`, `"writer":2,"writer":2`)},
	{"member_case", saysManifest, withLine(`"writer":2`, `"Writer":2`)},
	{"spaces", saysManifest, withLine(`"writer":2`, `"writer": 2`)},
	{"entry_unknown", saysManifest, withLine(`"package":"a 1.0.0"`, `"package":"a 1.0.0","mode":"4755"`)},
	{"entry_path_twice", saysManifest, withLine(`{"path":`, `{"path":"x","path":`)},
	{"entry_without_sum", saysManifest, withLine(`{"path":`, `{"path":"registry/cache/`+CratesIO+`/0-1.0.0.crate"}`+"\n"+`{"path":`)},
	{"entry_held", saysManifest, withLine(`"package":"a 1.0.0"}`, `"package":"a 1.0.0","held":true}`)},
	{"entry_negative", saysManifest, withLine(`"size":9`, `"size":-9`)},
	{"entry_huge", saysLimit, withLine(`"size":9,`, `"size":9223372036854775807,`)},
	{"entry_package", saysManifest, withLine(`"package":"a 1.0.0"`, `"package":"a\u001b[2J"`)},
	{"entry_executable", saysManifest, withLine(`"package":"a 1.0.0"`, `"executable":true,"package":"a 1.0.0"`)},
	{"git_head", saysManifest, edited(func(b *Bundle) { b.Entries[0].Data = "ref: refs/heads/evil!!\n" })},
	{"unsorted", saysManifest, edited(func(b *Bundle) { slices.Reverse(b.Entries) })},
	{"twice", saysManifest, edited(func(b *Bundle) { b.Entries = slices.Insert(b.Entries, bundleA, b.Entries[bundleA]) })},
	{"below_a_file", saysManifest, edited(func(b *Bundle) {
		const dir = "registry/src/" + CratesIO + "/a-1.0.0/x"
		b.Entries = append(b.Entries, BundleEntry{Path: dir, Data: "x"}, BundleEntry{Path: dir + "/y", Data: "y"})
	})},
	{"below_a_link", saysManifest, edited(func(b *Bundle) {
		const dir = "git/checkouts/dep-0123456789abcdef/1234567/x"
		b.Entries = append([]BundleEntry{{Path: dir, Link: "y"}, {Path: dir + "/z", Data: "z"}}, b.Entries...)
	})},
	{"lockfile_sum", saysManifest, withLine(`"container":"tar"`, `"container":"tar","lockfiles":[{"sha256":"x","packages":1}]`)},
	{"registry_name", saysManifest, withLine(`"container":"tar"`, `"container":"tar","registries":[{"name":"../x","source":"y"}]`)},
	{"repository_commit", saysManifest, withLine(`"container":"tar"`, `"container":"tar","repositories":[{"name":"x-0123456789abcdef","commits":["HEAD"]}]`)},
	{"since", saysManifest, withLine(`"container":"tar"`, `"container":"tar","since":["x"]`)},
	{"no_line_end", saysManifest, edited(func(b *Bundle) { b.Text = strings.TrimSuffix(b.Manifest(), "\n") })},
	{"empty_line", saysManifest, edited(func(b *Bundle) { b.Text = b.Manifest() + "\n" })},
	{"line_long", saysManifest, edited(func(b *Bundle) { b.Text = b.Manifest() + `{"path":"` + strings.Repeat("x", 2<<20) + "\"}\n" })},
	{"no_utf8", saysManifest, withLine(`"package":"a 1.0.0"`, "\"package\":\"a \xff\"")},
	{"empty_manifest", saysNone, edited(func(b *Bundle) { b.Text = "\n" })},
	{"manifest_huge", saysLimit, func() []byte {
		return goEntry(Header{Name: BundleManifest, Magic: Ustar, Size: 1<<33 - 1, Edit: BundleEntry{Path: "x"}.header().Edit}, BundleHead)
	}},
}

// cutOff is the sample without so many bytes at its end.
func cutOff(n int) func() []byte {
	return func() []byte {
		data := SampleBundle().Bytes()
		return data[:len(data)-n]
	}
}

func gzipped(parts ...[]byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for _, p := range parts {
		_, _ = w.Write(p) // into memory
	}
	_ = w.Close()
	return b.Bytes()
}

// hostileBundleFiles: files that are no whole bundle.
var hostileBundleFiles = []HostileBundle{
	{"empty", saysNone, func() []byte { return nil }},
	{"text", saysNone, func() []byte { return []byte(strings.Repeat("not a bundle\n", 100)) }},
	{"another_tar", saysNone, func() []byte { return append(bundleBlocks(sneaked), EndOfTar...) }},
	{"manifest_not_first", saysNone, func() []byte { return append(bundleBlocks(sneaked), SampleBundle().Bytes()...) }},
	{"cut_in_the_end", saysCut, cutOff(1)},
	{"cut_at_the_end", saysCut, cutOff(len(EndOfTar))},
	{"cut_in_a_content", saysCut, cutOff(len(EndOfTar) + 500)},
	{"cut_in_a_header", saysEntry, cutOff(len(EndOfTar) + 1000)},
	{"behind_the_end", saysEntry, func() []byte { return append(SampleBundle().Bytes(), "evil"...) }},
	{"behind_the_end_zeros", saysEntry, func() []byte { return append(SampleBundle().Bytes(), EndOfTar...) }},
	{"gzip_cut", saysCut, func() []byte {
		data := gzipped(SampleBundle().Bytes())
		return data[:len(data)-9]
	}},
	{"gzip_damaged", "", func() []byte {
		data := gzipped(SampleBundle().Bytes())
		data[len(data)-6] ^= 1
		return data
	}},
	{"gzip_and_more", "", func() []byte { return append(gzipped(SampleBundle().Bytes()), "evil"...) }},
	{"gzip_member_behind", saysEntry, func() []byte { return append(gzipped(SampleBundle().Bytes()), gzipped(bundleBlocks(sneaked))...) }},
	{"gzip_of_nothing", "", func() []byte { return []byte{0x1f, 0x8b} }},
	{"gzip_bomb", saysLimit, gzipBomb},
	{"zstd_of_nothing", "", func() []byte { return []byte{0x28, 0xb5, 0x2f, 0xfd} }},
	{"zstd_window", "", func() []byte { return []byte{0x28, 0xb5, 0x2f, 0xfd, 0x04, 0xf8, 0, 0, 0, 0} }},
}

// gzipBomb says that it has a large archive, which is zeros.
func gzipBomb() []byte {
	const size = 128 << 20
	b := SampleBundle()
	a := &b.Entries[bundleA]
	a.Line = fmt.Sprintf(`{"path":%q,"size":%d,"sha256":%q,"package":"a 1.0.0"}`, a.Path, size, strings.Repeat("0", 64))
	h := a.header()
	h.Size = size
	a.Raw = goEntry(h, "")
	b.Entries = b.Entries[:bundleA+1]
	b.End = []byte{}
	zeros := make([]byte, 1<<20)
	parts := [][]byte{b.Bytes()}
	for range size >> 20 {
		parts = append(parts, zeros)
	}
	return gzipped(parts...)
}
