// Package redeflate makes a .crate archive again from the tar that is in it, bit for bit.
//
// An archive is that tar in gzip form, as Cargo wrote it through flate2 with
// Compression::best: level 9, one stream, flushed once at its end. DEFLATE (RFC 1951) lets
// an encoder choose which earlier bytes to copy, where a block ends and which Huffman
// codes it has, so the bytes hang on the program that made them. Of the archives on
// crates.io nearly all come from one of four, and what Cargo had it from:
//
//	miniz         Cargo to 1.31         miniz, and miniz_oxide, which follows it
//	zlib          Cargo 1.32 to 1.87    zlib in C, whichever version
//	zlib-rs 0.5   Cargo 1.88 to 1.95    zlib-rs up to 0.6.2
//	zlib-rs 0.6   Cargo 1.96 and later  zlib-rs from 0.6.3 on
//
// Three of them search in the same order and are one family. At each byte they look for
// the longest match among earlier places where the same three bytes were, and take it
// unless there is a longer one a byte later. A block ends after 16,383 literals and
// matches.
//
//   - zlib goes along the chain of those places, 4,096 at most, and keeps the nearest of
//     the longest. A match of three bytes must not be further than 4,096 back.
//   - zlib-rs, as zlib-ng before it, changes over to the chain of another three bytes of
//     the match, whichever leads back furthest. So it gets further with its 4,096 steps,
//     and sometimes misses a near match. It takes three bytes at any distance.
//   - zlib-rs 0.5 differs only in the last 258 bytes of the input: there it did not stop
//     at a match that reaches the end, and compared bytes of an older turn of its window.
//   - miniz counts its steps otherwise, in at most 256 looks, takes a match of 128 bytes at
//     once, ends a block where its buffer of symbols is full or does not pay, and makes
//     its Huffman codes by sorting, where the others use a heap.
//
// How an encoder is fed does not matter, but for zlib-rs 0.5 in rare cases, as all wait
// for 258 bytes and more before they look at the first. Neither do later versions of zlib or
// miniz.
//
// The encoders here are written from those algorithms, and decide as they do without
// going their ways: see longer. Each uses 1 MiB of memory, whatever the input.
//
// A [Recipe] says which encoder, and has the header of the gzip file, with its name and
// system. [Recognise] tries the encoders, the commonest first; one that is wrong is
// noticed by the first block, as a rule. [Rebuild] goes the other way. Nothing of a
// recipe or a tar is trusted: what comes out is an archive only if it has the
// archive's checksum.
package redeflate
