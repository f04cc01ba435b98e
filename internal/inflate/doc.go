// Package inflate decodes gzip, the outer layer of a .crate archive, faster than
// the general packages: it is the inner loop of unpacking.
//
// A gzip member is a header, blocks of DEFLATE data (RFC 1951) and a trailer with
// the CRC-32 and size of what they decode to. A block is stored bytes or a
// sequence of symbols in Huffman codes, either fixed ones or the block's own:
// literal bytes, matches ("copy 20 bytes from 1,500 back") and an end.
//
// The methods are those of libdeflate (Eric Biggers) and of Fabian Giesen's
// notes on reading bits, in Go without assembly or unsafe:
//
//   - Input bits wait in a 64-bit word. One unaligned load and a few operations
//     without a branch top it up to at least 56 bits, enough for three literals,
//     or for any match.
//   - A code is found by one look-up of the next 11 bits, or 8 for distances, and
//     rarely a second one. The 32 bits found there have all that the symbol
//     needs: how many bits it uses, the number of extra ones, and what to add to
//     their value. Tables are built by doubling, a few microseconds each.
//   - The next look-up starts before the match is copied, so that the processor
//     does both at once.
//   - A match is copied 32 bytes at a time, whatever its length, and what was too
//     much is overwritten later. One that overlaps itself has its period doubled
//     first.
//   - The hot loop runs while there are some bytes of input, and room of output,
//     that one step cannot exhaust. So nothing is checked within a step but what
//     hostile input could get wrong. The last bytes of the input go through a slow
//     and plain loop.
//   - Everything is in arrays in one struct: bounds are constants, which the
//     compiler mostly proves to hold, and one register reaches them all.
//
// Input comes through a buffer of 64 KiB. Output is handed out where it was
// decoded, in a buffer whose last 32 KiB move to the front when it is full, as a
// match may reach so far back. So memory is fixed, whatever the archive is.
//
// What is accepted, what is refused and the bytes that come before an error are
// those of compress/gzip for a single member, but for reserved flags in the header,
// which are refused; the fuzz test holds it to that. As
// there and in zlib, codes must be complete, but for a single distance code of one
// bit, or none.
package inflate
