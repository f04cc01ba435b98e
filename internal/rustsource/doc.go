// Package rustsource finds which files a Rust file names by include!, include_str! and
// include_bytes!, and as modules, without a Rust compiler.
//
// The text is cut into tokens, and attributes are looked at so far as they say that code
// is for tests only:
//
//	#[cfg(test)] mod tests { … }            what is in it does not count
//	#[cfg(test)] mod tests;                 nor does the file that it means
//	#[cfg_attr(docsrs, doc = include_str!("x"))]
//
// or where a module is, whatever the condition:
//
//	#[path = "x.rs"] mod a;
//	#[cfg_attr(unix, path = "x.rs")] mod a;
//
// Code that a build of a dependency can never have is that for test, doctest, docsrs,
// miri, loom and fuzzing. Macros are not expanded: a path counts that is a literal,
// concat!("…", "…") or concat!(env!("CARGO_MANIFEST_DIR"), "/…"). Not seen is a path that is
// handed to a macro of the package, and an include_str! under another name.
package rustsource
