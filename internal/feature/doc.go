// Package feature reads the [features] of a package: what each feature turns on.
//
//	[features]
//	default = ["std"]                 what a dependency takes unless it says otherwise
//	std = ["alloc"]                   another feature
//	tls = ["dep:rustls"]              an optional dependency
//	http = ["hyper/client"]           a feature of a dependency, and hyper itself if it is optional
//	json = ["hyper?/json"]            the same feature, if something else turns hyper on
//
// An optional dependency that no feature names with "dep:" has a feature of its own name,
// which turns it on, unless the package has written one.
//
// Source: cargo 1.95, core/summary.rs.
package feature
