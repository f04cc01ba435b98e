package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A page for each command, completions, and the licences of all that is linked.
func TestShare(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1153704088")
	dir := t.TempDir()
	if err := run([]string{dir}); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{
		"man/man1/cargohome.1":                                            "\\fBSOURCE_DATE_EPOCH\\fR\nthe time",
		"man/man1/cargohome-check.1":                                      ".TP\n\\fBarchive\\-missing\\fR\nthe archive of",
		"man/man5/cargohome-bundle.5":                                     "an entry of the tar:",
		"man/man1/cargohome-vendor.1":                                     "2006-07-24",
		"bash-completion/completions/cargohome":                           "complete",
		"zsh/site-functions/_cargohome":                                   "compdef",
		"fish/vendor_completions.d/cargohome.fish":                        "complete",
		"cargohome/systemd/cargohome-serve.service":                       "ExecStart=/usr/bin/cargohome serve",
		"cargohome/systemd/cargohome-serve.socket":                        "ListenStream",
		"licenses/cargohome/github.com/inconshreveable/mousetrap/LICENSE": "Apache", // on Windows
		"licenses/cargohome/LICENSE-MIT":                                  "Permission",
		"licenses/cargohome/LICENSE-APACHE":                               "Apache",
		"licenses/cargohome/github.com/go-git/go-git/v5/LICENSE":          "Apache",
		"licenses/cargohome/github.com/klauspost/compress/LICENSE":        "Copyright",
	} {
		text, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(text), says) {
			t.Errorf("%s does not say %q", path, says)
		}
	}
}
