//! Every code has a page, and every page of this room a code.

use errand_merchant::MerchantError;

use crate::agent_lane::workspace;

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let folder = workspace().join("docs/errors");
    for code in MerchantError::CODES {
        let page = std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_default();
        for heading in [
            "## What happened",
            "## What did not happen",
            "## Why",
            "## What to do",
        ] {
            assert!(page.contains(heading), "{code} lacks `{heading}`");
        }
        assert!(page.starts_with(&format!("# {code}")), "{code}");
    }
    let pages = std::fs::read_dir(folder).unwrap().filter_map(Result::ok);
    for name in pages.map(|page| page.file_name().to_string_lossy().into_owned()) {
        if let Some(code) = name
            .strip_suffix(".md")
            .filter(|code| code.starts_with("SHOP-"))
        {
            assert!(MerchantError::CODES.contains(&code), "{code} is no code");
        }
    }
}
