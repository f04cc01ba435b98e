// Share writes what is installed below PREFIX/share:
//
//	share DIR
//
// makes manual pages, completions where each shell looks for them, units of systemd, and
// the licences of all that the program is made of. It needs nothing that the program does
// not, so that the source of a release is installed without a network. Pages have the date
// that SOURCE_DATE_EPOCH says.
package main

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/cli"
)

// units are those of systemd, for serve.
//
//go:embed systemd
var units embed.FS

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: share DIR")
	}
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w; make sets it", err)
	}
	return writeShare(args[0], time.Unix(seconds, 0).UTC())
}

func writeShare(dir string, when time.Time) error {
	root := cli.Commands()
	if err := writePages(root, filepath.Join(dir, "man", "man1"), when); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "man", "man5", "cargohome-bundle.5"), bundlePage(when)); err != nil {
		return err
	}
	if err := writeCompletions(root, dir); err != nil {
		return err
	}
	below, err := fs.Sub(units, "systemd")
	if err == nil {
		err = os.CopyFS(filepath.Join(dir, "cargohome", "systemd"), below)
	}
	if err != nil {
		return err
	}
	return writeLicences(filepath.Join(dir, "licenses", "cargohome"))
}

func writeCompletions(root *cobra.Command, dir string) error {
	for _, c := range []struct {
		path  string
		write func(io.Writer) error
	}{
		{"bash-completion/completions/cargohome", func(w io.Writer) error { return cli.BashCompletion(root, w) }},
		{"zsh/site-functions/_cargohome", root.GenZshCompletion},
		{"fish/vendor_completions.d/cargohome.fish", func(w io.Writer) error { return root.GenFishCompletion(w, true) }},
		{"cargohome/cargohome.ps1", root.GenPowerShellCompletionWithDesc},
	} {
		var text bytes.Buffer
		if err := c.write(&text); err != nil {
			return err
		}
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(c.path)), text.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
