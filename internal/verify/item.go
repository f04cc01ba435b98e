package verify

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/locate"
)

// Area is a part of what can be verified.
type Area string

// The areas, in the order in which they are told of.
const (
	Archives  Area = "archives"  // registry/cache
	Sources   Area = "sources"   // registry/src
	Checkouts Area = "checkouts" // git/checkouts
	Databases Area = "dbs"       // git/db
	Vendor    Area = "vendor"    // a vendor folder
)

// Areas are those of a Cargo home.
var Areas = []Area{Archives, Sources, Checkouts, Databases}

// State is what came of looking.
type State string

// The states. Differing, Damaged and Unknown are findings.
const (
	Sound     State = "sound"     // as it should be
	Differing State = "differs"   // it has Differences
	Damaged   State = "damaged"   // as a whole
	Unvouched State = "unvouched" // nobody says what it should be
	Patched   State = "patched"   // on purpose, and as its record says
	Older     State = "older"     // as an older cargo makes it
	Unknown   State = "unknown"   // it could not be looked at
)

// Item is one thing that is verified.
type Item struct {
	Area Area   // that it lies in
	Name string // as people call it
	Path string // absolute
	Size int64  // about how many bytes it takes to verify it; for showing progress

	State       State          // "" before it was looked at
	Why         string         // of any but Sound and Differing
	By          locate.Voucher // who vouches for an archive, or for that of a source
	Differences []Difference   // in order of their paths
	Nobody      []string       // the first files of repositories in it that nobody vouches for

	// Patch says why a package was patched on purpose that is not as its record says. It is
	// never mended: nobody else has the patch.
	Patch string

	// Stray says of a finding in a vendor folder that neither a lockfile nor the home knows a
	// package for it.
	Stray bool

	check  func(ctx context.Context, w *worker, item *Item) error
	mend   mender // nil if it cannot be mended from here
	Mended bool   // by [Plan.Repair]: it is as it should be now
	Aside  string // where [Plan.Repair] moved it, "" if it did not
}

// IsFinding reports whether something is wrong.
func (i *Item) IsFinding() bool {
	return i.State == Differing || i.State == Damaged || i.State == Unknown
}

// worker is what one goroutine reuses.
type worker struct {
	unpack archive.Unpacker // without sums of files
	vendor archive.Unpacker // with sums, for records
	buffers
}

// buffers are for what is compared.
type buffers struct {
	piece   []byte // of a file
	dirents []byte // for the system, to list folders
}

func newWorker() *worker {
	return &worker{unpack: archive.Unpacker{NoSums: true}, buffers: buffers{make([]byte, 256<<10), make([]byte, 32<<10)}}
}

func (i *Item) is(state State, why string) { i.State, i.Why = state, why }

// differs takes what was found.
func (i *Item) differs(found []Difference) {
	i.State, i.Differences = Sound, found
	if len(found) > 0 {
		i.State = Differing
	}
}

// isFolder makes sure that the item is a folder itself, and no link to one.
func (i *Item) isFolder() bool {
	info, err := os.Lstat(i.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		i.is(Unknown, "it went while it was to be looked at")
	case err != nil:
		i.is(Unknown, fsx.WithoutPath(err).Error())
	case fsx.IsLink(info.Mode()):
		i.is(Damaged, "it is a link, which is not followed")
	case !info.IsDir():
		i.is(Damaged, "it is not a folder")
	default:
		return true
	}
	return false
}

// failed takes what kept the item from being verified; only the end of ctx is an error.
func (i *Item) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	i.is(Unknown, fsx.WithoutPath(err).Error())
	return nil
}
