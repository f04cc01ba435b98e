package crate

// OKFile is the name of the file by which Cargo knows that a folder in registry/src or
// git/checkouts is complete (spec 5.4, 6.3).
const OKFile = ".cargo-ok"

// ChecksumFile is the name of the file that makes a folder a package of a vendor folder
// (spec 7.8).
const ChecksumFile = ".cargo-checksum.json"
