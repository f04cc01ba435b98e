package archive_test

import (
	"errors"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/cargotest"
)

// The fault of each case is found, and no other is made up; what is accepted has none.
func TestCheck_hostile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere other names are refused")
	}
	var u archive.Unpacker
	for _, h := range cargotest.HostileArchives() {
		if h.Heavy && testing.Short() {
			continue
		}
		report, err := u.Check(t.Context(), archive.InMemory(hostileID, h.Archive()))
		if err != nil {
			t.Errorf("%s: %v", h.Name, err)
			continue
		}
		found := func(f error) bool { return matches(f, h.Refused) && strings.Contains(f.Error(), h.Says) }
		if h.Accepted() != (len(report.Faults) == 0) || !h.Accepted() && !slices.ContainsFunc(report.Faults, found) {
			t.Errorf("%s: faults are %q, want %q", h.Name, report.Faults, h.Says)
		}
	}
}

func check(t *testing.T, a archive.Archive) *archive.Report {
	t.Helper()
	report, err := new(archive.Unpacker).Check(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func entry(typ byte, path, data string) []byte {
	return cargotest.Entry(cargotest.Header{Name: "evil-1.0.0/" + path, Type: typ}, data)
}

// sick has a fault of each kind, each once, between files that are good.
var sick = slices.Concat(
	entry('0', "a", "first"),
	entry('0', "../x", "climbs"),
	entry('2', "link", ""),
	file("other-1.0.0/x", "outside"),
	entry('0', "a/b", "in a file"),
	entry('0', "a/b/c", "further down"),
	entry('5', "d", ""),
	entry('0', "d", "a folder"),
	entry('0', "d/e", "good"),
	entry('0', "back\\slash", "x"),
	entry('0', "a", "again"),
	entry('0', "Cargo.toml", "[package]\nname = \"evil\"\nversion = \"2.0.0\"\n"),
	entry('0', "z", "last"),
)

// sickFaults are what is wrong with sick, in order.
var sickFaults = []struct {
	err  error
	says string
}{
	{archive.ErrPath, `"evil-1.0.0/../x" has a path that cannot be unpacked: it climbs`},
	{archive.ErrEntryType, `"evil-1.0.0/link" is neither a file nor a folder: it is a symbolic link`},
	{archive.ErrOutside, `"other-1.0.0/x" lies outside the package's folder`},
	{archive.ErrTaken, `"evil-1.0.0/a/b" has the place of another: create folder a: `},
	{archive.ErrTaken, `"evil-1.0.0/a/b/c" has the place of another: create folder a: `},
	{archive.ErrTaken, `"evil-1.0.0/d" has the place of another: create d: `},
	{archive.ErrPath, `"evil-1.0.0/back\\slash" has a path that cannot be unpacked: it holds a backslash`},
	{archive.ErrManifest, `"evil-1.0.0/Cargo.toml" is not the manifest of the package: its version is "2.0.0"`},
}

// One run finds all that is wrong, and what is good as well.
func TestCheck_lists_all(t *testing.T) {
	a := archive.InMemory(hostileID, cargotest.Gzip("x", tarOf(sick)))
	a.Checksum = crate.Checksum{}
	report := check(t, a)
	if _, ok := errors.AsType[*archive.ChecksumError](report.Err()); !ok || len(report.Faults) != 1+len(sickFaults) {
		t.Fatalf("faults are %q", report.Faults)
	}
	for i, want := range sickFaults {
		f := report.Faults[1+i]
		if _, ok := errors.AsType[*archive.EntryError](f); !ok || !errors.Is(f, want.err) || !strings.Contains(f.Error(), want.says) {
			t.Errorf("fault %d is %q, want %q", i, f, want.says)
		}
		if want.err == archive.ErrTaken && !errors.Is(f, fs.ErrExist) {
			t.Errorf("%q does not match fs.ErrExist", f)
		}
	}
	var good []string
	for _, f := range report.Files {
		good = append(good, f.Path)
	}
	if want := []string{"Cargo.toml", "a", "d/e", "z"}; !slices.Equal(good, want) {
		t.Errorf("good are %q, want %q", good, want)
	}
	if report.Files[1].Sum != crate.Sum([]byte("again")) {
		t.Error("of two entries with one path the first was kept")
	}
}

// What comes behind a fault of an entry is found, to the end of what can be read.
func TestCheck_broken(t *testing.T) {
	tar := slices.Concat(entry('2', "link", ""), manifest, entry('0', "x", strings.Repeat("x", 5000)))
	for name, c := range map[string]struct {
		change func(data []byte) []byte
		says   []string
	}{
		"truncated":    {func(data []byte) []byte { return data[:len(data)-20] }, []string{"checksum", "link"}},
		"another_byte": {func(data []byte) []byte { return append(data, 0) }, []string{"checksum", "link"}},
		"no_manifest":  {func([]byte) []byte { return cargotest.Gzip("x", tarOf(entry('2', "link", ""))) }, []string{"checksum", "link", "there is none"}},
		"header_checksum": {func([]byte) []byte {
			return cargotest.Gzip("x", append(slices.Clone(tar), "no header"+strings.Repeat("x", 600)...))
		}, []string{"checksum", "link", "header checksum"}},
	} {
		a := archive.InMemory(hostileID, c.change(cargotest.Gzip("x", tarOf(tar))))
		a.Checksum = crate.Checksum{}
		report := check(t, a)
		if len(report.Faults) != len(c.says) {
			t.Errorf("%s: faults are %q, want %q", name, report.Faults, c.says)
			continue
		}
		for i, f := range report.Faults {
			if !strings.Contains(f.Error(), c.says[i]) {
				t.Errorf("%s: fault %d is %q, want %q", name, i, f, c.says[i])
			}
		}
	}
}

// Unvouched, a download that broke off is told by what it lacks.
func TestCheck_unvouched(t *testing.T) {
	a := archive.InMemory(hostileID, cargotest.Gzip("x", tarOf(manifest, entry('0', "x", strings.Repeat("x", 5000)))))
	a.Checksum, a.Unvouched = crate.Checksum{}, true
	if report := check(t, a); report.Faults != nil {
		t.Errorf("faults are %q", report.Faults)
	}
	m := a.From.(*archive.Memory)
	m.Data = m.Data[:len(m.Data)-20]
	a.Size -= 20
	if report := check(t, a); len(report.Faults) != 1 || !errors.Is(report.Err(), archive.ErrMalformed) || !errors.Is(report.Err(), io.ErrUnexpectedEOF) {
		t.Errorf("faults are %q", report.Faults)
	}
}

// An archive of nothing but faults does not fill the memory with them.
func TestCheck_is_bounded(t *testing.T) {
	path := strings.Repeat("x", 60_000)
	var tar []byte
	for range archive.MaxPaths/len(path) + 2 {
		tar = append(append(tar, cargotest.LongName(path)...), entry('0', "h", "")...)
	}
	report := check(t, archive.InMemory(hostileID, cargotest.Gzip("x", tarOf(tar))))
	last := report.Faults[len(report.Faults)-1]
	if len(report.Faults) > archive.MaxPaths/len(path)+2 || !matches(last, &archive.LimitError{}) {
		t.Errorf("%d faults, the last being %v", len(report.Faults), last)
	}
}

// What cannot be read is no fault of the archive.
func TestCheck_unreadable(t *testing.T) {
	a := archive.InMemory(hostileID, cargotest.Gzip("x", tarOf(manifest)))
	broken := errors.New("bad sector")
	for what, from := range map[string]archive.Opener{"open": failing{open: broken}, "read": failing{read: broken}} {
		a.From = from
		if report, err := new(archive.Unpacker).Check(t.Context(), a); report != nil || !errors.Is(err, broken) {
			t.Errorf("%s fails: %v, %v", what, report, err)
		}
	}
}

// failing fails to open, or to be read.
type failing struct{ open, read error }

func (f failing) Open() (io.ReadCloser, error) { return f, f.open }
func (f failing) Read([]byte) (int, error)     { return 0, f.read }
func (f failing) Close() error                 { return nil }
