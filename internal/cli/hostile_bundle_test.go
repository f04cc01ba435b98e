//go:build unix

package cli_test

import (
	"bytes"
	"crypto/sha1"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/cargotest"
	"cargohome/internal/tarball"
)

// received is a folder with a home that a bundle comes to, and a sentinel beside it.
func received(t *testing.T, data []byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	writeFile(t, filepath.Join(dir, "sentinel"), "untouched")
	writeFile(t, filepath.Join(dir, "app", "b.tar"), string(data))
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Add(cargotest.Crate{Name: "a", Version: "0.1.0"})
	return dir
}

// refuses runs unpack, in a home that is there and in one that is not: nothing changes. A
// dry run does not look into repositories, nor compares it.
func refuses(t *testing.T, data []byte, says string) {
	t.Helper()
	refusesToWrite(t, data, says)
	if !strings.HasPrefix(says, "git/db/") && !strings.HasPrefix(says, "cargohome/vendor/") {
		refusesRuns(t, data, says, [][]string{{"unpack", "--dry-run", "b.tar"}})
	}
}

// refusesToWrite is refuses for what a dry run does not see.
func refusesToWrite(t *testing.T, data []byte, says string) {
	t.Helper()
	refusesRuns(t, data, says, [][]string{{"unpack", "b.tar"}, {"--cargo-home", "../fresh/home", "unpack", "b.tar"}})
}

func refusesRuns(t *testing.T, data []byte, says string, runs [][]string) {
	t.Helper()
	dir := received(t, data)
	for _, args := range runs {
		before, _ := units(t, dir)
		status, stderr := runIn(t, dir, args...)
		after, temporary := units(t, dir)
		if status != 1 || temporary > 0 || !maps.Equal(before, after) {
			t.Errorf("%q ends with %d, and leaves %d temporary folders and\n%s", args, status, temporary, difference(before, after))
		}
		if !strings.Contains(stderr, says) {
			t.Errorf("%q does not say %q:\n%s", args, says, stderr)
		}
	}
}

// What no honest program makes is refused, by what is wrong.
func TestHostileBundles(t *testing.T) {
	cases := cargotest.HostileBundles()
	if len(cases) < 60 {
		t.Errorf("there are %d", len(cases))
	}
	for _, h := range cases {
		t.Run(h.Name, func(t *testing.T) { refuses(t, h.Bytes(), h.Says) })
	}
}

// parts is a sound bundle taken apart.
type parts struct {
	manifest bundle.Manifest
	content  map[string][]byte
}

// packed packs what a scene's project needs: two archives, and a repository.
func packed(t *testing.T, flags ...string) (dir string, data []byte) {
	t.Helper()
	dir = scene{}.build(t)
	mustRun(t, dir, append([]string{"pack", "-o", "packed.tar"}, flags...)...)
	data, err := os.ReadFile(filepath.Join(dir, "app", "packed.tar"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, data
}

func takeApart(t *testing.T, data []byte) *parts {
	t.Helper()
	r, err := bundle.NewReader(bytes.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := &parts{*r.Manifest, map[string][]byte{}}
	for {
		e, err := r.Next()
		if err == io.EOF {
			return p
		}
		if err == nil {
			p.content[e.Path], err = io.ReadAll(r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// find returns the first path with an end.
func (p *parts) find(t *testing.T, end string) string {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(p.content)) {
		if strings.HasSuffix(path, end) {
			return path
		}
	}
	t.Fatalf("no path ends in %q", end)
	return ""
}

// add adds a file.
func (p *parts) add(path, data string) {
	p.content[path] = []byte(data)
	p.manifest.Entries = append(p.manifest.Entries, bundle.Entry{Path: path})
	slices.SortFunc(p.manifest.Entries, func(a, b bundle.Entry) int { return bundle.Compare(a.Path, b.Path) })
}

// bytes puts it together again, with a manifest that is true to what it has by now.
func (p *parts) bytes(t *testing.T) []byte {
	t.Helper()
	p.manifest.Entries = slices.DeleteFunc(p.manifest.Entries, func(e bundle.Entry) bool { return p.content[e.Path] == nil })
	for i := range p.manifest.Entries {
		if e := &p.manifest.Entries[i]; e.IsFile() {
			e.Size, e.Sum = int64(len(p.content[e.Path])), crate.Sum(p.content[e.Path])
		}
	}
	var out bytes.Buffer
	o := bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}}
	err := bundle.Write(t.Context(), &out, &p.manifest, o, func(i int) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(p.content[p.manifest.Entries[i].Path])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// cacheOf is a file of the index.
func cacheOf(lines ...[]byte) []byte { return cargotest.CacheFile("Unknown", lines) }

// lies are bundles whose manifest is true to what they hold, and what they hold does not
// agree. Path is the end of that of the entry that is changed.
var lies = map[string]struct {
	path string
	edit func(p *parts, path string)
	says string
}{
	"another archive":                  {"a-1.0.0.crate", func(p *parts, path string) { p.content[path] = []byte("planted") }, "and the index lists"},
	"archive that nothing vouches for": {".cache/1/a", func(p *parts, path string) { delete(p.content, path) }, `a-1.0.0.crate": nothing vouches for it`},
	"index of another crate": {".cache/1/a", func(p *parts, path string) {
		p.content[path] = cacheOf(cargotest.Crate{Name: "b", Version: "1.0.0"}.IndexLine(""))
	}, `.cache/1/a": it lists "b"`},
	"index of two crates": {".cache/1/a", func(p *parts, path string) {
		p.content[path] = cacheOf(cargotest.Crate{Name: "a", Version: "1.0.0"}.IndexLine(""), cargotest.Crate{Name: "A", Version: "1.0.1"}.IndexLine(""))
	}, `it lists "A"`},
	"configuration that is none": {"/config.json", func(p *parts, path string) { p.content[path] = []byte("{}") }, `config.json": `},
	"index with no dependencies in place of some": {".cache/1/a", func(p *parts, path string) {
		p.content[path] = bytes.Replace(p.content[path], []byte(`"deps":[`), []byte(`"deps":[7`), 1)
	}, `.cache/1/a": 1.0.0: `},
	"empty index":           {".cache/1/a", func(p *parts, path string) { p.content[path] = cacheOf() }, "it lists nothing"},
	"index of no bytes":     {".cache/1/a", func(p *parts, path string) { p.content[path] = []byte{} }, ".cache/1/a"},
	"index of another form": {".cache/1/a", func(p *parts, path string) { p.content[path][0] = 9 }, ".cache/1/a"},
	"index that is cut":     {".cache/1/a", func(p *parts, path string) { p.content[path] = append(p.content[path], "2.0.0\x00"...) }, ".cache/1/a"},
	"index with a version twice": {".cache/1/a", func(p *parts, path string) {
		line := cargotest.Crate{Name: "a", Version: "1.0.0"}.IndexLine("")
		p.content[path] = cacheOf(line, line)
	}, "occurs twice"},
	"index with a line of another version": {".cache/1/a", func(p *parts, path string) {
		p.content[path] = bytes.Replace(p.content[path], []byte("\x001.0.0\x00"), []byte("\x001.0.1\x00"), 1)
	}, "is of 1.0.0"},
	"index with a line that is none": {".cache/1/a", func(p *parts, path string) {
		p.content[path] = append(p.content[path], "2.0.0\x00{\"name\":\"a\"}\x00"...)
	}, "invalid index entry"},
	"yet another checksum for what the home lists": {".cache/1/a", func(p *parts, path string) {
		p.content[path] = cacheOf(cargotest.Crate{Name: "a", Version: "0.1.0"}.IndexLine(strings.Repeat("0", 64)), cargotest.Crate{Name: "a", Version: "1.0.0"}.IndexLine(crate.Sum(p.content[strings.Replace(path, "index/"+cargotest.CratesIO+"/.cache/1/a", "cache/"+cargotest.CratesIO+"/a-1.0.0.crate", 1)]).String()))
	}, ""},
	"pack with a byte changed":              {".pack", func(p *parts, path string) { p.content[path][40] ^= 1 }, "git/db/"},
	"pack that is cut":                      {".pack", func(p *parts, path string) { p.content[path] = p.content[path][:50] }, "git/db/"},
	"pack of no bytes":                      {".pack", func(p *parts, path string) { p.content[path] = []byte{} }, "git/db/"},
	"no pack":                               {".pack", func(p *parts, path string) { delete(p.content, path) }, "git/db/"},
	"no index of the pack":                  {".idx", func(p *parts, path string) { delete(p.content, path) }, "git/db/"},
	"index of the pack with a byte changed": {".idx", func(p *parts, path string) { p.content[path][1100] ^= 1 }, "git/db/"},
	"index of the pack that lies":           {".idx", swapOffsets, "git/db/"},
	"commit that is not there": {"/HEAD", func(p *parts, _ string) {
		p.manifest.Repositories[0].Commits = []string{strings.Repeat("0", 40)}
	}, "git/db/"},
	"index with a checksum in capitals": {".cache/1/a", func(p *parts, path string) {
		_, rest, _ := bytes.Cut(p.content[path], []byte(`"cksum":"`))
		p.content[path] = bytes.Replace(p.content[path], rest[:64], bytes.ToUpper(rest[:64]), 1)
	}, `a-1.0.0.crate": it has checksum`},
	"lockfile that is none": {".lock", func(p *parts, path string) {
		data := []byte("[[package]]\nname = 7\n")
		delete(p.content, path)
		p.manifest.Lockfiles = []bundle.Lockfile{{SHA256: crate.Sum(data).String()}}
		p.add("cargohome/lockfiles/"+crate.Sum(data).String()+".lock", string(data))
	}, "cargohome/lockfiles/"},
	"repository without references": {"/refs/", func(p *parts, path string) { delete(p.content, path) }, "git/db/"},
	"index with a dependency on nothing": {".cache/1/a", func(p *parts, path string) {
		p.content[path] = bytes.Replace(p.content[path], []byte(`"deps":[`), []byte(`"deps":[{}`), 1)
	}, `.cache/1/a": 1.0.0: invalid index entry: key "deps": a dependency: it lacks "name"`},
	"sources of no archive": {".lock", func(p *parts, _ string) {
		p.add("registry/src/"+cargotest.CratesIO+"/evil-1.0.0/src/lib.rs", "planted")
	}, `evil-1.0.0": the bundle lists nothing that it is made of`},
	"checkout of no repository": {".lock", func(p *parts, _ string) {
		p.add("git/checkouts/dep-0123456789abcdef/1234567/src/lib.rs", "planted")
	}, `1234567": the bundle lists nothing that it is made of`},
	"checkout of another commit": {".pack", func(p *parts, path string) {
		p.add(strings.Replace(path[:strings.Index(path, "/objects")], "git/db", "git/checkouts", 1)+"/1234567/src/lib.rs", "planted")
	}, `1234567": the bundle lists nothing that it is made of`},
	"no commit is named": {"/HEAD", func(p *parts, _ string) { p.manifest.Repositories = nil }, "git/db/"},
}

// swapOffsets lets an index of a pack find two objects at each other's places, and repairs
// its checksum.
func swapOffsets(p *parts, path string) {
	idx := p.content[path]
	count := int(idx[8+255*4+3])
	offsets := idx[8+256*4+count*24:]
	for i := range 4 {
		offsets[i], offsets[4+i] = offsets[4+i], offsets[i]
	}
	sum := sha1.Sum(idx[:len(idx)-sha1.Size])
	copy(idx[len(idx)-sha1.Size:], sum[:])
}

// What a bundle says of itself is not enough.
func TestHostileBundles_lies(t *testing.T) {
	_, data := packed(t, "--with-lockfiles")
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			p := takeApart(t, data)
			lie.edit(p, p.find(t, lie.path))
			changed := p.bytes(t)
			if lie.says == "" {
				dir := received(t, changed)
				if status, stderr := runIn(t, dir, "unpack", "b.tar"); status != 1 || !strings.Contains(stderr, "with checksum") {
					t.Errorf("it ends with %d:\n%s", status, stderr)
				}
				return
			}
			refuses(t, changed, lie.says)
		})
	}
}

// vendorLies are changes to the vendor folder of a bundle.
var vendorLies = map[string]struct {
	edit func(p *parts)
	says string
}{
	"another content":    {func(p *parts) { p.content["cargohome/vendor/a/src/lib.rs"] = []byte("planted") }, `cargohome/vendor/a": `},
	"another record":     {func(p *parts) { p.content["cargohome/vendor/a/.cargo-checksum.json"] = []byte("{}") }, `cargohome/vendor/a": `},
	"a file more":        {func(p *parts) { p.add("cargohome/vendor/a/build.rs", "planted") }, `cargohome/vendor/a": `},
	"a file less":        {func(p *parts) { delete(p.content, "cargohome/vendor/a/src/lib.rs") }, `cargohome/vendor/a": `},
	"a package more":     {func(p *parts) { p.add("cargohome/vendor/evil/src/lib.rs", "planted") }, `cargohome/vendor/evil": `},
	"a package from git": {func(p *parts) { p.content["cargohome/vendor/dep/src/lib.rs"] = []byte("planted") }, `cargohome/vendor/dep": `},
	"one that was patched": {func(p *parts) {
		code, record := []byte("planted"), "cargohome/vendor/a/.cargo-checksum.json"
		was := crate.Sum(p.content["cargohome/vendor/a/src/lib.rs"]).String()
		p.content["cargohome/vendor/a/src/lib.rs"] = code
		text := strings.Replace(string(p.content[record]), was, crate.Sum(code).String(), 1)
		p.content[record] = []byte(`{"cargohome-patched":"by us",` + text[1:])
	}, `cargohome/vendor/a": `},
}

// What is in a vendor folder is what is made of the rest.
func TestHostileBundles_vendored(t *testing.T) {
	_, data := packed(t, "--with-vendor", "--with-lockfiles")
	for name, lie := range vendorLies {
		t.Run(name, func(t *testing.T) {
			p := takeApart(t, data)
			lie.edit(p)
			refuses(t, p.bytes(t), lie.says)
		})
	}
	p := takeApart(t, data)
	delete(p.content, p.find(t, ".lock"))
	refuses(t, p.bytes(t), `cargohome/vendor/dep": nothing else in the bundle says what it should be`)
}

// What is unpacked of a bundle is chosen by paths, whatever it says of what those are.
func TestHostileBundles_packages(t *testing.T) {
	_, data := packed(t)
	p := takeApart(t, data)
	for i := range p.manifest.Entries {
		p.manifest.Entries[i].Package = "a 1.0.0"
	}
	dir := received(t, p.bytes(t))
	mustRun(t, dir, "unpack", "-p", "a", "b.tar")
	for at := range p.content {
		name := path.Base(at)
		if got := isThere(filepath.Join(dir, "home", at)); strings.HasSuffix(at, ".crate") && got != strings.HasPrefix(name, "a-") {
			t.Errorf("%s is there: %v", at, got)
		}
	}
}

// A registry without a configuration is of no use, unless the home has that.
func TestHostileBundles_unconfigured(t *testing.T) {
	_, data := packed(t)
	p := takeApart(t, data)
	delete(p.content, p.find(t, "/config.json"))
	changed := p.bytes(t)
	refusesRuns(t, changed, "the index has no config.json", [][]string{{"--cargo-home", "../fresh/home", "unpack", "b.tar"}})
	mustRun(t, received(t, changed), "unpack", "b.tar")
}

// A pack is called by what is in it, so that one of the same name takes the place of a damaged one.
func TestUnpack_damaged_pack(t *testing.T) {
	_, data := packed(t)
	dir := received(t, data)
	mustRun(t, dir, "unpack", "b.tar")
	packs, err := filepath.Glob(filepath.Join(dir, "home/git/db/*/objects/pack/*"))
	if err != nil || len(packs) != 2 {
		t.Fatalf("packs are %q (%v)", packs, err)
	}
	before, _ := units(t, dir)
	for _, pack := range packs {
		writeFile(t, pack, "damaged")
		mustRun(t, dir, "unpack", "b.tar")
		if after, _ := units(t, dir); !maps.Equal(before, after) {
			t.Errorf("%s is damaged, and then there is another\n%s", pack, difference(before, after))
		}
	}
}
