// Package config reads cargo's configuration as far as it decides where
// packages come from, and writes the tables that make cargo use a vendor folder or a
// mirror.
//
// Files are looked for from the current folder upward and last in the home
// (spec 12.1); the stronger come first:
//
//	--config arguments          the last is the strongest
//	environment variables       CARGO_ + key in upper case, '.' and '-' as '_'
//	./.cargo/config[.toml]      each with the files it includes, which are weaker
//	../.cargo/config[.toml]     and so on to the root
//	CARGO_HOME/config[.toml]
//
// Tables merge by key, arrays are joined, of scalars the stronger wins. Every
// value keeps where it was written, because relative paths start there.
// Credential files are never opened.
//
// [Config.Sources] gives the [source] tables, with which one source can be read
// in place of another (spec 7.10, 12.2). [Print] writes what `cargo vendor`
// prints (spec 7.9), [PrintMirrors] the like for mirrors, [Edit] puts the same tables into
// the text of a file, and a [Change] into the file itself.
//
// Not read: the keys this program has no use for, and `[unstable]`.
package config
