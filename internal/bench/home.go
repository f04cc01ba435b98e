package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/internal/cargotest"
	"cargohome/internal/lockfile"
)

// scene is where cases take place: a project, and a Cargo home with what it needs.
type scene struct {
	name     string
	place    *place
	dir      string // holds all of it
	project  string
	home     string
	archives string // file that lists them
	crates   int    // if the cases show growth
	env      []string

	cargohome string // the program that is measured
}

func newScene(p *place, name string) (*scene, error) {
	dir := filepath.Join(p.dir, strings.ReplaceAll(name, " ", "-"))
	s := &scene{
		name: name, place: p, dir: dir,
		project:  filepath.Join(dir, "project"),
		home:     filepath.Join(dir, "home"),
		archives: filepath.Join(dir, "archives"),
	}
	return s, errors.Join(os.MkdirAll(s.project, 0o777), os.MkdirAll(s.home, 0o777))
}

// measureProject measures a project of the corpus.
func (b *bench) measureProject(ctx context.Context, p *place, project string) error {
	if !b.opts.wantsAny(project, projectCases) {
		return nil
	}
	from := filepath.Join(b.opts.corpus, "proj", project)
	if _, err := os.Stat(from); b.opts.corpus == "" || err != nil {
		b.note("%s is not in the corpus, left out", project)
		return nil
	}
	s, err := newScene(p, project)
	if err != nil {
		return err
	}
	// Cargo may write to a project, too.
	if err := os.CopyFS(s.project, os.DirFS(from)); err != nil {
		return err
	}
	if err := s.fillHome(filepath.Join(b.opts.corpus, "home")); err != nil {
		return err
	}
	return b.measureCases(ctx, s, projectCases)
}

// fillHome takes from another home what the lockfile of the project needs, and lists
// the archives.
func (s *scene) fillHome(from string) error {
	lock, err := lockfile.Read(filepath.Join(s.project, "Cargo.lock"))
	if err != nil {
		return err
	}
	registries, err := os.ReadDir(filepath.Join(from, "registry", "cache"))
	if err != nil {
		return err
	}
	var archives []string
	for _, r := range registries {
		found, err := s.fillRegistry(from, r.Name(), lock.Packages)
		if err != nil {
			return err
		}
		archives = append(archives, found...)
	}
	return s.listArchives(archives)
}

func (s *scene) listArchives(paths []string) error {
	return os.WriteFile(s.archives, []byte(strings.Join(paths, "\n")+"\n"), 0o666)
}

// fillRegistry takes archives and index entries of one registry, and returns the
// paths of the archives.
func (s *scene) fillRegistry(from, registry string, packages []lockfile.Package) (archives []string, err error) {
	cache := filepath.Join("registry", "cache", registry)
	index := filepath.Join("registry", "index", registry)
	files := []string{filepath.Join("registry", "CACHEDIR.TAG"), filepath.Join(index, "config.json")}
	for _, p := range packages {
		archive := filepath.Join(cache, p.ID.Stem()+".crate")
		if _, err := os.Stat(filepath.Join(from, archive)); !p.ID.Source.IsRegistry() || err != nil {
			continue
		}
		archives = append(archives, filepath.Join(s.home, archive))
		files = append(files, archive, filepath.Join(index, ".cache", filepath.FromSlash(cargotest.IndexPath(p.ID.Name))))
	}
	for _, file := range files {
		if err := take(filepath.Join(from, file), filepath.Join(s.home, file)); err != nil {
			return nil, err
		}
	}
	return archives, nil
}

// take makes to the file that from is, unless there is none. Archives are never
// written to, so those are linked where that is possible.
func take(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	if strings.HasSuffix(from, ".crate") && os.Link(from, to) == nil {
		return nil
	}
	data, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o666)
}
