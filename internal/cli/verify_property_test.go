//go:build unix

package cli_test

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
	"cargohome/internal/ui"
	"cargohome/internal/verify"
)

// verified is a home with a vendor folder, all of it as it should be.
type verified struct {
	t   *testing.T
	l   cargotest.Lottery
	dir string

	lock   string // of the vendor folder
	locked bool   // it is named, which packages from git need
}

// drawVerified draws a world, and has everything made that can be verified.
func drawVerified(t *testing.T, l cargotest.Lottery) *verified {
	w := drawWorld(t, l)
	packed := cargotest.NewRepo(t, map[string]string{"a.txt": "a\n", "b/c.txt": strings.Repeat("c", 999)})
	db := filepath.Join(w.Dir, "home/git/db/packed-0123456789abcdef")
	packed.Write(db, true)
	for file, text := range map[string]string{"HEAD": "ref: refs/heads/master\n", "refs/remotes/origin/HEAD": packed.Commit.String() + "\n"} {
		path := filepath.Join(db, filepath.FromSlash(file))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	v := &verified{t: t, l: l, dir: w.Dir, lock: w.Projects[0].Lock()}
	mustRunIn(t, w.Dir, "vendor", "--no-stat-cache", "--lockfile-path", v.lock, "vendor")
	return v
}

// eachVerified plays rounds, each of them on what the ones before left as it was; now and
// then all is drawn anew.
func eachVerified(t *testing.T, rounds int, play func(v *verified, head string)) {
	seed := rand.Uint64()
	var v *verified
	for round := range rounds {
		l := cargotest.NewLottery(seed, uint64(round))
		if round%100 == 0 {
			v = drawVerified(t, l)
		}
		v.l = l
		play(v, fmt.Sprintf("seed %d/%d", seed, round))
	}
}

// verify runs the command for an area, and returns the findings.
func (v *verified) verify(area verify.Area, flags ...string) (status int, found []ui.VerifiedItem) {
	v.t.Helper()
	args := []string{"cargohome", "--format", "json", "verify", string(area)}
	if area == verify.Vendor {
		args = append(args, "vendor")
		if v.locked {
			args = append(args, "--lockfile-path", v.lock)
		}
	}
	var out, errs bytes.Buffer
	status = cli.Main(v.t.Context(), &cli.System{
		Args: append(args, flags...), Environ: environ(v.dir), Dir: v.dir, Settle: settle, Stdout: &out, Stderr: &errs,
	})
	var result struct{ Findings []ui.VerifiedItem }
	if err := json.Unmarshal(out.Bytes(), &result); err != nil || status != 0 && status != 3 {
		v.t.Fatalf("%q ends with %d, %v:\n%s%s", args, status, err, out.String(), errs.String())
	}
	return status, result.Findings
}

// units are the folders, or archives, of an area.
func (v *verified) units(area verify.Area) []string {
	v.t.Helper()
	pattern := map[verify.Area]string{
		verify.Archives: "home/registry/cache/*/*", verify.Sources: "home/registry/src/*/*", verify.Vendor: "vendor/*",
		verify.Checkouts: "home/git/checkouts/*/*", verify.Databases: "home/git/db/*",
	}[area]
	found, err := filepath.Glob(filepath.Join(v.dir, pattern))
	if err != nil {
		v.t.Fatal(err)
	}
	return slices.DeleteFunc(found, func(path string) bool { return filepath.Base(path)[0] == '.' })
}

// below returns the regular files of a unit, by their paths in it.
func (v *verified) below(unit string) (files []string) {
	v.t.Helper()
	err := filepath.WalkDir(unit, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(unit, path)
		if err == nil && e.IsDir() && e.Name() == ".git" {
			return fs.SkipDir
		}
		if err == nil && e.Type().IsRegular() && !(strings.Contains(rel, "/") && e.Name() == ".cargo-ok") {
			files = append(files, rel)
		}
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return files
}

// damage does something to a unit, and returns what is to be told of it.
func (v *verified) damage(area verify.Area, unit string) (what string, want []verify.Difference) {
	v.t.Helper()
	file := cargotest.Pick(v.l, v.below(unit)...)
	path := filepath.Join(unit, file)
	is := func(how verify.How) []verify.Difference { return []verify.Difference{{Path: file, How: how}} }
	kinds := []func() (string, []verify.Difference, error){
		func() (string, []verify.Difference, error) { return "flip", is(verify.Changed), flip(v.l, path) },
		func() (string, []verify.Difference, error) { return "swap", is(verify.Changed), swap(path) },
		func() (string, []verify.Difference, error) { return "cut", is(verify.Changed), cut(path) },
		func() (string, []verify.Difference, error) {
			return "more", is(verify.Changed), rewrite(path, func(b []byte) []byte { return append(b, 'x') })
		},
		func() (string, []verify.Difference, error) { return "remove", is(verify.Missing), os.Remove(path) },
		func() (string, []verify.Difference, error) {
			return "add", []verify.Difference{{Path: "added", How: verify.Extra}}, os.WriteFile(filepath.Join(unit, "added"), nil, 0o644)
		},
		func() (string, []verify.Difference, error) {
			err := os.MkdirAll(filepath.Join(unit, "added/in"), 0o755)
			return "add folder", []verify.Difference{{Path: "added", How: verify.Extra}}, err
		},
		func() (string, []verify.Difference, error) {
			want := append(is(verify.Missing), verify.Difference{Path: file + "~", How: verify.Extra})
			return "rename", want, os.Rename(path, path+"~")
		},
		func() (string, []verify.Difference, error) {
			return "folder in its place", is(verify.Type), errors.Join(os.Remove(path), os.Mkdir(path, 0o755))
		},
		func() (string, []verify.Difference, error) {
			return "link in its place", is(verify.Type), errors.Join(os.Rename(path, filepath.Join(v.dir, "moved")), os.Symlink(filepath.Join(v.dir, "moved"), path))
		},
		func() (string, []verify.Difference, error) {
			return "pipe in its place", is(verify.Type), errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o644))
		},
		func() (string, []verify.Difference, error) {
			info, err := os.Stat(path)
			if err != nil {
				return "", nil, err
			}
			return "mode", is(verify.Mode), os.Chmod(path, info.Mode()^cargotest.Pick[fs.FileMode](v.l, 0o1, 0o10, 0o20, 0o100, 0o200, 0o4))
		},
		func() (string, []verify.Difference, error) {
			return "mode of a folder", []verify.Difference{{Path: ".", How: verify.Mode}}, os.Chmod(unit, cargotest.Pick[fs.FileMode](v.l, 0o700, 0o775, 0o500))
		},
	}
	for {
		what, want, err := cargotest.Pick(v.l, kinds...)()
		if errors.Is(err, errUnfit) {
			continue
		}
		if err != nil {
			v.t.Fatal(err)
		}
		slices.SortFunc(want, func(a, b verify.Difference) int { return strings.Compare(a.Path, b.Path) })
		return what, want
	}
}

// errUnfit is for a file that cannot be damaged in this way.
var errUnfit = errors.New("no such damage")

func rewrite(path string, f func([]byte) []byte) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	was := slices.Clone(data)
	if data = f(data); len(was) == 0 || bytes.Equal(was, data) {
		return errUnfit
	}
	// In a file of its own: repositories and checkouts share theirs.
	if err := errors.Join(os.Remove(path), os.WriteFile(path, data, info.Mode())); err != nil {
		return err
	}
	return errors.Join(os.Chmod(path, info.Mode()), os.Chtimes(path, info.ModTime(), info.ModTime()))
}

func flip(l cargotest.Lottery, path string) error {
	return rewrite(path, func(data []byte) []byte {
		if len(data) > 0 {
			data[l.IntN(len(data))] ^= 1 << l.IntN(8)
		}
		return data
	})
}

func swap(path string) error {
	return rewrite(path, func(data []byte) []byte {
		for i := 1; i < len(data); i++ {
			if data[i] != data[0] {
				data[i], data[0] = data[0], data[i]
				break
			}
		}
		return data
	})
}

func cut(path string) error {
	return rewrite(path, func(data []byte) []byte { return data[:len(data)/2] })
}

// inodes are those of all files of an area that are not in a unit.
func (v *verified) inodes(area verify.Area, but string) map[string]uint64 {
	v.t.Helper()
	all := map[string]uint64{}
	for _, unit := range v.units(area) {
		if unit == but {
			continue
		}
		_ = filepath.WalkDir(unit, func(path string, e fs.DirEntry, err error) error {
			if err == nil {
				var info fs.FileInfo
				if info, err = e.Info(); err == nil {
					all[path] = info.Sys().(*syscall.Stat_t).Ino
				}
			}
			return err
		})
	}
	return all
}

// listing describes a unit: objects of checkouts are links to those of repositories, and
// what git notes of the times of files is of when they were made.
func (v *verified) listing(unit string) string {
	v.t.Helper()
	text, err := cargotest.Tree(unit)
	if err != nil {
		v.t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, ".git/index") && !strings.Contains(line, ".git/objects") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// Every damage is found, with its path and how, and nothing else; a repair makes what was,
// and touches nothing else.
func TestVerify_finds_and_mends(t *testing.T) {
	cargotest.NotPortable(t, "modes are not compared, as the umask is not told")
	eachVerified(t, someRounds(100, 5000), func(v *verified, head string) {
		area := cargotest.Pick(v.l, verify.Sources, verify.Sources, verify.Vendor, verify.Checkouts)
		if units := v.units(area); len(units) > 0 {
			v.mends(head, area, cargotest.Pick(v.l, units...))
		}
	})
}

func (v *verified) mends(round string, area verify.Area, unit string) {
	t := v.t
	t.Helper()
	before, inodes := v.listing(unit), v.inodes(area, unit)
	_ = os.Remove(filepath.Join(v.dir, "moved"))
	v.locked = isFromGit(unit) || v.l.Chance(80)
	what, want := v.damage(area, unit)
	head := fmt.Sprintf("%s: %s in %s", round, what, unit)
	status, found := v.verify(area)
	v.expect(head, status, found, unit, want)
	if status, found := v.verify(area, "--repair"); status != 0 || len(found) != 1 || !found[0].Mended {
		t.Fatalf("%s: not mended: %d, %+v", head, status, found)
	}
	if after := v.listing(unit); after != before {
		t.Fatalf("%s: not as it was:\n%s", head, cmp.Diff(before, after))
	}
	if after := v.inodes(area, unit); !maps.Equal(inodes, after) {
		t.Fatalf("%s: others were touched", head)
	}
	if status, found := v.verify(area); status != 0 {
		t.Fatalf("%s: still found: %+v", head, found)
	}
}

// isFromGit reports whether a vendored package has no archive.
func isFromGit(unit string) bool {
	record, err := os.ReadFile(filepath.Join(unit, ".cargo-checksum.json"))
	return err == nil && bytes.HasSuffix(record, []byte(`"package":null}`))
}

func (v *verified) expect(head string, status int, found []ui.VerifiedItem, unit string, want []verify.Difference) {
	v.t.Helper()
	if status != 3 || len(found) != 1 || found[0].Path != unit || !slices.Equal(found[0].Differences, want) {
		v.t.Fatalf("%s: status %d, found %+v; want %+v", head, status, found, want)
	}
}

// Archives that are damaged are moved aside, and objects and references of repositories are
// named.
func TestVerify_finds_files(t *testing.T) {
	eachVerified(t, someRounds(100, 2000), func(v *verified, head string) {
		if v.l.Chance(50) {
			v.archive(head)
		} else {
			v.object(head)
		}
	})
}

func (v *verified) archive(head string) {
	path := cargotest.Pick(v.l, v.units(verify.Archives)...)
	data, err := os.ReadFile(path)
	if err == nil {
		err = v.spoil(path)
	}
	if err != nil {
		v.t.Fatal(err)
	}
	inodes := v.inodes(verify.Archives, path)
	status, found := v.verify(verify.Archives, "--repair")
	if status != 3 || len(found) != 1 || found[0].Path != path {
		v.t.Fatalf("%s: %s: status %d, found %+v", head, path, status, found)
	}
	if found[0].Aside != path+".corrupt" {
		v.t.Fatalf("%s: %s: %+v", head, path, found)
	}
	_, errAt := os.Stat(path)
	_, errAside := os.Stat(path + ".corrupt")
	if errAt == nil || errAside != nil || !maps.Equal(inodes, v.inodes(verify.Archives, path+".corrupt")) {
		v.t.Fatalf("%s: %s: not moved aside alone: %v, %v", head, path, errAt, errAside)
	}
	if err := errors.Join(os.Remove(path+".corrupt"), os.WriteFile(path, data, 0o666)); err != nil {
		v.t.Fatal(err)
	}
}

// spoil damages a file: of each kind of damage there is one that fits.
func (v *verified) spoil(path string) error {
	for {
		err := cargotest.Pick(v.l, func() error { return flip(v.l, path) }, func() error { return swap(path) }, func() error { return cut(path) },
			func() error { return rewrite(path, func([]byte) []byte { return nil }) },
			func() error { return rewrite(path, func(b []byte) []byte { return append(b, 0) }) })()
		if !errors.Is(err, errUnfit) {
			return err
		}
	}
}

func (v *verified) object(head string) {
	pattern := cargotest.Pick(v.l, "objects/??*/*", "objects/pack/*", "refs/*/*/*")
	files, err := filepath.Glob(filepath.Join(v.dir, "home/git/db/*", pattern))
	if err != nil {
		v.t.Fatal(err)
	}
	path := cargotest.Pick(v.l, files...)
	data, err := os.ReadFile(path)
	if err == nil {
		err = v.spoil(path)
	}
	if err != nil {
		v.t.Fatal(err)
	}
	status, found := v.verify(verify.Databases)
	if after, err := os.ReadFile(path); err == nil && sameStream(data, after) {
		if status != 0 {
			v.t.Fatalf("%s: %s has the same object, and yet: %+v", head, path, found)
		}
	} else if status != 3 || len(found) != 1 || len(found[0].Differences) != 1 || filepath.Join(found[0].Path, found[0].Differences[0].Path) != path {
		v.t.Fatalf("%s: %s: status %d, found %+v", head, path, status, found)
	}
	if strings.HasSuffix(path, ".idx") {
		v.reindexed(head, path, data)
		return
	}
	if err := errors.Join(os.Remove(path), os.WriteFile(path, data, 0o444)); err != nil {
		v.t.Fatal(err)
	}
}

// sameStream reports whether two files are zlib streams of the same bytes: there are bits
// that it passes over, as those in front of a stored block.
func sameStream(a, b []byte) bool {
	textA, errA := inflate(a)
	textB, errB := inflate(b)
	return errA == nil && errB == nil && bytes.Equal(textA, textB)
}

// inflate returns what a zlib stream is of, which has nothing behind it.
func inflate(data []byte) ([]byte, error) {
	rest := bytes.NewReader(data)
	z, err := zlib.NewReader(rest)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(z)
	if err == nil && rest.Len() > 0 {
		err = errUnfit
	}
	return text, err
}

// reindexed has the index of a pack made anew, damaged or gone: with the bytes that it had.
func (v *verified) reindexed(head, path string, data []byte) {
	if v.l.Chance(50) {
		if err := os.Remove(path); err != nil {
			v.t.Fatal(err)
		}
	}
	before := v.inodes(verify.Databases, "")
	status, found := v.verify(verify.Databases, "--repair")
	made, err := os.ReadFile(path)
	after := v.inodes(verify.Databases, "")
	delete(before, path)
	delete(after, path)
	if status != 0 || len(found) != 1 || !found[0].Mended || err != nil || !bytes.Equal(made, data) || !maps.Equal(before, after) {
		v.t.Fatalf("%s: %s: not made anew alone: status %d, found %+v, %v", head, path, status, found, err)
	}
}

// A checkout is compared with a repository as that is once its index is made: one repair mends
// both, and what it says is so.
func TestVerify_mends_together(t *testing.T) {
	for _, lost := range []bool{true, false} {
		dir := t.TempDir()
		repo := cargotest.NewRepo(t, map[string]string{"Cargo.toml": "[package]\nname = \"p\"\nversion = \"1.0.0\"\n", "src/lib.rs": ""})
		db := filepath.Join(dir, "home/git/db/Bar-c144b708552c2907")
		repo.Write(db, true)
		id := repo.Commit.String()
		checkout := filepath.Join(dir, "home/git/checkouts/Bar-c144b708552c2907", id[:7])
		for path, text := range map[string]string{
			filepath.Join(db, "HEAD"): "ref: refs/heads/master\n", filepath.Join(db, "refs/remotes/origin/HEAD"): id + "\n",
			filepath.Join(dir, "app/Cargo.lock"): "version = 4\n[[package]]\nname = \"p\"\nversion = \"1.0.0\"\nsource = \"git+https://gitlab.com/Foo/Bar.git#" + id + "\"\n",
		} {
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
		mustRunIn(t, dir, "checkout", "--lockfile-path", filepath.Join(dir, "app/Cargo.lock"))
		indexes, err := filepath.Glob(filepath.Join(db, "objects/pack/*.idx"))
		if err != nil || len(indexes) != 1 {
			t.Fatal(indexes, err)
		}
		err = errors.Join(os.Remove(indexes[0]), os.WriteFile(filepath.Join(checkout, "Cargo.toml"), nil, 0o666))
		if !lost {
			err = errors.Join(err, os.WriteFile(indexes[0], make([]byte, 2000), 0o444))
		}
		if err != nil {
			t.Fatal(err)
		}
		mustRunIn(t, dir, "verify", "--repair")
		mustRunIn(t, dir, "verify")
	}
}
