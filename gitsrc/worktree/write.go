package worktree

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"
	"cargohome/internal/par"
	"cargohome/internal/staging"

	"github.com/go-git/go-git/v5/plumbing/format/index"
)

const (
	maxWritten = 32 << 30 // bytes of one work tree
	chunkSize  = 32       // files that one worker writes in a row
	dirMode    = 0o755    // of folders, under the umask
)

// writer writes a work tree into a folder that nobody else touches.
type writer struct {
	w     *WorkTree
	dir   string
	done  func(bytes int)
	git   func(l *Layer, to *staging.Writer, dir string, idx *index.Index) error // makes a ".git"
	stats []index.Entry                                                          // by entry, without its name; nil if nothing is remembered
	total atomic.Int64
}

// Write makes the folder of root the checkout of a work tree: its files, a ".git" in it
// and in each submodule, and ".cargo-ok". done is called for each file, by many
// goroutines. It finishes root.
func (w *WorkTree) Write(ctx context.Context, root *staging.Writer, jobs int, done func(bytes int)) error {
	wr := &writer{w: w, dir: root.Path(), done: done, git: (*Layer).writeGit, stats: make([]index.Entry, len(w.entries))}
	return wr.write(ctx, root, jobs)
}

// WriteBundled is [WorkTree.Write] for another home: with as little in each ".git" as Cargo
// needs to take it for its own, and nothing that is of this machine. The objects are those of
// the folder that objects names, as seen from the ".git/objects" of the repository.
func (w *WorkTree) WriteBundled(ctx context.Context, root *staging.Writer, jobs int, objects func(*Layer) string) error {
	git := func(l *Layer, to *staging.Writer, dir string, idx *index.Index) error {
		return l.writeBareGit(to, dir, idx, objects(l))
	}
	wr := &writer{w: w, dir: root.Path(), done: func(int) {}, git: git}
	return wr.write(ctx, root, jobs)
}

func (wr *writer) write(ctx context.Context, root *staging.Writer, jobs int) error {
	err := wr.writeFiles(ctx, root, jobs)
	if err == nil {
		err = wr.writeGits(root)
	}
	if err == nil && !wr.w.layers[0].hasOK() {
		err = root.WriteFile(crate.OKFile, 0o666, nil)
	}
	return cmp.Or(err, root.Finish())
}

// writeFiles writes all but the repositories: with several trees, which share a
// folder with root, one for each worker.
func (wr *writer) writeFiles(ctx context.Context, root *staging.Writer, jobs int) error {
	if err := wr.makeFolders(root); err != nil {
		return err
	}
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var trees []*staging.Writer
	var errs []error
	for len(trees) < jobs && cmp.Or(errs...) == nil {
		t, err := root.Share()
		if err == nil {
			trees = append(trees, t)
		}
		errs = append(errs, err)
	}
	if cmp.Or(errs...) == nil {
		errs = append(errs, wr.writeChunks(ctx, trees)...)
	}
	for _, t := range trees {
		errs = append(errs, t.Finish())
	}
	return cmp.Or(errs...)
}

// writeGits makes the ".git" of each repository.
func (wr *writer) writeGits(root *staging.Writer) error {
	for i, index := range wr.indexes() {
		l := wr.w.layers[i]
		dir := filelist.Join(l.Root, GitFile)
		if err := wr.git(l, root, dir, index); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return nil
}

// makeFolders makes the folders of submodules that are not checked out, and those
// whose mode is to be set. libgit2 makes folders with mode 0755, other than roots
// of repositories, which makes a difference under a umask that lets others write.
func (wr *writer) makeFolders(root *staging.Writer) error {
	for _, dir := range wr.w.empty {
		if err := root.Mkdir(dir, dirMode); err != nil {
			return err
		}
	}
	fi, err := os.Lstat(wr.dir)
	if err != nil || fi.Mode()&(0o777&^dirMode) == 0 {
		return err
	}
	for path, f := range wr.w.tree().dirs {
		if path == "." || f.submodule {
			continue
		}
		if err := root.Mkdir(path, dirMode); err != nil {
			return err
		}
	}
	return nil
}

func (wr *writer) writeChunks(ctx context.Context, trees []*staging.Writer) []error {
	var next atomic.Int64
	newWorker := func() *staging.Writer { return trees[next.Add(1)-1] }
	n := len(wr.w.entries)
	others, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	return par.Do(others, len(trees), (n+chunkSize-1)/chunkSize, newWorker, func(t *staging.Writer, chunk int) error {
		for i := chunk * chunkSize; i < min(n, (chunk+1)*chunkSize); i++ {
			if err := wr.entry(ctx, t, i); err != nil {
				cancel(err)
				return err
			}
		}
		return nil
	})
}

func (wr *writer) entry(ctx context.Context, t *staging.Writer, i int) error {
	e, size, err := wr.w.entries[i], 0, ctx.Err()
	if err != nil {
		return err
	}
	switch e.Kind {
	case filelist.Submodule:
		return nil
	case filelist.Symlink:
		err = t.Symlink(e.Target, e.Path)
	default:
		size, err = wr.file(ctx, t, i)
	}
	if err == nil && wr.stats != nil {
		wr.stats[i], err = lstat(filepath.Join(wr.dir, filepath.FromSlash(e.Path)))
	}
	if err == nil && wr.total.Add(int64(size)) > maxWritten {
		err = &object.LimitError{What: "bytes in a work tree", Limit: maxWritten}
	}
	if err == nil {
		wr.done(size)
	}
	return err
}

func (wr *writer) file(ctx context.Context, t *staging.Writer, i int) (size int, err error) {
	err = wr.w.use(ctx, i, object.MaxBlob, func(data []byte) error {
		size = len(data)
		return t.WriteFile(wr.w.entries[i].Path, os.FileMode(wr.w.nodes[i].mode&0o777), data)
	})
	return size, err
}
