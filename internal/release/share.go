package main

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/cli"
)

// units are those of systemd, for serve.
//
//go:embed systemd
var units embed.FS

const unitsFolder = "cargohome/systemd" // below PREFIX/share

// writeShare writes what lies below PREFIX/share: a manual page for each command,
// completions where each shell looks for them, units of systemd, and licences.
func writeShare(dir string) error {
	root := cli.Commands()
	if err := writeManual(root, filepath.Join(dir, "man", "man1")); err != nil {
		return err
	}
	if err := writeCompletions(root, dir); err != nil {
		return err
	}
	below, err := fs.Sub(units, "systemd")
	if err == nil {
		err = os.CopyFS(filepath.Join(dir, filepath.FromSlash(unitsFolder)), below)
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

// sourceDate is the time that everything has.
func sourceDate() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := output("git", "log", "-1", "--format=%ct")
		if err != nil {
			return time.Unix(0, 0).UTC(), nil // a source tarball without its history
		}
		text = out
	}
	var seconds int64
	if _, err := fmt.Sscan(text, &seconds); err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q, not a number of seconds", text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}
