// Package whose tells which Cargos used a home, and which of its folders are whose.
//
// All Cargos that are installed share one home, and it does not say who wrote what. What
// tells them apart:
//
//	the hash in a folder's name        one function before 1.85, another since
//	registry/index/NAME/.cache         the version of its files; no .git: sparse, since 1.68
//	registry/src/NAME/X/.cargo-ok      "ok" before 1.71, {"v":1} since
//	git/checkouts/NAME/SHORT/SUB       .cargo-ok in submodules since 1.94, with a repository
//	                                   in git/db; none before
//	git/checkouts/NAME/SHORT           seven digits or more if need be; before 1.99 as many
//	                                   as core.abbrev of the user's git says
//	.global-cache                      since 1.78; its version counts up with changes
//
// `cargohome reextract` and `cargohome checkout` write as the newest of these do, under the
// names that are there: what they made is told as that Cargo's.
//
// Nothing is written, and no lock is taken. A home may be hostile: links are not followed,
// and no file is read but marks, lists of submodules, heads of index files, and what
// package gitsrc reads of repositories, each with a bound.
package whose
