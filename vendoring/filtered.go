package vendoring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/manifest"
)

// filtered is less than all of some contents. They are looked through first, and written
// when it is known what of them stays: an archive says only at its end what is in it.
//
// A stub keeps a source usable, for cargo reads every manifest of it and builds no more
// than it needs: it has the original manifest, and empty roots of the targets without
// which cargo refuses that; the root of a library in any case. Others are dropped, as cargo
// passes over tests, examples and benchmarks that are not there. See spec/proved.md,
// section 4.
type filtered struct {
	contents
	out *leaving
}

func (f *filtered) write(ctx context.Context, u *archive.Unpacker, dst archive.Folder) ([]archive.File, error) {
	f.out.applies = f.out.Stub
	seen := newSurvey(f.out.Stub)
	seen.taken = func(file string) bool { return f.out.matching(file) != nil }
	all, err := f.look(ctx, u, seen)
	if err != nil {
		return nil, err
	}
	targets, err := manifest.Targets(string(seen.manifest.text), filePaths(all))
	if err != nil {
		return nil, err
	}
	var kept []archive.File
	if f.out.Stub {
		kept, err = seen.writeStub(dst, targets, all)
	} else {
		kept, err = f.writeRest(ctx, u, dst, seen, targets, all)
	}
	if err != nil {
		return nil, err
	}
	spared := f.out.left.Spared
	f.out.left = leftOf(all, kept)
	f.out.left.Spared = spared
	return kept, nil
}

// look takes the contents to see what they are, for which nobody needs sums.
func (f *filtered) look(ctx context.Context, u *archive.Unpacker, seen *survey) ([]archive.File, error) {
	return withoutSums(u, func() ([]archive.File, error) { return f.contents.write(ctx, u, seen) })
}

// explain says of a refusal what it is about: the package, not the copy of it.
func (f *filtered) explain(id crate.ID, err error) error {
	if excluded, ok := errors.AsType[*ExcludedError](err); ok {
		return fmt.Errorf("%s: %w", id, excluded)
	}
	return f.contents.explain(id, err)
}

func filePaths(files []archive.File) []string {
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	return paths
}

func leftOf(all, kept []archive.File) Left {
	l := Left{Files: len(all) - len(kept)}
	for _, f := range all {
		l.Bytes += f.Size
	}
	for _, f := range kept {
		l.Bytes -= f.Size
	}
	l.Files, l.Bytes = max(l.Files, 0), max(l.Bytes, 0)
	return l
}

// stubRoot is where cargo looks for a library.
const stubRoot = "src/lib.rs"

// stubFiles returns the paths of what a stub has, sorted: its manifest, and of the files
// there are, at paths, the roots of targets, which are empty.
func stubFiles(targets []manifest.Target, paths []string) (kept []string) {
	roots, library := map[string]bool{manifest.FileName: true}, false
	for _, t := range targets {
		roots[t.Path] = roots[t.Path] || t.Kind.Needed() || t.Sought
		library = library || t.Kind == manifest.Library
	}
	roots[stubRoot] = roots[stubRoot] || !library
	for _, path := range paths {
		if roots[path] {
			kept = append(kept, path)
			library = library || path == stubRoot
		}
	}
	if !library {
		kept = append(kept, stubRoot)
		slices.Sort(kept)
	}
	return kept
}

// writeStub writes the manifest, and empty roots of targets.
func (s *survey) writeStub(dst archive.Folder, targets []manifest.Target, all []archive.File) (files []archive.File, err error) {
	for _, path := range stubFiles(targets, filePaths(all)) {
		f := surveyed{mode: 0o666, modified: s.manifest.modified}
		if path == manifest.FileName {
			f = s.manifest
		}
		if err := f.writeTo(dst, path); err != nil {
			return nil, err
		}
		files = append(files, archive.File{Path: path, Size: int64(len(f.text)), Sum: crate.Sum(f.text)})
	}
	return files, nil
}

// writeRest writes all but what is excluded.
func (f *filtered) writeRest(ctx context.Context, u *archive.Unpacker, dst archive.Folder, seen *survey, targets []manifest.Target, all []archive.File) ([]archive.File, error) {
	takes := f.out.takes(filePaths(all))
	f.out.applies = len(takes) > 0
	gone, err := f.out.choose(takes, seen, targets)
	if err = errors.Join(err, f.out.err); err != nil {
		return nil, err
	}
	kept, err := f.contents.write(ctx, u, &sieve{archive.NewShape(), dst, gone})
	if err != nil {
		return nil, err
	}
	kept = slices.DeleteFunc(kept, func(file archive.File) bool { return gone[file.Path] })
	return kept, proveKept(targets, all, kept)
}

// proveKept holds what was written against what builds need of the package: its library,
// binaries and build script.
func proveKept(targets []manifest.Target, all, kept []archive.File) error {
	lost := map[string]bool{}
	for _, f := range all {
		lost[f.Path] = true
	}
	for _, f := range kept {
		delete(lost, f.Path)
	}
	for _, t := range targets {
		if t.Kind.Needed() && lost[t.Path] {
			return fmt.Errorf("a fault of the program itself: the filtered package lacks %s, the root of its %s", t.Path, t.Kind)
		}
	}
	return nil
}

// sieve passes on to a folder what is not gone. What it refuses, or lets through, depends
// on all entries, as without it.
type sieve struct {
	*archive.Shape
	dst  archive.Folder
	gone map[string]bool
}

// Mkdir implements archive.Folder. A folder that is made for an excluded file alone is
// not there.
func (s *sieve) Mkdir(dir string, mode fs.FileMode) error {
	err := s.Shape.Mkdir(dir, mode)
	if err != nil || s.gone[dir+"/"] {
		return err
	}
	return s.dst.Mkdir(dir, mode)
}

// Create implements archive.Folder.
func (s *sieve) Create(file string, mode fs.FileMode) (archive.FileWriter, error) {
	if err := s.Add(file); err != nil {
		return nil, err
	}
	if s.gone[file] {
		return nowhere{}, nil
	}
	return s.dst.Create(file, mode)
}

// Remove implements archive.Folder.
func (s *sieve) Remove(file string) error {
	if err := s.Shape.Remove(file); err != nil || s.gone[file] {
		return err
	}
	return s.dst.Remove(file)
}

// nowhere takes what is not wanted.
type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) SetTime(time.Time) error     { return nil }
func (nowhere) Close() error                { return nil }

// takes returns which files the exclusions are about.
func (o *leaving) takes(paths []string) map[string]*Exclusion {
	takes := map[string]*Exclusion{}
	for _, path := range paths {
		if e := o.matching(path); e != nil {
			takes[path] = e
		}
	}
	return takes
}

// choose returns which of the files go, and, with a slash at their ends, the folders that
// do.
func (o *leaving) choose(takes map[string]*Exclusion, seen *survey, targets []manifest.Target) (map[string]bool, error) {
	if err := o.spare(takes, seen, targets); err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for file, e := range takes {
		e.used.Store(true)
		gone[file] = true
	}
	for _, dir := range seen.folders {
		gone[dir+"/"] = o.matching(dir+"/.") != nil
	}
	return gone, nil
}

// spare takes from the exclusions what kept code needs, or refuses.
func (o *leaving) spare(takes map[string]*Exclusion, seen *survey, targets []manifest.Target) error {
	o.left.Spared = 0
	if len(takes) == 0 {
		return nil
	}
	if err := o.spareOne(takes, manifest.FileName, "its manifest", false); err != nil {
		return err
	}
	for _, t := range targets {
		if !t.Kind.Needed() {
			continue
		}
		if err := o.spareOne(takes, t.Path, "the root of its "+string(t.Kind), false); err != nil {
			return err
		}
	}
	return spareNamed(takes, seen, targets, func(file, by string) error { return o.spareOne(takes, file, by, true) })
}

// spareOne takes a file from the exclusions, or refuses if that is not for the one that it
// falls under.
func (o *leaving) spareOne(takes map[string]*Exclusion, file, by string, included bool) error {
	e := takes[file]
	switch {
	case e == nil:
		return nil
	case !e.Preset && !(e.Yields && included):
		return &ExcludedError{file, e.Text, by}
	case !e.Preset:
		e.used.Store(true)
		o.left.Spared++
	}
	delete(takes, file)
	return nil
}

// spareNamed spares what is named by code that does not go, and by what is spared for that.
func spareNamed(takes map[string]*Exclusion, seen *survey, targets []manifest.Target, spare func(file, by string) error) error {
	queue := slices.DeleteFunc(seen.roots(targets), func(c code) bool { return takes[c.file] != nil })
	queued := map[string]bool{}
	for _, c := range queue {
		queued[c.file] = true
	}
	for len(queue) > 0 {
		from := queue[0]
		queue = queue[1:]
		for need := range seen.needs(from) {
			if err := spare(need.file, need.by); err != nil {
				return err
			}
			if _, known := seen.sources[need.file]; known && need.code && !queued[need.file] {
				queued[need.file] = true
				queue = append(queue, code{need.file, need.owns})
			}
		}
	}
	return nil
}

// isIn reports whether a set has a path, or a folder that it is in.
func isIn(set map[string]bool, file string) bool {
	for ; file != "." && file != "/"; file = path.Dir(file) {
		if set[file] {
			return true
		}
	}
	return false
}

// beside returns what a path means that is written in a file; "" if it leads out of the
// package.
func beside(file, rel string) string {
	if path.IsAbs(rel) {
		return ""
	}
	return path.Join(path.Dir(file), rel)
}
