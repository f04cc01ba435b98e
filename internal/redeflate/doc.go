// Package redeflate makes a .crate archive again from the tar that is in it, bit for bit.
//
// An archive is that tar in gzip form, as Cargo wrote it through flate2 with
// Compression::best: level 9, one stream, flushed once at its end. DEFLATE (RFC 1951) lets
// an encoder choose which earlier bytes to copy, where a block ends and which Huffman
// codes it has, so the bytes hang on the program that made them. Of the archives on
// crates.io nearly all come from one of these, which Cargo had by way of flate2:
//
//	miniz             Cargo to 1.31         miniz; miniz_oxide follows it
//	zlib, memLevel 9  Cargo 1.32 to 2020    zlib in C, flate2 before 1.0.15
//	zlib              to 1.87               the same with memLevel 8
//	zlib-rs 0.5       1.88 to 1.95          zlib-rs up to 0.6.2
//	zlib-rs 0.6       1.96 and later        zlib-rs from 0.6.3 on
//
// All but miniz are one family. At each byte they look for the longest match among earlier
// places where the same three bytes were, and take it unless there is a longer one a byte
// later. Codes are made by a heap, blocks end after so many literals and matches.
//
//   - zlib goes along the chain of those places, 4,096 at most, and keeps the nearest of
//     the longest. A match of three bytes must not be further than 4,096 back. A block is
//     16,383 symbols. memLevel 9 makes that 32,767, and the hash of three bytes one bit
//     wider, so that other places share a chain.
//   - zlib-rs, as zlib-ng before it, changes over to the chain of another three bytes of
//     the match, whichever leads back furthest. So it gets further with its 4,096 steps,
//     and sometimes misses a near match. It takes three bytes at any distance.
//   - zlib-rs 0.5 differs only in the last 258 bytes of the input: there it did not stop
//     at a match that reaches the end, and compared what an older turn of its window had
//     left behind it.
//   - miniz counts otherwise, in at most 256 looks at three places each, takes a match of
//     128 bytes at once, ends a block where its buffer of symbols is full or does not pay,
//     and makes codes by sorting.
//
// In which pieces an encoder gets its input does not matter, as all wait for 258 bytes and
// more before they decide; but for what zlib-rs 0.5 finds behind the end, in rare cases.
// Nor do versions of zlib and miniz.
//
// The encoders here are written from those algorithms, and decide as they do without
// going all their ways: see longer. Each uses 1 MiB of memory, whatever the input. Of a
// million inputs, of up to 4 MiB, each has made what the real one makes (TestEncoders).
//
// # How long it takes
//
// A step is a look at an earlier place, at another chain, or at eight bytes of a match. The
// content decides how many it takes: of 3,000 archives 18 for each byte of the archive, and of
// the worst, which is tables of numbers, 385; of what was made for it, 4,096 for each
// symbol, which is seven seconds for each MB of the archive. So [Recognise] gives up after 4
// million and 512 a byte, a second for each MB; who has archives rebuilt is told how many
// steps that took.
//
// A [Recipe] says which encoder, and has the header of the gzip file, with its name and
// system. [Recognise] tries the encoders, the commonest first; one that is wrong is
// noticed by the first block, as a rule. [Rebuild] goes the other way. Nothing of a
// recipe or a tar is trusted: what comes out is the archive only if it has the archive's
// checksum.
package redeflate
