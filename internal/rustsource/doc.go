// Package rustsource finds which files a Rust file names by include!, include_str! and
// include_bytes!, without a Rust compiler.
//
// The text is cut into tokens, and attributes are looked at so far as they say that code
// is for tests only:
//
//	#[cfg(test)] mod tests { … }            what is in it does not count
//	#[cfg(test)] mod tests;                 nor does the file that it means
//	#[cfg_attr(docsrs, doc = include_str!("x"))]
//
// Code that a build of a dependency can never have is that for test, doctest, docsrs,
// miri, loom and fuzzing. Macros are not expanded: a path counts that is a literal, or
// concat!(env!("CARGO_MANIFEST_DIR"), "/…").
package rustsource
