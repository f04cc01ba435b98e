//go:build unix

package cli_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"cargohome/internal/cargotest"
	"cargohome/internal/redeflate"
	"cargohome/internal/staging"
)

// packWorld is a home with everything that a bundle may have, and a project.
func packWorld(t *testing.T) (dir string) {
	t.Helper()
	return packWorldBy(t, 0)
}

// packWorldBy is packWorld with archives that an encoder has made.
func packWorldBy(t *testing.T, encoder redeflate.Encoder) (dir string) {
	t.Helper()
	dir = t.TempDir()
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Add(
		cargotest.Crate{Name: "a", Version: "1.0.0+meta", Files: []cargotest.File{{Path: "run.sh", Content: "x", Mode: 0o755}}, Encoder: encoder},
		cargotest.Crate{Name: "Upper", Version: "1.0.0", Deps: []cargotest.Dep{{Name: "a", Req: "1", Features: []string{"y", "x"}}}},
		cargotest.Crate{Name: "Upper", Version: "0.9.0", Encoder: encoder},
	)
	alt := home.Registry("example.com-8efe07b64e46d130")
	alt.Add(cargotest.Crate{Name: "alt", Version: "1.0.0", Encoder: encoder})
	inner := home.Registry("example.com-3bab6764c353b068")
	inner.Add(cargotest.Crate{Name: "inner", Version: "1.0.0"})
	inner.CommitIndex()
	commit := home.AddRepository("dep-76b49a6ab83d7ca8", "https://example.com/dep", map[string][]byte{
		"Cargo.toml": []byte("[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"),
		"src/lib.rs": []byte("// a library\n"),
	})
	home.WriteProject(filepath.Join(dir, "app"), cargotest.Project{
		Name: "app",
		Registries: map[string]string{
			"sparse+https://example.com/index/": "example.com-8efe07b64e46d130", "https://example.com/index": "example.com-3bab6764c353b068",
		},
		Deps: []cargotest.Dep{
			{Name: "Upper", Req: "1"}, {Name: "alt", Registry: "sparse+https://example.com/index/"}, {Name: "inner", Registry: "https://example.com/index"},
			{Name: "dep", Req: "1.0.0", Git: "https://example.com/dep#" + commit},
		},
	})
	return dir
}

// Bundles are the same from release to release, byte by byte: whatever the umask, the
// folder and the number of jobs. If this fails for a reason, the number "writer" of the
// manifest has to grow.
func TestPack_golden(t *testing.T) {
	for name, want := range map[string]string{
		"home.tar":     "eef17d618e01fc8c3809e1b5137c71fd2de6d9c2a47d653630d7dfcc6e0efe60",
		"home.tar.gz":  "a048addb328b92b093d85d7b1d6c57e5d9ee41f19bd185c1cdaea768cc1b7f81",
		"home.tar.zst": "2fd7c51a139e1df35527991928f89db2ebfc9dda9d59ed76bba12c7a175bbb8d",
	} {
		isPackedAs(t, 0, name, want, "--exact-archives")
	}
	isPackedAs(t, redeflate.ZlibRs05, "small.tar.zst", "e7292ecb82677fabbf01266b00c4098fc3557fd818ce6857b23252b426d08213")
}

// isPackedAs packs a home, whose archives an encoder has made, in several ways that should make
// no difference.
func isPackedAs(t *testing.T, encoder redeflate.Encoder, name, want string, flags ...string) {
	t.Helper()
	for jobs, umask := range map[string]int{"1": 0o022, "2": 0o077, "5": 0o002} {
		syscall.Umask(umask)
		dir := packWorldBy(t, encoder)
		mustRun(t, dir, append([]string{"pack", "-o", name, "--jobs", jobs, "--with-lockfiles", "--with-sources", "--with-vendor"}, flags...)...)
		syscall.Umask(0o022)
		data, err := os.ReadFile(filepath.Join(dir, "app", name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s, with %s jobs and umask %03o: %s, want %s", name, jobs, umask, got, want)
		}
	}
}

// Whoever packs, and whosever files those are, makes the same bytes.
func TestPack_users(t *testing.T) {
	const self = "/proc/self/exe" // which whoever it is may run
	if _, err := os.Stat(self); err != nil || os.Getuid() != 0 {
		t.Skip("only root may become somebody else, and only where there is " + self)
	}
	var bundles [][]byte
	for _, id := range []uint32{0, 65534} {
		dir := packWorld(t)
		belongTo(t, dir, int(id))
		cmd := exec.Command(self, "pack", "-o", "home.tar.zst", "--with-lockfiles", "--with-sources", "--with-checkouts", "--with-vendor")
		cmd.Args[0], cmd.Dir, cmd.Env = "cargohome", filepath.Join(dir, "app"), environ(dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("as %d: %v\n%s", id, err, out)
		}
		data, err := os.ReadFile(filepath.Join(dir, "app", "home.tar.zst"))
		if err != nil {
			t.Fatal(err)
		}
		bundles = append(bundles, data)
	}
	if !bytes.Equal(bundles[0], bundles[1]) {
		t.Error("the bundles of two users differ")
	}
}

// belongTo gives a temporary folder to a user, who also gets there.
func belongTo(t *testing.T, dir string, id int) {
	t.Helper()
	err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, id, id))
	}))
	if err != nil {
		t.Fatal(err)
	}
}

// After a power failure a bundle that has its name is whole: what was written before its
// last sync is all there is to it.
func TestPack_power_failure(t *testing.T) {
	for _, name := range []string{"home.tar", "home.tar.gz", "home.tar.zst"} {
		dir := packWorld(t)
		bundle := filepath.Join(dir, "app", name)
		var synced int64
		restore := staging.Inject(func(op staging.Op, path string) error {
			switch {
			case op == staging.OpSync:
				info, err := os.Stat(filepath.Join(filepath.Dir(bundle), filepath.Base(path)))
				if err != nil {
					t.Error(err)
					return nil
				}
				synced = info.Size()
			case op == staging.OpRename && path == bundle && synced == 0:
				t.Errorf("%s gets its name, and is not synced", name)
			}
			return nil
		})
		mustRun(t, dir, "pack", "-o", name, "--jobs", "1")
		restore()
		if err := os.Truncate(bundle, synced); err != nil {
			t.Fatal(err)
		}
		mustRun(t, dir, "pack", "--list", name)
	}
}

// Secrets in every file that is not asked for, and in all that git keeps of where a
// repository is from, come into no bundle.
func TestPack_secrets(t *testing.T) {
	const secret = "hunter2"
	dir := packWorld(t)
	home := filepath.Join(dir, "home")
	for _, path := range []string{
		"config.toml", "config", "credentials.toml", "credentials", ".crates.toml", ".crates2.json", "env", "bin/tool", ".global-cache", "cargohome/vendor-00.stat",
		"registry/cache/stray", "registry/index/" + cargotest.CratesIO + "/stray", "registry/index/" + cargotest.CratesIO + "/.last-updated", "registry/CACHEDIR.TAG",
		"registry/src/" + cargotest.CratesIO + "/a-1.0.0+meta/src/lib.rs", "registry/src/" + cargotest.CratesIO + "/a-1.0.0+meta/.cargo-ok",
		"registry/cache/" + cargotest.CratesIO + "/other-1.0.0.crate",
		"git/db/dep-76b49a6ab83d7ca8/config", "git/db/dep-76b49a6ab83d7ca8/description", "git/db/dep-76b49a6ab83d7ca8/hooks/post-checkout", "git/db/dep-76b49a6ab83d7ca8/info/exclude",
		"git/db/dep-76b49a6ab83d7ca8/refs/heads/hunter2", "git/db/dep-76b49a6ab83d7ca8/packed-refs",
		"git/checkouts/dep-76b49a6ab83d7ca8/1234567/.git/config", "git/checkouts/dep-76b49a6ab83d7ca8/1234567/src/lib.rs",
		"registry/index/example.com-3bab6764c353b068/.git/config", "registry/index/example.com-3bab6764c353b068/.git/FETCH_HEAD",
	} {
		text := secret
		if strings.HasPrefix(path, "config") {
			text = "[registries.x]\ntoken = \"" + secret + "\"\n"
		} else if strings.HasSuffix(path, "/config") {
			text = "[remote \"origin\"]\n\turl = https://me:" + secret + "@example.com/dep\n"
		}
		writeFile(t, filepath.Join(home, path), text)
	}
	fetched := filepath.Join(home, "git/db/dep-76b49a6ab83d7ca8/FETCH_HEAD")
	data, err := os.ReadFile(fetched)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, fetched, string(data)+strings.ReplaceAll(string(data), "https://", "https://me:"+secret+"@"))
	for n, name := range []string{"home.tar", "home.tar.zst"} {
		for flags := range 16 {
			if flags&9 == 8 {
				continue // a vendor folder with packages from git goes with the lockfiles
			}
			args := []string{"pack", "-o", name}
			for i, flag := range []string{"--with-lockfiles", "--with-sources", "--with-checkouts", "--with-vendor"} {
				if flags>>i&1 == 1 {
					args = append(args, flag)
				}
			}
			if n == 0 || flags == 0 || flags == 15 {
				mustRun(t, dir, args...)
				noneHas(t, filepath.Join(dir, "app", name), secret)
			}
		}
	}
}

// noneHas looks for a text in a tar, and in all archives in it.
func noneHas(t *testing.T, path, text string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(data)
	if strings.HasSuffix(path, ".zst") {
		if r, err = zstd.NewReader(r); err != nil {
			t.Fatal(err)
		}
	}
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(h.Name, text) || bytes.Contains(content, []byte(text)) {
			t.Errorf("%s: %s has it", path, h.Name)
		}
	}
}

// Hostile bundles are refused by whatever reads one, and nothing is written.
func TestPack_hostile(t *testing.T) {
	dir := packWorld(t)
	for _, h := range cargotest.HostileBundles() {
		t.Run(h.Name, func(t *testing.T) {
			writeFile(t, filepath.Join(dir, "app", "evil.tar"), string(h.Bytes()))
			for _, args := range [][]string{
				{"pack", "--list", "evil.tar"}, {"pack", "-o", "out.tar", "--since", "evil.tar"}, {"pack", "--diff", "evil.tar", "evil.tar"},
			} {
				status, stdout, stderr := runRaw(t, dir, args...)
				if status != 1 || stdout != "" || !strings.HasPrefix(stderr, "error: evil.tar: ") || !strings.Contains(stderr, h.Says) || strings.Contains(stderr, "\x1b") {
					t.Errorf("%q ends with %d: %s%s", args, status, stdout, stderr)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "app", "out.tar")); err == nil {
				t.Error("a bundle was made")
			}
		})
	}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.Contains(path, ".cargohome-tmp") {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A pipe in place of the archive that a patch would be for is none, and nobody waits for it.
func TestPack_since_pipe(t *testing.T) {
	dir := t.TempDir()
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	for _, version := range []string{"1.0.0", "1.1.0"} {
		home.Add(cargotest.Crate{Name: "a", Version: version, Encoder: redeflate.ZlibRs05, Files: []cargotest.File{{Path: "text", Content: strings.Repeat(version+" text\n", 1000)}}})
	}
	for _, version := range []string{"1.0.0", "1.1.0"} {
		home.WriteProject(filepath.Join(dir, "app"), cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "a", Req: "=" + version}}})
		if version == "1.0.0" {
			mustRun(t, dir, "pack", "-o", "old.tar")
		}
	}
	pipe := home.Registry(cargotest.CratesIO).ArchivePath("a-1.0.0")
	if err := errors.Join(os.Remove(pipe), syscall.Mkfifo(pipe, 0o666)); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(10*time.Second, func() { _ = os.WriteFile(pipe, nil, 0) })
	mustRun(t, dir, "pack", "-o", "new.tar.zst", "--since", "old.tar")
	if !late.Stop() {
		t.Error("it waits for what is written into the pipe")
	}
}
