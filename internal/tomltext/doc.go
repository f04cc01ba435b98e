// Package tomltext reads TOML, tells where in a text things stand, and prints it as cargo
// does.
//
// # Reading
//
// A [Scanner] cuts a text into tokens with their places, [Statements] into the lines that
// make it up. [Read] makes tables of it that keep the order and the lines of their keys,
// which a library does not tell; what tables may be added to is as cargo has it. The
// library is asked for values that do not plainly say what they mean, and for what is
// wrong with a text. It is BurntSushi/toml, which takes four times as long (21 ms for a
// lockfile of 800 packages, against 5).
//
// Texts may be hostile. Libraries recurse for each level of nesting and keep the whole
// path of every key, so that a small text may end the process: the [Shape] of a text is
// measured first.
//
// # Printing
//
// Printed configuration and generated manifests equal cargo's byte for byte (spec 7.7,
// "TOML printing"): [Document] prints whole documents, [Key] and [String] their parts,
// with the very quotes that cargo chooses.
//
//	key     bare, "basic", 'literal', or "basic with escapes"
//	string  "basic", 'literal', """basic""", '''literal''', or escaped
//
// In each list the first form that can hold the text without an escape wins.
package tomltext
