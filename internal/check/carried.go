package check

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	"cargohome/crate"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/filename"
	"cargohome/internal/fsx"
	"cargohome/internal/manifest"
)

// carried looks at whether the files of a vendor folder come to another machine as they
// are: by a file system that knows fewer names, and by the git work tree that it lies in.
func (c *checker) carried() error {
	for _, d := range c.inOrder() {
		if c.Portable {
			d.portable()
		}
		if c.Git {
			if err := d.inGit(); err != nil {
				return err
			}
		}
	}
	return nil
}

// inOrder are the vendor folders, by their paths.
func (c *checker) inOrder() []*directory {
	return slices.SortedFunc(maps.Values(c.directories), func(a, b *directory) int { return strings.Compare(a.dir, b.dir) })
}

// files calls each with every file that Cargo needs of the vendor folder, by its path from
// there with slashes.
func (d *directory) files(each func(v *vendored, path string)) {
	packages := slices.SortedFunc(maps.Values(d.packages), func(a, b *vendored) int { return strings.Compare(a.dir, b.dir) })
	for _, v := range packages {
		paths := append(slices.Collect(maps.Keys(v.record.Files)), crate.ChecksumFile, manifest.FileName)
		slices.Sort(paths)
		for _, path := range slices.Compact(paths) {
			each(v, filepath.Base(v.dir)+"/"+path)
		}
	}
}

// id is that of the package, of which the source is not known here.
func (v *vendored) id() crate.ID { return crate.ID{Name: v.manifest.Name, Version: v.manifest.Version} }

// maxPath is how many UTF-16 units a path below the vendor folder may have: Windows takes
// 259 in all, and the folder has to lie somewhere.
const maxPath = 200

// portable looks for names that Windows or macOS do not have, or take for the same.
func (d *directory) portable() {
	seen := map[string]string{}
	told := map[string]bool{}
	d.files(func(v *vendored, path string) {
		f := Finding{ID: v.id(), Path: filepath.Join(d.dir, filepath.FromSlash(path)), Remedy: Remedy{Kind: Mend}, Breaks: []string{build}, reach: hidden}
		if n := len(utf16.Encode([]rune(path))); n > maxPath {
			f.Code, f.Reason = PathLong, fmt.Sprintf("below the vendor folder its path has %d characters, more than %d", n, maxPath)
			d.find(f)
		}
		for end := range ends(path) {
			part := path[:end]
			name := part[strings.LastIndexByte(part, '/')+1:]
			if why := filename.NotOnWindows(name); why != "" && !told[part] {
				told[part] = true
				f.Code, f.Reason = NameReserved, fmt.Sprintf("Windows has no name %q: %s", name, why)
				d.find(f)
			}
			folded := filename.Fold(part)
			if other, ok := seen[folded]; ok && other != part && !told[part] {
				told[part] = true
				f.Code, f.Reason = NameTwin, fmt.Sprintf("to Windows or macOS %q is the same as %q", part, other)
				d.find(f)
			} else if !ok {
				seen[folded] = part
			}
		}
	})
}

// ends yields where each part of a path ends.
func ends(path string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range len(path) {
			if path[i] == '/' && !yield(i) {
				return
			}
		}
		yield(len(path))
	}
}

// inGit looks for files that the work tree around the vendor folder would not commit, or
// not give back as they are.
func (d *directory) inGit() error {
	root := worktree.FindWorkTree(d.dir)
	if root == "" {
		return nil
	}
	rules, err := worktree.NewRules(root)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, d.dir)
	if err != nil {
		return err
	}
	prefix := strings.TrimPrefix(filepath.ToSlash(rel)+"/", "./")
	d.files(func(v *vendored, path string) {
		f := Finding{ID: v.id(), Path: filepath.Join(d.dir, filepath.FromSlash(path)), Remedy: Remedy{Kind: Mend}, Breaks: []string{build}, reach: hidden}
		if by := rules.Ignores(prefix + path); by != "" {
			f.Code, f.Reason = GitIgnored, "git passes it over, by "+by
			f.Remedy = Remedy{Kind: Mend, Command: "git add --force " + quoted(d.dir)}
			d.find(f)
			return
		}
		by, err := rules.Converts(prefix+path, func() ([]byte, error) { return fsx.ReadRegular(f.Path, maxCarried) })
		if err == nil && by != "" {
			f.Code, f.Reason = GitConverted, fmt.Sprintf("git changes it, by %s", by)
			f.Remedy.Command = "echo '* -text -ident -filter' > " + quoted(filepath.Join(d.dir, ".gitattributes"))
			d.find(f)
		}
	})
	return nil
}

// maxCarried bounds a file that is read for the ends of its lines, in bytes.
const maxCarried = 256 << 20
