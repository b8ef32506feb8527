//! Units in which values can be asked for.

/// A unit, as a multiple of the dataset's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// Its name.
    pub name: &'static str,
    /// The dataset's unit that it stands for.
    pub base: &'static str,
    /// How many of it make one of the dataset's.
    pub factor: f64,
}

const UNITS: [Unit; 8] = [
    Unit { name: "MHz", base: "MHz", factor: 1.0 },
    Unit { name: "0.1MHz", base: "MHz", factor: 10.0 },
    Unit { name: "0.01MHz", base: "MHz", factor: 100.0 },
    Unit { name: "kHz", base: "MHz", factor: 1e3 },
    Unit { name: "Hz", base: "MHz", factor: 1e6 },
    Unit { name: "km", base: "km", factor: 1.0 },
    Unit { name: "m", base: "km", factor: 1e3 },
    Unit { name: "0.01", base: "1", factor: 100.0 },
];

impl Unit {
    /// The unit with a name, whatever the case of its letters.
    pub fn from_name(name: &str) -> Option<Self> {
        UNITS.into_iter().find(|unit| unit.name.eq_ignore_ascii_case(name))
    }

    /// Names of all units, for messages.
    pub fn names() -> String {
        UNITS.map(|unit| unit.name).join(", ")
    }

    /// The one of the units asked for in which values of the dataset's unit `base` are to be given.
    pub fn chosen(units: &[Self], base: &'static str) -> Self {
        let asked = units.iter().copied().find(|unit| unit.base == base);
        asked.unwrap_or(Self { name: base, base, factor: 1.0 })
    }

    /// A value of the dataset in this unit.
    pub fn of(&self, value: f64) -> f64 {
        // What is a whole number in print shall not be 52.999999999999993.
        if self.factor == 1.0 { value } else { (value * self.factor * 1e6).round() / 1e6 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_change_their_unit() {
        fn t(unit: &str, base: &'static str, value: f64, expected: f64) {
            let units = [Unit::from_name(unit).unwrap()];
            assert_eq!(Unit::chosen(&units, base).of(value), expected, "{unit}");
        }
        t("0.1mhz", "MHz", 5.3, 53.0);
        t("kHz", "MHz", 4.35, 4350.0);
        t("m", "km", 250.5, 250_500.0);
        t("kHz", "km", 250.0, 250.0);
        assert_eq!(Unit::from_name("furlong"), None);
    }
}
