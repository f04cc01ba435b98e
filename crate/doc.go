// Package crate has what tells Cargo's packages apart: names, versions, sources and
// checksums. They are comparable values, with Cargo's rules for what is valid, what is
// the same and what comes first. The files a package is made of are in its archive,
// which is for package cargohome/crate/archive.
//
// A package in a lockfile, and what its parts are here:
//
//	name = "serde"                     ID.Name
//	version = "1.0.219"                ID.Version: semver, build metadata included
//	source = "registry+https://…"      ID.Source: a SourceID
//	checksum = "5f0e2c6ed6606019…"     Checksum: of the archive, if there is one
//
// A [SourceID] has its URL as it was written, and as Cargo compares sources and names
// folders: [SourceID.CanonicalURL] (spec 2.2). Cargo takes two sources for the same if
// their [SourceID.Key] is equal. URLs are read and printed as the WHATWG standard has it,
// which Cargo's url crate follows and net/url does not.
//
// Others name packages, too: users by a [Spec], as "serde@1.0", and dependencies by a
// [Requirement], as "^1.0.2".
//
// A URL may hold a password or a token. [ID.String] and [SourceID.Display] show none,
// and [Redact] and [RedactText] take them out of other texts. [SourceID.URL],
// [SourceID.String] and [SourceID.ConfigKey] are for files, and have them.
//
// Everything here is safe for concurrent use.
package crate
