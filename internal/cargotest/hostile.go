package cargotest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Hostile is an archive of the package evil 1.0.0 that no honest tool makes, or
// that is easily got wrong: a plain crate with something evil in it.
//
// What it says of cargo is so on Linux, and is compared with the real one by
// internal/conform. The reasons are in the table of package crate/archive.
type Hostile struct {
	Name  string // unique
	Heavy bool   // takes a second or a few
	Root  bool   // cargo as said only for root, whom modes do not hinder

	Cargo    string // part of what `cargo vendor` 1.95 says when it refuses the archive, "" if it does not
	Cargo196 string // the same of cargo 1.96, where 1.95 does not refuse
	Fetched  bool   // `cargo fetch` 1.95 takes what `cargo vendor` refuses
	Broken   string // part of what a build says of the folder that cargo 1.95 vendors, "" if it succeeds

	Refused error  // what the error of crate's Unpack matches, a pointer standing for its type; nil if it unpacks
	Says    string // part of our message

	adds    []string // lines of Tree beside those of the plain crate
	hidden  []string // more of them that are in registry/src alone
	archive func() []byte
}

// HostileStem is the folder in each archive, and its name without ".crate".
const HostileStem = "evil-1.0.0"

// HostileCrate is the plain crate: what the archives are without the evil.
var HostileCrate = Crate{Name: "evil", Version: "1.0.0"}

// AddHostile puts an archive into the sparse registry of crates.io as the package
// evil 1.0.0, whose checksum in the index is right.
func (h *Home) AddHostile(archive []byte) {
	r := h.Registry(CratesIO)
	r.AddArchive(HostileStem, archive)
	r.AddLine(HostileCrate.Name, HostileCrate.IndexLine(Checksum(archive)))
}

// HostileArchives returns all cases, each time the same bytes.
func HostileArchives() []Hostile {
	return slices.Concat(hostileNames, hostileMarkers, hostileTypes, hostileRecords, hostileHeaders, hostileGzip, hostileEnds,
		hostileBombs, hostileTwins, hostileModes, hostileManifests)
}

// Archive makes the archive; those of bombs are small too.
func (h Hostile) Archive() []byte { return h.archive() }

// Accepted reports whether we unpack it.
func (h Hostile) Accepted() bool { return h.Refused == nil }

// Vendored returns the lines that Tree has for the folder in vendor, without
// .cargo-checksum.json, in byte order.
func (h Hostile) Vendored() []string { return sortedLines(plainLines(), h.adds) }

// Unpacked is Vendored for the folder in registry/src, without .cargo-ok.
func (h Hostile) Unpacked() []string { return sortedLines(plainLines(), h.adds, h.hidden) }

// DiffLines compares lines of Tree, wanted ones as of [Hostile.Vendored], and
// returns those that differ; nothing is for none. The file except is not compared.
func DiffLines(want []string, got, except string) string {
	rest := map[string]bool{}
	for line := range strings.Lines(got) {
		rest[strings.TrimSuffix(line, "\n")] = true
	}
	var diff strings.Builder
	for _, line := range want {
		if !takeLine(rest, line) && !isLineOf(line, except) {
			fmt.Fprintf(&diff, "- %q\n", line)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(rest)) {
		if !isLineOf(line, except) {
			fmt.Fprintf(&diff, "+ %q\n", line)
		}
	}
	return diff.String()
}

func isLineOf(line, path string) bool { return path != "" && TreePath(line) == path }

// takeLine removes a line, of which the time may be any.
func takeLine(rest map[string]bool, want string) bool {
	before, after, wild := strings.Cut(want, " "+anyTime+" ")
	for line := range rest {
		if line == want || wild && strings.HasPrefix(line, before) && strings.HasSuffix(line, strings.TrimLeft(after, " ")) {
			delete(rest, line)
			return true
		}
	}
	return false
}

func sortedLines(parts ...[]string) []string {
	lines := slices.Concat(parts...)
	slices.Sort(lines)
	return lines
}

func plainLines() []string {
	lines := []string{folderLine("src/", "0755")}
	for _, f := range HostileCrate.AllFiles() {
		lines = append(lines, fileLine(f.Path, f.Content, "0644", usual))
	}
	return lines
}

// has is the line of a file with the usual mode and time.
func has(path, content string) string { return fileLine(path, content, "0644", usual) }

// folder is the line of a folder with the usual mode.
func folder(path string) string { return folderLine(path, "0755") }

// wideFolder is a folder for which an archive asks 0777: the portable way does not know
// the umask.
func wideFolder(path string) string {
	if Portable {
		return folderLine(path, "0777")
	}
	return folder(path)
}

// with returns what makes the archive of the plain crate with entries behind.
func with(entries ...[]byte) func() []byte {
	return func() []byte { return gzipTar(append(plainTar(), slices.Concat(entries...)...)) }
}

// before is with for entries that come first.
func before(entries ...[]byte) func() []byte {
	return func() []byte { return gzipTar(append(slices.Concat(entries...), plainTar()...)) }
}

func gzipTar(tar []byte) []byte { return Gzip(HostileStem+".crate", append(tar, EndOfTar...)) }

// plainTar is the tar of the plain crate without its end.
func plainTar() []byte {
	tar := HostileCrate.Tar()
	return tar[:len(tar)-len(EndOfTar)]
}

// evil is the path of an entry in the package's folder.
func evil(path string) string { return HostileStem + "/" + path }

// put is a file in the package's folder.
func put(path, content string) []byte { return raw(evil(path), content) }

// raw is a file with any path of up to 100 bytes.
func raw(path, content string) []byte { return Entry(Header{Name: path}, content) }

// long is a file in the package's folder with a GNU long name.
func long(path, content string) []byte {
	return append(LongName(evil(path)), put("short", content)...)
}

// typed is an entry of the type given, a link leading to target.
func typed(typ byte, path, target, content string) []byte {
	return Entry(Header{Name: evil(path), Type: typ, Link: target}, content)
}

// The times of lines: that of files by default, the present, and any, where what
// is kept depends on the file system.
const (
	usual   = "1153704088"
	now     = "now"
	anyTime = "*"
)

func fileLine(path, content, mode, when string) string {
	return fmt.Sprintf("%s %s %-10s %s", Checksum([]byte(content))[:8], mode, when, path)
}

func folderLine(path, mode string) string {
	return fmt.Sprintf("dir      %s now        %s", mode, path)
}
