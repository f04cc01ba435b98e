package check

// Code names a kind of finding. It stays what it is from version to version.
type Code string

// The codes; [Codes] says what each means.
const (
	ArchiveMissing    Code = "archive-missing"
	ArchiveEmpty      Code = "archive-empty"
	ArchiveTruncated  Code = "archive-truncated"
	ArchiveCorrupt    Code = "archive-corrupt"
	ArchiveUnreadable Code = "archive-unreadable"
	ArchiveManifest   Code = "archive-manifest"
	SourceMark        Code = "source-mark"
	SourceUnreadable  Code = "source-unreadable"
	SourceDamaged     Code = "source-damaged"

	IndexMissing        Code = "index-missing"
	IndexEntryMissing   Code = "index-entry-missing"
	IndexEntryElsewhere Code = "index-entry-elsewhere"
	IndexEntryBroken    Code = "index-entry-broken"
	IndexConfig         Code = "index-config"
	ChecksumDisagrees   Code = "checksum-disagrees"

	GitDBMissing        Code = "git-db-missing"
	GitCommitMissing    Code = "git-commit-missing"
	GitSubmoduleMissing Code = "git-submodule-missing"
	GitDBBroken         Code = "git-db-broken"
	GitCheckoutBroken   Code = "git-checkout-broken"
	GitPackageMissing   Code = "git-package-missing"

	VendoredMissing  Code = "vendored-missing"
	VendoredVersion  Code = "vendored-version"
	VendoredChecksum Code = "vendored-checksum"
	VendoredBroken   Code = "vendored-broken"
	VendoredChanged  Code = "vendored-changed"

	VendoredOtherwise Code = "vendored-otherwise"

	ConfigBroken Code = "config-broken"
	ConfigUnread Code = "config-unread"
	SourceBroken Code = "source-broken"

	SourceNotReplaced Code = "source-not-replaced"

	DiskFull Code = "disk-full"

	HomeUnwritable   Code = "home-unwritable"
	TargetUnwritable Code = "target-unwritable"

	PathLong     Code = "path-long"
	NameReserved Code = "name-reserved"
	NameTwin     Code = "name-twin"
	GitIgnored   Code = "git-ignored"
	GitConverted Code = "git-converted"

	ManifestBroken Code = "manifest-broken"
	LockMissing    Code = "lock-missing"
	LockBroken     Code = "lock-broken"
	LockStale      Code = "lock-stale"
	LockChecksum   Code = "lock-checksum"
	LockVersion    Code = "lock-version"
	EditionUnknown Code = "edition-unknown"
	RustVersion    Code = "rust-version"
)

// Codes are all there are, with what they mean.
var Codes = []struct {
	Code Code
	Text string
}{
	{ArchiveMissing, "the archive of a package is not where cargo looks for it"},
	{ArchiveEmpty, "it has no bytes, of an interrupted download"},
	{ArchiveTruncated, "it ends too early"},
	{ArchiveCorrupt, "it has another checksum than the lockfile says"},
	{ArchiveUnreadable, "it is no regular file, or may not be read"},
	{ArchiveManifest, "the Cargo.toml in it is not one that cargo takes for the package"},
	{SourceMark, "a folder of registry/src has a .cargo-ok that cargo does not believe"},
	{SourceUnreadable, "it cannot be looked at, or not be made anew"},
	{SourceDamaged, "a file of it is missing or damaged, and cargo believes that it is there"},

	{IndexMissing, "there is no index of a registry"},
	{IndexEntryMissing, "the index does not list a package"},
	{IndexEntryElsewhere, "only the index of another protocol, or of another cargo's folder, lists it"},
	{IndexEntryBroken, "its line in the index is one that cargo would not select"},
	{IndexConfig, "the config.json of an index is missing or unusable"},
	{ChecksumDisagrees, "lockfile and index have different checksums for a package"},

	{GitDBMissing, "there is no repository in git/db"},
	{GitCommitMissing, "it lacks the locked commit"},
	{GitSubmoduleMissing, "cargo has to check the commit out, and a submodule is not in git/db"},
	{GitDBBroken, "it cannot be read, or lacks what a checkout takes"},
	{GitCheckoutBroken, "a checkout that cargo would use is not whole"},
	{GitPackageMissing, "a repository does not have the package that is locked"},

	{VendoredMissing, "a vendor folder does not have a package"},
	{VendoredVersion, "it has the package in other versions only"},
	{VendoredChecksum, "its record has not the checksum that the lockfile has"},
	{VendoredBroken, "a folder in it is broken, and spoils the whole vendor folder"},
	{VendoredChanged, "a file is not what the record of its package says"},
	{VendoredOtherwise, "with --compat: a package that the cargo makes in another way"},

	{ConfigBroken, "cargo's configuration cannot be read"},
	{ConfigUnread, "a file has [source] tables, and is not configuration that cargo reads from here"},
	{SourceNotReplaced, "no [source] table puts the folder that was asked about in place of a source"},
	{SourceBroken, "a [source] table makes no sense"},

	{ManifestBroken, "a Cargo.toml of the user's own cannot be used"},
	{LockMissing, "there is no Cargo.lock"},
	{LockBroken, "it cannot be read, or not be trusted"},
	{LockStale, "it is not in step with the manifests: cargo would change it"},
	{LockChecksum, "it has no checksum for a package of a registry: cargo would add it"},
	{LockVersion, "the cargo that is meant does not know its version"},
	{EditionUnknown, "the cargo that is meant does not know the edition of a package"},
	{RustVersion, "a package that is compiled needs a newer rustc than comes with the cargo that is meant"},

	{HomeUnwritable, "cargo has to lock the home, unpack or check out, and cannot write to it"},
	{TargetUnwritable, "cargo cannot write to the folder that it builds in"},
	{DiskFull, "the disk has no room for what cargo has to unpack"},
	{PathLong, "with --portable: a path that is too long for Windows"},
	{NameReserved, "with --portable: a name that Windows does not have"},
	{NameTwin, "with --portable: two names that are the same to Windows or macOS"},
	{GitIgnored, "with --git: a file that the work tree around does not take in"},
	{GitConverted, "with --git: a file that comes out of a clone with other bytes"},
}
