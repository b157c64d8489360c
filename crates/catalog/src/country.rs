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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_said_by_its_name_and_nothing_else_is_taken_for_a_country() {
        assert_eq!(shown("origin", "CO"), "Colombia");
        assert_eq!(shown("origin", "Yirgacheffe"), "Yirgacheffe");
        assert_eq!(shown("size", "IN"), "IN");
        assert!(COUNTRIES.is_sorted());
    }
}
