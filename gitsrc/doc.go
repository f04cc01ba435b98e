// Package gitsrc is the git folder of a Cargo home: which repository has a locked source,
// what Cargo would check out of it, and what of the folder is needed.
//
//	git/db/NAME                     a bare repository for each git source
//	git/checkouts/NAME/SHORT        a work tree for each of its commits in use
//
// [Folder] finds the repository of a locked git source, tells what Cargo would check out
// for it without writing anything, restores git/checkouts by a [CheckoutPlan], and reduces
// repositories to the commits in use ([Folder.WriteThin]). What a repository consists of,
// and what is not trusted in it, is in gitsrc/object; what Cargo makes of a commit, in
// gitsrc/worktree.
//
// Restored checkouts are written in a temporary folder of git/ itself: Cargo takes what is
// in git/checkouts and in git/checkouts/NAME for checkouts when it collects garbage.
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
package gitsrc
