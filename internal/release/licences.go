package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// module is one that the program is made of, as `go list -m -json` has it.
type module struct {
	Path, Version, Dir string
	Main               bool
}

// modules lists those of which something is in the program.
func modules() ([]module, error) {
	used, err := output("go", "-C", sourceDir(), "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	if err != nil {
		return nil, err
	}
	out, err := output("go", "-C", sourceDir(), "list", "-m", "-json", "all")
	if err != nil {
		return nil, err
	}
	names := strings.Fields(used)
	var list []module
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var m module
		if err := d.Decode(&m); err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		if slices.Contains(names, m.Path) {
			list = append(list, m)
		}
	}
}

// writeLicences copies the licences of the program and of all that is in it.
func writeLicences(dir string) error {
	all, err := modules()
	if err != nil {
		return err
	}
	for _, m := range all {
		to := filepath.Join(dir, filepath.FromSlash(m.Path))
		if m.Main {
			to = dir
		}
		found, err := copyLicences(m.Dir, to)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("module %s has no licence", m.Path)
		}
	}
	goroot, err := output("go", "env", "GOROOT")
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(goroot, "LICENSE"))
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "go", "LICENSE"), text)
}

func copyLicences(from, to string) (found bool, err error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if !isLicence(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = writeFile(filepath.Join(to, e.Name()), text)
		}
		if err != nil {
			return false, err
		}
		found = true
	}
	return found, nil
}

func isLicence(name string) bool {
	for _, word := range []string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS", "AUTHORS"} {
		if strings.HasPrefix(strings.ToUpper(name), word) {
			return true
		}
	}
	return false
}
