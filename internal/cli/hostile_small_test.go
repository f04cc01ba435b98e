//go:build unix

package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"cargohome/internal/cargotest"
	"cargohome/internal/redeflate"
)

// smallLies are changes to what a small bundle says, and what is said of them.
var smallLies = map[string]struct {
	edit func(l *cargotest.SmallLine)
	says string
}{
	"another encoder":             {func(l *cargotest.SmallLine) { l.Encoder = redeflate.Miniz }, "a-1.0.0.crate"},
	"an unknown encoder":          {func(l *cargotest.SmallLine) { l.Encoder = 9 }, `a-1.0.0.crate": its manifest is not sound: not a recipe for an archive: encoder 9 is not known`},
	"another content":             {func(l *cargotest.SmallLine) { l.Content = strings.Replace(l.Content, "lib", "bin", 1) }, "a-1.0.0.crate"},
	"a content that is short":     {func(l *cargotest.SmallLine) { l.Content = l.Content[:512] }, "a-1.0.0.crate"},
	"a size that is larger":       {func(l *cargotest.SmallLine) { l.Length = len(l.Content) + 1 }, `a-1.0.0.crate": it is not as the manifest says`},
	"a size that is smaller":      {func(l *cargotest.SmallLine) { l.Length = len(l.Content) - 512 }, `a-1.0.0.crate": it is not as the manifest says`},
	"a negative size":             {func(l *cargotest.SmallLine) { l.Length = -1 }, "its manifest is not sound"},
	"a content that is huge":      {func(l *cargotest.SmallLine) { l.Length = 1 << 30 }, "it is too large"},
	"a bomb":                      {func(l *cargotest.SmallLine) { l.Content = strings.Repeat("\x00", 1<<20) }, "it is too large: its content has 1048576 bytes"},
	"an archive that is more":     {func(l *cargotest.SmallLine) { l.Size-- }, "of its content more is made than"},
	"an archive that is less":     {func(l *cargotest.SmallLine) { l.Size++ }, "of its content"},
	"the sum of another":          {func(l *cargotest.SmallLine) { l.Sum = strings.Repeat("0", 64) }, "a-1.0.0.crate\": it is not as the manifest says: its SHA-256 is"},
	"no recipe":                   {func(l *cargotest.SmallLine) { l.Spelt = "AQM" }, "its manifest is not sound"},
	"a recipe that is cut":        {func(l *cargotest.SmallLine) { l.Recipe = []byte{1, 3, 200} }, "its manifest is not sound"},
	"one more byte":               {func(l *cargotest.SmallLine) { l.Recipe = []byte{1, 3, 0, 0, 0, 0} }, "its manifest is not sound"},
	"a number in more bytes":      {func(l *cargotest.SmallLine) { l.Recipe = []byte{1, 3, 0x80, 0, 0, 0} }, "its recipe is spelt otherwise"},
	"bits that are none":          {func(l *cargotest.SmallLine) { l.Spelt = "AQMAAAB=" }, "its manifest is not sound"},
	"it is held":                  {func(l *cargotest.SmallLine) { l.More = `,"held":true` }, "its manifest is not sound"},
	"it is no archive":            {func(l *cargotest.SmallLine) { l.OtherPath = "registry/index/" + cargotest.CratesIO + "/.cache/0/a" }, "no entry of a bundle may have this path"},
	"it is no archive but a file": {func(l *cargotest.SmallLine) { l.OtherPath = "git/db/dep-0123456789abcdef/HEAD" }, "its manifest is not sound"},
}

// Whatever a small bundle says, nothing is put into place but what has the checksum that the
// index has.
func TestHostileBundles_small(t *testing.T) {
	dir := received(t, cargotest.SmallBundle(cargotest.SmallSample()).Bytes())
	mustRun(t, dir, "unpack", "b.tar")
	got, err := os.ReadFile(filepath.Join(dir, "home/registry/cache", cargotest.CratesIO, "a-1.0.0.crate"))
	if err != nil || !bytes.Equal(got, cargotest.SmallCrate.Archive()) {
		t.Fatalf("a sound one makes %d bytes (%v)", len(got), err)
	}
	for name, lie := range smallLies {
		t.Run(name, func(t *testing.T) {
			l := cargotest.SmallSample()
			lie.edit(&l)
			refusesToWrite(t, cargotest.SmallBundle(l).Bytes(), lie.says)
		})
	}
	t.Run("format 1", func(t *testing.T) {
		b := cargotest.SmallBundle(cargotest.SmallSample())
		b.Head = cargotest.BundleHead
		refuses(t, b.Bytes(), "it has a content, which format 1 has not")
	})
	t.Run("the archive itself", func(t *testing.T) {
		b := cargotest.SmallBundle(cargotest.SmallSample())
		b.Entries[0].Path = strings.TrimSuffix(b.Entries[0].Path, ".tar")
		refuses(t, b.Bytes(), "in its place is")
	})
	t.Run("twice", func(t *testing.T) {
		b := cargotest.SmallBundle(cargotest.SmallSample())
		b.Entries = slices.Insert(b.Entries, 0, b.Entries[0])
		refuses(t, b.Bytes(), "it is there twice")
	})
}

// patchedLine is a small line of which the content is a patch that says in how many bytes what
// is made of the archive that the home has.
func patchedLine(t *testing.T, tar string) cargotest.SmallLine {
	t.Helper()
	old := cargotest.Crate{Name: "a", Version: "0.1.0"}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderDictRaw(0, old.Tar()), zstd.WithWindowSize(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	l := cargotest.SmallSample()
	l.Content, l.Base, l.BaseSum = string(z.EncodeAll([]byte(tar), nil)), "a-0.1.0.crate", old.Checksum()
	return l
}

// patchLies are changes to a patch, and what is said of them.
var patchLies = map[string]struct {
	edit func(l *cargotest.SmallLine)
	says string
}{
	"another base":             {func(l *cargotest.SmallLine) { l.BaseSum = strings.Repeat("0", 64) }, "a-0.1.0.crate"},
	"a base that is not":       {func(l *cargotest.SmallLine) { l.Base = "a-0.2.0.crate" }, "a-0.2.0.crate"},
	"itself":                   {func(l *cargotest.SmallLine) { l.Base, l.BaseSum = "a-1.0.0.crate", l.Sum }, "a-1.0.0.crate"},
	"a base that climbs":       {func(l *cargotest.SmallLine) { l.Base = "../a-0.1.0.crate" }, "which is no archive"},
	"a base that is none":      {func(l *cargotest.SmallLine) { l.Base = "config.toml" }, "which is no archive"},
	"a base without a sum":     {func(l *cargotest.SmallLine) { l.BaseSum = "" }, "its manifest is not sound"},
	"no delta":                 {func(l *cargotest.SmallLine) { l.NoDelta = true }, "the bundle is no delta"},
	"no patch":                 {func(l *cargotest.SmallLine) { l.Content = "no patch" }, "a-1.0.0.crate"},
	"a patch that is cut":      {func(l *cargotest.SmallLine) { l.Content = l.Content[:len(l.Content)/2] }, "a-1.0.0.crate"},
	"the content, not a patch": {func(l *cargotest.SmallLine) { l.Content = string(cargotest.SmallCrate.Tar()) }, "a-1.0.0.crate"},
	"another encoder":          {func(l *cargotest.SmallLine) { l.Encoder = redeflate.Miniz }, "a-1.0.0.crate"},
}

// A patch makes the archive of the one that it names, or nothing.
func TestHostileBundles_patched(t *testing.T) {
	sound := patchedLine(t, string(cargotest.SmallCrate.Tar()))
	dir := received(t, cargotest.SmallBundle(sound).Bytes())
	mustRun(t, dir, "unpack", "b.tar")
	got, err := os.ReadFile(filepath.Join(dir, "home/registry/cache", cargotest.CratesIO, "a-1.0.0.crate"))
	if err != nil || !bytes.Equal(got, cargotest.SmallCrate.Archive()) {
		t.Fatalf("a sound one makes %d bytes (%v)", len(got), err)
	}
	for name, lie := range patchLies {
		t.Run(name, func(t *testing.T) {
			l := sound
			lie.edit(&l)
			refusesPatch(t, l, lie.says)
		})
	}
	t.Run("a bomb", func(t *testing.T) { refusesPatch(t, patchedLine(t, strings.Repeat("\x00", 1<<28)), "a-1.0.0.crate") })
}

// refusesPatch has a bundle come to a home that has the archive of which another is made.
func refusesPatch(t *testing.T, l cargotest.SmallLine, says string) {
	t.Helper()
	refusesRuns(t, cargotest.SmallBundle(l).Bytes(), says, [][]string{{"unpack", "b.tar"}})
}
