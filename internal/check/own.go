package check

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"cargohome/internal/fsx"
	"cargohome/internal/manifest"
)

// checkAll is the command that compiles all that is the user's own.
const checkAll = "cargo check --workspace --all-targets" + offline

// checkFiles: what the user's own packages are compiled from are files. What is in them is
// rustc's business.
func (c *checker) checkFiles(p *project) {
	for _, m := range p.own {
		files := m.Files
		if p.ws != nil && slices.ContainsFunc(p.ws.Members, func(o *manifest.Manifest) bool { return o.Dir == m.Dir }) {
			files = slices.Concat(files, m.OwnFiles)
		}
		for _, file := range files {
			path := filepath.Join(m.Dir, filepath.FromSlash(file))
			if err := readable(path); err != nil {
				c.find(Finding{Code: ManifestBroken, Path: path, Reason: fmt.Sprintf("%s is compiled from it, and it cannot be read: %v", m.Name, fsx.WithoutPath(err)),
					Breaks: []string{checkAll}, Remedy: Remedy{Kind: Mend}})
			}
		}
	}
}

// readable reports why a file cannot be read, nil if it can.
func readable(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return fsx.ErrNotRegular
	}
	if err != nil || info.Mode().Perm()&0o444 == 0o444 {
		return err
	}
	f, err := fsx.OpenToRead(path)
	if err != nil {
		return err
	}
	return f.Close()
}
