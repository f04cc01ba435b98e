//! Deflates what it is sent: on standard input a byte for the encoder, how many bytes to
//! give it at once (0 for all), how many there are, and they; on standard output how many
//! bytes came out, and they. Numbers are 32 bits, little-endian.
use std::io::{Read, Write};
use std::os::raw::c_int;

const LEVEL: c_int = 9;

fn main() -> std::io::Result<()> {
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let (mut head, mut plain) = ([0; 9], Vec::new());
    loop {
        if input.read(&mut head[..1])? == 0 {
            return Ok(());
        }
        input.read_exact(&mut head[1..])?;
        let number = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap()) as usize;
        plain.resize(number(5), 0);
        input.read_exact(&mut plain)?;
        let piece = if number(1) == 0 { plain.len().max(1) } else { number(1) };
        let packed = match head[0] {
            1 => zlib(&plain, piece, 8),
            2 => zlib_rs_05(&plain, piece),
            3 => zlib_rs_06(&plain, piece),
            4 => miniz(&plain, piece),
            5 => zlib(&plain, piece, 9),
            _ => panic!("no encoder {}", head[0]),
        };
        output.write_all(&(packed.len() as u32).to_le_bytes())?;
        output.write_all(&packed)?;
        output.flush()?;
    }
}

fn room(plain: &[u8]) -> Vec<u8> {
    vec![0; plain.len() + plain.len() / 8 + 1024]
}

/// Pieces are given without flushing, and then the end with nothing, as flate2 does.
fn zlib(plain: &[u8], piece: usize, mem_level: c_int) -> Vec<u8> {
    let mut out = room(plain);
    unsafe {
        let mut z: libz_sys::z_stream = std::mem::zeroed::<std::mem::MaybeUninit<_>>().assume_init();
        let size = std::mem::size_of::<libz_sys::z_stream>() as c_int;
        let version = libz_sys::zlibVersion();
        assert_eq!(libz_sys::deflateInit2_(&mut z, LEVEL, 8, -15, mem_level, 0, version, size), 0);
        z.next_out = out.as_mut_ptr();
        z.avail_out = out.len() as _;
        for part in plain.chunks(piece) {
            z.next_in = part.as_ptr() as *mut _;
            z.avail_in = part.len() as _;
            assert_eq!(libz_sys::deflate(&mut z, 0), 0);
        }
        assert_eq!(libz_sys::deflate(&mut z, 4), 1);
        out.truncate(z.total_out as usize);
        libz_sys::deflateEnd(&mut z);
    }
    out
}

macro_rules! zlib_rs {
    ($name:ident, $lib:ident) => {
        fn $name(plain: &[u8], piece: usize) -> Vec<u8> {
            let mut out = room(plain);
            let mut z = $lib::Deflate::new(LEVEL, false, 15);
            for part in plain.chunks(piece) {
                let at = z.total_out() as usize;
                z.compress(part, &mut out[at..], $lib::DeflateFlush::NoFlush).unwrap();
            }
            let at = z.total_out() as usize;
            z.compress(&[], &mut out[at..], $lib::DeflateFlush::Finish).unwrap();
            out.truncate(z.total_out() as usize);
            out
        }
    };
}

zlib_rs!(zlib_rs_05, zlib_rs_05);
zlib_rs!(zlib_rs_06, zlib_rs_06);

fn miniz(plain: &[u8], piece: usize) -> Vec<u8> {
    use miniz_oxide::deflate::core::{create_comp_flags_from_zip_params, CompressorOxide};
    use miniz_oxide::{deflate::stream::deflate, MZFlush};
    let mut out = room(plain);
    let mut z = CompressorOxide::new(create_comp_flags_from_zip_params(LEVEL, -15, 0));
    let mut at = 0;
    for mut part in plain.chunks(piece) {
        while !part.is_empty() {
            let r = deflate(&mut z, part, &mut out[at..], MZFlush::None);
            r.status.unwrap();
            part = &part[r.bytes_consumed..];
            at += r.bytes_written;
        }
    }
    at += deflate(&mut z, &[], &mut out[at..], MZFlush::Finish).bytes_written;
    out.truncate(at);
    out
}
