package pack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/gitsrc/object"
	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
	"cargohome/internal/par"
)

// addIndexes adds the indexes of all registries, made of the lines.
func (p *Plan) addIndexes(ctx context.Context) error {
	slices.SortFunc(p.Manifest.Registries, func(a, b bundle.Registry) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(p.lines, func(a, b line) int {
		if c := cmp.Or(strings.Compare(a.registry, b.registry), strings.Compare(a.path, b.path), strings.Compare(a.name, b.name)); c != 0 {
			return c
		}
		return crate.CompareVersions(a.version, b.version)
	})
	if err := p.spool.flush(); err != nil {
		return err
	}
	for _, c := range p.configured {
		text, err := p.configText(c)
		if err != nil {
			return err
		}
		files := p.filesOf(c.name)
		if indexOf(c.src).Kind() == crate.Registry {
			err = p.addGitIndex(ctx, c.name, text, files)
		} else {
			err = p.addSparseIndex(ctx, c.name, text, files)
		}
		if err != nil {
			return err
		}
	}
	p.lines = nil
	return nil
}

// filesOf returns the lines of a registry, those of one file together.
func (p *Plan) filesOf(registry string) (files [][]line) {
	for from := 0; from < len(p.lines); {
		l, to := &p.lines[from], from+1
		for to < len(p.lines) && p.lines[to].registry == l.registry && p.lines[to].path == l.path {
			to++
		}
		if l.registry == registry {
			files = append(files, p.lines[from:to])
		}
		from = to
	}
	return files
}

// addSparseIndex adds config.json and cache files.
func (p *Plan) addSparseIndex(ctx context.Context, registry string, config []byte, files [][]line) error {
	dir := path.Join(home.IndexPath, registry)
	if err := p.put(dir+"/config.json", config, ""); err != nil {
		return err
	}
	for some := range slices.Chunk(files, atATime) {
		texts := make([][]byte, len(some))
		errs := par.Each(ctx, p.o.Jobs, len(some), func(i int) error {
			entries, err := p.entries(some[i])
			texts[i] = index.AppendCache(nil, entries)
			return err
		})
		for i, lines := range some {
			err := errs[i]
			if err == nil {
				err = p.put(dir+"/.cache/"+lines[0].path, texts[i], lines[0].name)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// entries reads lines back.
func (p *Plan) entries(lines []line) ([]index.Entry, error) {
	entries := make([]index.Entry, len(lines))
	for i, l := range lines {
		text := make([]byte, l.size)
		if _, err := io.ReadFull(p.spool.open(l.at, l.size), text); err != nil {
			return nil, err
		}
		if i > 0 && lines[i-1].version == l.version {
			return nil, fmt.Errorf("%s %s and %s %s have one place in the index of %s", lines[i-1].name, l.version, l.name, l.version, l.registry)
		}
		entries[i] = index.Entry{Name: l.name, Version: l.version, Line: string(text)}
	}
	return entries, nil
}

// addGitIndex adds a repository with one commit, of config.json and entry files.
func (p *Plan) addGitIndex(ctx context.Context, registry string, config []byte, files [][]line) error {
	tree, staged, err := p.tree(ctx, "index-"+registry)
	if err != nil {
		return err
	}
	paths := []string{"config.json"}
	for _, lines := range files {
		paths = append(paths, lines[0].path)
	}
	content := func(i int) ([]byte, error) {
		if i == 0 {
			return config, ctx.Err()
		}
		entries, err := p.entries(files[i-1])
		var text []byte
		for _, e := range entries {
			text = append(append(text, e.Line...), '\n')
		}
		return text, err
	}
	commit, err := object.WriteSnapshot(tree, nil, paths, archive.GeneratedTime, content)
	if err = errors.Join(err, tree.Finish()); err != nil {
		return err
	}
	dir := path.Join(home.IndexPath, registry, ".git")
	if err := p.put(dir+"/refs/remotes/origin/HEAD", []byte(commit+"\n"), ""); err != nil {
		return err
	}
	return p.addGit(ctx, dir, staged, "")
}
