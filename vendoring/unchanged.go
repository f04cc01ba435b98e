package vendoring

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/compat"
	"cargohome/internal/fsx"
	"cargohome/internal/hashpair"
)

// prover proves folders unchanged. Each worker has its own; not safe for concurrent
// use.
type prover struct {
	root    fsx.Folder // what is looked at
	buffers [2][]byte  // of one piece of a file each, by [hashpair.Hasher.Next]
	dirents []byte
	record  []byte
	line    []byte         // of a stat cache's digest
	files   []archive.File // on record, in byte order of their paths
	noted   bool           // the record has cargo's comment
	rule    compat.Rule    // by which the folder is to be made
	path    []byte         // of what is looked at, below root
	left    int64          // bytes that may still be read of this folder
	ctx     context.Context
	entries []fsx.Listed    // of the folders that are open
	pair    hashpair.Hasher // of small files; the tag is the number on record
	wrong   bool            // one of them has not the sum on record
	sum     hash.Hash       // of a large file
	copied  *checkout       // what the folder is to be a copy of, nil if it is unpacked
	out     *leaving        // what the folder is to be without, nil for nothing
	also    io.Writer       // gets what is read of a file, if not nil
}

const (
	pieceSize   = 256 << 10
	direntsSize = 32 << 10

	// maxRecord bounds a checksum file, in bytes: a crate of 100,000 files has 12 MiB.
	maxRecord = 64 << 20
)

// begin opens the folder of s in the vendor folder dest, and reports whether it has a
// record such as would be written for s. If so, the caller ends with p.end.
func (p *prover) begin(ctx context.Context, dest string, s *Step) bool {
	p.ctx, p.out, p.rule, p.left = ctx, s.out, s.rule, archive.MaxUnpacked(s.ArchiveSize())
	if !p.open(dest, s.Folder, s.Checksum) {
		return false
	}
	var err error
	if p.copied, err = s.copied(ctx); p.copied != nil {
		p.left = maxFolder
	}
	if err != nil {
		p.end() // writing it comes to the same
	}
	return err == nil
}

// open opens a folder, and reports whether it has a record of a package with an archive,
// nil for none. If so, the caller ends with p.end.
func (p *prover) open(dest, name string, sum *crate.Checksum) bool {
	p.prepare()
	root, err := openBelow(dest, name)
	if err != nil {
		return false
	}
	p.root = root.ForReading()
	ok := p.readRecord()
	if ok {
		p.record, ok = p.out.cutMark(p.record)
	}
	if ok {
		p.files, p.noted, ok = readCanonical(p.record, p.files[:0], sum)
		ok = ok && p.out.agrees(p.files)
	}
	if !ok {
		p.end()
	}
	return ok
}

func (p *prover) end() { p.root.Close() }

// openBelow opens a folder in dest, following no link below that.
func openBelow(dest, name string) (fsx.Folder, error) {
	top, rest, deeper := strings.Cut(name, "/")
	dir, err := fsx.OpenFolderHere(filepath.Join(dest, top))
	if err != nil || !deeper {
		return dir, err
	}
	defer dir.Close()
	return dir.Open(rest)
}

// unchanged reports whether the folder is, as far as can be told without its archive,
// what would be written there: what was recorded on writing is for the same archive,
// every file recorded is there with the recorded content, and there is no other.
// Whatever cannot be read counts as changed. The files are good until the next
// folder begins. For packages from git see [prover.isCopy].
//
// That a folder is true to its record does not mean that it is what cargo 1.95
// makes: other versions of cargo, and version control, leave other files and
// times (spec 0). They are told apart by signs that cost nothing to look at;
// see madeLikeThis. Where there are none the archive is asked; see [worker.isListed].
func (p *prover) unchanged() (files []archive.File, ok bool) {
	if p.copied == nil && p.rule.Has(compat.AnyDepth) && !p.madeLikeThis() || p.copied != nil && !p.copied.isListed(p.files, p.out) {
		return nil, false
	}
	return p.files, p.holdsRecorded()
}

// holdsRecorded reports whether the folder holds every file on record, with the content
// recorded, and no other.
func (p *prover) holdsRecorded() bool {
	p.path, p.wrong = p.path[:0], false
	found, ok := p.holdsOnlyFiles(p.root, 0)
	if !ok {
		p.pair.Drop()
		return false
	}
	p.pair.Flush()
	return !p.wrong && found == len(p.files)+1 // the record itself
}

func (p *prover) prepare() {
	if p.sum != nil {
		return
	}
	for i := range p.buffers {
		p.buffers[i] = make([]byte, pieceSize)
	}
	p.dirents, p.sum = make([]byte, direntsSize), sha256.New()
	p.pair.Done = func(i int, sum [sha256.Size]byte) { p.wrong = p.wrong || p.files[i].Sum != sum }
}

func (p *prover) readRecord() bool {
	p.record = p.record[:0]
	err := p.root.Read(crate.ChecksumFile, p.buffers[0], func(piece []byte) error {
		if p.record = append(p.record, piece...); len(p.record) > maxRecord {
			return errTooMuch
		}
		return nil
	})
	return err == nil
}

// madeLikeThis looks for the marks of another cargo or of version control: before 1.94 it
// kept nested .gitignore files, before 1.93 the manifest had another time, and a checkout
// gives it the current one.
func (p *prover) madeLikeThis() bool {
	for _, f := range p.files {
		if !archive.Vendored(f.Path) {
			return false
		}
	}
	if p.out.marked() && p.out.commit != "" {
		return true // nothing of it has a time that is known
	}
	e, err := p.root.Stat("Cargo.toml")
	return err == nil && e.Modified.Equal(time.Unix(archive.GeneratedTime, 0))
}

// hasOriginal looks for the mark of a cargo since 1.89: those before left out
// Cargo.toml.orig. Archives that were made by no cargo, or by one of before 2016, have none.
func (p *prover) hasOriginal() bool {
	_, ok := p.place("Cargo.toml.orig")
	return ok || p.out.marked()
}

// place returns the number of the file on record that has a path.
func (p *prover) place(path string) (int, bool) {
	return slices.BinarySearchFunc(p.files, path, func(f archive.File, path string) int { return strings.Compare(f.Path, path) })
}

// maxNesting bounds how deep folders are entered: each is an open file.
const maxNesting = archive.MaxDepth + 1

// holdsOnlyFiles reports whether the folder at p.path holds nothing but files that
// are on record, with the content recorded, and folders with such. It returns how
// many it found. An empty folder counts as something else, although an archive can
// ask for one: such packages, which are rare, are made anew.
func (p *prover) holdsOnlyFiles(d fsx.Folder, depth int) (found int, ok bool) {
	if !p.isMadeWith(0o777, d, ".") {
		return 0, false
	}
	first, here := len(p.entries), len(p.path)
	defer func() { p.entries, p.path = p.entries[:first], p.path[:here] }()
	for e, err := range d.Names(p.dirents) {
		if err != nil || depth > maxNesting {
			return 0, false
		}
		p.entries = append(p.entries, e)
	}
	for i := first; i < len(p.entries); i++ {
		e := p.entries[i]
		p.path = append(p.path[:here], e.Name...)
		n, ok := p.isOnRecord(d, e, depth)
		if !ok {
			return 0, false
		}
		found += n
	}
	return found, found > 0
}

// isOnRecord looks at one entry, whose path is p.path.
func (p *prover) isOnRecord(d fsx.Folder, e fsx.Listed, depth int) (found int, ok bool) {
	switch typ := d.Type(e); {
	case typ == fs.ModeDir:
		return p.subfolder(d, e.Name, depth)
	case typ != 0:
		return 0, false
	case depth == 0 && e.Name == crate.ChecksumFile:
		return 1, p.isMadeWith(0o666, d, e.Name)
	}
	i, ok := p.place(string(p.path))
	if ok && p.copied != nil {
		return 1, p.isCopy(d, e.Name, i)
	}
	return 1, ok && p.hasSum(d, e.Name, i)
}

func (p *prover) subfolder(d fsx.Folder, name string, depth int) (found int, ok bool) {
	sub, err := d.Open(name)
	if err != nil {
		return 0, false
	}
	defer sub.Close()
	p.path = append(p.path, '/')
	return p.holdsOnlyFiles(sub, depth+1)
}

// hasSum reports whether file number i has the checksum on record, and fills in its size.
// Of a file that is read at once that is told later; see p.wrong.
func (p *prover) hasSum(d fsx.Folder, name string, i int) bool {
	f, buf, told := &p.files[i], p.buffers[p.pair.Next()], true
	f.Size = 0
	err := d.Read(name, buf, func(piece []byte) error {
		if err := p.spend(len(piece)); err != nil {
			return err
		}
		if p.also != nil {
			_, _ = p.also.Write(piece)
		}
		first := f.Size == 0
		f.Size += int64(len(piece))
		if first && len(piece) < len(buf) { // all of it
			p.pair.Add(piece, i)
			told = false
			return nil
		}
		if first {
			p.sum.Reset()
		}
		_, err := p.sum.Write(piece)
		return err
	})
	if err != nil || !told {
		return err == nil && !p.wrong
	}
	if f.Size == 0 {
		return f.Sum == crate.Sum(nil)
	}
	return f.Sum == crate.Checksum(p.sum.Sum(nil))
}

// errTooMuch is why a folder cannot be what was unpacked from its archive.
var errTooMuch = errors.New("more bytes than its archive may hold")

// spend takes note of bytes that were read: a file can state any size and take no
// space, and whoever put it there would have us hash it for hours.
func (p *prover) spend(n int) error {
	if p.left -= int64(n); p.left < 0 {
		return errTooMuch
	}
	return p.ctx.Err()
}
