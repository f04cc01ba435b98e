package config

import (
	"errors"
	"strings"
	"testing"

	"cargohome/crate"

	"github.com/google/go-cmp/cmp"
)

func wanted(t *testing.T, directory string, sources ...string) Tables {
	t.Helper()
	var ids []crate.SourceID
	for _, s := range sources {
		ids = append(ids, mustSource(t, s))
	}
	return NewTables(Folder{directory, ids})
}

const (
	vendorMark = "# BEGIN cargohome vendor"
	vendorLine = vendorMark + ` (rewritten by "cargohome vendor --write-config")`
	vendorEnd  = "# END cargohome vendor"

	printedCratesIO = "[source.crates-io]\nreplace-with = \"vendored-sources\"\n"
	printedGit      = "[source.\"git+https://h/g?branch=b\"]\ngit = \"https://h/g\"\nbranch = \"b\"\nreplace-with = \"vendored-sources\"\n"
	printedVendor   = "[source.vendored-sources]\ndirectory = \"vendor\"\n"
	printed         = printedCratesIO + "\n" + printedVendor
	marked          = vendorLine + "\n" + printed + vendorEnd
)

func TestPrint(t *testing.T) {
	tests := map[string]struct {
		directory string
		sources   []string
		want      string
	}{
		"nothing":   {"vendor", nil, ""},
		"crates_io": {"vendor", []string{inGit}, printed},
		"both_ids":  {"vendor", []string{crate.CratesIOSparse, inGit}, printed},
		"git":       {"vendor", []string{inGit, gitDep}, printedCratesIO + "\n" + printedGit + "\n" + printedVendor},
		"kinds": {`q"u\x`, []string{"sparse+https://h/i/", otherReg, "git+https://h/g?rev=a%2Bb#1", "git+https://h/g?tag=v1#1", "git+https://h/g/#1"}, `[source."git+https://h/g/"]
git = "https://h/g/"
replace-with = "vendored-sources"

[source."git+https://h/g?rev=a+b"]
git = "https://h/g"
rev = "a+b"
replace-with = "vendored-sources"

[source."git+https://h/g?tag=v1"]
git = "https://h/g"
tag = "v1"
replace-with = "vendored-sources"

[source."registry+https://h/index"]
registry = "https://h/index"
replace-with = "vendored-sources"

[source."sparse+https://h/i/"]
registry = "sparse+https://h/i/"
replace-with = "vendored-sources"

[source.vendored-sources]
directory = 'q"u\x'
`},
		"one_spelling":  {"vendor", []string{"git+https://h/g.git#1", "git+https://h/g#1"}, "[source.\"git+https://h/g.git\"]\ngit = \"https://h/g.git\"\nreplace-with = \"vendored-sources\"\n\n" + printedVendor},
		"path_left_out": {"vendor", []string{"path+file:///x"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var ids []crate.SourceID
			for _, s := range tt.sources {
				ids = append(ids, mustSource(t, s))
			}
			if diff := cmp.Diff(tt.want, string(Print(Folder{tt.directory, ids}))); diff != "" {
				t.Errorf("printed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEdit(t *testing.T) {
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	both := printedCratesIO + "\n" + printedGit + "\n" + printedVendor
	tests := map[string]struct {
		old  string
		want []string // sources; crates.io if nil
		new  string   // what comes out; "" for old itself
	}{
		"empty":                    {"", nil, marked + "\n"},
		"bom_only":                 {"\ufeff", nil, "\ufeff" + marked + "\n"},
		"appended":                 {"# mine\n[net]\noffline = true # yes\n", nil, "# mine\n[net]\noffline = true # yes\n\n" + marked + "\n"},
		"no_final_newline":         {"[net]\noffline = true", nil, "[net]\noffline = true\n\n" + marked},
		"crlf":                     {"[net]\r\noffline = true\r\n", nil, "[net]\r\noffline = true\r\n\r\n" + crlf(marked) + "\r\n"},
		"bom_crlf":                 {"\ufeff[net]\r\noffline = true", nil, "\ufeff[net]\r\noffline = true\r\n\r\n" + crlf(marked)},
		"other_source":             {"[source.mine]\nregistry = 'https://mine/i'\n", nil, "[source.mine]\nregistry = 'https://mine/i'\n\n" + marked + "\n"},
		"bare_source_header":       {"[source]\n", nil, "[source]\n\n" + marked + "\n"},
		"replaced":                 {"[a]\n\n" + strings.Replace(marked, "vendor\"", "old\"", 1) + "\n\n[b]\n", nil, "[a]\n\n" + marked + "\n\n[b]\n"},
		"table_added":              {marked + "\n", []string{inGit, gitDep}, vendorLine + "\n" + both + vendorEnd + "\n"},
		"table_removed":            {vendorLine + "\n" + both + vendorEnd, nil, marked},
		"unchanged":                {"[a]\n" + marked + "\n", nil, ""},
		"unchanged_other_quotes":   {vendorMark + "\n [ source . 'crates-io' ]\n\nreplace-with='vendored-sources'\n[source.vendored-sources]\ndirectory='vendor'\n  " + vendorEnd + " \n", nil, ""},
		"pasted":                   {"[net]\n" + printed, nil, ""},
		"pasted_inline":            {"source = {crates-io = {replace-with = 'vendored-sources'}, vendored-sources = {directory = 'vendor'}}\n", nil, ""},
		"pasted_dotted":            {"source.crates-io.replace-with = 'vendored-sources'\nsource.vendored-sources.directory = 'vendor'\n", nil, ""},
		"pasted_in_part":           {printed, []string{inGit, gitDep}, printed + "\n" + vendorLine + "\n" + printedGit + vendorEnd + "\n"},
		"nothing_wanted":           {"[a]\n", []string{}, ""},
		"block_no_longer_wanted":   {"[a]\n\n" + marked + "\n", []string{}, "[a]\n"},
		"block_between_unwanted":   {"[a]\n\n" + marked + "\n\n[b]\n", []string{}, "[a]\n\n[b]\n"},
		"empty_block_filled":       {vendorMark + "\n" + vendorEnd + "\n", nil, marked + "\n"},
		"marks_inside_a_string":    {"a = '''\n" + vendorMark + "\n'''\n", nil, "a = '''\n" + vendorMark + "\n'''\n\n" + marked + "\n"},
		"user_changed_directory":   {strings.Replace(marked, `"vendor"`, `"elsewhere"`, 1), nil, marked},
		"array_of_strings_in_file": {"a = [ # c\n  '[source.crates-io]',\n]\n", nil, "a = [ # c\n  '[source.crates-io]',\n]\n\n" + marked + "\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			sources := tt.want
			if sources == nil {
				sources = []string{inGit}
			}
			want := tt.new
			if want == "" {
				want = tt.old
			}
			got, differs, err := Edit([]byte(tt.old), wanted(t, "vendor", sources...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" || differs != (want != tt.old) {
				t.Errorf("differs: %v (-want +got):\n%s", differs, diff)
			}
		})
	}
}

func TestEdit_conflicts(t *testing.T) {
	tests := map[string]struct {
		old   string
		line  int
		table string
		why   string
	}{
		"same_name":          {"\n[source.crates-io]\nreplace-with = 'mirror'\n", 2, "source.crates-io", "something else"},
		"same_name_more":     {"\n\n[source.crates-io]\nreplace-with = 'vendored-sources'\nregistry='https://h/i'\n", 3, "source.crates-io", "something else"},
		"quoted_name":        {"[ 'source' . \"crates\\u002Dio\" ]\n", 1, "source.crates-io", "something else"},
		"vendor_folder":      {"[source.vendored-sources]\ndirectory = 'other'\n", 1, "source.vendored-sources", "something else"},
		"inline_table":       {"a = 1\nsource = {crates-io = {replace-with = 'mirror'}}\n", 2, "source.crates-io", "something else"},
		"inline_other":       {"a = 1\nsource = {x = {registry = 'https://h/i'}}\n", 2, "source", "inline tables or dotted keys"},
		"dotted":             {"source.crates-io.replace-with = 'mirror'\n", 1, "source.crates-io", "something else"},
		"dotted_other":       {"source.x.registry = 'https://h/i'\n", 1, "source", "inline tables or dotted keys"},
		"header_inline":      {"[source]\n\nx = {registry = 'https://h/i'}\n", 3, "source", "inline tables or dotted keys"},
		"header_dotted":      {"[source]\nx.registry = 'https://h/i'\n", 2, "source", "inline tables or dotted keys"},
		"array":              {"[[source]]\nx = 1\n", 1, "source", "not a table"},
		"scalar":             {"source = 1\n", 1, "source", "not a table"},
		"same_source":        {"[source.mine]\nregistry = '" + crate.CratesIOGit + "'\n", 1, "source.mine", `called "crates-io"`},
		"same_source_sparse": {"[source.mine]\nregistry = '" + crate.CratesIOSparse + "'\n", 1, "source.mine", `called "crates-io"`},
		"same_git":           {"[source.mine]\ngit = 'https://h/g.git'\nbranch = 'b'\n", 1, "source.mine", `called "git+https://h/g?branch=b"`},
		"same_folder":        {"[source.mine]\ndirectory = './vendor/'\n", 1, "source.mine", `called "vendored-sources"`},
		"second_block":       {marked + "\n" + vendorMark + "\n" + vendorEnd + "\n", 8, "", "second block"},
		"block_not_ended":    {"\n" + vendorMark + "\n[a]\n", 3, "", "not of cargohome's making"},
		"block_open":         {"\n" + vendorMark + "\n", 2, "", "does not end"},
		"block_not_begun":    {"\n" + vendorEnd + "\n", 2, "", "does not begin"},
		"comment_in_block":   {strings.Replace(marked, "\n\n", "\n# mine\n", 1), 4, "", "not of cargohome's making"},
		"key_comment":        {strings.Replace(marked, "\n\n", " # mine\n", 1), 3, "", "not of cargohome's making"},
		"other_table":        {strings.Replace(marked, "\n\n", "\n[net]\n", 1), 4, "", "not of cargohome's making"},
		"other_value":        {strings.Replace(marked, `"vendored-sources"`, `"mirror"`, 1), 1, "source.crates-io", "not of cargohome's making"},
		"other_key":          {strings.Replace(marked, "\n\n", "\nfoo = 'x'\n", 1), 1, "source.crates-io", "not of cargohome's making"},
		"key_behind_block":   {marked + "\n# c\nregistry = 'x'\n[b]\n", 9, "", "inside the block"},
		"key_before_headers": {vendorMark + "\nx = 'y'\n" + vendorEnd + "\n", 1, "", "in none of its tables"},
		"split_table":        {"[source.crates-io]\n" + vendorMark + "\nregistry = 'https://h/i'\n" + vendorEnd + "\n", 2, "", "in none of its tables"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, differs, err := Edit([]byte(tt.old), wanted(t, "vendor", inGit, gitDep))
			var conflict *ConflictError
			if !errors.As(err, &conflict) {
				t.Fatalf("got error %v and\n%s", err, got)
			}
			if got != nil || differs {
				t.Errorf("a text came with the error")
			}
			if conflict.Line != tt.line || conflict.Table != tt.table || !strings.Contains(conflict.Reason, tt.why) {
				t.Errorf("got %v, want line %d, table %q, %q", conflict, tt.line, tt.table, tt.why)
			}
		})
	}
}

func TestEdit_not_TOML(t *testing.T) {
	for _, old := range []string{"a = ", "\x00", "\xff", "[a]\n[a]\n", "a = 1.5\n", strings.Repeat("#", MaxFileSize+1)} {
		if _, _, err := Edit([]byte(old), Tables{}); err == nil {
			t.Errorf("no error for %.20q", old)
		}
	}
}

// Odd folder names survive, also a newline in a file of CRLF lines.
func TestEdit_odd_directories(t *testing.T) {
	for _, dir := range []string{"a b", `q"u`, "it's", "l\nf", "\r\n'\"", "é", "\x7f", "..", "#"} {
		for _, old := range []string{"", "[a]\r\n", "[a]"} {
			got, _, err := Edit([]byte(old), wanted(t, dir, inGit))
			if err != nil {
				t.Errorf("%q in %q: %v", dir, old, err)
				continue
			}
			doc, err := parseTOML(got, origin{})
			if err != nil {
				t.Fatal(err)
			}
			if v := doc.table()["source"].table()["vendored-sources"].table()["directory"].data; v != dir {
				t.Errorf("%q came back as %q", dir, v)
			}
		}
	}
}

// FuzzEdit: a result parses, a second run changes nothing, everything outside the
// block is as before, and taking the block away gives back a text that had none.
func FuzzEdit(f *testing.F) {
	for _, s := range []string{
		"", "\ufeff", "[a]\n", "[a]", "[a]\r\n", marked, "x = 1\n\n" + marked + "\n[b]\n", printed, vendorMark + "\n" + vendorEnd, "source.a.b = 'c'\n",
		"[source]\na = {}\n", "a = \"\"\"\n" + vendorMark + "\"\"\"\n", "\"source\".'crates-io'=1", "a = [\n" + vendorMark + "\n]\n", "\n\n\n",
	} {
		f.Add([]byte(s), "vendor", true)
		f.Add([]byte(s), "v'\"\n", false)
	}
	f.Fuzz(func(t *testing.T, old []byte, directory string, git bool) {
		sources := []string{inGit}
		if git {
			sources = append(sources, gitDep)
		}
		want := wanted(t, strings.ToValidUTF8(directory, "?"), sources...)
		edited, differs, err := Edit(old, want)
		if err != nil {
			if edited != nil || differs {
				t.Fatalf("%q: a result with error %v", old, err)
			}
			return
		}
		if differs == (string(old) == string(edited)) {
			t.Fatalf("%q: differs is %v", old, differs)
		}
		checkOutside(t, string(old), string(edited))
		again, differs, err := Edit(edited, want)
		if err != nil || differs || string(again) != string(edited) {
			t.Fatalf("%q: second run: differs %v, error %v\n%q\n%q", old, differs, err, edited, again)
		}
		removed, _, err := Edit(edited, Tables{})
		if err != nil {
			t.Fatalf("%q: removal: %v", old, err)
		}
		if b, _ := findBlock(strings.TrimPrefix(string(old), "\ufeff")); !b.exists() && string(removed) != string(old) {
			t.Fatalf("%q became %q after adding and removing", old, removed)
		}
	})
}

func checkOutside(t *testing.T, old, edited string) {
	b, err := findBlock(strings.TrimPrefix(edited, "\ufeff"))
	if err != nil {
		t.Fatal(err)
	}
	edited = strings.TrimPrefix(edited, "\ufeff")
	old = strings.TrimPrefix(old, "\ufeff")
	was, _ := findBlock(old)
	if !b.exists() {
		if was.exists() {
			return
		}
		if old != edited {
			t.Fatalf("%q became %q without a block", old, edited)
		}
		return
	}
	before, after := edited[:b.start], edited[b.end:]
	if was.exists() {
		if before != old[:was.start] || after != old[was.end:] {
			t.Fatalf("%q became %q outside the block", old, edited)
		}
		return
	}
	if !strings.HasPrefix(before, old) || strings.Trim(before[len(old):]+after, "\r\n") != "" {
		t.Fatalf("%q became %q around the block", old, edited)
	}
}

// Two folders: the second has a number, and editing is as idempotent.
func TestEdit_two_folders(t *testing.T) {
	crates, err := crate.ParseSourceID("registry+https://github.com/rust-lang/crates.io-index")
	if err != nil {
		t.Fatal(err)
	}
	git, err := crate.ParseSourceID("git+https://example.com/x?tag=v1#0123456789abcdef0123456789abcdef01234567")
	if err != nil {
		t.Fatal(err)
	}
	folders := []Folder{{"vendor", []crate.SourceID{crates}}, {"vendor/@x", []crate.SourceID{git}}}
	want := `[source.crates-io]
replace-with = "vendored-sources"

[source."git+https://example.com/x?tag=v1"]
git = "https://example.com/x"
tag = "v1"
replace-with = "vendored-sources-2"

[source.vendored-sources]
directory = "vendor"

[source.vendored-sources-2]
directory = "vendor/@x"
`
	if diff := cmp.Diff(want, string(Print(folders...))); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
	first, _, err := Edit([]byte("[build]\njobs = 1\n"), NewTables(folders...))
	if err != nil {
		t.Fatal(err)
	}
	if second, differs, err := Edit(first, NewTables(folders...)); differs || err != nil {
		t.Errorf("a second time: %v\n%s", err, second)
	}
	if one, _, err := Edit(first, NewTables(folders[0])); err != nil || strings.Contains(string(one), "sources-2") {
		t.Errorf("with one folder: %v\n%s", err, one)
	}
}
