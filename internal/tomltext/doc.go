// Package tomltext is about TOML as text: where in it things stand, how much it asks of
// those who read it, and how cargo prints it. What its values are is for a library to say.
//
// # Scanning
//
// A [Scanner] cuts a text into tokens with their places, [Statements] into the lines that
// make it up. [Read] looks over a text before a library sees it: libraries recurse for
// each level of nesting and keep the whole path of every key, so that a small text may
// end the process. It measures the [Shape] of the text as it goes, and lets the library
// see no more than what the scanner takes for TOML.
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
