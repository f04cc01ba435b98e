package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cargohome/internal/compat"
)

// LockfilePath returns the lockfile that cargo 1.97 and newer have for every workspace in
// place of its own, "" if the configuration names none. Braces are kept for later cargos.
//
// Source: cargo 1.97, Workspace::set_resolve_behavior; until then the key is passed over.
func (c *Config) LockfilePath() (string, error) {
	k := newKey("resolver", "lockfile-path")
	found, err := c.text(k)
	if err != nil || !found.set {
		return "", err
	}
	path := join(found.from.root(c.cwd), found.value)
	info, err := os.Stat(path)
	switch {
	case strings.ContainsAny(found.value, "{}"):
		err = fmt.Errorf("key %s has in braces what cargo does not know: %q (in %s)", dotted(k.path), found.value, found.from)
	case filepath.Base(path) != "Cargo.lock":
		err = fmt.Errorf("key %s is %q, which is no Cargo.lock (in %s)", dotted(k.path), found.value, found.from)
	case err == nil && info.IsDir():
		err = fmt.Errorf("key %s is %q, which is a folder (in %s)", dotted(k.path), found.value, found.from)
	default:
		return path, nil
	}
	return "", err
}

// ReadElsewhere is the warning that newer cargos read another lockfile than counts.
func ReadElsewhere(own, configured string) string {
	return fmt.Sprintf("cargo 1.%d and newer read the lockfile at %s, as resolver.lockfile-path says, and not %s, which counts here: name it by --lockfile-path",
		compat.Differences[compat.LockPath].Since, configured, own)
}
