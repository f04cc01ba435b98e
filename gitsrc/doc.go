// Package gitsrc reads the git repositories that Cargo keeps in its home, and
// restores the work trees it keeps beside them.
//
//	registry/index/NAME             the index of a registry by the git protocol
//	git/db/NAME                     a bare repository for each git source
//	git/checkouts/NAME/SHORT        a work tree for each of its commits in use
//
// [OpenIndex] reads the first kind. [Folder] is the git folder with the other
// two; it finds the [DB] of a locked git source, tells what Cargo would check out
// for it as a [WorkTree], without writing anything, and restores git/checkouts by
// a [CheckoutPlan].
//
// # Trust
//
// Only objects are read, and of references those of an index's tip and a
// checkout's HEAD. A repository's configuration is not obeyed, no hook is run, and
// no symbolic link is followed out of the repository. Objects may be borrowed from
// other folders (objects/info/alternates) only within the Cargo home, and by no
// index. Objects must hash to the name they are asked for by. Sizes, delta chains,
// the work to resolve them, and the entries, paths, attributes and submodules of a
// work tree are bounded, as a repository may have been made to exhaust whoever
// reads it.
//
// Entries whose names mean ".git" to some file system, or lead elsewhere, are
// refused, with their path in an [EntryError]; and so is a tracked ".cargo-ok"
// that is no file: Cargo empties what such a link leads to.
//
// # Bounds
//
// Work is counted in steps, of about a nanosecond, for all repositories that a
// [Folder] reads, or for one that is opened by itself: they are worth 4 Gi steps and 256
// for each byte of their packs that is on the disk. Each loop takes its steps first,
// and looks at the context then or with each object. A bound that is exceeded is a
// [*LimitError] or an [*ObjectError].
//
//	input            bounds, in bytes where nothing is said                 steps                  most memory          test
//	packs, deltas    blob 128 Mi, of deltas what is held 192 Mi;            1 a byte made, 4 a     192 Mi for all who   TestPack_sizes, TestWorst/deltas,
//	                 4096 in a row, 32 × the limit (64 Mi at least)         byte of delta          read; 32 Mi bases    TestPack_hostile
//	                 in all; whole objects are inflated at most 1032-fold
//	blobs, loose     128 Mi; 64 Mi where line ends change                   3 a byte               the same             TestLoose, TestHeld
//	commits          4 Mi                                                   3 a byte               4 Mi a worker        TestPack_hostile
//	trees            64 Mi; mode 16, name 4096; 256 deep                    64 a byte              one each level       TestWorkTree_modes, _bombs
//	work trees       500 000 entries, 64 Mi of paths; 32 repositories       16 Ki an entry,        0.044 a step: 200 Mi TestWorkTree_bombs, TestWorst/trees
//	                 deep                                                   64 a byte of a path    for 10 MB
//	.gitattributes   8 Mi each                                              128 a byte, 4 a byte   5 a byte             TestWorkTree_attributes,
//	                                                                        looked at in matching                       TestWorst/attributes
//	.gitmodules      4 Mi                                                   3 a byte, 64 Ki a      200 a submodule      TestParseModules_linear
//	                                                                        submodule
//	include, exclude 64 Ki, 4 Ki a pattern; .gitignore 64 Ki                512 a byte, 8 a byte   1 Mi                 TestWorst/patterns,
//	                                                                        times path             a package            Test_hostile_patterns_are_quick
//	files by name    16 Mi (manifests, mostly)                              512 a byte             30 a byte            TestWorkTree_text
//	an index's file  32 Mi                                                  3 a byte               that, 16 Mi trees    index.TestLookup_many
//	work tree        32 Gi written                                          those of its blobs     one file a worker    TestBudget
//	references       64 Ki a line, 64 Mi of packed-refs, 5 in a row         none                   64 Ki                TestOpenIndex_refusals
//	FETCH_HEAD,      1 Mi each                                              none                   2 Mi a worker        TestRemotes
//	config
//	alternates       64 Ki, 32 folders                                      32 a pack for each     none                 TestDB_alternates
//	                                                                        object looked for
//
// 10 MB of packs are worth 6.9e9 steps, so that a step may take 2.9 ns and keep 0.044
// bytes if they are to take 20 seconds and half a gigabyte. TestWorst looks by itself
// for inputs of which one takes more.
//
// # What Cargo checks out
//
// A WorkTree is what libgit2 1.9 writes on the reset that Cargo 1.95 does:
//
//   - Files in the order of their paths, then links, then submodules in the order
//     of their names. Modes are those of the tree under the umask, also odd ones;
//     folders have 0755, roots of repositories 0777.
//   - The attributes text, crlf, eol and ident convert files, as far as the
//     .gitattributes was written before the file; see attrStack. Filter programs
//     are not run, encodings not changed. What a user's own configuration of git
//     adds (core.eol, core.attributesFile) is left out, so that the result does
//     not depend on who restores.
//   - Submodules are those that .gitmodules and the tree agree on, each from its
//     own repository in git/db, with an empty ".cargo-ok" in its root. A gitlink
//     that .gitmodules has no URL for makes Cargo fail, and is an error here.
//
// # What a checkout consists of
//
// Restored checkouts have a ".git" of their own, and so have their submodules:
//
//	HEAD, refs/heads/master   as Cargo leaves them: a branch at the commit
//	config                    what Cargo's clone has
//	index                     a real one, with the times and inodes of the files
//	objects/                  hard links to all objects of the repository in git/db
//
// Hard links rather than alternates, because that is what Cargo makes: a checkout
// stays whole when its repository is collected or fetched anew, `git` works in it,
// and a home that is moved or packed keeps working. It costs one link for each
// pack and each loose object and no space. Where there are no hard links, objects
// are copied. To Cargo itself the commit object would do (cargo 1.95: is_fresh).
//
// They are written in a temporary folder of git/ itself: Cargo takes what is in
// git/checkouts and in git/checkouts/NAME for checkouts when it collects garbage.
//
// # Which Cargo a folder belongs to
//
// One source has as many names as there were functions to compute them, and shallow
// repositories have their own (spec 2.1). A home that several Cargos filled has a
// repository and checkouts for each, and none looks at those of another. So a commit is
// read from whichever repository has it, but checkouts are planned for all of them,
// and judged each by the repository of its own name.
//
// Submodules have repositories in git/db since Cargo 1.94. Before, they were fetched into
// the ".git" in their folder, and a checkout that is gone is made again only by a
// network; so those objects are nowhere else ([Held]). Names do not tell 1.85 from 1.94:
// a folder by the current function is judged by what 1.94 needs, which is stricter.
// What is held is moved to the name by the current function whoever the checkout
// belongs to: newer Cargos build from there, and [CheckoutPlan.Restore] makes from it
// the checkouts that older ones take as they are. The name follows from the URL, which
// for a relative one is only certain if the URL it is relative to leads to the name of
// the repository's folder, or a lockfile has it: else nothing is moved.
//
// Not supported: SHA-256 repositories, reftables, pack indexes of version 1,
// objects that a partial clone left on its server, file systems that ignore case
// (libgit2 then writes files in another order, and attributes match otherwise). What
// of a repository is not read for that, or as it was lent from elsewhere, is an error
// of its own, [ErrUnread] or that of the index: it is not taken for what is not there.
package gitsrc
