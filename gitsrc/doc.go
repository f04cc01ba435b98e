// Package gitsrc reads git repositories that Cargo keeps in its home.
//
// So far it knows the index of a registry that is reached by the git protocol
// (spec 3.2): registry/index/NAME is a repository with a work tree in which
// nothing was ever checked out, and its tip is what the last fetch left:
//
//	.git/refs/remotes/origin/HEAD    the tip
//	.git/refs/remotes/origin/master  the tip, in homes of very old Cargos
//	.git/objects                     loose objects, and packs with their indexes
//	.git/FETCH_HEAD                  names the URL fetched from
//
// Only references and objects are read. The repository's configuration is not
// obeyed, no hook is run, objects/info/alternates is ignored, and no symbolic
// link is followed out of the repository. Objects must hash to the name they are
// asked for by. Sizes, delta chains and the work to resolve them are bounded, as
// a repository may have been made to exhaust whoever reads it.
//
// Not supported: SHA-256 repositories, reftables, pack indexes of version 1.
package gitsrc
