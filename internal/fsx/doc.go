// Package fsx is how cargohome looks at a disk on which somebody else may have put
// something, or puts it there meanwhile. It knows nothing of Cargo.
//
// # Opening
//
// A pipe where a file should be makes whoever opens it wait, a device may act on being
// opened, a file may have no end. [OpenRegular] and its like open what is a regular file,
// and [OpenRoot] what is a folder; nothing else is opened, and nothing waited for.
// [ReadRegular] reads so many bytes at most. [Look] tells what is absent from what cannot
// be looked at.
//
// # Folders
//
// A [Folder] is held open, and what is in it is reached by single names that no link leads
// out of: whoever moves folders and puts others in their place meanwhile changes nothing.
// On Unix it is a descriptor for calls such as openat; elsewhere, and with the build tag
// portable everywhere, an [os.Root]. The latter does not tell files apart nor sees mounts;
// [Entry] says what else it lacks.
//
// An [os.Root] itself is for what lies several names deep and may be reached by links, as
// objects of git are: see [OpenRootIn].
//
// # The same
//
// Two descriptions by package os are of one file by [os.SameFile]; [ID], the device and the
// inode, is for keeping. [Place] tells whether two folders are on one mount of one file
// system, and [Mounts] what is mounted below one.
//
// # Raw calls
//
// A [File] is written, or read, by calls that Go's scheduler is not told of, where the file
// system is known to wait for nobody; see [Folder.ForWriting] and [Folder.ForReading].
package fsx
