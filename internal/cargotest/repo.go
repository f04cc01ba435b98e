package cargotest

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// signature makes commits the same in every run.
var signature = object.Signature{Name: "A U Thor", Email: "author@example.com", When: time.Unix(MTime, 0).UTC()}

// epoch is the signature of commits that say nothing of who made them.
var epoch = object.Signature{When: time.Unix(0, 0)}

// CommitIndex turns the registry into one of the git protocol (spec 3.2): what
// its cache holds becomes a commit at refs/remotes/origin/HEAD, and the cache's
// version strings become the ids of the blobs. config.json moves into the
// commit. It returns the commit's id.
func (r *Registry) CommitIndex() string {
	files := map[string][]byte{"config.json": []byte(ConfigJSON)}
	for path, lines := range r.allLines() {
		files[path] = joinLines(lines)
		blob := plumbing.ComputeHash(plumbing.BlobObject, files[path])
		write(r.t, filepath.Join(r.IndexDir(), ".cache", filepath.FromSlash(path)), CacheFile(blob.String(), lines))
	}
	err := os.Remove(filepath.Join(r.IndexDir(), "config.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		check(r.t, err)
	}
	return Commit(r.t, r.IndexDir(), "refs/remotes/origin/HEAD", files)
}

// allLines reads the whole index cache, by path within the index.
func (r *Registry) allLines() map[string][][]byte {
	all := map[string][][]byte{}
	root := filepath.Join(r.IndexDir(), ".cache")
	check(r.t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		all[filepath.ToSlash(rel)] = cachedLines(r.t, path)
		return err
	}))
	return all
}

// Commit makes a commit of files, by slashed path, the only content of ref,
// whose former commit becomes its parent. The repository is dir/.git, made if
// need be; nothing is checked out. It returns the commit's id.
func Commit(t T, dir, ref string, files map[string][]byte) string {
	repo, err := git.PlainOpen(dir)
	if errors.Is(err, git.ErrRepositoryNotExists) {
		repo, err = git.PlainInit(dir, false)
	}
	check(t, err)
	c := &object.Commit{Author: signature, Committer: signature, Message: "fixture\n", TreeHash: storeTree(t, repo, files)}
	if old, err := repo.Reference(plumbing.ReferenceName(ref), true); err == nil {
		c.ParentHashes = []plumbing.Hash{old.Hash()}
	}
	id := store(t, repo, c)
	check(t, repo.Storer.SetReference(plumbing.NewHashReference(plumbing.ReferenceName(ref), id)))
	return id.String()
}

// AddRepository makes a commit of files, by slashed path, in the bare repository
// git/db/name, and returns its id. With a url the repository says that it was
// fetched from there. A content that is "@ " and a commit makes a submodule, "-> " and a
// path a link.
func (h *Home) AddRepository(name, url string, files map[string][]byte) string {
	dir := filepath.Join(h.Dir, "git", "db", name)
	work := dir + ".work" // where go-git finds the repository as ".git"
	check(h.t, os.MkdirAll(work, 0o777))
	if _, err := os.Stat(dir); err == nil {
		check(h.t, os.Rename(dir, filepath.Join(work, ".git")))
	}
	id := Commit(h.t, work, "refs/remotes/origin/HEAD", files)
	check(h.t, os.Rename(filepath.Join(work, ".git"), dir))
	check(h.t, os.Remove(work))
	if url != "" {
		write(h.t, filepath.Join(dir, "FETCH_HEAD"), []byte(id+"\t\t"+url+"\n"))
	}
	return id
}

func storeTree(t T, repo *git.Repository, files map[string][]byte) plumbing.Hash {
	folders := map[string]map[string][]byte{}
	var tree object.Tree
	for path, data := range files {
		if name, rest, nested := strings.Cut(path, "/"); !nested {
			tree.Entries = append(tree.Entries, storeEntry(t, repo, path, data))
		} else if folders[name] == nil {
			folders[name] = map[string][]byte{rest: data}
		} else {
			folders[name][rest] = data
		}
	}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: storeTree(t, repo, folders[name])})
	}
	slices.SortFunc(tree.Entries, func(a, b object.TreeEntry) int { return strings.Compare(treeKey(a), treeKey(b)) })
	return store(t, repo, &tree)
}

func storeEntry(t T, repo *git.Repository, name string, data []byte) object.TreeEntry {
	if isGitlink(data) {
		return object.TreeEntry{Name: name, Mode: filemode.Submodule, Hash: plumbing.NewHash(string(data[2:]))}
	}
	mode := filemode.Regular
	if target, ok := bytes.CutPrefix(data, []byte("-> ")); ok {
		mode, data = filemode.Symlink, bytes.TrimSuffix(target, []byte("\n"))
	}
	return object.TreeEntry{Name: name, Mode: mode, Hash: storeBlob(t, repo, data)}
}

func isGitlink(data []byte) bool {
	commit, ok := strings.CutPrefix(string(data), "@ ")
	return ok && plumbing.IsHash(commit)
}

// treeKey: git sorts a folder as if its name ended in a slash.
func treeKey(e object.TreeEntry) string {
	if e.Mode == filemode.Dir {
		return e.Name + "/"
	}
	return e.Name
}

func storeBlob(t T, repo *git.Repository, data []byte) plumbing.Hash {
	o := repo.Storer.NewEncodedObject()
	o.SetType(plumbing.BlobObject)
	w, err := o.Writer()
	check(t, err)
	_, err = w.Write(data)
	check(t, errors.Join(err, w.Close()))
	id, err := repo.Storer.SetEncodedObject(o)
	check(t, err)
	return id
}

type encoder interface {
	Encode(plumbing.EncodedObject) error
}

func store(t T, repo *git.Repository, o encoder) plumbing.Hash {
	encoded := repo.Storer.NewEncodedObject()
	check(t, o.Encode(encoded))
	id, err := repo.Storer.SetEncodedObject(encoded)
	check(t, err)
	return id
}
