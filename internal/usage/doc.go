// Package usage says what takes the space in a Cargo home, and gives it back.
//
//	bin/                      binaries                    never touched
//	registry/index/NAME       index                       needs the network again
//	registry/cache/NAME/*     archives                    need the network again
//	registry/src/NAME/*       sources, of archives        rebuilt from archives
//	git/db/NAME               databases, of repositories  need the network again
//	git/checkouts/NAME/*      checkouts, of databases     rebuilt from databases
//	build/xx/yyyyyyyyyyyyyy   builds                      compiled again; so where build.build-dir says
//	.crates.toml, config, …   Cargo's own                 never touched
//	all else                  not Cargo's                 never touched
//
// [Measure] sums it all, in one walk that keeps a batch of names in memory.
// [NewPlan] decides what goes, and [Plan.Execute] makes it go.
//
// # What is counted
//
// As `du` does: apparent bytes and those allocated on the disk, folders and links
// included, a file with several names once. Checkouts share most of their objects
// with the database they were cloned from; those count for the database, and removing
// either gives back what no other name keeps.
//
// A [Report] tells of what that is the part which has names outside of the home, as in
// a backup made of hard links: removing everything would not give it back. All that is
// said about removing goes by one measure, what the file system gives back. By it the
// home takes [Report.GivesBack], which is what a limit on its size is compared with; a
// file counts when its last name goes, and an item that gives nothing back is not
// removed for the sake of the size. So a home of which a backup has every file takes
// little more than its folders, and removing what is in both would make room nowhere.
// Copies that share blocks, as on btrfs, count whole: nobody says who shares them.
//
// Links are not followed, but for the home itself. What changes meanwhile is counted
// as it was met.
//
// # What is never removed
//
// Only things that have the place, the name and the type that Cargo gives them are
// items, so links, files that are folders and names of other programs are never
// touched; nor are trees in which another file system is mounted, or that cannot be
// read whole. A source without a sound archive, and a checkout of which a database
// lacks something, could not be rebuilt: they stay, unless what needs the network is
// to go as well: for checkouts that is their own database, or with --ci all that no
// lockfile needs. Nothing else makes an exception, whatever selected them.
//
// Cargo before 1.94 keeps submodules in checkouts only. They are moved to git/db, where
// newer ones look, before the checkout goes, also out of one that is half made or an
// orphan, which itself may go for good. An older Cargo then needs `cargohome checkout`
// to build without a network. If it is not certain where to, the checkout stays.
//
// What is selected is proven as the commands that rebuild it would: archives are
// unpacked to nowhere, by all the rules there are, and objects read and hashed, each of
// a database once. On two cores that is some second for a thousand sources.
//
// As long as it is not known what a lockfile that is kept needs of git, no database and
// no checkout goes, whatever selects it, and none is reduced: its repository is not
// found with the commit, or not to be read (objects lent from outside the home or
// named by SHA-256, indexes of version 1, damage), or the commit cannot be walked to its
// end (names that are refused, a .gitmodules that is no good, bounds exceeded), or a
// submodule is not found. Any repository may be what is needed then. [Needs] says why.
//
// # When something was used
//
// Cargo's own database of last uses knows, since 1.78. What it has no row for counts
// as used when its files were last written, or when Cargo last read its mark. A
// registry's index was used when anything of the registry was, a database when any
// checkout of it was.
//
// # How it is removed
//
// Under Cargo's lock for that, each item is moved aside by one renaming; then the
// lock is given back, and what lies aside is deleted. A run that is killed leaves each
// item whole or gone, and a temporary folder that the next run deletes.
//
// On a file system that has no space left for a folder, or for a name in one, items are
// deleted under the lock, one by one until there is: after a renaming within the folder
// they lie in, or where that cannot be had in place, their marks first (package staging).
package usage
