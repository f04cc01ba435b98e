package vendoring

import (
	"context"
	"io/fs"
	"runtime"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/manifest"
	"cargohome/internal/packagelist"
)

// copied returns what of a commit the folder is to be a copy of, nil if it is not one. An
// error is that of writing the folder.
func (s *Step) copied(ctx context.Context) (*checkout, error) {
	if len(s.contents) == 0 {
		return nil, nil
	}
	switch c := s.contents[0].(type) {
	case *checkout:
		return c, nil
	case *filtered:
		if whole, ok := c.contents.(*checkout); ok {
			return whole.without(ctx, c.out)
		}
	}
	return nil, nil
}

// without returns the part of a copy that a filter leaves.
func (c *checkout) without(ctx context.Context, out *leaving) (*checkout, error) {
	targets, err := manifest.Targets(string(c.manifest), pathsOf(c.files))
	if err != nil {
		return nil, err
	}
	if out.Stub {
		return c.stubbed(targets), nil
	}
	takes := out.takes(pathsOf(c.files))
	if len(takes) == 0 {
		return c, nil
	}
	seen := newSurvey(false)
	all, err := c.write(ctx, nil, seen)
	if err != nil {
		return nil, err
	}
	gone, err := out.choose(takes, seen, targets)
	if err != nil {
		return nil, err
	}
	rest := *c
	rest.files = slices.DeleteFunc(slices.Clone(c.files), func(f packagelist.File) bool { return gone[f.Path] })
	kept := slices.DeleteFunc(slices.Clone(all), func(f archive.File) bool { return gone[f.Path] })
	rest.cut = cut{applies: true, left: leftOf(all, kept)}
	return &rest, nil
}

func (c *checkout) stubbed(targets []manifest.Target) *checkout {
	stub := &checkout{tree: c.tree, manifest: c.manifest}
	for _, path := range stubFiles(targets, pathsOf(c.files)) {
		stub.files = append(stub.files, packagelist.File{Path: path})
	}
	stub.cut = cut{true, true, Left{Files: max(len(c.files)-len(stub.files), 0)}}
	return stub
}

// isListed reports whether a record lists what is copied, and nothing else, and says what
// is not.
func (c *checkout) isListed(files []archive.File, out *leaving) bool {
	if out != nil && (c.applies != out.applies || c.left.Files != out.left.Files || !c.stub && c.left != out.left) {
		return false
	}
	return slices.EqualFunc(files, c.files, func(r archive.File, f packagelist.File) bool { return r.Path == f.Path })
}

// isCopy reports whether the file number i on record is what would be copied. What the
// record says of it is compared with the repository, so that nobody needs to be believed.
// Most files have the bytes of a blob, which the name of the blob tells; what is converted
// on its way out is read, and made again what is not the repository's.
func (p *prover) isCopy(d fsx.Folder, name string, i int) bool {
	from, f := p.copied.files[i], &p.files[i]
	e, err := d.Stat(name)
	mode, err2 := p.copied.modeOf(from)
	if err != nil || err2 != nil || !p.hasMode(e, mode) || e.Size > p.left {
		return false
	}
	if is, told := p.isBlob(d, e, name, i); told {
		return is
	}
	sum, err := p.copied.sum(from)
	return err == nil && f.Sum == sum && p.hasSum(d, name, i)
}

// isBlob is isCopy for what comes from the repository as it is; told is false for other
// files.
func (p *prover) isBlob(d fsx.Folder, e fsx.Entry, name string, i int) (is, told bool) {
	from := p.copied.files[i]
	if _, made := p.copied.made(from); made {
		return false, false
	}
	proof, err := p.copied.tree.Proof(from.From, e.Size)
	if proof == nil {
		return false, err != nil
	}
	p.also = proof
	defer func() { p.also = nil }()
	return p.hasSum(d, name, i) && proof.Holds(), true
}

func (c *checkout) sum(f packagelist.File) (sum crate.Checksum, err error) {
	err = c.use(f, func(data []byte, _ fs.FileMode) error {
		sum = crate.Sum(data)
		return nil
	})
	return sum, err
}

// hasMode reports whether what is copied has a mode as it would get it now, or if the
// umask is not told, whether its owner may execute it, where there is that; of what is
// unpacked modes do not count.
func (p *prover) hasMode(e fsx.Entry, mode fs.FileMode) bool {
	got := e.Mode &^ fs.ModeType
	switch {
	case p.copied == nil || runtime.GOOS == "windows":
		return true
	case !fsx.TellsUmask:
		return got&0o100 == mode&0o100
	case e.Mode.IsDir():
		got &= fs.ModePerm // its group's may be inherited
	}
	return got == mode&^fsx.Umask()
}

// isMadeWith asks that of what is no file of the commit.
func (p *prover) isMadeWith(mode fs.FileMode, d fsx.Folder, name string) bool {
	if p.copied == nil {
		return true // and not asked for
	}
	e, err := d.Stat(name)
	return err == nil && p.hasMode(e, mode)
}
