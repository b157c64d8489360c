use std::collections::BTreeMap;
use std::sync::LazyLock;

use errand_types::Language;

/// Countries by their two letters, as people say them. What is not here keeps its letters.
const COUNTRIES: &[(&str, &str)] = &[
    ("AR", "Argentina"),
    ("AT", "Austria"),
    ("AU", "Australia"),
    ("BD", "Bangladesh"),
    ("BE", "Belgium"),
    ("BO", "Bolivia"),
    ("BR", "Brazil"),
    ("CA", "Canada"),
    ("CH", "Switzerland"),
    ("CL", "Chile"),
    ("CN", "China"),
    ("CO", "Colombia"),
    ("CR", "Costa Rica"),
    ("CZ", "Czechia"),
    ("DE", "Germany"),
    ("DK", "Denmark"),
    ("EC", "Ecuador"),
    ("EG", "Egypt"),
    ("ES", "Spain"),
    ("ET", "Ethiopia"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("GR", "Greece"),
    ("GT", "Guatemala"),
    ("HN", "Honduras"),
    ("HR", "Croatia"),
    ("HU", "Hungary"),
    ("ID", "Indonesia"),
    ("IE", "Ireland"),
    ("IN", "India"),
    ("IT", "Italy"),
    ("JP", "Japan"),
    ("KE", "Kenya"),
    ("KR", "South Korea"),
    ("LK", "Sri Lanka"),
    ("MA", "Morocco"),
    ("MG", "Madagascar"),
    ("MX", "Mexico"),
    ("MY", "Malaysia"),
    ("NI", "Nicaragua"),
    ("NL", "Netherlands"),
    ("NO", "Norway"),
    ("NZ", "New Zealand"),
    ("PE", "Peru"),
    ("PH", "Philippines"),
    ("PK", "Pakistan"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("PY", "Paraguay"),
    ("RO", "Romania"),
    ("RW", "Rwanda"),
    ("SE", "Sweden"),
    ("SI", "Slovenia"),
    ("TH", "Thailand"),
    ("TR", "Türkiye"),
    ("TW", "Taiwan"),
    ("TZ", "Tanzania"),
    ("UG", "Uganda"),
    ("US", "United States"),
    ("VN", "Vietnam"),
    ("ZA", "South Africa"),
];

/// The country that two letters stand for, in whatever case: `Colombia` for `CO`. `None` for a code that is not listed
/// and for anything that is no code.
pub fn country(code: &str) -> Option<&'static str> {
    COUNTRIES
        .iter()
        .find(|(letters, _)| letters.eq_ignore_ascii_case(code.trim()))
        .map(|(_, name)| *name)
}

/// A stated value as it is shown: an origin by its country's name.
pub(crate) fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    if name.eq_ignore_ascii_case("origin") || name.eq_ignore_ascii_case("country") {
        country(value).unwrap_or(value)
    } else {
        value
    }
}

/// The names in the other languages, by their two letters.
static IN_GERMAN: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("../lang/de/countries.toml")).unwrap_or_default());

/// A value as it is told in a language, from how it is shown: an origin by the name that its country has there.
pub(crate) fn told<'a>(name: &str, shown: &'a str, language: Language) -> &'a str {
    let is_place = name.eq_ignore_ascii_case("origin") || name.eq_ignore_ascii_case("country");
    let named = match language {
        Language::German if is_place => COUNTRIES
            .iter()
            .find(|(_, english)| *english == shown)
            .and_then(|(letters, _)| IN_GERMAN.get(*letters)),
        Language::English | Language::German => None,
    };
    named.map_or(shown, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_a_name_in_german_and_only_a_place_is_renamed() {
        let codes: Vec<&str> = COUNTRIES.iter().map(|(letters, _)| *letters).collect();
        assert!(IN_GERMAN.keys().eq(codes.iter()));
        assert_eq!(told("origin", "Colombia", Language::German), "Kolumbien");
        assert_eq!(told("origin", "Colombia", Language::English), "Colombia");
        assert_eq!(told("title", "Colombia", Language::German), "Colombia");
    }

    #[test]
    fn an_origin_is_said_by_its_name_and_nothing_else_is_taken_for_a_country() {
        assert_eq!(shown("origin", "CO"), "Colombia");
        assert_eq!(shown("origin", "Yirgacheffe"), "Yirgacheffe");
        assert_eq!(shown("size", "IN"), "IN");
        assert!(COUNTRIES.is_sorted());
    }
}
