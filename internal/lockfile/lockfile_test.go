package lockfile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/lockfile"
)

const (
	cratesIO = cargotest.CratesIOSource
	commit   = "0123456789abcdef0123456789abcdef01234567"
)

var sum = cargotest.Checksum([]byte("an archive"))

// describe is the content of a lockfile, one line to a package.
func describe(l *lockfile.Lockfile) []string {
	lines := []string{fmt.Sprintf("version %d", l.Version)}
	for _, p := range l.Packages {
		line := text(p.ID)
		if !p.Checksum.IsZero() {
			line += " sum"
		}
		for _, i := range p.Dependencies {
			line += " > " + text(l.Packages[i].ID)
		}
		if p.Replace != nil {
			line += " = " + text(*p.Replace)
		}
		lines = append(lines, line)
	}
	for _, id := range l.Unused {
		lines = append(lines, "unused "+text(id))
	}
	return lines
}

func text(id crate.ID) string {
	switch id.Source.Kind() {
	case crate.Path:
		return id.Name + "@" + id.Version
	case crate.Git:
		return id.Name + "@" + id.Version + "(" + id.Source.Ref().Name + "#" + id.Source.Precise()[:4] + ")"
	}
	return id.Name + "@" + id.Version + "(r)"
}

func pkg(name, version, source, rest string) string {
	s := fmt.Sprintf("[[package]]\nname = %q\nversion = %q\n", name, version)
	if source != "" {
		s += fmt.Sprintf("source = %q\n", source)
	}
	return s + rest + "\n"
}

func deps(texts ...string) string { return fmt.Sprintf("dependencies = %s\n", quoted(texts)) }

func quoted(texts []string) string {
	return "[" + strings.Join(strings.Split(fmt.Sprintf("%q", texts), " \""), ", \"")[1:]
}

func checksum() string { return fmt.Sprintf("checksum = %q\n", sum) }

func TestParse(t *testing.T) {
	const git = "git+https://h/x"
	meta := func(pairs ...string) string {
		s := "[metadata]\n"
		for i := 0; i < len(pairs); i += 2 {
			s += fmt.Sprintf("%q = %q\n", pairs[i], pairs[i+1])
		}
		return s
	}
	a, b := pkg("a", "1.0.0", cratesIO, ""), pkg("b", "2.0.0", cratesIO, "")
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"empty":                    {"", []string{"version 1"}},
		"v4":                       {"version = 4\n\n" + pkg("a", "1.0.0", cratesIO, checksum()+deps("b")) + b, []string{"version 4", "a@1.0.0(r) sum > b@2.0.0(r)", "b@2.0.0(r)"}},
		"sorted_by_version":        {"version = 3\n" + pkg("a", "10.0.0", cratesIO, "") + pkg("a", "9.0.0", cratesIO, "") + pkg("a", "9.0.0-1", cratesIO, ""), []string{"version 3", "a@9.0.0-1(r)", "a@9.0.0(r)", "a@10.0.0(r)"}},
		"v2_by_checksum":           {pkg("a", "1.0.0", cratesIO, checksum()) + b, []string{"version 2", "a@1.0.0(r) sum", "b@2.0.0(r)"}},
		"v2_by_short_dependency":   {pkg("a", "1.0.0", cratesIO, deps("b")) + b, []string{"version 2", "a@1.0.0(r) > b@2.0.0(r)", "b@2.0.0(r)"}},
		"v2_by_no_source":          {pkg("a", "1.0.0", cratesIO, deps("b 2.0.0")) + b, []string{"version 2", "a@1.0.0(r) > b@2.0.0(r)", "b@2.0.0(r)"}},
		"v1_path_dependency":       {pkg("a", "1.0.0", cratesIO, deps("p 2.0.0")) + pkg("p", "2.0.0", "", ""), []string{"version 1", "a@1.0.0(r) > p@2.0.0", "p@2.0.0"}},
		"v1_full":                  {pkg("a", "1.0.0", cratesIO, deps("b 2.0.0 ("+cratesIO+")")) + b, []string{"version 1", "a@1.0.0(r) > b@2.0.0(r)", "b@2.0.0(r)"}},
		"one_package_one_newline":  {"[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n", []string{"version 2", "a@1.0.0"}},
		"one_package_two_newlines": {pkg("a", "1.0.0", "", ""), []string{"version 1", "a@1.0.0"}},
		"one_package_no_newline":   {"[[package]]\nname = \"a\"\nversion = \"1.0.0\"", []string{"version 1", "a@1.0.0"}},
		"v1_metadata":              {a + b + meta("checksum a 1.0.0 ("+cratesIO+")", sum, "checksum b 2.0.0 ("+cratesIO+")", "<none>", "other", "x"), []string{"version 1", "a@1.0.0(r) sum", "b@2.0.0(r)"}},
		"metadata_in_v2":           {pkg("a", "1.0.0", cratesIO, checksum()) + b + meta("checksum b 2.0.0 ("+cratesIO+")", sum), []string{"version 2", "a@1.0.0(r)", "b@2.0.0(r)"}},
		"metadata_in_v3":           {"version = 3\n" + a + meta("checksum a 1.0.0 ("+cratesIO+")", sum), []string{"version 3", "a@1.0.0(r)"}},
		"short_metadata_is_v2":     {a + b + meta("checksum a", sum), []string{"version 2", "a@1.0.0(r)", "b@2.0.0(r)"}},
		"metadata_of_another":      {a + b + meta("checksum c 1.0.0 ("+cratesIO+")", sum), []string{"version 1", "a@1.0.0(r)", "b@2.0.0(r)"}},
		"root":                     {"[root]\nname = \"r\"\nversion = \"0.1.0\"\n" + deps("a 1.0.0 ("+cratesIO+")") + a, []string{"version 1", "a@1.0.0(r)", "r@0.1.0 > a@1.0.0(r)"}},
		"unused_patch":             {"version = 4\n" + a + "[[patch.unused]]\nname = \"u\"\nversion = \"1.0.0\"\nsource = \"git+https://h/u#" + commit + "\"\n", []string{"version 4", "a@1.0.0(r)", "unused u@1.0.0(#0123)"}},
		"replace":                  {pkg("a", "1.0.0", cratesIO, "replace = \"a 1.0.0 ("+git+")\"\n") + pkg("a", "1.0.0", git+"#"+commit, ""), []string{"version 1", "a@1.0.0(r) = a@1.0.0(#0123)", "a@1.0.0(#0123)"}},
		"ambiguous_name":           {"version = 4\n" + pkg("a", "1.0.0", cratesIO, deps("b")) + b + pkg("b", "1.0.0", cratesIO, ""), []string{"version 4", "a@1.0.0(r)", "b@1.0.0(r)", "b@2.0.0(r)"}},
		"ambiguous_source":         {"version = 4\n" + pkg("a", "1.0.0", cratesIO, deps("b 2.0.0")) + b + pkg("b", "2.0.0", git+"#"+commit, ""), []string{"version 4", "a@1.0.0(r)", "b@2.0.0(r)", "b@2.0.0(#0123)"}},
		"path_is_preferred":        {"version = 4\n" + pkg("a", "1.0.0", cratesIO, deps("b 2.0.0")) + b + pkg("b", "2.0.0", "", ""), []string{"version 4", "a@1.0.0(r) > b@2.0.0", "b@2.0.0", "b@2.0.0(r)"}},
		"missing_dependency":       {"version = 4\n" + pkg("a", "1.0.0", cratesIO, deps("c", "b 1.0.0", "b 2.0.0 ("+git+")")) + b, []string{"version 4", "a@1.0.0(r)", "b@2.0.0(r)"}},
		"repeated_dependency":      {"version = 4\n" + pkg("a", "1.0.0", cratesIO, deps("b", "b 2.0.0")) + b, []string{"version 4", "a@1.0.0(r) > b@2.0.0(r)", "b@2.0.0(r)"}},
		"commit_is_no_part":        {"version = 4\n" + pkg("a", "1.0.0", cratesIO, deps("b 2.0.0 ("+git+".git)")) + pkg("b", "2.0.0", git+"#"+commit, "") + b, []string{"version 4", "a@1.0.0(r) > b@2.0.0(#0123)", "b@2.0.0(r)", "b@2.0.0(#0123)"}},
		"v1_master":                {pkg("a", "1.0.0", cratesIO, deps("b 2.0.0 ("+git+")")) + pkg("b", "2.0.0", git+"?branch=master#"+commit, ""), []string{"version 1", "a@1.0.0(r) > b@2.0.0(master#0123)", "b@2.0.0(master#0123)"}},
		"v3_master":                {"version = 3\n" + pkg("a", "1.0.0", cratesIO, deps("b 2.0.0 ("+git+")")) + pkg("b", "2.0.0", git+"?branch=master#"+commit, ""), []string{"version 3", "a@1.0.0(r)", "b@2.0.0(master#0123)"}},
		"checksum_of_git":          {"version = 4\n" + pkg("g", "1.0.0", git+"#"+commit, "checksum = \"x\"\n"), []string{"version 4", "g@1.0.0(#0123)"}},
		"unknown_keys":             {"version = 4\nx = 1\n" + pkg("a", "1.0.0", cratesIO, "y = [1, [2]]\nNAME = \"b\"\n") + "[z]\n", []string{"version 4", "a@1.0.0(r)"}},
		"crlf":                     {strings.ReplaceAll("version = 4\n"+a, "\n", "\r\n"), []string{"version 4", "a@1.0.0(r)"}},
		"brackets_in_strings":      {"version = 4 # [[[[[[[[[[[\n" + pkg("a", "1.0.0", "registry+https://[::1]/x", "y = \"\"\"\n{[[[[[[[[[[ \\\"\"\" { \"\"\"\"\"\nz = '{'\n"), []string{"version 4", "a@1.0.0(r)"}},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := lockfile.Parse("Cargo.lock", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, describe(l)); diff != "" {
				t.Errorf("Parse(%q): -want +got\n%s", tt.text, diff)
			}
		})
	}
}

func TestParse_refusals(t *testing.T) {
	a := pkg("a", "1.0.0", cratesIO, "")
	for name, tt := range map[string]struct {
		text string
		line int
		want string // part of the message
		is   error
	}{
		"version_5":            {"version = 5\n", 0, "lock file version 5 is not understood by this cargohome", lockfile.ErrVersion},
		"version_1":            {"version = 1\n", 0, "lock file version 1 ", lockfile.ErrVersion},
		"version_0":            {"version = 0\n", 0, "lock file version 0 ", lockfile.ErrVersion},
		"version_text":         {"version = \"4\"\n", 0, "version is not a number", nil},
		"not_toml":             {"version = 4\n\nx\n", 3, "", nil},
		"conflict":             {"version = 4\n<<<<<<< HEAD\n" + a + "=======\n>>>>>>> x\n", 2, "unresolved merge conflicts", lockfile.ErrConflict},
		"not_utf8":             {"# \xff\n", 0, "not UTF-8", nil},
		"twice":                {"version = 4\n\n" + a + a, 8, "package \"a\": version 1.0.0 is there twice", nil},
		"twice_but_spelling":   {pkg("a", "1.0.0", "git+https://h/x#"+commit, "") + pkg("a", "1.0.0", "git+https://h/x.git#"+commit[1:], ""), 6, "twice", nil},
		"hostile_name":         {"version = 4\n\n" + a + pkg("../../x", "1.0.0", cratesIO, ""), 8, `invalid package name "../../x"`, crate.ErrName},
		"hostile_version":      {pkg("a", "1.0.0/../..", cratesIO, ""), 1, `package a: invalid version "1.0.0/../.."`, crate.ErrVersion},
		"long_name":            {pkg(strings.Repeat("a", 256), "1.0.0", cratesIO, ""), 1, "too long", nil},
		"control_in_name":      {pkg("a\x1b[1m", "1.0.0", cratesIO, ""), 0, "", nil},
		"no_name":              {"[[package]]\nversion = \"1.0.0\"\n", 1, "name is missing", nil},
		"name_in_capitals":     {"[[package]]\nNAME = \"a\"\nversion = \"1.0.0\"\n", 1, "name is missing", nil},
		"no_version":           {"[[package]]\nname = \"a\"\n", 1, "package \"a\": version is missing", nil},
		"empty_source":         {pkg("a", "1.0.0", "", "source = \"\"\n"), 1, "source is empty", nil},
		"unknown_source":       {pkg("a", "1.0.0", "svn+https://h/x", ""), 1, "package \"a\"", crate.ErrSource},
		"secret_source":        {pkg("a", "1.0.0", "svn+https://u:secret@h/x", ""), 1, "***@h/x", crate.ErrSource},
		"checksum_short":       {"version = 4\n" + pkg("a", "1.0.0", cratesIO, "checksum = \"abc\"\n"), 2, "package \"a\"", crate.ErrChecksum},
		"checksum_upper":       {pkg("a", "1.0.0", cratesIO, "checksum = \""+strings.ToUpper(sum)+"\"\n"), 1, "package \"a\"", crate.ErrChecksum},
		"checksum_in_metadata": {a + pkg("b", "1.0.0", cratesIO, "") + "[metadata]\n\"checksum a 1.0.0 (" + cratesIO + ")\" = \"x\"\n", 1, "package \"a\"", crate.ErrChecksum},
		"bad_dependency":       {pkg("a", "1.0.0", cratesIO, deps("b 1.0.0 x")), 1, "invalid dependency", nil},
		"secret_dependency":    {pkg("a", "1.0.0", cratesIO, deps("b 1.0.0 x+https://u:secret@h/")), 1, "***@h", nil},
		"bad_unused":           {"[[patch.unused]]\nname = \"a/b\"\nversion = \"1.0.0\"\n", 0, "", crate.ErrName},
		"package_is_a_table":   {"[package]\nname = \"a\"\n", 0, "package is not an array of tables", nil},
		"metadata_number":      {"[metadata]\nx = 1\n", 0, "metadata \"x\" is not a string", nil},
		"inline_table":         {"\nx = {a = 1}\n", 2, "inline table", nil},
		"deep_arrays":          {"x = " + strings.Repeat("[\n", 1000), 9, "nested too deep", nil},
		"long_header":          {"[" + strings.Repeat("a", 200) + "]\n", 1, "name of a table is too long", nil},
		"many_parts":           {strings.Repeat("a.", 100) + "b = 1\n", 1, "too many parts", nil},
		"many_values":          {"x = [" + strings.Repeat("1,", 3<<20) + "]", 1, "too many values", nil},
		"too_large":            {strings.Repeat("\n", 64<<20+1), 0, "larger than 64 MiB", nil},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := lockfile.Parse("dir/Cargo.lock", []byte(tt.text))
			if err == nil {
				t.Fatalf("accepted: %q", describe(l))
			}
			parseError, ok := errors.AsType[*lockfile.ParseError](err)
			if !ok || parseError.File != "dir/Cargo.lock" || !strings.Contains(err.Error(), tt.want) || tt.line > 0 && parseError.Line != tt.line {
				t.Errorf("error %q, want %q and line %d", err, tt.want, tt.line)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %q does not match %q", err, tt.is)
			}
			if strings.Contains(err.Error(), "secret") || len(err.Error()) > 500 || strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("error %q is not fit to print", err)
			}
		})
	}
}

// The same packages written in any version read the same.
func TestParse_all_versions(t *testing.T) {
	reg, other := cargotest.Ref{Name: "reg", Version: "1.0.0", Source: cratesIO}, cargotest.Ref{Name: "reg", Version: "2.0.0+b", Source: "sparse+https://h/"}
	git := cargotest.Ref{Name: "reg", Version: "2.0.0+b", Source: "git+https://h/x?branch=master#" + commit}
	path := cargotest.Ref{Name: "path", Version: "0.0.0"}
	packages := []cargotest.Locked{
		{Ref: cargotest.Ref{Name: "app", Version: "0.1.0"}, Deps: []cargotest.Ref{git, path, reg, other}},
		{Ref: git, Deps: []cargotest.Ref{reg}}, {Ref: path}, {Ref: reg, Checksum: sum}, {Ref: other, Checksum: sum, Deps: []cargotest.Ref{reg}},
	}
	for version := 1; version <= 4; version++ {
		l, err := lockfile.Parse("Cargo.lock", []byte(cargotest.LockText(version, packages)))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			fmt.Sprintf("version %d", version),
			"app@0.1.0 > path@0.0.0 > reg@1.0.0(r) > reg@2.0.0+b(r) > reg@2.0.0+b(master#0123)",
			"path@0.0.0", "reg@1.0.0(r) sum", "reg@2.0.0+b(r) sum > reg@1.0.0(r)", "reg@2.0.0+b(master#0123) > reg@1.0.0(r)",
		}
		if diff := cmp.Diff(want, describe(l)); diff != "" {
			t.Errorf("version %d: -want +got\n%s", version, diff)
		}
		for i, p := range l.Packages {
			if got := l.Find(p.ID); got != i {
				t.Errorf("Find(%v) = %d, want %d", p.ID, got, i)
			}
		}
	}
}

func TestRead_missing(t *testing.T) {
	if _, err := lockfile.Read(t.TempDir() + "/Cargo.lock"); err == nil {
		t.Error("a lockfile that is not there was read")
	}
}
