package check

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/par"
)

// worker is what one goroutine uses again and again.
type worker struct {
	unpacker archive.Unpacker
	hash     hash.Hash
	buf      []byte
	names    []byte // for listing folders
	digest   [sha256.Size]byte
}

func newWorker() *worker {
	return &worker{hash: sha256.New(), buf: make([]byte, 64<<10), names: make([]byte, 32<<10)}
}

// archive looks at a package's archive, and at whether cargo has it unpacked.
//
// Cargo wants an archive that is not empty, also where it has it unpacked, and reads it
// only where it has not. So it is hashed where Cargo has to unpack it, and where it was
// written to after it was unpacked; see [checker.later] for what may have been.
func (r *registry) archive(w *worker, p *project, one *piece) {
	path, dir := one.at(r).Path, filepath.Join(r.src, one.ID.Stem())
	info, err := r.look(path)
	mark, ok, why := w.mark(r.srcDir, dir)
	found := Finding{ID: one.ID, Path: path, Remedy: r.fetch(), reach: fetching}
	switch {
	case err != nil:
		r.find(r.noArchive(found, p, one, err, mark))
		return
	case info.Size == 0 && (r.local == "" || mark != believed):
		found.Code, found.Reason = ArchiveEmpty, locate.ErrEmpty.Error()
		r.find(found)
		return
	case mark == unusable:
		r.find(Finding{Code: SourceUnreadable, ID: one.ID, Path: dir, Reason: why, Remedy: Remedy{Restore, p.command("cargohome reextract --force", one)}, reach: fetching})
		return
	}
	one.size, one.unpacked = info.Size, mark == believed
	changed := !one.unpacked
	if one.unpacked {
		one.marked, one.noted = ok.Modified, ok.Changed
		changed = info.Modified.After(ok.Modified)
		if !changed && info.Changed.After(ok.Changed) {
			one.later = info.Changed
		}
	}
	if changed && !r.sound(w, p, one, mark) {
		one.unpacked = false // there is nothing to compare it with
		return
	}
	r.manifestOf(w, p, one)
	if mark == disbelieved {
		r.find(Finding{Code: SourceMark, ID: one.ID, Path: dir, Reason: why + "; cargo unpacks it once more", Remedy: Remedy{Restore, p.command("cargohome reextract", nil)},
			Breaks: []string{p.command("cargohome verify sources", nil)}, reach: hidden})
	}
}

// look describes the archive at a path, or that which a link there leads to. Cargo opens
// it: one that not everybody may read is tried.
func (r *registry) look(path string) (e fsx.Entry, err error) {
	if r.cacheDir != nil {
		e, err = r.cacheDir.Stat(filepath.Base(path))
	} else {
		e, err = fsx.Lstat(path)
	}
	if err != nil || e.Mode.IsRegular() && isPublic(e) {
		return e, err
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = home.ErrNotRegular
	}
	if err != nil {
		return e, err
	}
	f, err := fsx.OpenToRead(path)
	if err != nil {
		return e, err
	}
	if !e.Mode.IsRegular() { // whatever it is by now
		e = fsx.Entry{Mode: info.Mode(), Size: info.Size(), Modified: time.Now()}
	}
	return e, f.Close()
}

// maxLater bounds what is hashed of archives that may be as they were, in bytes: on two
// processors it takes some 1.5 ms.
const maxLater = 4 << 20

// later looks at archives that had something done to them after they were unpacked, by the
// clock of the file system: written to with the time set back, moved there, or only given
// another name, as all of them are in a home that was copied by links. The last of them
// count, up to a bound, so that one that was changed after the copy was made is seen.
func (c *checker) later(p *project, pieces []piece) {
	var order []int
	for i := range pieces {
		if !pieces[i].later.IsZero() {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return pieces[b].later.Compare(pieces[a].later) })
	left := int64(maxLater)
	for n, i := range order {
		if left -= pieces[i].size; left < 0 && n > 0 {
			order = order[:n]
			break
		}
	}
	par.Do(c.ctx, c.Jobs, len(order), newWorker, func(w *worker, n int) error {
		one := &pieces[order[n]]
		one.unpacked = c.registries[one.From].sound(w, p, one, believed)
		return nil
	})
}

// noArchive tells why there is none.
func (r *registry) noArchive(f Finding, p *project, one *piece, err error, m mark) Finding {
	switch {
	case m == believed && isFolderWithSize(f.Path): // cargo asks no more of an archive that it has unpacked
		f.Code, f.Reason, f.reach = ArchiveUnreadable, "it is a folder", hidden
		f.Breaks = []string{p.command("cargohome verify archives", nil)}
	case errors.Is(err, fs.ErrNotExist):
		f.Code, f.Reason = ArchiveMissing, "it is not there"
		if other := r.elsewhere(one, f.Path); other != "" {
			f.Reason += "; a copy is where cargo does not look: " + other
		}
	default:
		f.Code, f.Reason, f.Remedy = ArchiveUnreadable, fsx.WithoutPath(err).Error(), Remedy{Kind: Permit}
	}
	return f
}

// isFolderWithSize: most file systems give folders a size, and Cargo opens what is there and
// asks for no more (cargo 1.95: registry/download.rs).
func isFolderWithSize(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() && info.Size() > 0 && isOpen(path, ".", fsx.Entry{Mode: info.Mode()})
}

// elsewhere returns where another copy of an archive lies, "" if nowhere.
func (r *registry) elsewhere(one *piece, path string) string {
	for a, err := range r.Home.Archives(one.ID) {
		if err == nil && a.Path != path && a.Size > 0 {
			return a.Path
		}
	}
	return ""
}

// sound reports whether an archive is the one that is locked, and tells of it if it is not.
func (r *registry) sound(w *worker, p *project, one *piece, m mark) bool {
	at := one.at(r)
	if r.Proven[at.Path] {
		return true
	}
	err := p.vouched(one).Archive(one.ID, at).Verify(r.ctx)
	if err == nil || r.ctx.Err() != nil {
		return true
	}
	f := Finding{ID: one.ID, Path: at.Path, Code: ArchiveUnreadable, Reason: fsx.WithoutPath(err).Error(), reach: fetching, Remedy: Remedy{Refetch, p.command("cargohome verify archives --repair", nil) + "; " + fetchLocked}}
	if r.local != "" {
		f.Remedy = r.fetch()
	}
	wrong, read := errors.AsType[*archive.ChecksumError](err)
	switch {
	case !read:
		f.Remedy = Remedy{Kind: Permit}
	case wrong.Truncated:
		f.Code, f.Reason = ArchiveTruncated, "it ends too early"
	default:
		f.Code, f.Reason = ArchiveCorrupt, "the lockfile has another checksum for it"
	}
	// Of an archive in the home only the content matters to cargo, and only where it has to
	// be unpacked; one of a local registry is hashed if there is no folder for it yet.
	if read && (m == believed || (r.local == "" || m == disbelieved) && r.unpacks(w, one, at)) {
		f.reach, f.Breaks = hidden, []string{p.command("cargohome verify archives", nil)}
	}
	r.find(f)
	return false
}

// vouched is the checksum that the archive of a package must have: the lockfile's, or else
// the index's.
func (p *project) vouched(one *piece) locate.Vouched {
	v := locate.Vouched{Want: p.lock.Packages[one.number].Checksum}
	if entry := p.entries[one.number]; v.Want == nil && entry != nil {
		v.Want = &entry.Checksum
	}
	return v
}

// unpacks reports whether Cargo would unpack an archive, whatever its checksum.
func (r *registry) unpacks(w *worker, one *piece, at home.Archive) bool {
	report, err := w.unpacker.Check(r.ctx, locate.Vouched{}.Archive(one.ID, at))
	return err == nil && report.Err() == nil
}
