package verify

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

func (p *Plan) listCheckouts() {
	root := filepath.Join(p.home.Dir(), filepath.FromSlash(home.CheckoutsPath))
	for _, source := range p.names(Checkouts, root) {
		for _, short := range p.names(Checkouts, filepath.Join(root, source)) {
			p.addCheckout(gitsrc.CheckoutName{Name: source, Short: short})
		}
	}
}

func (p *Plan) addCheckout(name gitsrc.CheckoutName) {
	git := p.home.Git()
	p.add(&Item{Area: Checkouts, Name: name.Name + "/" + name.Short, Path: git.CheckoutDir(name), Size: gitSize, mend: restorer{name}, check: func(ctx context.Context, w *worker, i *Item) error {
		return checkCheckout(ctx, w, i, git, name)
	}})
}

// checkCheckout compares a checkout with the commit that its name is the beginning of.
func checkCheckout(ctx context.Context, w *worker, i *Item, git *gitsrc.Folder, name gitsrc.CheckoutName) error {
	if !i.isFolder() {
		return nil
	}
	tree, err := git.Named(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		i.is(Unvouched, "git/db has not its commit")
		return nil
	case err != nil:
		return i.failed(ctx, err)
	}
	defer tree.LetGo()
	c, err := compare(i.Path, crate.OKFile, w.buffers)
	if err != nil {
		return i.failed(ctx, err)
	}
	defer c.close()
	c.git = true
	if err := c.write(tree); err != nil {
		return i.failed(ctx, err)
	}
	found, err := c.finish(ctx)
	if err != nil {
		return i.failed(ctx, err)
	}
	i.differs(found)
	if err := checkGits(ctx, i, git, tree); err != nil || len(tree.Missing()) == 0 || i.IsFinding() {
		return err
	}
	i.is(Unvouched, "git/db has not the commits of all its submodules")
	return nil
}

// write compares with a work tree. Cargos up to 1.93 leave no .cargo-ok in submodules.
func (c *comparison) write(tree *worktree.WorkTree) error {
	marks := map[string]bool{}
	for _, layer := range tree.Layers() {
		c.skip(filelist.Join(layer.Root, worktree.GitFile))
		marks[filelist.Join(layer.Root, crate.OKFile)] = layer.Root != ""
	}
	hasMark := false
	for _, e := range tree.Entries() {
		hasMark = hasMark || e.Path == crate.OKFile
		if marks[e.Path] {
			c.markOf(filelist.Parent(e.Path))
		} else if err := c.writeEntry(tree, e); err != nil {
			return err
		}
	}
	for _, gap := range tree.Missing() {
		if missing, ok := errors.AsType[*worktree.MissingError](gap); ok {
			c.skip(missing.Submodule)
		}
	}
	if !hasMark {
		made, err := c.root.Stat(crate.OKFile)
		c.mark(err == nil && made.Size == 0)
	}
	return nil
}

// markOf compares the .cargo-ok of a submodule, if there is one.
func (c *comparison) markOf(submodule string) {
	path := filelist.Join(submodule, crate.OKFile)
	c.expectFolder(submodule)
	c.skip(path)
	dir, err := c.enter(submodule)
	if err != nil {
		return
	}
	switch e, err := dir.Stat(crate.OKFile); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		c.add(path, why(err))
	case !e.Mode.IsRegular():
		c.add(path, Type)
	case e.Size > 0:
		c.add(path, Changed)
	}
}

func (c *comparison) writeEntry(tree *worktree.WorkTree, e filelist.Entry) error {
	switch e.Kind {
	case filelist.Submodule:
		return c.Mkdir(e.Path, 0o777)
	case filelist.Symlink:
		return c.Symlink(filepath.FromSlash(e.Target), e.Path)
	}
	info, err := tree.Stat(e.Path)
	if err != nil {
		return err
	}
	f, err := c.Create(e.Path, info.Mode())
	if err != nil {
		return err
	}
	err = tree.UseFile(e.Path, func(data []byte) error {
		_, err := f.Write(data)
		return err
	})
	return errors.Join(err, f.Close())
}

// checkGits looks at the repositories in a checkout: Cargo makes one anew of which HEAD
// is not the commit, and git works with their objects and indexes.
func checkGits(ctx context.Context, i *Item, git *gitsrc.Folder, tree *worktree.WorkTree) error {
	layers := tree.Layers()
	if err := git.CheckHead(i.Path, layers[0].Commit); err != nil {
		i.is(Damaged, "it "+err.Error())
	}
	for _, layer := range layers {
		if err := i.checkGit(ctx, git, layer); err != nil {
			return err
		}
	}
	i.Differences = sorted(i.Differences)
	return nil
}

// checkGit looks at one of them.
func (i *Item) checkGit(ctx context.Context, git *gitsrc.Folder, layer *worktree.Layer) error {
	at, known := filelist.Join(layer.Root, worktree.GitFile), len(i.Differences)
	root := filepath.Join(i.Path, filepath.FromSlash(layer.Root))
	dir := filepath.Join(root, worktree.GitFile)
	if how := howFolder(dir); how != "" {
		i.differsToo(at, how)
		return nil
	}
	faults, _, err := object.Verify(ctx, dir, 1)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, f := range faults {
		i.differsToo(at+"/objects/"+f.File, Changed)
	}
	if err == nil {
		i.checkFiles(at, dir, layer)
	}
	if len(faults) > 0 {
		return nil
	}
	lacking, isObject := errors.AsType[*object.ObjectError](git.CheckObjects(ctx, root, layer.Commit))
	switch {
	case isObject && !errors.Is(lacking, object.ErrUnread):
		i.differsToo(at+"/objects/"+object.LooseName(lacking.Object), Missing)
	case len(i.Differences) > known || i.State == Damaged:
	case err != nil || git.CheckHead(root, layer.Commit) != nil:
		i.differsToo(at, Changed)
	}
	return ctx.Err()
}

// howFolder tells how what should be a folder is none, "" if it is one.
func howFolder(path string) How {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return why(err)
	case !info.IsDir():
		return Type
	}
	return ""
}

// differsToo adds a difference.
func (i *Item) differsToo(path string, how How) {
	i.Differences = append(i.Differences, Difference{path, how})
	if i.State == Sound {
		i.State = Differing
	}
}

// checkFiles compares what the commit vouches for in a repository of a checkout, at a path
// in it: the index, and of a submodule HEAD.
func (i *Item) checkFiles(at, dir string, layer *worktree.Layer) {
	compared := []string{"HEAD", "index"}
	if layer.Root != "" {
		i.checkHead(at+"/HEAD", dir, layer.Commit)
	}
	data, err := fsx.ReadRegular(filepath.Join(dir, "index"), layer.IndexSize())
	if err == nil {
		err = layer.CheckIndex(data)
	}
	switch {
	case err == nil:
	case errors.Is(err, worktree.ErrIndexVersion):
		compared = compared[:1]
	case errors.Is(err, worktree.ErrIndex), errors.Is(err, fsx.ErrTooLarge):
		i.differsToo(at+"/index", Changed)
	default:
		i.differsToo(at+"/index", why(err))
	}
	i.nobody(at, compared...)
}

// checkHead: HEAD is a commit, or leads to a reference that is one.
func (i *Item) checkHead(at, dir, commit string) {
	head, err := object.HeadOf(dir)
	if err == nil && head == commit {
		return
	}
	how := Changed
	if _, gone := os.Lstat(filepath.Join(dir, "HEAD")); gone != nil {
		how = why(gone)
	} else if errors.Is(err, fsx.ErrNotRegular) {
		how = Type
	}
	i.differsToo(at, how)
}
