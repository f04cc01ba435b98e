//go:build conform

package signature_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/signature"
)

// Debian's minisign takes what is signed here, and the other way round.
func TestMinisign(t *testing.T) {
	if _, err := exec.LookPath("minisign"); err != nil {
		t.Skip("minisign is not installed")
	}
	dir := t.TempDir()
	ours, err := parseSecret(t).Sign(strings.NewReader("content"), "of a test")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"key": secret, "key.pub": public, "file": "content", "ours": string(ours)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		cmd := exec.Command("minisign", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("minisign %q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if out := run("-V", "-p", "key.pub", "-m", "file", "-x", "ours"); !strings.Contains(out, "of a test") {
		t.Errorf("minisign says\n%s", out)
	}
	for _, how := range [][]string{nil, {"-l"}} {
		run(append([]string{"-S", "-s", "key", "-m", "file", "-x", "theirs"}, how...)...)
		theirs, err := os.ReadFile(filepath.Join(dir, "theirs"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := signature.Verify(strings.NewReader("content"), theirs, []signature.Public{parsePublic(t, public)}); err != nil {
			t.Errorf("minisign -S %q: %v", how, err)
		}
	}
}
