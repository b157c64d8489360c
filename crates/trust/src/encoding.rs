use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    // A SHA-256 digest is 32 bytes long, always; `zip` needs no proof of it.
    for (to, from) in out
        .iter_mut()
        .zip(digest::digest(&digest::SHA256, bytes).as_ref())
    {
        *to = *from;
    }
    out
}

/// Text form of bytes: base64 with the URL alphabet, without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes of their text form; `None` when it is not base64url without padding.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Lower-case hexadecimal form.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// Bytes of 64 hexadecimal digits.
pub(crate) fn from_hex32(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut out = [0; 32];
    for (index, to) in out.iter_mut().enumerate() {
        *to = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(out)
}

/// Writes fields so that no two different lists of fields give the same bytes: each has its length in front.
#[derive(Debug)]
pub(crate) struct Canonical(Vec<u8>);

impl Canonical {
    pub(crate) fn new(domain: &str) -> Self {
        let mut this = Self(Vec::with_capacity(512));
        this.text(domain);
        this
    }

    pub(crate) fn bytes(&mut self, field: &[u8]) {
        // Fields are bounded far below 4 GiB by the types; saturating keeps the function total.
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(field);
    }

    pub(crate) fn text(&mut self, field: &str) {
        self.bytes(field.as_bytes());
    }

    pub(crate) fn count(&mut self, items: usize) {
        self.bytes(&u64::try_from(items).unwrap_or(u64::MAX).to_be_bytes());
    }

    pub(crate) fn option<T>(&mut self, field: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match field {
            None => self.bytes(&[0]),
            Some(value) => {
                self.bytes(&[1]);
                write(self, value);
            }
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_is_the_one_of_the_standard() {
        assert_eq!(
            hex(&sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn base64url_comes_back_and_refuses_what_is_not_it() {
        assert_eq!(
            from_base64url(&base64url(&[0, 255, 62, 63])),
            Some(vec![0, 255, 62, 63])
        );
        assert_eq!(from_base64url("a+b/"), None);
        assert_eq!(from_base64url("YQ=="), None);
    }

    #[test]
    fn hex_comes_back_and_refuses_what_is_not_it() {
        let bytes = sha256(b"x");
        assert_eq!(from_hex32(&hex(&bytes)), Some(bytes));
        assert_eq!(from_hex32("00"), None);
        assert_eq!(from_hex32(&"g".repeat(64)), None);
        assert_eq!(from_hex32(&"\u{e9}".repeat(32)), None);
    }
}
