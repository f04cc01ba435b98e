package vendoring

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/par"
)

// A PatchedError lists packages that were patched on purpose, as `cargohome vendor rehash`
// records it, and whose patches would be lost: nobody else has them.
type PatchedError struct {
	Lost []LostPatch // in order of their folders
}

// LostPatch is a patch that would be lost.
type LostPatch struct {
	Folder string // absolute
	Why    string // it was patched, as it is recorded
	How    string // it came about
}

func (e *PatchedError) Error() string {
	text := count(len(e.Lost), "patched package", "patched packages") + " would be made anew, or deleted"
	for _, l := range e.Lost {
		text += fmt.Sprintf("\n  %q: patched: %s; %s", l.Folder, l.Why, l.How)
	}
	return text
}

// Hint says what to do instead.
func (e *PatchedError) Hint() string {
	return "`cargohome vendor rehash NAME --reason TEXT` records what is there now, deleting a folder drops its patch, and --force drops all of them"
}

// Patched returns why the package of each step was patched, "" if it was not or its folder
// is made anew all the same. The error is that of [Plan.Write], about patches.
func (p *Plan) Patched(ctx context.Context, jobs int) ([]string, error) {
	why := make([]string, len(p.Steps))
	errs := par.Do(ctx, jobs, len(p.Steps), func() *worker { return &worker{ctx: ctx, plan: p} }, func(w *worker, i int) error {
		kept, _, err := w.keepPatched(&p.Steps[i])
		why[i] = kept.Patched
		return err
	})
	return why, collect(errs)
}

// keepPatched reports whether the folder of s stays because the package was patched on
// purpose, is true to its record, and is still the package that is locked. The error is a
// [PatchedError].
func (w *worker) keepPatched(s *Step) (Result, bool, error) {
	if w.plan.force || !w.plan.there[s.Folder] {
		return Result{}, false, nil
	}
	w.prove.ctx = w.ctx
	r, err := w.prove.openPatched(w.plan.Dest, s.Folder)
	if r == nil {
		return Result{}, false, nil
	}
	defer w.prove.end()
	lost := LostPatch{Folder: filepath.Join(w.plan.Dest, filepath.FromSlash(s.Folder)), Why: r.Patched}
	switch {
	case err != nil:
		lost.How = err.Error()
	case !locate.IsIn(lost.Folder, r.Sum(), &lockfile.Package{ID: s.ID, Checksum: s.Checksum}):
		lost.How = "it is not the package that is locked, " + s.ID.String()
	case !w.prove.isTrueTo(r):
		lost.How = "its files are not those on record"
	default:
		kept := result(Kept, w.prove.files)
		kept.Patched = r.Patched
		return kept, true, nil
	}
	return Result{}, false, cmp.Or(w.ctx.Err(), error(&PatchedError{[]LostPatch{lost}}))
}

// openPatched opens a folder with a record of a patch and returns that, nil if there is
// none. If so, the caller ends with p.end. The error is that it may be one, and cannot be
// read.
func (p *prover) openPatched(dest, name string) (*locate.Record, error) {
	p.prepare()
	root, err := openBelow(dest, name)
	if err != nil {
		return nil, nil
	}
	p.root = root.ForReading()
	if !p.readRecord() || !bytes.Contains(p.record, []byte(locate.PatchKey)) {
		p.end()
		return nil, nil
	}
	r, err := locate.ParseRecord(p.record)
	if err != nil {
		return &locate.Record{Patched: "nobody can tell why"}, err
	}
	if r.Patched == "" {
		p.end()
		return nil, nil
	}
	return r, nil
}

// isTrueTo reports whether the folder that is open holds what a record says, and nothing
// else, whatever package that is of.
func (p *prover) isTrueTo(r *locate.Record) bool {
	p.files, p.copied, p.out, p.left = p.files[:0], nil, nil, maxFolder
	for path, text := range r.Files {
		sum, err := crate.ParseChecksum(text)
		if err != nil {
			return false
		}
		p.files = append(p.files, archive.File{Path: path, Sum: sum})
	}
	slices.SortFunc(p.files, func(a, b archive.File) int { return strings.Compare(a.Path, b.Path) })
	return p.holdsRecorded()
}

// checkRemoved refuses to delete what was patched.
func (p *Plan) checkRemoved() error {
	if p.force {
		return nil
	}
	var errs []error
	var prove prover
	for _, name := range p.Remove {
		for _, folder := range p.packagesIn(name) {
			if r, _ := prove.openPatched(p.Dest, folder); r != nil {
				prove.end()
				errs = append(errs, &PatchedError{[]LostPatch{{filepath.Join(p.Dest, filepath.FromSlash(folder)), r.Patched, "no lockfile has it"}}})
			}
		}
	}
	return collect(errs)
}

// packagesIn returns the folders that may be of packages under a name in the vendor folder:
// those of a group are one level down.
func (p *Plan) packagesIn(name string) []string {
	if !strings.HasPrefix(name, groupPrefix) || strings.Contains(name, "/") {
		return []string{name}
	}
	entries, _ := os.ReadDir(filepath.Join(p.Dest, name)) // what cannot be read has no record either
	folders := make([]string, len(entries))
	for i, e := range entries {
		folders[i] = path.Join(name, e.Name())
	}
	return folders
}

// allPatched puts what errors say of patches into one, nil if they say nothing, and returns
// the others.
func allPatched(errs []error) (*PatchedError, []error) {
	var all PatchedError
	var others []error
	for _, err := range errs {
		if e, ok := errors.AsType[*PatchedError](err); ok {
			all.Lost = append(all.Lost, e.Lost...)
		} else {
			others = append(others, err)
		}
	}
	if len(all.Lost) == 0 {
		return nil, others
	}
	slices.SortFunc(all.Lost, func(a, b LostPatch) int { return strings.Compare(a.Folder, b.Folder) })
	return &all, others
}
