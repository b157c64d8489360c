//! Things with a figure of their own. Places for colours: `{b}` body, `{s}` its shade, `{h}` its light, `{l}` label,
//! `{m}` mark, `{d}` dark, `{g}` metal, `{w}` wood.

/// Kinds with their figures.
pub(super) const THINGS: [(&str, &str); 72] = [
    (
        "bread-loaf",
        r#"<path d="M14 50q0-22 34-22t34 22q0 6-6 8v28H20V58q-6-2-6-8z" fill="{b}"/><path d="M64 30q18 5 18 20 0 6-6 8v28H64z" fill="{s}"/><path d="M28 36l8 14M42 33l8 14M56 34l8 14" stroke="{h}" stroke-width="4"/>"#,
    ),
    (
        "egg-box",
        r##"<circle cx="26" cy="50" r="11" fill="#dcb08a"/><circle cx="48" cy="50" r="11" fill="#cf9d75"/><circle cx="70" cy="50" r="11" fill="#dcb08a"/><path d="M10 54q8 8 16 0 11 8 22 0 11 8 22 0 8 8 16 0v28H10z" fill="{b}"/><path d="M70 54q8 8 16 0v28H70z" fill="{s}"/>"##,
    ),
    (
        "fruit-bowl",
        r#"<circle cx="34" cy="44" r="14" fill="{b}"/><circle cx="58" cy="42" r="15" fill="{h}"/><circle cx="47" cy="34" r="12" fill="{s}"/><path d="M12 50h72q-4 34-24 34H36Q16 84 12 50z" fill="{w}"/><path d="M58 50h26q-4 34-24 34h-8q6-8 6-34z" fill="{d}" opacity=".2"/>"#,
    ),
    (
        "vegetable-crate",
        r#"<path d="M24 44q4-26 10 0M40 44q6-34 14 0M60 44q6-24 12 0" fill="{b}"/><circle cx="32" cy="44" r="10" fill="{h}"/><circle cx="52" cy="42" r="12" fill="{b}"/><circle cx="70" cy="44" r="9" fill="{s}"/><path d="M10 50h76v36H10z" fill="{w}"/><path d="M10 60h76v4H10zM10 74h76v4H10z" fill="{d}" opacity=".25"/>"#,
    ),
    (
        "flower-bunch",
        r##"<path d="M48 86L32 44M48 86V40M48 86l16-42" stroke="#4e7a52" stroke-width="4"/><circle cx="30" cy="32" r="13" fill="{b}"/><circle cx="64" cy="30" r="14" fill="{s}"/><circle cx="48" cy="22" r="13" fill="{h}"/><circle cx="30" cy="32" r="4" fill="{l}"/><circle cx="64" cy="30" r="4" fill="{l}"/><circle cx="48" cy="22" r="4" fill="{l}"/><path d="M32 58h32l-8 30H40z" fill="{l}"/><path d="M36 68h24l-2 6H38z" fill="{m}"/>"##,
    ),
    (
        "pot-plant",
        r##"<path d="M48 56Q20 50 22 20q26 6 26 36 0-34 26-40 4 32-26 40z" fill="#5f8f63"/><path d="M48 56V26" stroke="#4e7a52" stroke-width="3"/><path d="M26 54h44v10H26z" fill="{h}"/><path d="M30 64h36l-5 22H35z" fill="{b}"/><path d="M56 64h10l-5 22h-8z" fill="{s}"/>"##,
    ),
    (
        "laptop",
        r##"<path d="M20 22h56v42H20z" fill="{s}"/><path d="M24 26h48v34H24z" fill="{d}"/><path d="M24 26h30L30 60h-6z" fill="#fff" opacity=".12"/><path d="M10 66h76l4 14q0 6-6 6H12q-6 0-6-6z" fill="{b}"/><path d="M22 69h52l2 7H20z" fill="{m}"/><path d="M40 79h16v3H40z" fill="{s}"/>"##,
    ),
    (
        "computer-tower",
        r#"<path d="M28 10h34v76H28z" fill="{b}"/><path d="M62 10l12 5v66l-12 5z" fill="{s}"/><path d="M34 18h22v5H34zM34 28h22v5H34z" fill="{m}"/><circle cx="45" cy="62" r="11" fill="{d}"/><circle cx="45" cy="62" r="4" fill="{g}"/>"#,
    ),
    (
        "phone",
        r##"<rect x="30" y="10" width="36" height="76" rx="7" fill="{b}"/><path d="M59 10q7 0 7 7v62q0 7-7 7z" fill="{s}"/><rect x="34" y="16" width="28" height="60" rx="3" fill="{d}"/><path d="M34 16h18L34 62z" fill="#fff" opacity=".12"/><circle cx="48" cy="81" r="2.5" fill="{l}"/>"##,
    ),
    (
        "phone-case",
        r#"<rect x="28" y="10" width="40" height="76" rx="9" fill="{b}"/><path d="M60 10q8 1 8 9v58q0 8-8 9z" fill="{s}"/><rect x="33" y="16" width="18" height="20" rx="5" fill="{m}"/><circle cx="39" cy="23" r="3" fill="{d}"/><circle cx="46" cy="29" r="3" fill="{d}"/>"#,
    ),
    (
        "tablet",
        r##"<rect x="20" y="14" width="56" height="72" rx="6" fill="{b}"/><rect x="25" y="20" width="46" height="58" rx="2" fill="{d}"/><path d="M25 20h30L25 64z" fill="#fff" opacity=".12"/><circle cx="48" cy="82" r="2" fill="{l}"/>"##,
    ),
    (
        "monitor",
        r##"<path d="M8 16h80v52H8z" fill="{b}"/><path d="M13 21h70v42H13z" fill="{d}"/><path d="M13 21h40L20 63h-7z" fill="#fff" opacity=".1"/><path d="M42 68h12v12H42z" fill="{s}"/><path d="M28 80h40v6H28z" fill="{b}"/>"##,
    ),
    (
        "television",
        r##"<path d="M4 18h88v56H4z" fill="{b}"/><path d="M8 22h80v46H8z" fill="{d}"/><path d="M8 22h48L18 68H8z" fill="#fff" opacity=".1"/><path d="M24 74h8l-4 12h-6zM64 74h8l2 12h-6z" fill="{s}"/>"##,
    ),
    (
        "keyboard",
        r#"<path d="M8 46h80l4 34q0 6-6 6H10q-6 0-6-6z" fill="{b}"/><path d="M16 52h64M15 61h66M14 70h68" stroke="{m}" stroke-width="6" stroke-dasharray="7 2.5"/><path d="M30 79h36" stroke="{m}" stroke-width="5"/>"#,
    ),
    (
        "mouse",
        r#"<path d="M48 28q22 0 22 26v10q0 22-22 22T26 64V54q0-26 22-26z" fill="{b}"/><path d="M48 28q22 0 22 26v10q0 22-22 22z" fill="{s}"/><path d="M48 28V12" stroke="{d}" stroke-width="3"/><rect x="45" y="36" width="6" height="14" rx="3" fill="{d}"/>"#,
    ),
    (
        "headphones",
        r#"<path d="M18 60V50a30 30 0 0 1 60 0v10" fill="none" stroke="{s}" stroke-width="7"/><rect x="10" y="52" width="18" height="32" rx="8" fill="{b}"/><rect x="68" y="52" width="18" height="32" rx="8" fill="{s}"/><rect x="24" y="54" width="8" height="28" rx="4" fill="{d}"/><rect x="64" y="54" width="8" height="28" rx="4" fill="{d}"/>"#,
    ),
    (
        "cable",
        r#"<path d="M24 76q-16-22 8-32t32 6q6 18-16 18T36 52q4-22 34-20" fill="none" stroke="{b}" stroke-width="6"/><path d="M14 70l14-4 6 14-14 6z" fill="{d}"/><path d="M68 24h12v16H68z" fill="{d}"/><path d="M80 28h8v8h-8z" fill="{g}"/>"#,
    ),
    (
        "camera",
        r##"<path d="M34 24h28l5 10H29z" fill="{s}"/><rect x="8" y="34" width="80" height="52" rx="7" fill="{b}"/><path d="M72 34h9q7 0 7 7v38q0 7-7 7h-9z" fill="{s}"/><circle cx="48" cy="60" r="21" fill="{d}"/><circle cx="48" cy="60" r="13" fill="#5b6a80"/><circle cx="43" cy="55" r="4" fill="#fff" opacity=".6"/><rect x="15" y="40" width="12" height="7" rx="2" fill="{l}"/>"##,
    ),
    (
        "lamp",
        r#"<path d="M34 12h28l12 32H22z" fill="{b}"/><path d="M52 12h10l12 32H58z" fill="{s}"/><path d="M45 44h6v36h-6z" fill="{g}"/><path d="M30 80h36v6H30z" fill="{d}"/>"#,
    ),
    (
        "light-bulb",
        r#"<path d="M48 8q26 0 26 26 0 14-12 24v8H34v-8Q22 48 22 34 22 8 48 8z" fill="{b}"/><path d="M48 8q26 0 26 26 0 14-12 24v8h-8q10-28-6-58z" fill="{s}"/><path d="M34 66h28v6H34zM36 74h24v6H36zM40 82h16v4H40z" fill="{g}"/>"#,
    ),
    (
        "bicycle",
        r#"<circle cx="22" cy="66" r="18" fill="none" stroke="{d}" stroke-width="4"/><circle cx="74" cy="66" r="18" fill="none" stroke="{d}" stroke-width="4"/><path d="M22 66l14-28h28L46 66zM36 38l10 28M64 38l10 28" fill="none" stroke="{b}" stroke-width="5"/><path d="M64 38l-3-12h11M28 34h14" fill="none" stroke="{d}" stroke-width="4"/><circle cx="46" cy="66" r="5" fill="{g}"/>"#,
    ),
    (
        "bicycle-part",
        r#"<circle cx="48" cy="50" r="32" fill="none" stroke="{b}" stroke-width="8"/><circle cx="48" cy="50" r="7" fill="{g}"/><path d="M48 20v60M18 50h60M27 29l42 42M69 29L27 71" stroke="{g}" stroke-width="1.5"/>"#,
    ),
    (
        "desk",
        r#"<path d="M8 34l10-8h70l-4 8z" fill="{h}"/><path d="M8 34h76v8H8z" fill="{b}"/><path d="M84 34l4-8v9l-4 7z" fill="{s}"/><path d="M12 42h6v44h-6zM74 42h6v44h-6z" fill="{s}"/><path d="M50 42h24v18H50z" fill="{b}"/><path d="M58 50h8v3h-8z" fill="{l}"/>"#,
    ),
    (
        "chair",
        r#"<path d="M28 10h34v34H28z" fill="{b}"/><path d="M52 10h10v34H52z" fill="{s}"/><path d="M24 50h46v10H24z" fill="{h}"/><path d="M62 50h8v10h-8z" fill="{s}"/><path d="M26 60h5v26h-5zM62 60h5v26h-5zM30 44h5v6h-5zM56 44h5v6h-5z" fill="{w}"/>"#,
    ),
    (
        "sofa",
        r#"<path d="M16 32q0-8 8-8h48q8 0 8 8v26H16z" fill="{b}"/><path d="M48 26v30" stroke="{s}" stroke-width="2"/><path d="M18 54h60v20H18z" fill="{h}"/><path d="M6 50q0-8 8-8t8 8v32H6zM74 50q0-8 8-8t8 8v32H74z" fill="{s}"/><path d="M18 70h60v12H18z" fill="{b}"/><path d="M12 82h6v4h-6zM78 82h6v4h-6z" fill="{w}"/>"#,
    ),
    (
        "bed",
        r##"<path d="M8 26h8v60H8z" fill="{w}"/><path d="M82 48h6v38h-6z" fill="{w}"/><path d="M16 52h66v24H16z" fill="{l}"/><path d="M34 50h48v26H34z" fill="{b}"/><path d="M34 66h48v10H34z" fill="{s}"/><rect x="16" y="42" width="22" height="12" rx="5" fill="#fff"/><path d="M8 76h80v4H8z" fill="{w}"/>"##,
    ),
    (
        "bedding",
        r#"<path d="M14 66h68v20H14z" fill="{s}"/><path d="M14 50q34 10 68 0v16q-34 8-68 0z" fill="{b}"/><path d="M14 36q34 10 68 0v14q-34 10-68 0z" fill="{h}"/><rect x="22" y="22" width="52" height="18" rx="9" fill="{l}"/><path d="M26 32q22 5 44 0" fill="none" stroke="{m}" stroke-width="2"/>"#,
    ),
    (
        "pillow",
        r#"<path d="M12 40q4-14 20-8 16 5 32 0 16-6 20 8-6 14 0 34-4 14-20 8-16-5-32 0-16 6-20-8 6-20 0-34z" fill="{b}"/><path d="M66 31q14-4 18 9-6 14 0 34-4 13-18 8 10-24 0-51z" fill="{s}"/>"#,
    ),
    (
        "shelf",
        r#"<path d="M14 10h6v76h-6zM76 10h6v76h-6z" fill="{s}"/><path d="M14 14h68v6H14zM14 38h68v6H14zM14 62h68v6H14z" fill="{b}"/><path d="M26 24h6v14h-6zM33 22h5v16h-5zM56 48h14v14H56z" fill="{m}"/><circle cx="34" cy="56" r="6" fill="{l}"/>"#,
    ),
    (
        "rug",
        r#"<path d="M10 44h64v34H10z" fill="{b}"/><path d="M18 50h48v22H18z" fill="{l}"/><path d="M24 55h36v12H24z" fill="{m}"/><path d="M74 44q14 0 14 17T74 78z" fill="{s}"/><circle cx="76" cy="61" r="5" fill="{d}"/><path d="M10 44v34" stroke="{d}" stroke-width="3" stroke-dasharray="2 2"/>"#,
    ),
    (
        "towel",
        r#"<path d="M20 20h50v14H20z" fill="{h}"/><path d="M20 30h56v28H20z" fill="{b}"/><path d="M20 58h56v28H20z" fill="{s}"/><path d="M20 46h56v5H20zM20 74h56v5H20z" fill="{l}"/>"#,
    ),
    (
        "curtain",
        r#"<path d="M8 12h80v5H8z" fill="{g}"/><path d="M14 17h30q2 40-8 68H14q6-34 0-68z" fill="{b}"/><path d="M52 17h30q-6 34 0 68H60q-10-28-8-68z" fill="{s}"/><path d="M24 18q4 36-2 66M34 18q2 34-4 66M64 18q0 34 6 66" fill="none" stroke="{h}" stroke-width="2.5"/>"#,
    ),
    (
        "pan",
        r#"<ellipse cx="38" cy="56" rx="32" ry="12" fill="{g}"/><path d="M6 56h64q0 26-18 28H24Q6 82 6 56z" fill="{b}"/><path d="M52 56h18q0 26-18 28h-6q8-8 6-28z" fill="{s}"/><ellipse cx="38" cy="56" rx="27" ry="8" fill="{d}"/><path d="M68 54l24-18 3 6-24 20z" fill="{d}"/>"#,
    ),
    (
        "knife",
        r##"<path d="M12 58Q40 24 84 12L58 50q-18 16-46 8z" fill="{g}"/><path d="M58 50L84 12 40 56q10-1 18-6z" fill="#fff" opacity=".4"/><path d="M30 60l-6 22q-2 6-10 4l10-28z" fill="{b}"/><circle cx="21" cy="76" r="2" fill="{l}"/>"##,
    ),
    (
        "cutting-board",
        r#"<rect x="12" y="34" width="62" height="50" rx="8" fill="{b}"/><path d="M66 34q8 0 8 8v34q0 8-8 8z" fill="{s}"/><path d="M74 52h12q4 0 4 5t-4 5H74z" fill="{b}"/><circle cx="84" cy="57" r="2.5" fill="{d}"/><path d="M20 46h38M20 58h42M20 70h36" stroke="{h}" stroke-width="2"/>"#,
    ),
    (
        "mug",
        r#"<path d="M62 42h14q10 0 10 14T74 72H62v-8h10q6 0 6-8t-6-6H62z" fill="{s}"/><path d="M18 30h46v46q0 10-10 10H28q-10 0-10-10z" fill="{b}"/><path d="M52 30h12v46q0 10-10 10h-2z" fill="{s}"/><ellipse cx="41" cy="30" rx="23" ry="6" fill="{d}"/><path d="M34 20q-4-6 0-12M46 20q-4-6 0-12" fill="none" stroke="{g}" stroke-width="2.5"/>"#,
    ),
    (
        "glass",
        r#"<path d="M26 14h44l-6 72H32z" fill="{b}" opacity=".5"/><path d="M29 44h38l-4 38H33z" fill="{b}"/><path d="M56 44h11l-4 38h-9z" fill="{s}"/><ellipse cx="48" cy="14" rx="22" ry="4" fill="{h}"/>"#,
    ),
    (
        "kettle",
        r#"<path d="M30 26q18-22 38 2" fill="none" stroke="{d}" stroke-width="6"/><path d="M28 32h38l10 46q0 8-8 8H26q-8 0-8-8z" fill="{b}"/><path d="M58 32h8l10 46q0 8-8 8h-6z" fill="{s}"/><path d="M24 46L8 36l2-6 18 6z" fill="{s}"/><path d="M36 28h22v5H36z" fill="{d}"/><path d="M32 52h8v22h-8z" fill="{h}"/>"#,
    ),
    (
        "espresso-machine",
        r#"<path d="M16 16h62v22H16z" fill="{b}"/><path d="M16 38h20v40H16z" fill="{s}"/><path d="M12 78h72v8H12z" fill="{d}"/><path d="M50 38h16v8H50zM54 46h8v5h-8z" fill="{g}"/><path d="M64 40h20v4H64z" fill="{d}"/><path d="M50 62h16v10q0 4-4 4h-8q-4 0-4-4z" fill="{l}"/><circle cx="28" cy="27" r="5" fill="{l}"/><circle cx="44" cy="27" r="3" fill="{d}"/>"#,
    ),
    (
        "coffee-maker",
        r##"<path d="M22 12h50v16H22z" fill="{b}"/><path d="M22 28h14v50H22z" fill="{s}"/><path d="M18 78h60v8H18z" fill="{d}"/><path d="M42 30h24l-4 10H46z" fill="{s}"/><path d="M42 46h26l4 30H40z" fill="{l}"/><path d="M41 58h29l2 18H40z" fill="#5a4232"/><path d="M70 50q12 2 4 18" fill="none" stroke="{d}" stroke-width="4"/>"##,
    ),
    (
        "tshirt",
        r#"<path d="M32 16q16 12 32 0l26 16-10 18-12-6v42H28V44l-12 6L6 32z" fill="{b}"/><path d="M64 16l26 16-10 18-12-6v42H58V22q4-2 6-6z" fill="{s}"/><path d="M32 16q16 12 32 0l-4-3q-12 6-24 0z" fill="{m}"/>"#,
    ),
    (
        "sweater",
        r#"<path d="M34 14h28l20 12 8 50-14 4-8-32v38H28V48l-8 32-14-4 8-50z" fill="{b}"/><path d="M62 14l20 12 8 50-14 4-8-32v38H58V14z" fill="{s}"/><path d="M34 14q14 14 28 0" fill="none" stroke="{h}" stroke-width="5"/><path d="M28 80h40v6H28z" fill="{m}"/><path d="M28 52h40M28 60h40" stroke="{l}" stroke-width="3" stroke-dasharray="5 5"/>"#,
    ),
    (
        "trousers",
        r#"<path d="M26 10h44l6 76H56L48 36l-8 50H20z" fill="{b}"/><path d="M54 10h16l6 76H56L48 36z" fill="{s}"/><path d="M26 10h44v8H26z" fill="{m}"/><path d="M46 12h4v5h-4z" fill="{l}"/>"#,
    ),
    (
        "socks",
        r#"<path d="M24 12h18v40q0 8-8 14L22 76q-8 4-12-4t4-12l10-10z" fill="{b}"/><path d="M56 14h18v42q0 8-8 14l-12 12q-8 6-14-2t4-14l12-12z" fill="{s}"/><path d="M24 12h18v9H24zM56 14h18v9H56z" fill="{l}"/>"#,
    ),
    (
        "jacket",
        r#"<path d="M32 14h32l18 12 8 46-12 4-8-28v38H26V48l-8 28-12-4 8-46z" fill="{b}"/><path d="M64 14l18 12 8 46-12 4-8-28v38H50V24z" fill="{s}"/><path d="M32 14l16 14 16-14 2 8-18 16-18-16z" fill="{m}"/><path d="M48 36v50" stroke="{l}" stroke-width="2.5"/><path d="M30 64h12v3H30zM56 64h12v3H56z" fill="{d}"/>"#,
    ),
    (
        "shoes",
        r#"<path d="M8 42q12 6 20-4 12 18 34 22 22 4 24 16H8z" fill="{b}"/><path d="M50 55q6 3 12 5 22 4 24 16H56q2-12-6-21z" fill="{s}"/><path d="M8 76h80v6q0 4-4 4H12q-4 0-4-4z" fill="{l}"/><path d="M36 48l8-6M43 53l8-6M50 57l8-6" stroke="{l}" stroke-width="3"/>"#,
    ),
    (
        "bag",
        r#"<path d="M32 38V26q0-14 16-14t16 14v12" fill="none" stroke="{d}" stroke-width="5"/><path d="M16 36h64l4 50H12z" fill="{b}"/><path d="M64 36h16l4 50H66z" fill="{s}"/><path d="M32 54h30v18H32z" fill="{m}"/><path d="M44 60h6v6h-6z" fill="{l}"/>"#,
    ),
    (
        "watch",
        r#"<path d="M36 6h24l-3 24H39zM39 64h18l3 24H36z" fill="{s}"/><circle cx="48" cy="48" r="23" fill="{b}"/><circle cx="48" cy="48" r="17" fill="{l}"/><path d="M48 36v12l8 6" fill="none" stroke="{d}" stroke-width="3"/><path d="M71 45h5v6h-5z" fill="{d}"/>"#,
    ),
    (
        "clock",
        r#"<circle cx="48" cy="50" r="36" fill="{b}"/><path d="M48 14a36 36 0 0 1 0 72 50 50 0 0 0 0-72z" fill="{s}"/><circle cx="48" cy="50" r="28" fill="{l}"/><path d="M48 30v20l13 9" fill="none" stroke="{d}" stroke-width="4"/><path d="M48 24v4M48 72v4M22 50h4M70 50h4" stroke="{d}" stroke-width="2.5"/>"#,
    ),
    (
        "plush",
        r#"<circle cx="28" cy="22" r="11" fill="{s}"/><circle cx="68" cy="22" r="11" fill="{s}"/><circle cx="48" cy="34" r="24" fill="{b}"/><ellipse cx="48" cy="70" rx="24" ry="17" fill="{b}"/><ellipse cx="48" cy="72" rx="13" ry="10" fill="{l}"/><ellipse cx="48" cy="41" rx="10" ry="7" fill="{l}"/><circle cx="48" cy="38" r="3" fill="{d}"/><circle cx="24" cy="78" r="9" fill="{s}"/><circle cx="72" cy="78" r="9" fill="{s}"/>"#,
    ),
    (
        "wooden-toy",
        r#"<path d="M14 48h44v24H14z" fill="{b}"/><path d="M58 30h22v42H58z" fill="{s}"/><path d="M62 36h14v12H62z" fill="{l}"/><path d="M20 34h10v14H20z" fill="{m}"/><circle cx="28" cy="76" r="10" fill="{w}"/><circle cx="66" cy="76" r="10" fill="{w}"/><circle cx="28" cy="76" r="3" fill="{l}"/><circle cx="66" cy="76" r="3" fill="{l}"/>"#,
    ),
    (
        "controller",
        r#"<path d="M24 34h48q14 0 18 30 2 18-10 18-8 0-16-14H32Q24 82 16 82 4 82 6 64q4-30 18-30z" fill="{b}"/><path d="M72 34q14 0 18 30 2 18-10 18-8 0-16-14h-4q10-12 6-34z" fill="{s}"/><path d="M24 46h6v6h6v6h-6v6h-6v-6h-6v-6h6z" fill="{d}"/><circle cx="70" cy="48" r="4" fill="{l}"/><circle cx="76" cy="56" r="4" fill="{l}"/><circle cx="64" cy="56" r="4" fill="{m}"/>"#,
    ),
    (
        "notebook",
        r#"<path d="M24 12h50q4 0 4 4v66q0 4-4 4H24z" fill="{b}"/><path d="M64 12h10q4 0 4 4v66q0 4-4 4H64z" fill="{s}"/><path d="M18 12h8v74h-8z" fill="{m}"/><path d="M36 28h22v14H36z" fill="{l}"/><path d="M14 22h10M14 38h10M14 54h10M14 70h10" stroke="{g}" stroke-width="3.5"/>"#,
    ),
    (
        "speaker",
        r#"<rect x="26" y="10" width="44" height="76" rx="8" fill="{b}"/><path d="M60 10h2q8 0 8 8v60q0 8-8 8h-2z" fill="{s}"/><circle cx="46" cy="60" r="16" fill="{d}"/><circle cx="46" cy="60" r="6" fill="{g}"/><circle cx="46" cy="28" r="8" fill="{d}"/><circle cx="46" cy="28" r="3" fill="{g}"/>"#,
    ),
    (
        "router",
        r#"<path d="M26 14h4v44h-4zM66 14h4v44h-4z" fill="{d}"/><rect x="8" y="56" width="80" height="30" rx="7" fill="{b}"/><path d="M70 56h11q7 0 7 7v16q0 7-7 7H70z" fill="{s}"/><path d="M20 70h5M32 70h5M44 70h5" stroke="{l}" stroke-width="5"/><path d="M38 40q10-10 20 0M43 47q5-5 10 0" fill="none" stroke="{g}" stroke-width="3"/>"#,
    ),
    (
        "printer",
        r##"<path d="M26 12h44v28H26z" fill="#fff"/><path d="M32 20h32M32 27h24" stroke="{g}" stroke-width="2.5"/><rect x="8" y="38" width="80" height="34" rx="6" fill="{b}"/><path d="M74 38h8q6 0 6 6v22q0 6-6 6h-8z" fill="{s}"/><path d="M24 62h48l6 24H18z" fill="{l}"/><circle cx="76" cy="48" r="3" fill="{l}"/>"##,
    ),
    (
        "drive",
        r#"<rect x="18" y="20" width="60" height="66" rx="6" fill="{b}"/><path d="M66 20h6q6 0 6 6v54q0 6-6 6h-6z" fill="{s}"/><rect x="26" y="30" width="34" height="20" rx="2" fill="{l}"/><path d="M30 37h20M30 43h12" stroke="{m}" stroke-width="2.5"/><circle cx="32" cy="74" r="3" fill="{l}"/><path d="M44 86v4M52 86v4" stroke="{d}" stroke-width="4"/>"#,
    ),
    (
        "charger",
        r#"<path d="M34 12v14M54 12v14" stroke="{g}" stroke-width="6"/><rect x="22" y="24" width="44" height="40" rx="8" fill="{b}"/><path d="M56 24h2q8 0 8 8v24q0 8-8 8h-2z" fill="{s}"/><path d="M47 32L35 46h8l-3 11 13-15h-8z" fill="{l}"/><path d="M44 64v8q0 12 14 12h24" fill="none" stroke="{d}" stroke-width="4"/>"#,
    ),
    (
        "power-strip",
        r#"<rect x="6" y="46" width="76" height="36" rx="7" fill="{b}"/><path d="M6 70h76v5q0 7-7 7H13q-7 0-7-7z" fill="{s}"/><circle cx="22" cy="58" r="8" fill="{l}"/><circle cx="44" cy="58" r="8" fill="{l}"/><circle cx="66" cy="58" r="8" fill="{l}"/><path d="M20 56v4M24 56v4M42 56v4M46 56v4M64 56v4M68 56v4" stroke="{d}" stroke-width="2"/><path d="M82 64q14 0 8-22-4-14-14-18" fill="none" stroke="{d}" stroke-width="4"/>"#,
    ),
    (
        "dishwasher",
        r#"<path d="M20 10h48v76H20z" fill="{b}"/><path d="M68 10l10 5v66l-10 5z" fill="{s}"/><path d="M24 14h40v9H24z" fill="{m}"/><circle cx="58" cy="18" r="2" fill="{g}"/><path d="M28 18h14" stroke="{d}" stroke-width="2"/><path d="M24 27h40v50H24z" fill="{h}"/><path d="M32 31h24v3H32z" fill="{d}" opacity=".35"/><circle cx="44" cy="56" r="11" fill="{l}"/><circle cx="44" cy="56" r="6" fill="{s}" opacity=".5"/>"#,
    ),
    (
        "washing-machine",
        r##"<rect x="18" y="10" width="60" height="76" rx="4" fill="{b}"/><path d="M68 10h6q4 0 4 4v68q0 4-4 4h-6z" fill="{s}"/><path d="M24 16h20v8H24z" fill="{l}"/><circle cx="62" cy="20" r="4" fill="{d}"/><circle cx="46" cy="54" r="22" fill="{g}"/><circle cx="46" cy="54" r="16" fill="#5b7fa6"/><path d="M32 56q7-6 14 0t14 0q-2 14-14 14T32 56z" fill="#dbe7f1"/>"##,
    ),
    (
        "vacuum",
        r#"<circle cx="64" cy="66" r="20" fill="{b}"/><path d="M64 46a20 20 0 0 1 0 40 30 30 0 0 0 0-40z" fill="{s}"/><circle cx="64" cy="66" r="7" fill="{d}"/><path d="M52 52Q30 8 22 78" fill="none" stroke="{g}" stroke-width="5"/><path d="M6 78h30v8H6z" fill="{d}"/>"#,
    ),
    (
        "turntable",
        r#"<rect x="8" y="36" width="80" height="50" rx="5" fill="{b}"/><path d="M8 76h80v5q0 5-5 5H13q-5 0-5-5z" fill="{s}"/><circle cx="40" cy="58" r="20" fill="{d}"/><circle cx="40" cy="58" r="7" fill="{l}"/><circle cx="40" cy="58" r="2" fill="{d}"/><path d="M76 44v14L60 68" fill="none" stroke="{g}" stroke-width="4"/>"#,
    ),
    (
        "garden-tool",
        r#"<path d="M46 8h6v50h-6z" fill="{w}"/><path d="M38 8h22v6H38z" fill="{d}"/><path d="M34 54h30v10q0 18-15 24-15-6-15-24z" fill="{b}"/><path d="M49 54h15v10q0 18-15 24z" fill="{s}"/>"#,
    ),
    (
        "toolbox",
        r#"<path d="M34 36V24h28v12" fill="none" stroke="{d}" stroke-width="6"/><path d="M10 36h76v50H10z" fill="{b}"/><path d="M70 36h16v50H70z" fill="{s}"/><path d="M10 52h76v6H10z" fill="{m}"/><path d="M42 48h12v14H42z" fill="{l}"/>"#,
    ),
    (
        "paper-roll",
        r#"<ellipse cx="46" cy="26" rx="26" ry="12" fill="{h}"/><path d="M20 26h52v50q-26 18-52 0z" fill="{b}"/><path d="M60 34q8-2 12-8v50q-4 4-12 7z" fill="{s}"/><ellipse cx="46" cy="26" rx="9" ry="4" fill="{w}"/><path d="M72 30l14 4v44l-14-4z" fill="{l}"/>"#,
    ),
    (
        "pet-bowl",
        r#"<path d="M24 54q24-22 48 0z" fill="{w}"/><ellipse cx="48" cy="56" rx="32" ry="8" fill="{d}"/><path d="M16 56h64l8 24q2 6-6 6H14q-8 0-6-6z" fill="{b}"/><path d="M64 56h16l8 24q2 6-6 6H68z" fill="{s}"/><circle cx="46" cy="74" r="5" fill="{l}"/><circle cx="38" cy="67" r="2.5" fill="{l}"/><circle cx="46" cy="65" r="2.5" fill="{l}"/><circle cx="54" cy="67" r="2.5" fill="{l}"/>"#,
    ),
    (
        "yoga-mat",
        r#"<path d="M30 60h56q6 0 6 8v10q0 8-6 8H30z" fill="{s}"/><circle cx="30" cy="66" r="20" fill="{b}"/><circle cx="30" cy="66" r="13" fill="{h}"/><circle cx="30" cy="66" r="6" fill="{s}"/><path d="M60 60v26M74 60v26" stroke="{l}" stroke-width="3"/>"#,
    ),
    (
        "sensor",
        r##"<rect x="24" y="24" width="48" height="62" rx="16" fill="{b}"/><path d="M58 24q14 2 14 16v30q0 14-14 16z" fill="{s}"/><circle cx="48" cy="48" r="13" fill="{d}"/><circle cx="44" cy="44" r="4" fill="#fff" opacity=".5"/><circle cx="48" cy="74" r="3" fill="{l}"/><path d="M32 14q16-10 32 0" fill="none" stroke="{g}" stroke-width="3"/>"##,
    ),
    (
        "stand",
        r#"<path d="M20 16l50-6 4 40-50 6z" fill="{b}"/><path d="M62 11l8-1 4 40-8 1z" fill="{s}"/><path d="M44 54l8-1 4 26h-8z" fill="{g}"/><path d="M26 78h52v8H26z" fill="{s}"/>"#,
    ),
    (
        "baby-wear",
        r#"<path d="M34 16q14 10 28 0l22 14-8 16-10-4v22q0 8-8 10v12H38V74q-8-2-8-10V42l-10 4-8-16z" fill="{b}"/><path d="M62 16l22 14-8 16-10-4v22q0 8-8 10v12H52V22q6-2 10-6z" fill="{s}"/><path d="M48 56q-9-7-8-12 4-5 8 1 4-6 8-1 1 5-8 12z" fill="{l}"/><path d="M42 80h12" stroke="{l}" stroke-width="3" stroke-dasharray="3 2"/>"#,
    ),
    (
        "globe",
        r#"<circle cx="48" cy="44" r="30" fill="{b}"/><path d="M48 14a30 30 0 0 1 0 60 40 40 0 0 0 0-60z" fill="{s}"/><path d="M18 44h60M48 14v60M26 26q22 10 44 0M26 62q22-10 44 0" fill="none" stroke="{l}" stroke-width="2"/><path d="M44 74h8v8h-8zM30 80h36v6H30z" fill="{w}"/>"#,
    ),
];
