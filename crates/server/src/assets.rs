//! Files of the pages, served under a name that holds the hash of them all.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use ring::digest::{Context, SHA256};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// Longest file that is taken from a folder.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Files that are taken from a folder.
const FILES_MAX: usize = 500;

/// The files of the pages.
#[derive(Clone)]
pub struct Assets {
    files: Arc<BTreeMap<String, Asset>>,
    hash: Arc<str>,
}

#[derive(Clone)]
struct Asset {
    kind: &'static str,
    body: Bytes,
}

/// Why a folder cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("the page's files in `{path}` cannot be read: {cause}")]
pub struct AssetError {
    path: PathBuf,
    cause: std::io::Error,
}

impl Assets {
    /// The files that this program was built with.
    pub fn embedded() -> Self {
        let files = embedded::FILES
            .iter()
            .map(|(name, kind, body)| {
                (
                    (*name).to_owned(),
                    Asset {
                        kind,
                        body: Bytes::from_static(body),
                    },
                )
            })
            .collect();
        Self {
            files: Arc::new(files),
            hash: embedded::SET_HASH.into(),
        }
    }

    /// The files of a folder, read once: for working on the pages without building.
    ///
    /// # Errors
    /// The folder or one of its files cannot be read.
    pub fn from_dir(folder: &Path) -> Result<Self, AssetError> {
        let mut files = BTreeMap::new();
        collect(folder, "", &mut files).map_err(|cause| AssetError {
            path: folder.into(),
            cause,
        })?;
        let mut context = Context::new(&SHA256);
        for (name, asset) in &files {
            context.update(name.as_bytes());
            context.update(&asset.body);
        }
        let hash = context
            .finish()
            .as_ref()
            .iter()
            .take(8)
            .fold(0_u64, |all, byte| (all << 8) | u64::from(*byte));
        let hash = format!("{hash:016x}");
        Ok(Self {
            files: Arc::new(files),
            hash: hash.into(),
        })
    }

    /// Where a file is served: `/a/<hash>/app.js`.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("/a/{}/{name}", self.hash)
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// Answers a request for a file.
    pub(crate) fn answer(&self, hash: &str, name: &str, headers: &HeaderMap) -> Option<Response> {
        let asset = self.files.get(name).filter(|_| hash == &*self.hash)?;
        let tag = HeaderValue::from_str(&format!("\"{}\"", self.hash)).ok()?;
        let is_held = headers
            .get(header::IF_NONE_MATCH)
            .is_some_and(|held| *held == tag);
        let mut response = if is_held {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(header::CONTENT_TYPE, asset.kind)], asset.body.clone()).into_response()
        };
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, forever);
        response.headers_mut().insert(header::ETAG, tag);
        Some(response)
    }
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assets({}, {} files)", self.hash, self.files.len())
    }
}

fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Asset>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if !matches!(name.as_str(), "node_modules" | "tests") && !name.starts_with('.') {
                collect(&entry.path(), &format!("{prefix}{name}/"), files)?;
            }
        } else if kind.is_file()
            && files.len() < FILES_MAX
            && entry.metadata()?.len() <= FILE_BYTES_MAX
            && let Some(kind) = content_type(&name)
        {
            let body = Bytes::from(fs::read(entry.path())?);
            files.insert(format!("{prefix}{name}"), Asset { kind, body });
        }
    }
    Ok(())
}

fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "js" | "mjs" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "webmanifest" => Some("application/manifest+json"),
        "png" => Some("image/png"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_folder_are_served_under_their_hash_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("app.js"), "export {};").unwrap();
        fs::write(folder.path().join("package.json"), "{}").unwrap();
        fs::create_dir(folder.path().join("views")).unwrap();
        fs::write(folder.path().join("views/log.js"), "export {};").unwrap();

        let assets = Assets::from_dir(folder.path()).unwrap();

        assert!(assets.has("app.js") && assets.has("views/log.js") && !assets.has("package.json"));
        let hash = assets.hash.to_string();
        let answer = assets.answer(&hash, "app.js", &HeaderMap::new()).unwrap();
        assert_eq!(
            answer.headers()[header::CACHE_CONTROL],
            "public, max-age=31536000, immutable"
        );
        assert!(
            assets
                .answer("other", "app.js", &HeaderMap::new())
                .is_none()
        );
        assert!(
            assets
                .answer(&hash, "../app.js", &HeaderMap::new())
                .is_none()
        );
        let mut held = HeaderMap::new();
        held.insert(
            header::IF_NONE_MATCH,
            answer.headers()[header::ETAG].clone(),
        );
        assert_eq!(
            assets.answer(&hash, "app.js", &held).unwrap().status(),
            StatusCode::NOT_MODIFIED
        );
    }
}
