// Package resolve says what of a lockfile a build uses: which packages, with which
// features, for the machine that builds and for the one that is built for, and why.
//
// The lockfile has the packages of all features, platforms and kinds of dependencies
// together. A build takes from it what Cargo finds in three passes over the graph.
//
// # Dependencies
//
// The first pass is the one that makes a lockfile, for what is asked: from the packages
// that are to be built it goes along all dependencies that some feature turns on, for all
// platforms. Of the dependencies that it does not come to, the others know nothing.
//
// # Features
//
// From the same packages, features go along these dependencies until nothing changes
// (cargo 1.95: core/resolver/features.rs). Resolver 1 knows one set of features for each
// package, whoever asks and on whatever platform. Resolvers 2 and 3 differ from it, and
// not from each other:
//
//   - A package has one set for targets and one for the host. Host begins at a build
//     dependency and at a dependency on a procedural macro, and goes on below. A selected
//     package that is a procedural macro counts for both.
//   - Dependencies for other platforms are not followed. On the host, its own platform
//     decides; elsewhere it is enough that one of the targets is meant.
//   - Dev-dependencies count only if tests, examples or benchmarks are built.
//
// An optional dependency is followed where a feature turns it on. "d/f" turns on d, the
// feature of d's name if there is one, and f of d; "d?/f" waits for another to turn on d.
// One name may stand for several dependencies, of different platforms: all are meant.
//
// # Packages
//
// From the same packages again, dependencies are followed that are of a wanted kind and of the
// platform they are built for, with either resolver, and that are turned on if they are
// optional (cargo 1.95: core/compiler/unit_dependencies.rs, and ops/tree/graph.rs, which
// is `cargo tree`). Dev-dependencies are those of the selected packages alone, so cycles
// through them end.
//
// An artifact dependency, which only a nightly cargo knows, counts as a library and
// besides for every platform, as its own target may be any.
//
// Nothing is read here: [New] takes a lockfile and what index or manifest say of each of
// its packages. Work is linear in dependencies and feature values, and bounded where the
// two multiply ([LimitError]).
package resolve
