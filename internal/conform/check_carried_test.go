//go:build conform && unix

package conform

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkGit: what git would leave out of a commit, or write otherwise into a work tree. Cargo
// is run in a clone.
func checkGit(t *testing.T, site *checkSite) {
	for name, do := range map[string]func(e *editor){
		"nothing":                       func(*editor) {},
		"ignored":                       write1(".gitignore", "*.rs\n!app/src/*.rs\n"),
		"the vendor folder ignored":     write1(".gitignore", "vendor/\n"),
		"not ignored for all":           write1(".gitignore", "*.orig\n!vendor/**\n"),
		"a folder that is in a package": write1(".gitignore", "src\n!app/src\n"),
		"what cargo does not look at":   write1(".gitignore", "target\n*.o\n"),
		"below":                         write1("vendor/.gitignore", "leaf\n"),
		"below, in a package":           write1("vendor/leaf/.gitignore", "*.orig\n"),
		"hidden files":                  write1(".gitignore", ".*\n!.gitignore\n!.cargo\n"),
		"of this repository alone":      write1(".git/info/exclude", "*.orig\n"),
		"in the index already":          func(e *editor) { e.write(".git/added", ""); e.write(".gitignore", "*.orig\n") },
		"line ends":                     write1(".gitattributes", "* text eol=crlf\n"),
		"line ends of what is text":     write1(".gitattributes", "* text=auto\n*.rs eol=crlf\n"),
		"line ends, but not of these":   write1(".gitattributes", "* text eol=crlf\nvendor/** -text\n"),
		"no line ends to speak of":      write1(".gitattributes", "* text=auto eol=lf\n"),
		"idents":                        write1(".gitattributes", "*.rs ident\n"),
		"exports":                       write1(".gitattributes", "* export-ignore\n"),
		"a macro":                       write1(".gitattributes", "[attr]dos text eol=crlf\n*.rs dos\n"),
		"a macro where none is defined": write1("vendor/.gitattributes", "[attr]dos text eol=crlf\n*.rs dos\n"),
		"a name in quotes":              write1(".gitattributes", "\"*.r\\163\" text eol=crlf\n"),
		"a mark before attributes":      write1(".gitattributes", "\ufeff*.rs text eol=crlf\n"),
		"a mark before patterns":        write1(".gitignore", "\ufeffvendor\n"),
		"ends alone":                    write1(".gitattributes", "*.rs !text eol=crlf\n"),
		"an attribute that none is":     write1(".gitattributes", "*.rs text eol=crlf #x\n"),
		"an encoding that is UTF-8":     write1(".gitattributes", "*.rs working-tree-encoding=UTF-8\n"),
		"patterns of the configuration": func(e *editor) {
			e.write("patterns", "leaf\n")
			e.add(".git/config", "[core]\nexcludesFile = patterns\n")
		},
		"attributes below": write1("vendor/.gitattributes", "*.toml text eol=crlf\n"),
	} {
		t.Run(name, func(t *testing.T) {
			c := &checkCase{site: site, flags: []string{"--git"}, carried: clone, harm: func(t *testing.T, dir string) error {
				command{dir, "", []string{"git", "init", "--quiet"}}.output(t)
				e := &editor{dir: dir}
				do(e)
				if _, err := os.Stat(e.path(".git/added")); err == nil {
					command{dir, "", []string{"git", "add", "--force", "vendor"}}.output(t)
				}
				return e.err
			}}
			c.test(t)
		})
	}
}

// clone puts a clone of what git would commit in the place of all but the home.
func clone(t *testing.T, dir string) error {
	home, cloned := filepath.Join(t.TempDir(), "home"), filepath.Join(t.TempDir(), "cloned")
	if err := os.Rename(filepath.Join(dir, "home"), home); err != nil {
		return err
	}
	command{dir, "", []string{"git", "add", "."}}.output(t)
	command{dir, "", []string{"git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "all"}}.output(t)
	command{"", "", []string{"git", "clone", "--quiet", dir, cloned}}.output(t)
	return errors.Join(os.Rename(home, filepath.Join(cloned, "home")), os.RemoveAll(dir), os.Rename(cloned, dir))
}

// checkPortable: names that other systems cannot have. Cargo is run with what would be left
// there.
func checkPortable(t *testing.T, site *checkSite) {
	long := "vendor/leaf/" + strings.Repeat("a-long-name/", 30) + "x"
	for name, files := range map[string][]string{
		"nothing": nil, "a device": {"vendor/leaf/aux.rs"}, "a device in capitals": {"vendor/leaf/NUL"}, "a device as a folder": {"vendor/leaf/con/x"},
		"a numbered device": {"vendor/leaf/com1.txt"}, "no device": {"vendor/leaf/console.rs", "vendor/leaf/com10"}, "a colon": {"vendor/leaf/a:b"}, "a question": {"vendor/leaf/a?"},
		"a dot at the end": {"vendor/leaf/a."}, "a space at the end": {"vendor/leaf/a "}, "twins": {"vendor/leaf/a", "vendor/leaf/A"}, "twin folders": {"vendor/leaf/SRC/lib.rs"},
		"twins of other letters": {"vendor/leaf/ä", "vendor/leaf/Ä"}, "twins of Unicode": {"vendor/leaf/\u00e4", "vendor/leaf/a\u0308"}, "a long path": {long},
		"a backslash": {`vendor/leaf/a\b`},
	} {
		t.Run(name, func(t *testing.T) {
			c := &checkCase{site: site, flags: []string{"--portable"}, carried: foreign, harm: func(_ *testing.T, dir string) error {
				e := &editor{dir: dir}
				for _, f := range files {
					e.write(f, f)
				}
				e.record("vendor/leaf")
				return e.err
			}}
			c.test(t)
		})
	}
}

// foreign does to a vendor folder what a system without case, with devices and with short
// paths would.
func foreign(_ *testing.T, dir string) error {
	seen := map[string]string{}
	vendor := filepath.Join(dir, "vendor")
	return filepath.WalkDir(vendor, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == vendor {
			return err
		}
		rel, _ := filepath.Rel(vendor, path)
		folded := strings.ToLower(strings.ReplaceAll(rel, "a\u0308", "\u00e4"))
		if !foreignName(e.Name()) || len(rel) > 255 || seen[folded] != "" {
			if err = os.RemoveAll(path); err == nil && e.IsDir() {
				return fs.SkipDir
			}
			return err
		}
		seen[folded] = path
		return nil
	})
}

// foreignName reports whether Windows takes a name as it is.
func foreignName(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch stem {
	case "con", "prn", "aux", "nul":
		return false
	}
	if n := strings.TrimPrefix(strings.TrimPrefix(stem, "com"), "lpt"); n != stem && len(n) == 1 && n >= "1" && n <= "9" {
		return false
	}
	return !strings.ContainsAny(name, `:?*"<>|\`) && strings.TrimRight(name, ". ") == name
}
