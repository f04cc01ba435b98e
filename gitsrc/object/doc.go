// Package object reads what a repository of git consists of: objects, loose and in packs,
// the references to a commit, and its configuration as far as that says where objects
// are; and it writes objects into packs.
//
//	objects/ab/cdef…                one object, deflated: "TYPE SIZE\0" and its content
//	objects/pack/pack-HASH.pack     many, most as differences to others
//	objects/pack/pack-HASH.idx      where in the pack each is
//	objects/info/alternates         folders of objects that are borrowed
//	HEAD, refs/, packed-refs        names of commits
//
// [DB] is a repository whose objects are read by name. [Snapshot] is the files of one
// commit, such as the index of a registry by the git protocol has.
//
// # Trust
//
// A repository's configuration is not obeyed, no hook is run, and no symbolic link is
// followed out of the repository. Objects may be borrowed from other folders only within
// the Cargo home, and by no index. Objects must hash to the name they are asked for by.
// Sizes, delta chains and the work to resolve them are bounded, as a repository may have
// been made to exhaust whoever reads it.
//
// # Bounds
//
// Work is counted in steps, of about a nanosecond, for all repositories that share a
// [Budget], or for one that is opened by itself: they are worth 4 Gi steps and 256
// for each byte of their packs that is on the disk. Each loop takes its steps first,
// and looks at the context then or with each object. A bound that is exceeded is a
// [*LimitError] or an [*ObjectError].
//
//	input            bounds, in bytes where nothing is said                 steps                  most memory          test
//	packs, deltas    blob 128 Mi, of deltas what is held 192 Mi;            1 a byte made, 4 a     192 Mi for all who   TestPack_sizes, TestWorst,
//	                 4096 in a row, 32 × the limit (64 Mi at least)         byte of delta          read; 32 Mi bases    TestPack_hostile
//	                 in all; whole objects are inflated at most 1032-fold
//	blobs, loose     128 Mi; 64 Mi where line ends change                   3 a byte               the same             TestLoose, TestHeld
//	commits          4 Mi                                                   3 a byte               4 Mi a worker        TestPack_hostile
//	trees            64 Mi; mode 16, name 4096; 256 deep                    64 a byte              one each level       TestWorkTree_modes, _bombs
//	work trees       500 000 entries, 64 Mi of paths; 32 repositories       16 Ki an entry,        0.044 a step: 200 Mi TestWorkTree_bombs, worktree.TestWorst
//	                 deep                                                   64 a byte of a path    for 10 MB
//	.gitattributes   8 Mi each                                              128 a byte, 4 a byte   5 a byte             TestWorkTree_attributes,
//	                                                                        looked at in matching                       worktree.TestWorst
//	.gitmodules      4 Mi                                                   3 a byte, 64 Ki a      200 a submodule      TestParseModules_linear
//	                                                                        submodule
//	include, exclude 64 Ki, 4 Ki a pattern; .gitignore 64 Ki                512 a byte, 8 a byte   1 Mi                 packagelist.TestWorst,
//	                                                                        times path             a package            _hostile_patterns_are_quick
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
// # go-git
//
// go-git names and hashes objects here, with an SHA-1 that notices collisions; it parses
// and checks references, writes pack indexes, and keeps the bases of deltas (plumbing,
// plumbing/format/idxfile, plumbing/cache). Objects are not read, nor packs written, by
// it. It (5.19.3) opens a repository by reading and hashing whole indexes, and has one
// reader of a pack at a time; it takes an object for the one that was asked for, and what
// is made of what for finite. BenchmarkGoGit and, with -v, TestHostile and
// TestHostileHeads do both next to each other, on cargo's repository (3072 files) and on
// made-up ones:
//
//	                                     here                       go-git
//	open, read a commit                  0.2 ms, 0.09 MB            49 ms, 28 MB
//	read and hash its trees and files    135 ms, 48 MB in all       323 ms, 143 MB
//	the same of 400 loose files          12 ms, 1.7 MB              20 ms, 6.7 MB
//	write them as a pack                 310 ms, 51 MB              1088 ms, 111 MB
//	a delta of 64 KiB, of 8 MiB          44 µs, 5.2 ms; once that   90 µs, 14.8 ms; four times
//	HEAD, of 10,000 packed references    0.4 ms, 0.01 MB            2.2 ms, 1.9 MB
//	configuration, 4096 sections         0.16 ms                    29 ms, and with their square
//	delta by way of 1 GiB, in 18 KB      refused                    more than 512 MiB
//	delta on itself                      refused                    ends the process
//	20,000 deltas in a row               refused                    read, one call in another
//	more, or less, than it says          refused                    another object, no error
//	content of another name              refused                    another object, no error
//	loose, 600 MiB without a head's end  refused                    more than 512 MiB
//	a pipe for a loose object, for HEAD  refused                    waits
//	HEAD of 600 MiB                      refused                    more than 512 MiB
//	HEAD with 40 letters that are none   refused                    read, as zeros
//
// Times are of a processor, bytes those that were allocated. The index it writes takes
// 1.1 µs an object, of the hundred it takes to write one.
//
// Not supported: SHA-256 repositories, reftables, pack indexes of version 1, and objects
// that a partial clone left on its server. What of a repository is not read for that, or
// as it was lent from elsewhere, is an error of its own, [ErrUnread] or that of the index:
// it is not taken for what is not there.
package object
