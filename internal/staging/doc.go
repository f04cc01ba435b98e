// Package staging is how cargohome puts things where others will look for them, and
// takes them away: whatever is written is first written into a temporary folder on the
// same file system, whole, and then moved into place by renaming. Every writer of the
// program goes through it.
//
//	DIR/.cargohome-tmp-123456789/   [Dir], mode 0700, ours alone
//	    new/…                       what is being written, by a [Writer]
//	    old/…                       what was removed, deleted last
//	DIR/.cargohome-saved-123456789/ what could not be put back; never deleted
//
// Names that begin with a dot are nobody's packages: Cargo passes over them in a vendor
// folder, and over folders below registry/src and git that no index or repository has
// the name of.
//
// # Replacing
//
// What is replaced and what replaces it exchange their names in one call, so that a
// process killed at any moment leaves the one or the other, never a mixture and never
// nothing. Nothing is deleted before all replacements are in place. Besides being safe
// that is fast: on ext4, creating files right after deleting many is slower by an order
// of magnitude.
//
// Where names cannot be exchanged (NFS, other systems than Linux and macOS) what is
// there is moved aside first, and for a moment nothing is there.
//
// Where nothing was when the caller looked, nothing is replaced: what has appeared since
// is an error ([Dir.Publish]; RENAME_NOREPLACE). On file systems without such a call a
// look goes before; then of what appears in that moment an empty folder gives way to a
// folder, and where there are no hard links either, a file to a file.
//
// What was set aside is deleted when all else went well, or was put back. If it cannot
// be put back the temporary folder gets a name that no run deletes, and the error says
// which.
//
// # By descriptor
//
// Others may be allowed to write to the folder that is staged in: to a vendor folder, to
// a home that a group shares. They can move the temporary folder away and give its name
// to another, with links in it. So it is held open from when it was made, and believed to
// be the one that was made only if it is locked, empty, ours, and has its name still, by
// device and inode; everything in it, and the folders that places lie in, is reached
// from open folders by single names, without following links. What is deleted is what
// those folders hold, whatever has their names by then.
//
// A link below the folder that the caller was given ([In]) is followed if it belongs to us
// or to root, as one that leads from registry/src to a larger disk; not for removing
// ([In.NoLinks]).
//
// The folder itself is given by a path, as whoever runs the program wrote it. Where a plan
// was made of what is in it, it must still be the folder that was looked at ([In.Is]).
//
// What remains: who may write to the folder can take away or replace what was put
// there, as soon as it is there, and put things there that a run of ours replaces or
// removes for their names: but only things that he could move there himself. A Writer gives
// its path for looking at what was written; nothing is written or deleted by that. Other
// systems than Unix go by paths.
//
// # Mounts
//
// Nothing is ever deleted across a mount. The table of mounts is looked at before
// anything is moved, swept or deleted in which something could be mounted (Linux), and
// each folder that is entered to delete what is in it must have the device and the mount
// id (kernels before 5.8: the device) of the temporary folder itself. What is found is an
// error, and what it is found in stays.
//
// A place on another file system than the folder that is staged in, because that is
// mounted in between, gets a temporary folder of its own there ([Dir.For]).
//
// # In place
//
// Folders of a lower layer of an overlay file system, as containers have them, cannot be
// moved (EXDEV), but can be deleted. To be replaced they are copied aside, and then taken
// apart where they are: the marks by which Cargo and we take them for whole go first, so
// that a run that is killed leaves what is seen as half made. The same is done
// ([Dir.Drop], [Dismantle]) with what goes from a file system on which there is no space
// left for a folder, after a renaming within the folder it is in, if there is space for
// that.
//
// # Cleaning up
//
// A [Dir] and a [Replacement] are locked (flock) while their owner lives. [Sweep], which
// each run calls on the folders it writes to, deletes what has such a name and is not
// locked: what killed runs left. On file systems without locks such things stay.
//
// What takes long to write may be gone on with by the next run of the same ([In.Resume],
// [Dir.Leave]): it takes the folder over, under the lock, if that is ours and has the mode
// that it was made with, and looks for files that were written in it. Whether one of them is
// whole is for the caller to find out.
//
//	DIR/.cargohome-tmp-123456789/
//	    new-HASH/…                  what is being written, by whose hash it is known
//	    left-1/…                    what runs before had in there, and is not taken yet
//
// Making a temporary folder or file is tried again only if somebody else has it locked
// or removed by then, eight times. Any other error is the end of it, and nothing is left.
//
// # Durability
//
// A power failure is another matter than a killed process. Each writer has its own
// answer:
//
//   - Vendor folders are not synced. They can be made again, builds check each
//     file, and the next run finds and replaces what is not as recorded.
//   - Sources in registry/src and checkouts in git/checkouts are not synced, as
//     with Cargo, which believes its own marks all the same: after a power failure
//     `reextract --force` and `checkout --force` make them anew.
//   - A [Replacement], which may be of a file that a person wrote, is synced before
//     it takes its place.
//   - Archives, index entries and repositories that a bundle brings cannot be made
//     again, and Cargo believes them: [Dir.Sync] goes before they are published.
//
// # Fault points
//
// Every call that changes something can be made to fail, or to be the last of the
// process, in tests: see [Inject].
package staging
