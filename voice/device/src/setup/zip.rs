//! One file out of a package that is a zip archive (a Python wheel is one).
//!
//! The package was held against its digest before; still nothing here believes a size that it reads.

use miniz_oxide::inflate::decompress_slice_iter_to_slice;
use rawzip::{CompressionMethod, ZipArchive, crc32};

/// Entries that are looked at at most.
const ENTRIES_MAX: usize = 10_000;
/// Bytes of an unpacked file at most.
const MEMBER_MAX: usize = 1024 * 1024 * 1024;
/// What is packed grows by no more than this (RFC 1951: 258 bytes by two bits).
const GROWS_MAX: usize = 1_032;

/// The content of the file with this path. An error says what the package is not.
pub(crate) fn member(package: &[u8], path: &str) -> Result<Vec<u8>, &'static str> {
    let broken = |_| "it is no whole zip archive";
    let archive = ZipArchive::from_slice(package).map_err(broken)?;
    let mut entries = archive.entries();
    for _ in 0..ENTRIES_MAX {
        let Some(entry) = entries.next_entry().map_err(broken)? else {
            break;
        };
        if entry.file_path().as_bytes() != path.as_bytes() {
            continue;
        }
        let size = usize::try_from(entry.uncompressed_size_hint()).unwrap_or(usize::MAX);
        let found = archive.get_entry(entry.wayfinder()).map_err(broken)?;
        let content = unpacked(found.data(), size, entry.compression_method())?;
        if crc32(&content) != entry.crc32() {
            return Err("a file in it is damaged");
        }
        return Ok(content);
    }
    Err("a file is not in it")
}

fn unpacked(packed: &[u8], size: usize, by: CompressionMethod) -> Result<Vec<u8>, &'static str> {
    const WRONG: &str = "a file in it does not have the size that it claims";
    if size > MEMBER_MAX || size / GROWS_MAX > packed.len() {
        return Err(WRONG);
    }
    if by == CompressionMethod::STORE {
        return Some(packed.to_vec())
            .filter(|all| all.len() == size)
            .ok_or(WRONG);
    }
    if by != CompressionMethod::DEFLATE {
        return Err("a file in it is packed in another way");
    }
    let mut content = vec![0; size];
    let written =
        decompress_slice_iter_to_slice(&mut content, std::iter::once(packed), false, true);
    if written != Ok(size) {
        return Err(WRONG);
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::convert::tests::small::zipped;

    const FILE: &str = "p/model/a.bin";

    fn package() -> Vec<u8> {
        zipped(&[
            ("p/README", b"read me"),
            (FILE, &[7; 3_000]),
            ("p/empty", b""),
        ])
    }

    #[test]
    fn a_file_is_taken_out_by_its_whole_path() {
        assert_eq!(member(&package(), FILE), Ok(vec![7; 3_000]));
        assert_eq!(member(&package(), "p/empty"), Ok(Vec::new()));
        for other in ["a.bin", "p/model", "/p/model/a.bin", ""] {
            assert_eq!(member(&package(), other), Err("a file is not in it"));
        }
    }

    #[test]
    fn what_is_no_archive_or_was_cut_or_changed_is_refused() {
        let whole = package();
        for cut in [0, 1, 30, whole.len() / 2, whole.len() - 1] {
            assert!(member(&whole[..cut], FILE).is_err(), "cut at {cut}");
        }
        // No byte of it can be changed so that something else comes out of it.
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x41;
            let found = member(&changed, FILE);
            assert!(
                found.is_err() || found == Ok(vec![7; 3_000]),
                "byte {at}: {found:?}"
            );
        }
    }

    #[test]
    fn nothing_is_made_room_for_that_cannot_be_in_it() {
        let wrong = unpacked(&[0; 10], MEMBER_MAX, CompressionMethod::DEFLATE);
        assert!(wrong.is_err_and(|cause| cause.contains("size")));
        assert!(unpacked(&[0; 10], 9, CompressionMethod::STORE).is_err());
        assert!(unpacked(&[0; 10], 10, CompressionMethod::ZSTD).is_err());
    }
}
