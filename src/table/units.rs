//! Units as printed, and the physical ranges that betray a wrong one.

use crate::model::CharacteristicName as Name;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quantity {
    /// A frequency.
    Megahertz,
    /// A height.
    Kilometres,
    /// A factor.
    #[default]
    One,
    /// Letters, as the types of sporadic E.
    Letters,
}

/// The unit in which a table prints its values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unit {
    /// What is counted.
    pub quantity: Quantity,
    /// Decimals of the unit: 1 for 0.1 MHz. A printed number is divided by ten to this power.
    pub decimals: u8,
    /// The unit as printed.
    pub text: String,
}

impl Unit {
    /// The unit of that text: `0.1 MHz`, `.01MHZ`, `1 km`, `KM`, `0.01`, `kHz`. `None` if it is not understood.
    pub fn parse(text: &str) -> Option<Self> {
        let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        let number: String = squeezed.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
        let letters = squeezed[number.len()..].trim_end_matches('.');
        let (quantity, own_decimals) = match letters {
            "MHZ" | "MC" | "MC/S" | "MHZS" => (Quantity::Megahertz, 0),
            "KHZ" | "KC" | "KC/S" => (Quantity::Megahertz, 3),
            "KM" | "KMS" | "KILOMETERS" | "KILOMETRES" => (Quantity::Kilometres, 0),
            "" | "NONE" | "N/A" => (Quantity::One, 0),
            "LETTERS" | "TYPE" => (Quantity::Letters, 0),
            _ => return None,
        };
        let decimals = match number.trim_start_matches('0').replace(',', ".").trim_start_matches('.') {
            "" if number.chars().any(|c| c == '0') => return None,
            "" | "1" if !number.contains(['.', ',']) => 0,
            // Resolutions such as 0.05 still print hundredths.
            "1" | "2" | "5" => 1,
            "01" | "02" | "05" => 2,
            "001" => 3,
            // 1.0 and the like.
            tail if number.starts_with('1') && tail.chars().skip(1).all(|c| matches!(c, '0' | '.')) => 0,
            _ => return None,
        };
        Some(Self { quantity, decimals: decimals + own_decimals, text: text.trim().to_owned() })
    }

    /// The unit in which the exchange formats print a characteristic (UAG-23; SWS and UK Solar System Data Centre pages).
    pub fn usual(name: Name) -> Self {
        let (quantity, decimals, text) = match name {
            Name::TypeEs => (Quantity::Letters, 0, ""),
            Name::M3000F2 | Name::M3000F1 => (Quantity::One, 2, "0.01"),
            Name::FoE | Name::FoE2 | Name::FoF1 => (Quantity::Megahertz, 2, "0.01 MHz"),
            _ if name.unit() == "km" => (Quantity::Kilometres, 0, "km"),
            _ => (Quantity::Megahertz, 1, "0.1 MHz"),
        };
        Self { quantity, decimals, text: text.to_owned() }
    }

    /// The value of a printed number.
    pub fn value(&self, number: i32) -> f64 {
        // A division rounds to the nearest double, so that 53 is 5.3 exactly as it would be parsed.
        f64::from(number) / self.scale()
    }

    /// The number that is printed for a value.
    pub fn number(&self, value: f64) -> i32 {
        (value * self.scale()).round() as i32
    }

    /// Printed units in one of the dataset.
    fn scale(&self) -> f64 {
        const POWERS: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];
        let decimals = usize::from(self.decimals);
        POWERS.get(decimals).copied().unwrap_or_else(|| 10f64.powi(i32::from(self.decimals)))
    }
}

/// Smallest and largest value that occurs, in the dataset's unit; wide enough for every latitude and solar cycle.
pub fn physical_range(name: Name) -> (f64, f64) {
    match name {
        Name::M3000F2 | Name::M3000F1 => (1.5, 5.5),
        Name::FoE | Name::FoE2 => (0.2, 7.0),
        Name::FoF1 => (1.0, 10.0),
        Name::FoF2 | Name::FxF2 | Name::FxI => (0.5, 25.0),
        Name::Fmin => (0.1, 15.0),
        Name::Muf3000F2 => (2.0, 70.0),
        Name::HE | Name::HEs => (70.0, 250.0),
        _ if name.unit() == "km" => (80.0, 1500.0),
        _ => (0.1, 35.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_units_are_understood() {
        let t = |text: &str| Unit::parse(text).map(|unit| (unit.quantity, unit.decimals));
        assert_eq!(t("0.1 MHz"), Some((Quantity::Megahertz, 1)));
        assert_eq!(t("0.1MHZ"), Some((Quantity::Megahertz, 1)));
        assert_eq!(t(".01 MHZ"), Some((Quantity::Megahertz, 2)));
        assert_eq!(t("0,1 MHz"), Some((Quantity::Megahertz, 1)));
        assert_eq!(t("MHz"), Some((Quantity::Megahertz, 0)));
        assert_eq!(t("KHZ"), Some((Quantity::Megahertz, 3)));
        assert_eq!(t("1 km"), Some((Quantity::Kilometres, 0)));
        assert_eq!(t("KM"), Some((Quantity::Kilometres, 0)));
        assert_eq!(t("0.01"), Some((Quantity::One, 2)));
        assert_eq!(t("furlong"), None);
    }

    #[test]
    fn values_and_printed_numbers_are_inverse() {
        for decimals in 0..4 {
            let unit = Unit { decimals, ..Unit::default() };
            for number in 0..1000 {
                assert_eq!(unit.number(unit.value(number)), number);
            }
        }
    }
}
