// Package mirror makes mirrors: folders that are a registry of what is held, for cargo or a
// web server. What is held, and how it lies there, is described by package registry.
//
//	registry.Set ─▶ [New] ─▶ [Plan] ─▶ [Plan.Write]
//
// # In which order
//
// All that is new is written into a temporary folder in the mirror, and moved into place
// when all of it is there:
//
//  1. the record of which registries there are
//  2. archives; each is the file that was read, by a hard link, or a copy that is read again
//  3. the index of each registry, a folder that takes the place of the old one in one step
//  4. archives that are not held any more go
//
// On the disk each is before the next is begun. So whoever reads meanwhile, or after the run
// was killed, finds the old index or the new one, and for each line an archive. A registry
// that is new comes as a whole.
//
// Entry files that stay as they are stay the same files, with their times, by which web
// servers tell clients that nothing has changed. One that changes gets a time that is a
// second later at least, as HTTP's times have no fractions.
//
// # In a store of objects
//
// Several runs may write to a store at once ([Objects]). What they find there they may count
// on, as each has a lease. Objects are put in this order, each when the ones before are there:
//
//  1. the record, with the registries that others have recorded
//  2. archives, by their checksum: only if they are not there
//  3. entry files, merged with what others have written since they were read, and put if they
//     are as they were when that was merged
//  4. that lines have changed, for those who serve the store
//  5. a while later archives that no line names, if the run is to prune, and is alone
//
// So for each line there is an archive, whenever a run ends. After an error some crates may
// be as they are to be, and others as they were.
//
// # What is touched
//
// A folder that has other things than a mirror is refused. In the folder of a registry the
// index is all ours; of other files only those go that are called as archives are. No link
// below the mirror is followed.
package mirror
