//! Writes the table of the page's files: everything under `web/` that a browser loads, and the two modules of the view
//! library where they are installed. Building without them succeeds; the page then says what is missing.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Kinds of files that are served, with their type.
const KINDS: [(&str, &str); 7] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("webmanifest", "application/manifest+json"),
    ("png", "image/png"),
];

/// Folders that are for building and testing only.
const LEFT_OUT: [&str; 2] = ["node_modules", "tests"];

fn main() -> Result<(), Box<dyn Error>> {
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("web");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files: Vec<(String, &'static str, PathBuf)> = Vec::new();
    if web.is_dir() {
        walk(&web, "", &mut files)?;
    }
    let library = web.join("node_modules/preact");
    // Each file by itself: watching the whole folder would also watch everything that npm put there.
    for (_, _, path) in &files {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    println!(
        "cargo::rerun-if-changed={}",
        web.join("package.json").display()
    );
    for (name, from) in [
        ("preact.mjs", "dist/preact.mjs"),
        ("hooks.mjs", "hooks/dist/hooks.mjs"),
    ] {
        let from = library.join(from);
        println!("cargo::rerun-if-changed={}", from.display());
        if from.is_file() {
            // The one bare import becomes a relative one: an import map would be an inline script.
            let text = fs::read_to_string(&from)?.replace("\"preact\"", "\"./preact.mjs\"");
            let to = out.join(name);
            fs::write(&to, text)?;
            files.push((name.to_owned(), "text/javascript; charset=utf-8", to));
        }
    }
    files.sort();
    let mut hash = Fnv::new();
    let mut table = String::from("pub(super) static FILES: &[(&str, &str, &[u8])] = &[\n");
    for (name, kind, path) in &files {
        hash.add(name.as_bytes());
        hash.add(&fs::read(path)?);
        writeln!(
            table,
            "    ({name:?}, {kind:?}, include_bytes!({:?})),",
            path.display().to_string()
        )?;
    }
    writeln!(
        table,
        "];\npub(super) const SET_HASH: &str = \"{:016x}\";",
        hash.0
    )?;
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

fn walk(
    folder: &Path,
    prefix: &str,
    files: &mut Vec<(String, &'static str, PathBuf)>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if path.is_dir() {
            if !LEFT_OUT.contains(&name) && !name.starts_with('.') {
                println!("cargo::rerun-if-changed={}", path.display());
                walk(&path, &format!("{prefix}{name}/"), files)?;
            }
            continue;
        }
        let kind = path
            .extension()
            .and_then(|end| KINDS.iter().find(|(known, _)| end.to_str() == Some(known)));
        if let Some((_, kind)) = kind
            && !name.contains(".test.")
            && !name.contains(".config.")
        {
            files.push((format!("{prefix}{name}"), kind, path.clone()));
        }
    }
    Ok(())
}

/// FNV-1a: it only has to change when a file does; nobody is kept out by it.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        self.0 = (self.0 ^ 0xff).wrapping_mul(0x0000_0100_0000_01b3);
    }
}
