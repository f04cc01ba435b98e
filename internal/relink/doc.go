// Package relink gives what one Cargo has fetched the names under which another looks for it.
//
// Cargo 1.85 hashes sources by another function than those before, so its folders have
// other names (package home, Generation), and it does not find offline what they have:
//
//	registry/cache/NAME/X.crate   archives            by hard links
//	registry/index/NAME           indexes             copies, as Cargo writes to their files;
//	                                                  the objects of one in git by links
//	git/db/NAME                   repositories        objects by links, references anew
//	git/checkouts/NAME/…/SUB      submodules, which   objects by links, in git/db, where
//	                              Cargo before 1.94   newer ones look
//	                              has nowhere else
//
// Where links cannot be had things are copied. Sources and checkouts are not brought: any
// Cargo makes them again offline.
//
// [NewPlan] finds what lies under the names of one generation ([home.Generation]) only, for
// sources that are known, and [Plan.Execute] brings it. Nothing that is there is replaced;
// but an index of the sparse kind gets the lines that it lacks of archives which are
// brought, beside all that it has. An archive that has not the checksum that an index has
// for it is refused.
//
// What is brought is made in a temporary folder and then takes its place by one renaming:
// a run that is killed leaves some of it in place, and the next brings the rest. The
// caller holds Cargo's lock for adding; builds go on.
package relink
