/// A number of 16 bits (IEEE 754 binary16), as files of networks have them; `None` for what is no number.
pub fn from_half(bits: u16) -> Option<f32> {
    let (sign, exponent, fraction) = (bits >> 15, (bits >> 10) & 0x1f, bits & 0x3ff);
    let size = match exponent {
        0 => f32::from(fraction) * 2.0_f32.powi(-24),
        0x1f => return None,
        n => (1.0 + f32::from(fraction) / 1_024.0) * 2.0_f32.powi(i32::from(n) - 15),
    };
    Some(if sign == 1 { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_read_as_they_are_written() {
        for (bits, number) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65_504.0),
            (0x0001, 5.960_464_5e-8),
        ] {
            assert_eq!(from_half(bits), Some(number), "{bits:04x}");
        }
        assert_eq!((from_half(0x7c00), from_half(0x7e00)), (None, None));
    }
}
