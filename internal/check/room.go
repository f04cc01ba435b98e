package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
)

// ampleRatio is how many times the bytes of archives cargo may need to unpack them: cargo
// itself refuses those that come to more than 20 times as much, and half a gigabyte.
const ampleRatio = 20

// room makes sure that the disk has room for what cargo has to unpack and to check out, of
// which each file takes a block at least. Only where it is short is it worked out how much
// that is.
func (c *checker) room(pieces []piece) {
	var packed int64
	for i := range pieces {
		if one := &pieces[i]; one.size > 0 && !one.unpacked {
			packed += one.size
			c.writable(filepath.Join(c.registries[one.From].src, one.ID.Stem()))
		}
	}
	dir, _ := deepest(filepath.Join(c.Home.Dir(), filepath.FromSlash(home.SrcPath)))
	free, block := fsx.Free(dir)
	var needed atomic.Int64
	needed.Store(c.checkouts.Load() * block)
	if packed+needed.Load() == 0 || block == 0 || free > packed*ampleRatio+needed.Load() {
		return
	}
	c.each(pieces, func(w *worker, one *piece) {
		if one.size > 0 && !one.unpacked {
			needed.Add(c.registries[one.From].unpackedSize(w, one, block))
		}
	})
	if n := needed.Load(); n > free {
		c.find(Finding{Code: DiskFull, Path: dir, Reason: fmt.Sprintf("cargo has to write %d bytes, and there is room for %d", n, free), Remedy: Remedy{Kind: Room}, Breaks: []string{fetch}, reach: hidden})
	}
}

// lockable makes sure that cargo can lock the home, which each command does. Where it may not
// write it does without (cargo 1.95: CacheLocker, maybe_readonly).
func (c *checker) lockable() {
	path := filepath.Join(c.Home.Dir(), ".package-cache")
	info, err := os.Stat(path)
	switch {
	case err == nil && info.Mode()&(fs.ModeDir|fs.ModeSocket) != 0:
		err = fsx.ErrNotRegular
	case errors.Is(err, fs.ErrNotExist) && leadsAstray(path):
		err = errors.New("it is a link into a folder that is not there")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		c.find(Finding{Code: HomeUnwritable, Path: path, Reason: "cargo has to lock it, and cannot: " + fsx.WithoutPath(err).Error(), Remedy: Remedy{Kind: Permit}})
	}
}

// leadsAstray reports whether a path is a link, or one to a link, into a folder that is not
// there, so that nothing can be made by it.
func leadsAstray(path string) bool {
	for range maxLinks {
		target, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		if _, err := os.Stat(filepath.Dir(target)); err != nil {
			return true
		}
		path = target
	}
	return false
}

// maxLinks is how many links Linux follows.
const maxLinks = 40

// checkTarget makes sure that cargo can write to the folders that it builds in.
func (c *checker) checkTarget(p *project) {
	target, by := c.Config.TargetDir()
	if by == "" {
		target = filepath.Join(p.ws.Root, "target")
	}
	below, _ := c.Config.BuildRoot(c.Home.Dir(), p.ws.Root)
	for _, dir := range []string{target, below} {
		if dir != "" { // else it was told of, or there is none
			c.builds(dir)
		}
	}
}

// builds makes sure that cargo can build in a folder.
func (c *checker) builds(path string) {
	dir, _ := deepest(filepath.Join(path, "debug"))
	err := fsx.Writable(dir)
	if info, _ := os.Stat(dir); info != nil && !info.IsDir() {
		err = errors.New("it is no folder")
	}
	if err != nil {
		c.find(Finding{Code: TargetUnwritable, Path: dir, Reason: "cargo has to write there, and cannot: " + err.Error(), Remedy: Remedy{Kind: Permit}, Breaks: []string{build}})
	}
}

// deepest is how much of a path is there, and below that the first part that is not.
func deepest(path string) (dir, missing string) {
	for dir = path; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		missing = dir
	}
	return dir, missing
}

// writable makes sure that cargo may make a folder, or write to one that is there.
func (c *checker) writable(path string) {
	dir, missing := deepest(path)
	err := fsx.Writable(dir)
	if _, none := os.Lstat(missing); err == nil && missing != "" && none == nil {
		dir, err = missing, errors.New("it is a link that leads nowhere")
	}
	if err != nil {
		c.find(Finding{Code: HomeUnwritable, Path: dir, Reason: "cargo has to write there, and may not: " + err.Error(), Remedy: Remedy{Kind: Permit}, Breaks: []string{fetch}, reach: hidden})
	}
}

// removable finds a folder in one that cargo throws away first (cargo 1.95: GitDatabase::copy_to),
// of which it cannot tell what is in it, or cannot take that out.
func (c *checker) removable(id crate.ID, dir string) {
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			err = keeps(path)
		}
		switch {
		case c.ctx.Err() != nil:
			return fs.SkipAll
		case err == nil || errors.Is(err, fs.ErrNotExist):
			return nil
		}
		c.find(Finding{
			Code: HomeUnwritable, ID: id, Path: path, Remedy: Remedy{Kind: Permit},
			Reason: "cargo has to remove it, and may not: " + fsx.WithoutPath(err).Error(),
		})
		return fs.SkipAll
	})
}

// keeps returns why what is in a folder cannot be removed.
func keeps(dir string) error {
	err := fsx.Writable(dir)
	if entries, listed := os.ReadDir(dir); listed == nil && len(entries) == 0 {
		return nil
	}
	return err
}

// unpackedSize is what the files of an archive take in blocks.
func (r *registry) unpackedSize(w *worker, one *piece, block int64) (size int64) {
	report, err := w.unpacker.Check(r.ctx, locate.Vouched{}.Archive(one.ID, one.at(r)))
	if err != nil {
		return 0
	}
	for _, f := range report.Files {
		size += (f.Size + block - 1) / block * block
	}
	return size + block // for the mark
}
