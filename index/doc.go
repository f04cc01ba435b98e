// Package index reads the index of a registry: the list of the versions it has,
// in one of the three forms they have on disk (spec 3, 9).
//
//	sparse   DIR/.cache/PATH, DIR/config.json
//	git      DIR/.cache/PATH, and all entries in the repository DIR/.git
//	local    DIR/index/PATH
//
// PATH is made of the crate's name in lower case; see [Path]. Files below .cache
// are what Cargo leaves behind when it has asked for a crate:
//
//	cache file   03  02 00 00 00  INDEX-VERSION 00  { VERSION 00 LINE 00 }
//
// while an entry file of a repository or a local registry is just the lines:
//
//	entry file   { LINE LF }
//
// LINE is one JSON object that describes one version; see [Entry]. A sparse index
// on disk knows the crates Cargo has asked for, no others.
//
// Nothing here writes, but [Index.Merged] says what a cache file is to be when versions
// come to it that Cargo has not asked for.
//
// What is read may be damaged or hostile: sizes are bounded, only regular files
// are opened, and lines other than the one asked for are not interpreted.
package index
