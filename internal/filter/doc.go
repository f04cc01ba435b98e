// Package filter says which packages of a project are vendored whole, in the words of
// cargo-vendor-filterer (its README, "Available options").
//
//	[package.metadata.vendor-filter]        or [workspace.metadata.vendor-filter]
//	platforms = ["*-unknown-linux-gnu"]     targets that are built for, or patterns
//	tier = "2"                              only those of such support
//	features = ["a"], all-features, no-default-features
//	keep-dep-kinds = "no-dev"
//	exclude-crate-paths = [{ name = "curl-sys", exclude = "curl" }, { name = "*", exclude = "tests" }]
//
// Flags of the command line have the same names; if there is one, the manifest does not
// count. What is built with that is what [resolve] says, and everything else may become a
// stub. All members of the workspace are built unless others are named.
//
// What does the building is one of the targets, or a machine that is named, by default the
// one that this runs on: build scripts and procedural macros need what is for any of them.
package filter
