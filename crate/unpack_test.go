package crate_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/staging"
)

var pkg = crate.ID{Name: "a", Version: "1.0.0"}

// unpack unpacks an archive beside a sentinel file and returns cargotest's
// listing of the package's folder.
func unpack(t *testing.T, archive []byte, include crate.Include) (string, error) {
	t.Helper()
	parent := t.TempDir()
	sentinel := filepath.Join(parent, "sentinel")
	if err := os.WriteFile(sentinel, []byte("untouched"), 0o666); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(parent, "out")
	tree, err := staging.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	var u crate.Unpacker
	contents, err := u.Unpack(t.Context(), tree, pkg, bytes.NewReader(archive), int64(len(archive)), sumOf(t, archive), include)
	if err := tree.Finish(); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(sentinel); string(data) != "untouched" {
		t.Fatalf("the sentinel is %q (%v)", data, err)
	}
	if entries, _ := os.ReadDir(parent); len(entries) != 2 {
		t.Fatalf("%d entries beside the package, want 2", len(entries))
	}
	if err != nil {
		return "", err
	}
	listing, err := cargotest.Tree(dir)
	if err != nil {
		t.Fatal(err)
	}
	checkContents(t, dir, contents)
	return listing, nil
}

func sumOf(t *testing.T, data []byte) crate.Checksum {
	t.Helper()
	sum, err := crate.SumReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// checkContents compares what Unpack reports with what is on disk.
func checkContents(t *testing.T, dir string, c *crate.Contents) {
	t.Helper()
	if !slices.IsSortedFunc(c.Files, func(a, b crate.File) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("files are not sorted")
	}
	var size int64
	for _, f := range c.Files {
		if err := os.Chmod(filepath.Join(dir, f.Path), 0o600); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(data)) != f.Size || sumOf(t, data) != f.Sum {
			t.Errorf("%s is reported as %d bytes, %s", f.Path, f.Size, f.Sum)
		}
		size += f.Size
	}
	if size != c.Size {
		t.Errorf("Size = %d, want %d", c.Size, size)
	}
}

type entry = cargotest.Header

func tarOf(entries ...[]byte) []byte {
	return append(slices.Concat(entries...), cargotest.EndOfTar...)
}

func file(name, data string) []byte { return cargotest.Entry(entry{Name: name}, data) }

// What is accepted, and the names it leaves (spec 5.2).
func TestUnpack_accepts(t *testing.T) {
	long := "a-1.0.0/" + strings.Repeat("long/", 30) + "x"
	for name, tt := range map[string]struct {
		tar  []byte
		want []string
	}{
		"plain":                  {tarOf(file("a-1.0.0/src/lib.rs", "x")), []string{"src/", "src/lib.rs"}},
		"slashes_and_dots":       {tarOf(file("a-1.0.0//src/./lib.rs", "x")), []string{"src/", "src/lib.rs"}},
		"gnu_long_name":          {tarOf(cargotest.LongName(long), file("a-1.0.0/short", "x")), nil},
		"long_name_beats_pax":    {tarOf(cargotest.Pax('x', "path", "a-1.0.0/p"), cargotest.LongName("a-1.0.0/l"), file("a-1.0.0/h", "x")), []string{"l"}},
		"pax_path":               {tarOf(cargotest.Pax('x', "path", "a-1.0.0/p"), file("a-1.0.0/h", "x")), []string{"p"}},
		"ustar_prefix":           {tarOf(cargotest.Entry(entry{Name: "lib.rs", Prefix: "a-1.0.0/src", Magic: cargotest.Ustar}, "x")), []string{"src/", "src/lib.rs"}},
		"type_nul":               {tarOf(cargotest.Entry(entry{Name: "a-1.0.0/x", Edit: func(b []byte) { b[156] = 0 }}, "x")), []string{"x"}},
		"folder_entry":           {tarOf(cargotest.Entry(entry{Name: "a-1.0.0/empty/", Type: '5', Mode: 0o755}, "")), []string{"empty/"}},
		"top_folder_entry":       {tarOf(cargotest.Entry(entry{Name: "a-1.0.0/", Type: '5', Mode: 0o755}, ""), file("a-1.0.0/x", "x")), []string{"x"}},
		"slash_makes_a_folder":   {tarOf(cargotest.Entry(entry{Name: "a-1.0.0/d/", Mode: 0o755}, "")), []string{"d/"}},
		"but_not_in_ustar":       {tarOf(cargotest.Entry(entry{Name: "a-1.0.0/d/", Magic: cargotest.Ustar}, "x")), []string{"d"}},
		"cargo_ok_at_any_depth":  {tarOf(file("a-1.0.0/.cargo-ok", "x"), file("a-1.0.0/d/.cargo-ok", "x"), file("a-1.0.0/y", "")), []string{"y"}},
		"last_of_equals":         {tarOf(file("a-1.0.0/x", "first"), file("a-1.0.0/y", ""), file("a-1.0.0/x", "second"), file("a-1.0.0/x", "third")), []string{"x", "y"}},
		"case_twins":             {tarOf(file("a-1.0.0/x", ""), file("a-1.0.0/X", "")), []string{"X", "x"}},
		"after_the_end":          {append(tarOf(file("a-1.0.0/x", "")), file("elsewhere", "")...), []string{"x"}},
		"no_end_blocks":          {file("a-1.0.0/x", ""), []string{"x"}},
		"folder_may_not_be_kept": {tarOf(cargotest.Entry(entry{Name: "a-1.0.0/ro/", Type: '5', Mode: 0o555}, ""), file("a-1.0.0/ro/x", "")), []string{"ro/", "ro/x"}},
		"nothing":                {tarOf(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			listing, err := unpack(t, cargotest.Gzip("a", tt.tar), nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for line := range strings.Lines(listing) {
				got = append(got, strings.Fields(line)[3])
			}
			if diff := cmp.Diff(tt.want, got); tt.want != nil && diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnpack_refuses(t *testing.T) {
	typed := func(typ byte) []byte {
		return tarOf(cargotest.Entry(entry{Name: "a-1.0.0/x", Type: typ, Link: "/etc/passwd"}, ""))
	}
	deep := "a-1.0.0/" + strings.Repeat("d/", crate.MaxDepth) + "x"
	for name, tt := range map[string]struct {
		tar  []byte
		want error
	}{
		"another_folder":     {tarOf(file("b-1.0.0/x", "")), crate.ErrOutside},
		"prefix_twin":        {tarOf(file("a-1.0.0.1/x", "")), crate.ErrOutside},
		"no_folder":          {tarOf(file("x", "")), crate.ErrOutside},
		"dot_first":          {tarOf(file("./a-1.0.0/x", "")), crate.ErrOutside},
		"absolute":           {tarOf(file("/a-1.0.0/x", "")), crate.ErrOutside},
		"climbing":           {tarOf(file("a-1.0.0/../sentinel", "")), crate.ErrPath},
		"climbing_within":    {tarOf(file("a-1.0.0/src/../x", "")), crate.ErrPath},
		"climbing_first":     {tarOf(file("../a-1.0.0/x", "")), crate.ErrOutside},
		"backslash":          {tarOf(file(`a-1.0.0/..\sentinel`, "")), crate.ErrPath},
		"nul_in_pax":         {tarOf(cargotest.Pax('x', "path", "a-1.0.0/x\x00y"), file("a-1.0.0/h", "")), crate.ErrPath},
		"not_utf8":           {tarOf(file("a-1.0.0/\xff", "")), crate.ErrPath},
		"file_as_top_folder": {tarOf(file("a-1.0.0", "")), crate.ErrPath},
		"symlink":            {typed('2'), crate.ErrEntryType},
		"hard_link":          {typed('1'), crate.ErrEntryType},
		"device":             {typed('3'), crate.ErrEntryType},
		"fifo":               {typed('6'), crate.ErrEntryType},
		"contiguous":         {typed('7'), crate.ErrEntryType},
		"sparse":             {typed('S'), crate.ErrEntryType},
		"unknown":            {typed('Z'), crate.ErrEntryType},
		"global_pax":         {tarOf(cargotest.Pax('g', "path", "a-1.0.0/p"), file("a-1.0.0/h", "")), crate.ErrOutside},
		"checksum":           {tarOf(cargotest.Entry(entry{Name: "a-1.0.0/x", Sum: "000000\x00 "}, "")), crate.ErrArchive},
		"two_long_names":     {tarOf(cargotest.LongName("a"), cargotest.LongName("b"), file("a-1.0.0/x", "")), crate.ErrArchive},
		"dangling_long_name": {tarOf(cargotest.LongName("a-1.0.0/x")), crate.ErrArchive},
		"ends_in_an_entry":   {cargotest.Entry(entry{Name: "a-1.0.0/x", Size: 5000}, "short"), crate.ErrArchive},
		"ends_in_a_header":   {file("a-1.0.0/x", "")[:100], crate.ErrArchive},
		"size_is_no_number":  {tarOf(cargotest.Entry(entry{Name: "a-1.0.0/x", Edit: func(b []byte) { copy(b[124:], "zzzzzzzzzzz") }}, "")), crate.ErrArchive},
		"pax_size_negative":  {tarOf(cargotest.Pax('x', "size", "-1"), file("a-1.0.0/x", "")), crate.ErrArchive},
		"too_deep":           {tarOf(cargotest.LongName(deep), file("a-1.0.0/x", "")), &crate.LimitError{}},
		"path_too_long":      {tarOf(cargotest.LongName("a-1.0.0/"+strings.Repeat("x", crate.MaxPath)), file("a-1.0.0/x", "")), &crate.LimitError{}},
		"record_too_long":    {tarOf(cargotest.LongName(strings.Repeat("x", 1<<20)), file("a-1.0.0/x", "")), &crate.LimitError{}},
		"file_then_folder":   {tarOf(file("a-1.0.0/x", ""), file("a-1.0.0/x/y", "")), os.ErrExist},
		"folder_then_file":   {tarOf(file("a-1.0.0/x/y", ""), file("a-1.0.0/x", "")), os.ErrExist},
		"name_too_long":      {tarOf(cargotest.LongName("a-1.0.0/"+strings.Repeat("x", 300)), file("a-1.0.0/x", "")), nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := unpack(t, cargotest.Gzip("a", tt.tar), nil)
			limit, isLimit := tt.want.(*crate.LimitError)
			switch {
			case err == nil:
				t.Error("unpacked without an error")
			case isLimit && !errors.As(err, &limit):
				t.Errorf("error is %v, want a LimitError", err)
			case !isLimit && tt.want != nil && !errors.Is(err, tt.want):
				t.Errorf("error is %v, want %v", err, tt.want)
			}
		})
	}
}

// A filtered entry is passed over before its type is looked at (cargo 1.96).
func TestUnpack_filter(t *testing.T) {
	tar := tarOf(cargotest.Entry(entry{Name: "a-1.0.0/drop", Type: '2', Link: "x"}, ""), file("a-1.0.0/keep", ""))
	listing, err := unpack(t, cargotest.Gzip("a", tar), func(path string) bool { return path != "drop" })
	if err != nil || strings.Count(listing, "\n") != 1 {
		t.Errorf("listing %q, error %v; want only keep", listing, err)
	}
}

func TestUnpack_modes_and_times(t *testing.T) {
	at := func(name string, mode, mtime int64) []byte {
		return cargotest.Entry(entry{Name: "a-1.0.0/" + name, Mode: mode, MTime: mtime}, "")
	}
	listing, err := unpack(t, cargotest.Gzip("a", tarOf(
		at("Cargo.toml", 0o644, 5), at("Cargo.lock", 0o644, 5), at(".cargo_vcs_info.json", 0o644, 5), at("sub/Cargo.lock", 0o644, 5),
		at("zero", 0o644, -1), at("setuid", 0o4755, 7), at("all", 0o777, 7), at("future", 0o644, 4102444800),
		cargotest.Entry(entry{Name: "a-1.0.0/private/", Type: '5', Mode: 0o700}, ""),
	)), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"0644 1153704088 .cargo_vcs_info.json", "0644 1153704088 Cargo.lock", "0644 1153704088 Cargo.toml",
		"0755 7 all", "0644 4102444800 future", "0700 now private/", "0755 7 setuid", "0755 now sub/", "0644 5 sub/Cargo.lock", "0644 1 zero",
	}
	var got []string
	for line := range strings.Lines(listing) {
		got = append(got, strings.Join(strings.Fields(line)[1:], " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("modes and times under umask 022 (-want +got):\n%s", diff)
	}
}

// The bytes are checked to the end, before any other fault is reported.
func TestUnpack_checksum(t *testing.T) {
	good := cargotest.Gzip("a", tarOf(file("a-1.0.0/x", "data")))
	for name, archive := range map[string][]byte{
		"trailing_byte": append(slices.Clone(good), 0),
		"truncated":     good[:len(good)-12],
		"not_gzip":      []byte("hello"),
		"empty":         nil,
		"flipped":       append(slices.Clone(good[:len(good)-1]), good[len(good)-1]^1),
	} {
		var u crate.Unpacker
		tree, err := staging.NewTree(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = u.Unpack(t.Context(), tree, pkg, bytes.NewReader(archive), int64(len(archive)), sumOf(t, good), nil)
		if _, ok := errors.AsType[*crate.ChecksumError](err); !ok {
			t.Errorf("%s: error is %v, want a ChecksumError", name, err)
		}
		if err := tree.Finish(); err != nil {
			t.Error(err)
		}
		if got, want := crate.IsTruncated(bytes.NewReader(archive)), name == "truncated" || name == "empty"; got != want && name != "not_gzip" {
			t.Errorf("%s: IsTruncated = %v, want %v", name, got, want)
		}
	}
}
