//go:build conform && unix

package conform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// editor changes files of a copy of a site.
type editor struct {
	t   *testing.T
	dir string
	err error
}

func (e *editor) path(name string) string { return filepath.Join(e.dir, filepath.FromSlash(name)) }

func (e *editor) note(err error) { e.err = errors.Join(e.err, err) }

func (e *editor) write(name, text string) {
	e.note(os.MkdirAll(filepath.Dir(e.path(name)), 0o777))
	e.note(os.WriteFile(e.path(name), []byte(text), 0o666))
}

func (e *editor) read(name string) string {
	text, err := os.ReadFile(e.path(name))
	e.note(err)
	return string(text)
}

// replace replaces texts that are to be there.
func (e *editor) replace(name string, oldnew ...string) {
	text := e.read(name)
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(text, oldnew[i]) {
			e.note(fmt.Errorf("%s has no %q:\n%s", name, oldnew[i], text))
		}
		text = strings.ReplaceAll(text, oldnew[i], oldnew[i+1])
	}
	e.write(name, text)
}

func (e *editor) add(name, text string) { e.write(name, e.read(name)+text) }

// close denies writing to a folder and all folders in it.
func (e *editor) close(name string) {
	e.note(filepath.WalkDir(e.path(name), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o555)
	}))
}

// glob is names, of which there is to be one at least.
func (e *editor) glob(pattern string) []string {
	names := e.names(pattern)
	if len(names) == 0 {
		e.note(fmt.Errorf("nothing is called %s", pattern))
	}
	return names
}

// names returns those that a pattern has.
func (e *editor) names(pattern string) (names []string) {
	paths, err := filepath.Glob(e.path(pattern))
	e.note(err)
	for _, path := range paths {
		name, err := filepath.Rel(e.dir, path)
		e.note(err)
		names = append(names, filepath.ToSlash(name))
	}
	return names
}

func (e *editor) remove(name string) { e.note(os.RemoveAll(e.path(name))) }

func (e *editor) link(target, name string) { e.note(os.Symlink(target, e.path(name))) }

func (e *editor) mode(name string, mode fs.FileMode) { e.note(os.Chmod(e.path(name), mode)) }

func (e *editor) copy(from, to string) { e.note(cargotest.CopyTree(e.path(from), e.path(to))) }

func (e *editor) move(from, to string) {
	e.note(os.MkdirAll(filepath.Dir(e.path(to)), 0o777))
	e.note(os.Rename(e.path(from), e.path(to)))
}

// record writes a package's checksums anew, as of what is there.
func (e *editor) record(folder string) {
	sums := map[string]string{}
	e.note(filepath.WalkDir(e.path(folder), func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(e.path(folder), path)
		if err != nil || d.IsDir() || d.Name() == ".cargo-checksum.json" {
			return err
		}
		data, err := os.ReadFile(path)
		sums[filepath.ToSlash(rel)] = cargotest.Checksum(data)
		return err
	}))
	var record struct {
		Files   map[string]string `json:"files"`
		Package *string           `json:"package"`
	}
	name := folder + "/.cargo-checksum.json"
	e.note(json.Unmarshal([]byte(e.read(name)), &record))
	record.Files = sums
	text, err := json.Marshal(record)
	e.note(err)
	e.write(name, string(text))
}

// packageOf changes the block that a lockfile has for a package.
func (e *editor) packageOf(name string, change func(block string) string) {
	text := e.read("app/Cargo.lock")
	blocks := strings.Split(text, "[[package]]\n")
	found := false
	for i, b := range blocks {
		if strings.HasPrefix(b, "name = \""+name+"\"\n") {
			blocks[i], found = change(b), true
		}
	}
	if !found {
		e.note(fmt.Errorf("the lockfile has no %s:\n%s", name, text))
	}
	e.write("app/Cargo.lock", strings.Join(blocks, "[[package]]\n"))
}

// eachPackage changes the block of every package.
func (e *editor) eachPackage(change func(block string) string) {
	blocks := strings.Split(e.read("app/Cargo.lock"), "[[package]]\n")
	for i := range blocks {
		blocks[i] = change(blocks[i])
	}
	e.write("app/Cargo.lock", strings.Join(blocks, "[[package]]\n"))
}

// checkEdit is something done to files of the sites that are named, separated by commas.
type checkEdit struct {
	sites, name string
	do          func(e *editor)
	flags, env  []string
	limited     bool
}

func (c checkEdit) of(s *checkSite) *checkCase {
	return &checkCase{site: s, name: c.name, flags: c.flags, env: c.env, limited: c.limited, harm: func(t *testing.T, dir string) error {
		e := &editor{t: t, dir: dir}
		c.do(e)
		return e.err
	}}
}

// checkEdits: configuration, manifests and lockfiles that do not go together.
func checkEdits(t *testing.T, sites []*checkSite) {
	edits := slices.Concat(configEdits, lineEdits, vendoredEdits, manifestEdits, lockEdits, gitEdits, moduleEdits, lentEdits, packEdits, configuredEdits, envEdits, keyEdits, manifestKeyEdits, lockTextEdits, excludedEdits, rustEdits, nightlyEdits, archiveEdits, folderEdits, placeEdits, overrideEdits)
	n := 0
	for _, s := range sites {
		t.Run(s.name, func(t *testing.T) {
			for _, c := range edits {
				if !strings.Contains(","+c.sites+",", ","+s.name+",") {
					continue
				}
				if n++; testing.Short() && n%4 != 0 { // thousands
					continue
				}
				t.Run(c.name, c.of(s).test)
			}
		})
	}
}

const configFile = "app/.cargo/config.toml"

func write1(name, text string) func(*editor) { return func(e *editor) { e.write(name, text) } }
func replace1(name string, s ...string) func(*editor) {
	return func(e *editor) { e.replace(name, s...) }
}
func add1(name, text string) func(*editor) { return func(e *editor) { e.add(name, text) } }
func move1(from, to string) func(*editor)  { return func(e *editor) { e.move(from, to) } }
