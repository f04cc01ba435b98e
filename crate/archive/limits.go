package archive

// Bounds on an archive, beside Cargo's on the uncompressed size.
const (
	// MaxSize is the size in bytes of the largest archive that is read. crates.io takes
	// 10 MB, and a few larger ones by arrangement. A file can state any size and take no
	// space.
	MaxSize = 2 << 30
	// MaxEntries is far above what any crate on crates.io has (some 30,000).
	MaxEntries = 1 << 18
	// MaxFolders is how many folders may be made, for entries of their own or above
	// others: a path of 300 bytes can ask for a hundred.
	MaxFolders = 1 << 15
	// MaxPaths is how many bytes the paths of all entries may have together. They
	// are kept for the checksum file, and for the modes of folders.
	MaxPaths = 16 << 20
	// MaxPath is the longest path of an entry in bytes: PATH_MAX on Linux.
	MaxPath = 4096
	// MaxName is the longest part of a path in bytes: NAME_MAX on Linux.
	MaxName = 255
	// MaxDepth is how deep folders may nest. Each level costs an open folder.
	MaxDepth = 128

	minUnpacked = 512 << 20 // cargo 1.95: MAX_UNPACK_SIZE
	maxRatio    = 20        // cargo 1.95: MAX_COMPRESSION_RATIO
)

// MaxUnpacked is how many bytes the tar of an archive of that size may have, and so all
// its files together.
func MaxUnpacked(archiveSize int64) int64 {
	return max(minUnpacked, archiveSize*maxRatio)
}

// maxRecord bounds one record, in bytes. Those that cargo writes hold a path.
const maxRecord = 64 << 10

// maxEntrySize is the largest size of an entry that is worth a try, in bytes.
const maxEntrySize = 1 << 62
