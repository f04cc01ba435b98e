// Package declared gathers what [resolve] works on: what the packages of a lockfile say
// they need, and what a command in a workspace is about.
//
//	a package of       says it in
//	a registry         its line of the index; its archive's Cargo.toml if there is no line
//	a directory        the Cargo.toml there
//	a repository       its Cargo.toml in the commit, with what it inherits
//	the user's own     its Cargo.toml, with what it inherits
//
// Whether a library is a procedural macro no index says, so that each archive is read up
// to its Cargo.toml.
package declared
