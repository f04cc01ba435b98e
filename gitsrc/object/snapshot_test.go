package object

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cargohome/internal/cargotest"
)

const originHead = "refs/remotes/origin/HEAD"

// indexFiles are entries that resemble each other, so that packs hold deltas.
func indexFiles() map[string]string {
	files := map[string]string{"config.json": `{"dl":"x"}`, "link": "-> config.json"}
	for i := range 30 {
		name := fmt.Sprintf("ab/c%d/abc%d", i%10, i)
		files[name] = strings.Repeat("one line of an entry file\n", 50+i) + name
	}
	return files
}

func TestOpenIndex(t *testing.T) {
	files := indexFiles()
	f := cargotest.NewRepo(t, files)
	for _, tt := range []struct {
		name   string
		git    string // the git directory within the repository
		packed bool
		refs   map[string]string
	}{
		{"loose", ".git", false, map[string]string{originHead: f.Commit.String() + "\n"}},
		{"packed", ".git", true, map[string]string{originHead: f.Commit.String()}},
		{"bare", "", true, map[string]string{originHead: f.Commit.String()}},
		{"bare_clone", "", true, map[string]string{"HEAD": "ref: refs/heads/x\n", "refs/heads/x": f.Commit.String()}},
		{"only_master", ".git", true, map[string]string{"refs/remotes/origin/master": f.Commit.String()}},
		{"symbolic", ".git", true, map[string]string{originHead: "ref: refs/remotes/origin/main\n", "refs/remotes/origin/main": f.Commit.String()}},
		{"packed_refs", ".git", true, map[string]string{"packed-refs": "# pack-refs with: peeled\n" + f.Commit.String() + " " + originHead + "\n^0123\n"}},
		{"head_first", ".git", true, map[string]string{originHead: f.Commit.String(), "refs/remotes/origin/master": strings.Repeat("0", 40)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			git := filepath.Join(dir, tt.git)
			f.Write(git, tt.packed)
			for name, text := range tt.refs {
				writeIn(t, git, name, text)
			}
			checkTree(t, dir, files)
		})
	}
}

func checkTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	tree, err := OpenIndex(dir)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for name, want := range files {
		wg.Go(func() {
			got, err := tree.File(name)
			if strings.HasPrefix(want, "-> ") {
				if err == nil || errors.Is(err, fs.ErrNotExist) {
					t.Errorf("File(%q) of a symbolic link = %q, %v", name, got, err)
				}
			} else if err != nil || string(got) != want {
				t.Errorf("File(%q) = %d bytes, %v, want %d bytes", name, len(got), err, len(want))
			}
		})
	}
	wg.Wait()
	for _, name := range []string{"", "x", "ab/x", "ab/c0/x", "config.json/x", "../config.json", "ab//c0", "/config.json"} {
		if _, err := tree.File(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("File(%q): %v, want fs.ErrNotExist", name, err)
		}
	}
	if _, err := tree.File("ab/c0"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("File of a folder: %v", err)
	}
	if err := tree.Close(); err != nil {
		t.Error(err)
	}
	if _, err := tree.File("config.json"); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("File after Close: %v, want fs.ErrClosed", err)
	}
}

func TestOpenIndex_absent(t *testing.T) {
	f := cargotest.NewRepo(t, indexFiles())
	for name, build := range map[string]func(dir string){
		"empty":   func(string) {},
		"no_refs": func(dir string) { f.Write(filepath.Join(dir, ".git"), true) },
		"only_head": func(dir string) {
			f.Write(filepath.Join(dir, ".git"), true)
			writeIn(t, dir, ".git/HEAD", f.Commit.String())
		},
	} {
		dir := t.TempDir()
		build(dir)
		if _, err := OpenIndex(dir); !errors.Is(err, ErrNoIndex) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want ErrNoIndex", name, err)
		}
	}
	if _, err := OpenIndex(filepath.Join(t.TempDir(), "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v, want fs.ErrNotExist", err)
	}
}

// Each repository here is damaged or leads elsewhere; reading from it fails, and
// not as if there were nothing.
func TestOpenIndex_refusals(t *testing.T) {
	f := cargotest.NewRepo(t, indexFiles())
	outside := t.TempDir()
	f.Write(outside, false)
	writeIn(t, outside, originHead, f.Commit.String())
	for name, damage := range map[string]func(dir, git string){
		"git_file":     func(dir, git string) { os.RemoveAll(git); writeIn(t, "", git, "gitdir: "+outside+"\n") },
		"git_link":     func(dir, git string) { os.RemoveAll(git); symlink(t, outside, git) },
		"objects_link": func(dir, git string) { os.RemoveAll(git + "/objects"); symlink(t, outside+"/objects", git+"/objects") },
		"alternates": func(dir, git string) {
			os.RemoveAll(git + "/objects")
			writeIn(t, "", git+"/objects/info/alternates", outside+"/objects\n")
		},
		"ref_link": func(dir, git string) {
			os.Remove(git + "/" + originHead)
			symlink(t, outside+"/"+originHead, git+"/"+originHead)
		},
		"ref_escapes":      func(dir, git string) { writeIn(t, git, originHead, "ref: refs/../../x") },
		"ref_outside":      func(dir, git string) { writeIn(t, git, originHead, "ref: config") },
		"ref_cycle":        func(dir, git string) { writeIn(t, git, originHead, "ref: "+originHead) },
		"ref_not_hex":      func(dir, git string) { writeIn(t, git, originHead, strings.Repeat("g", 40)) },
		"ref_of_no_commit": func(dir, git string) { writeIn(t, git, originHead, strings.Repeat("1", 40)) },
		"ref_of_blob":      func(dir, git string) { writeIn(t, git, originHead, f.Blob("x").String()) },
		"ref_folder":       func(dir, git string) { os.Remove(git + "/" + originHead); os.Mkdir(git+"/"+originHead, 0o777) },
		"ref_large":        func(dir, git string) { writeIn(t, git, originHead, strings.Repeat("0", 1<<20)) },
		"object_of_other_content": func(dir, git string) {
			h := f.Commit.String()
			other := f.Blob("other").String()
			data, _ := os.ReadFile(path.Join(outside, "objects", other[:2], other[2:]))
			os.Remove(path.Join(git, "objects", h[:2], h[2:]))
			writeIn(t, "", path.Join(git, "objects", h[:2], h[2:]), string(data))
		},
		"idx_short": func(dir, git string) { writeIn(t, "", git+"/objects/pack/pack-1.idx", "\xfftOc\x00\x00\x00\x02") },
		"idx_v1":    func(dir, git string) { writeIn(t, "", git+"/objects/pack/pack-1.idx", strings.Repeat("\x00", 2000)) },
		"idx_count": func(dir, git string) {
			writeIn(t, "", git+"/objects/pack/pack-1.idx", "\xfftOc\x00\x00\x00\x02"+strings.Repeat("\x7f\xff\xff\xff", 256))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			git := filepath.Join(dir, ".git")
			f.Write(git, false)
			writeIn(t, git, originHead, f.Commit.String())
			damage(dir, git)
			if tree, err := OpenIndex(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("OpenIndex = %v, %v, want an error that is not fs.ErrNotExist", tree, err)
			}
		})
	}
}

func TestRemotes(t *testing.T) {
	f := cargotest.NewRepo(t, indexFiles())
	dir := t.TempDir()
	f.Write(filepath.Join(dir, ".git"), true)
	writeIn(t, dir, ".git/FETCH_HEAD", "0123\t\thttps://a/x\r\n0123\tnot-for-merge\tbranch 'm' of https://b/y\nnonsense\n0123\t\t'HEAD' of https://b/y\n")
	writeIn(t, dir, ".git/config", "[core]\n\turl = https://no\n[remote \"origin\"]\n\tfetch = x\n\tURL = https://c/z.git\n[branch \"m\"]\nurl = https://no\n")
	got, want := strings.Join(Remotes(dir), " "), "https://a/x https://b/y https://c/z.git"
	if got != want {
		t.Errorf("Remotes = %q, want %q", got, want)
	}
	if got := Remotes(t.TempDir()); got != nil {
		t.Errorf("Remotes of no repository = %q", got)
	}
}

func symlink(t *testing.T, target, link string) {
	t.Helper()
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
}

// writeIn makes a file in a folder, with the folders it lies in.
func writeIn(t testing.TB, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}
