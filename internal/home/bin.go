package home

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/internal/fsx"
)

// proxyNames are the programs for which rustup puts a proxy into bin (rustup 1.28: TOOLS,
// DUP_TOOLS), and itself.
var proxyNames = []string{
	"rustup", "rustup-init", "rustc", "rustdoc", "cargo", "rust-lldb", "rust-gdb", "rust-gdbgui", "rls",
	"cargo-clippy", "clippy-driver", "cargo-miri", "rustfmt", "cargo-fmt", "rust-analyzer",
}

// Binaries lists the folder bin of a home: what was installed, and the proxies of rustup,
// both in order. A proxy is rustup by another name: a link to it, another name of its
// file, or a copy, with the name of a tool. A folder that cannot be read is empty.
func Binaries(bin string) (installed, proxies []string) {
	entries, _ := os.ReadDir(bin)
	rustup := findRustup(bin, entries)
	for _, e := range entries {
		if isProxy(bin, e.Name(), rustup) {
			proxies = append(proxies, e.Name())
		} else {
			installed = append(installed, e.Name())
		}
	}
	return installed, proxies
}

func toolName(file string) string { return strings.TrimSuffix(file, ".exe") }

// findRustup returns the path of rustup in bin, "" if it is not there.
func findRustup(bin string, entries []fs.DirEntry) string {
	i := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return toolName(e.Name()) == "rustup" })
	if i < 0 {
		return ""
	}
	return filepath.Join(bin, entries[i].Name())
}

func isProxy(bin, name, rustup string) bool {
	if !slices.Contains(proxyNames, toolName(name)) {
		return false
	}
	path := filepath.Join(bin, name)
	if target, err := os.Readlink(path); err == nil && strings.HasPrefix(toolName(filepath.Base(target)), "rustup") {
		return true // also where rustup is elsewhere, or gone
	}
	if rustup == "" {
		return false
	}
	return path == rustup || sameContent(path, rustup)
}

// sameContent reports whether two regular files are one, or copies.
func sameContent(a, b string) bool {
	fa, ia, err := fsx.OpenRegular(a)
	if err != nil {
		return false
	}
	defer fa.Close()
	fb, ib, err := fsx.OpenRegular(b)
	if err != nil {
		return false
	}
	defer fb.Close()
	return os.SameFile(ia, ib) || ia.Size() == ib.Size() && sameBytes(fa, fb)
}

func sameBytes(a, b io.Reader) bool {
	bufA, bufB := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(a, bufA)
		m, errB := io.ReadFull(b, bufB)
		if !bytes.Equal(bufA[:n], bufB[:m]) {
			return false
		}
		if errA != nil || errB != nil {
			return isEnd(errA) && isEnd(errB)
		}
	}
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
