//go:build conform

package conform

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/bundle"
	"cargohome/internal/redeflate"
)

// emergency makes a home of what tar makes of a small bundle, as docs/pack.md has it.
const emergency = `for f in registry/cache/*/*.crate.tar; do gzip -9 <$f >${f%.tar} && rm $f; done`

// A small bundle has every archive of real projects, bit for bit, and is as small as it is
// said to be. In an emergency cargo works with what tar and gzip make of it.
func TestPack_small(t *testing.T) {
	dir := corpus(t)
	home := filepath.Join(dir, "home")
	for _, project := range []string{"ripgrep", "bat", "starship", "nu", "cargo"} {
		if testing.Short() && project != "ripgrep" {
			continue // the smallest
		}
		t.Run(project, func(t *testing.T) {
			project := filepath.Join(dir, "proj", project)
			small, unpacked := packed(t, project, home, "small.tar.zst", "--small")
			isShared(t, small)
			again := filepath.Join(t.TempDir(), "home")
			command{project, again, []string{binary, "unpack", small}}.output(t)
			sameArchives(t, again, home)
			command{unpacked, unpacked, []string{"sh", "-c", emergency}}.output(t)
			worksAlone(t, project, unpacked)
		})
	}
}

// isShared prints which encoder has made how much, and how large the bundle is.
func isShared(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m, err := bundle.Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	var count, size [6]int64
	var all int64
	for i := range m.Entries {
		e := &m.Entries[i]
		if e.Kind() != bundle.ArchiveEntry {
			continue
		}
		by := redeflate.Encoder(0)
		if e.Content != nil {
			by = redeflate.Encoder(e.Content.Recipe[1])
		}
		count[by], size[by], all = count[by]+1, size[by]+e.Size, all+e.Size
	}
	for by, n := range count {
		t.Logf("%-18s %4d archives, %10d bytes", redeflate.Encoder(by), n, size[by])
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	ratio := float64(info.Size()) / float64(all)
	t.Logf("%d bytes, %.3f of the archives", info.Size(), ratio)
	if size[0]*100 > all || ratio > 0.85 {
		t.Errorf("%d bytes are stored whole, and the bundle is too large", size[0])
	}
}

// sameArchives compares all archives of a home with those of another.
func sameArchives(t *testing.T, got, want string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(got, "registry/cache/*/*.crate"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d archives (%v)", len(paths), err)
	}
	for _, path := range paths {
		rel, err := filepath.Rel(got, path)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := os.ReadFile(path)
		b, err := os.ReadFile(filepath.Join(want, rel))
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s is another one (%v)", rel, err)
		}
	}
}

// The keys of whoever signs; the secret one has no passphrase.
const (
	publicKey = "untrusted comment: minisign public key 282386FB209B433B\nRWQ7Q5sg+4YjKBQbTq5bkWWcWoUsWQN16kWYUh+E8RUfOiJBYN00ZDTG\n"
	secretKey = "untrusted comment: minisign encrypted secret key\n" +
		"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAO0ObIPuGIygpy5XxaJE/cVhEhpc945XFWvRzJHrWO5bLFxXfpZ+QhxQb" +
		"Tq5bkWWcWoUsWQN16kWYUh+E8RUfOiJBYN00ZDTGAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
)

// Cargo builds from archives that stand in for those that are to be made again, and asks for
// one even where it has unpacked it.
func TestUnpack_lazily(t *testing.T) {
	dir := corpus(t)
	project, home, root := filepath.Join(dir, "proj", "ripgrep"), filepath.Join(dir, "home"), t.TempDir()
	for name, text := range map[string]string{"key": secretKey, "key.pub": publicKey} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bundle, again := filepath.Join(root, "small.tar.zst"), filepath.Join(root, "home")
	command{project, home, []string{binary, "pack", "-o", bundle, "--sign", filepath.Join(root, "key")}}.output(t)
	command{project, again, []string{binary, "unpack", "--rebuild", "lazily", "--trust", filepath.Join(root, "key.pub"), bundle}}.output(t)
	check := []string{"check", "--offline", "--locked"}
	worksAlone(t, project, again, check)
	archive := one(t, again, "registry/cache/*/memchr-*.crate")
	if err := os.Remove(archive); err != nil {
		t.Fatal(err)
	}
	if stderr, err := alone(t, project, again, check...); err == nil || !strings.Contains(stderr, "memchr") {
		t.Errorf("cargo does without %s: %s", archive, stderr)
	}
	command{project, again, []string{binary, "unpack", bundle}}.output(t)
	sameArchives(t, again, home)
}
