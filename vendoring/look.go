package vendoring

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/fsx"
)

// digest is a SHA-256 of what is said of a folder.
type digest [sha256.Size]byte

// stats is what the file system says of all that is in a folder.
type stats struct {
	digest digest // of types, sizes, modes, inodes and times of everything
	newest int64  // the latest time of change or modification, in nanoseconds
	fine   bool   // times have fractions of a second
	files  int    // on record
	bytes  int64  // of those files

	top         fsx.Entry // the folder itself
	folders     int       // it included
	first, last int64     // the times of change of all that is in it
	otherDevice bool      // something is not on the folder's device
}

// result is that of a folder that is as it was.
func (s stats) result() Result { return Result{Action: Kept, Files: s.files, Bytes: s.bytes} }

// tick is more than the least time between two times that the file system tells
// apart: the kernel's clock ticks at least 100 times a second, and some file systems
// know whole or even seconds only.
func (s stats) tick() int64 {
	if s.fine {
		return int64(20 * time.Millisecond)
	}
	return int64(2100 * time.Millisecond)
}

// look returns the stats of the folder that p began with, and fills in the sizes of the
// files on record. It goes by the record: of a folder that was proven, all files are on
// record, and one that is added or removed moves the times of the folder it is in.
func (p *prover) look() (stats, bool) {
	s := stats{first: math.MaxInt64}
	p.sum.Reset()
	ok := p.lookAtFolder(&s, ".") && p.lookAt(&s, crate.ChecksumFile)
	before := ""
	for i := 0; i < len(p.files) && ok; i++ {
		path := p.files[i].Path
		for end := range path {
			if path[end] == '/' && !strings.HasPrefix(before, path[:end+1]) { // a folder not seen yet
				ok = ok && p.lookAtFolder(&s, path[:end])
			}
		}
		ok = ok && p.lookAtFile(&s, &p.files[i])
		before = path
	}
	p.sum.Sum(s.digest[:0])
	return s, ok
}

// lookAtFile takes in a file on record, and counts it: the size is known here, and need
// not be believed of the cache.
func (p *prover) lookAtFile(s *stats, f *archive.File) bool {
	one, ok := p.takeIn(s, f.Path)
	f.Size = one.Size
	s.files++
	s.bytes += one.Size
	return ok
}

func (p *prover) lookAtFolder(s *stats, path string) bool {
	one, ok := p.takeIn(s, path)
	if s.folders == 0 {
		s.top = one
	}
	s.folders++
	return ok
}

// lookAt takes in one file.
func (p *prover) lookAt(s *stats, path string) bool {
	_, ok := p.takeIn(s, path)
	return ok
}

func (p *prover) takeIn(s *stats, path string) (fsx.Entry, bool) {
	e, err := p.root.StatBelow(path)
	mtime, ctime := e.Modified.UnixNano(), e.Changed.UnixNano()
	b := append(append(p.line[:0], path...), 0)
	for _, v := range []uint64{uint64(e.Size), uint64(mtime), uint64(ctime), e.Ino, e.Dev, uint64(e.Mode)} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	p.sum.Write(b)
	p.line = b
	s.newest = max(s.newest, ctime, mtime)
	s.fine = s.fine || ctime%int64(time.Second) != 0
	if s.folders > 0 {
		s.first, s.last = min(s.first, ctime), max(s.last, ctime)
		s.otherDevice = s.otherDevice || e.Dev != s.top.Dev
	}
	return e, err == nil
}

// contentOf is a digest of what was written: the paths, sizes and checksums of the files
// on record, and how many folders there are. b is room for making it.
func contentOf(b []byte, files []archive.File, folders int) digest {
	b = binary.LittleEndian.AppendUint64(b, uint64(folders))
	for _, f := range files {
		b = append(append(b, f.Path...), 0)
		b = binary.LittleEndian.AppendUint64(b, uint64(f.Size))
		b = append(b, f.Sum[:]...)
	}
	return sha256.Sum256(b)
}

// holdsOnTop reports whether right in the folder there is nothing but what is on record.
// The times of the folder itself do not tell: they are those of its being put in place.
func (p *prover) holdsOnTop() bool {
	dir, err := p.root.Open(".") // as a folder is listed once
	if err != nil {
		return false
	}
	defer dir.Close()
	found := 0
	for _, err := range dir.Names(p.dirents) {
		if err != nil {
			return false
		}
		found++
	}
	names, before := 1, "" // the record itself
	for _, f := range p.files {
		name, _, _ := strings.Cut(f.Path, "/")
		if name != before {
			names++
		}
		before = name
	}
	return found == names
}
