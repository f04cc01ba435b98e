// Package home knows where things are in a Cargo home: where the home is, what
// its folders are called, and where the archive and the index entry of a package
// of a registry may lie.
//
//	registry/index/NAME                         index of one registry
//	registry/cache/NAME/<name>-<version>.crate  archives as downloaded
//	registry/src/NAME/<name>-<version>          archives unpacked
//	git/db/NAME                                 repositories
//	git/checkouts/NAME/<short id>               their work trees
//	bin                                         what was installed, and rustup's proxies
//	cargohome                                   what commands here note for themselves
//
// NAME is a host or the end of a path, and a hash of the source; see [Ident]. One
// home serves all Cargos installed, and their versions name folders by different
// functions. crates.io also has one source for each of its two protocols. So a
// registry can have several folders of each kind side by side, and a package its
// index entry under one name and its archive under another (spec 2.6).
//
// Nothing here writes, but for the empty files that are Cargo's locks; see
// [Home.Lock].
package home
