package check

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
)

// worker is what one goroutine uses again and again.
type worker struct {
	unpacker archive.Unpacker
	hash     hash.Hash
	buf      []byte
	digest   [sha256.Size]byte
}

func newWorker() *worker { return &worker{hash: sha256.New(), buf: make([]byte, 64<<10)} }

// archive looks at a package's archive, and at what was unpacked of it.
//
// Cargo wants an archive that is not empty, also where it has it unpacked, and reads it
// only where it has not. So it is hashed where Cargo has to unpack it, and where it was
// written to, or put in its place, after it was unpacked: nobody changes one otherwise.
func (r *registry) archive(w *worker, p *project, one *piece, locked *crate.Checksum) {
	path := filepath.Join(r.cache, one.ID.Stem()+".crate")
	info, err := os.Stat(path)
	dir := filepath.Join(r.src, one.ID.Stem())
	mark, why := readMark(dir)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%w", home.ErrNotRegular)
	}
	found := Finding{ID: one.ID, Path: path, Remedy: r.fetch(), reach: fetching}
	switch {
	case err != nil:
		r.find(r.noArchive(found, one, err))
		return
	case info.Size() == 0 && (r.local == "" || mark != believed):
		found.Code, found.Reason = ArchiveEmpty, locate.ErrEmpty.Error()
		r.find(found)
		return
	case mark == unusable:
		r.find(Finding{Code: SourceUnreadable, ID: one.ID, Path: dir, Reason: why, Remedy: Remedy{Restore, p.command("cargohome reextract --force", one)}, reach: fetching})
		return
	}
	changed := mark == believed && changedSince(path, filepath.Join(dir, crate.OKFile))
	if (mark != believed || changed) && !r.sound(w, p, one, home.Archive{Path: path, Size: info.Size()}, locked, mark) {
		return
	}
	if mark == disbelieved {
		r.find(Finding{Code: SourceMark, ID: one.ID, Path: dir, Reason: why + "; cargo unpacks it once more", Remedy: Remedy{Restore, p.command("cargohome reextract", nil)},
			Breaks: []string{p.command("cargohome verify sources", nil)}, reach: hidden})
	}
}

// noArchive tells why there is none.
func (r *registry) noArchive(f Finding, one *piece, err error) Finding {
	switch {
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
func (r *registry) sound(w *worker, p *project, one *piece, at home.Archive, locked *crate.Checksum, m mark) bool {
	v := locate.Vouched{Want: locked}
	if entry := p.entries[one.number]; locked == nil && entry != nil {
		v.Want = &entry.Checksum
	}
	err := v.Archive(one.ID, at).Verify(r.ctx)
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

// unpacks reports whether Cargo would unpack an archive, whatever its checksum.
func (r *registry) unpacks(w *worker, one *piece, at home.Archive) bool {
	report, err := w.unpacker.Check(r.ctx, locate.Vouched{}.Archive(one.ID, at))
	return err == nil && report.Err() == nil
}
