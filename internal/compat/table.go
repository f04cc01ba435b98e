package compat

// Difference is one change in what cargo makes.
type Difference uint8

// The differences, in the order in which they came.
const (
	MarkV1         Difference = iota // {"v":1}
	Umask                            // unpacked files obey it
	DebugNames                       // of profiles are told by numbers
	Lints                            // have been a table
	WorkspaceOrder                   // metadata before what is inherited
	TargetOnTop                      // only the package's own "target" is left out
	ListedByGix                      // and only if it is a folder
	Resolved                         // targets of git packages are made explicit
	Literals                         // are quotes in TOML
	LintKeys                         // of all kinds
	DetailedDeps                     // are what is inherited of versions
	Prepared                         // targets without files are dropped
	Autolib                          // has been a key
	AllLocks                         // libraries keep Cargo.lock
	NewNames                         // of the folders of sources
	KeyOrder                         // features before targets
	Unpacked                         // from the archive, not copied from registry/src
	Quotes                           // of strings in TOML
	OwnOrder                         // of metadata
	Generated                        // files have a time of their own
	AnyDepth                         // git's files are left out
	SubmoduleDB                      // submodules have a repository in git/db
	Comment                          // in checksum files
	LockPath                         // is what the configuration says
	ShortNames                       // of checkouts do not depend on core.abbrev
	differences
)

// Row is one difference.
type Row struct {
	Since  int    // N of the first cargo 1.N that has it
	What   string // it does
	Before string // it was
}

// Differences is the table of them, by [Difference]. What is before the first cargo that
// anybody is to ask for, 1.70, is not in it.
var Differences = [differences]Row{
	MarkV1:         {71, `.cargo-ok in registry/src holds {"v":1}`, "it holds ok"},
	Umask:          {71, "unpacked files obey the umask", "they have the modes of the archive; what is vendored obeys it all the same"},
	DebugNames:     {71, "Cargo.toml of a git package has profile.*.debug as a number where there is one", "as it is written"},
	Lints:          {74, "Cargo.toml of a git package has [lints]", "the table is not known"},
	WorkspaceOrder: {75, "its [workspace] has exclude before default-members, and metadata before what may be inherited", "the other way round"},
	TargetOnTop:    {76, `of a git package only the file "target" right in its folder is left out`, "any file of that name is"},
	ListedByGix:    {79, `a file "target" is vendored`, "it is not"},
	Resolved:       {80, "Cargo.toml of a git package lists the targets that were found, and has readme = false", "it has those that it had, and no key"},
	Literals:       {80, "strings and keys with double quotes come in single ones in Cargo.toml of a git package (toml_edit 0.22.14)", "only strings with backslashes"},
	LintKeys:       {80, "lints keep keys of their own in Cargo.toml of a git package", "only level and priority"},
	DetailedDeps:   {80, "a dependency that is inherited of a plain version is a table in Cargo.toml of a git package", "it is the version, as long as nothing is added"},
	Prepared:       {81, "targets and build scripts that are not vendored are taken from Cargo.toml of a git package", "they stay"},
	Autolib:        {83, "Cargo.toml of a git package has autolib", "there is no such key"},
	AllLocks:       {84, "Cargo.lock is always vendored", "only with a binary or an example"},
	NewNames:       {85, "folders of sources are named by a hash that is the same on all machines", "by SipHash"},
	KeyOrder:       {85, "Cargo.toml of a git package has [features] before its targets, and [workspace], [profile] and [patch] last", "profiles first, features after dependencies"},
	Unpacked:       {89, "a package of a registry is unpacked from its archive, with the times there", "what `cargo package` would list of registry/src is copied, but *.orig and *.rej; times are those of the run"},
	Quotes:         {89, "strings with quotes come in three double ones in Cargo.toml of a git package (toml_write)", "in single ones"},
	OwnOrder:       {90, "metadata and extra keys of lints stand as they are written in Cargo.toml of a git package (toml with preserve_order), and there is [hints]", "by key"},
	Generated:      {93, "Cargo.toml, Cargo.lock and .cargo_vcs_info.json have the time 1153704088", "that of the archive"},
	AnyDepth:       {94, ".gitignore, .gitattributes and .git are left out in all folders", "only right in the package's"},
	SubmoduleDB:    {94, "a submodule has a repository in git/db, and a .cargo-ok, which is vendored", "it has neither"},
	Comment:        {97, "a checksum file begins with a $comment", "it has none"},
	LockPath:       {97, "resolver.lockfile-path in the configuration names the lockfile", "the key is passed over"},
	ShortNames:     {99, "short names of commits are as long as they must be", "and as core.abbrev says"},
}
