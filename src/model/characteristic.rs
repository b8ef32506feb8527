//! The scaled characteristics and their URSI codes.

use serde::{Deserialize, Serialize};

macro_rules! characteristics {
    ($($variant:ident $name:literal $code:literal $unit:literal $doc:literal;)*) => {
        /// A characteristic of an ionogram (URSI Handbook of Ionogram Interpretation and Reduction, UAG-23).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum CharacteristicName {
            $(#[doc = $doc] #[serde(rename = $name)] $variant,)*
        }

        impl CharacteristicName {
            /// All characteristics, in the order of the dataset.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the dataset.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The URSI code; topside quantities, which the handbook does not number, have codes from 900.
            pub fn ursi_code(self) -> i16 {
                match self { $(Self::$variant => $code,)* }
            }

            /// The unit: `MHz`, `km`, `1` or `letters`.
            pub fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit,)* }
            }

            /// What it is, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }

            /// The characteristic with this URSI code.
            pub fn from_ursi_code(code: i16) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// The characteristic with this name in the dataset.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

characteristics! {
    FoF2 "foF2" 0 "MHz" "O critical frequency of the highest stratification of the F region.";
    FxF2 "fxF2" 1 "MHz" "X critical frequency of the highest stratification of the F region.";
    FzF2 "fzF2" 2 "MHz" "Z critical frequency of the highest stratification of the F region.";
    M3000F2 "M(3000)F2" 3 "1" "MUF(3000)F2 over foF2.";
    HF2 "h'F2" 4 "km" "Lowest virtual height of the O trace of the F2 stratification.";
    HpF2 "hpF2" 5 "km" "Virtual height of the O trace at 0.834 foF2.";
    HOx "h'Ox" 6 "km" "Virtual height of the X trace at foF2.";
    Muf3000F2 "MUF(3000)F2" 7 "MHz" "Highest frequency that F2 propagates over 3000 km.";
    FoF1 "foF1" 10 "MHz" "O critical frequency of F1.";
    M3000F1 "M(3000)F1" 13 "1" "MUF(3000)F1 over foF1.";
    HF "h'F" 16 "km" "Lowest virtual height of the O trace of the whole F region.";
    Muf3000F1 "MUF(3000)F1" 17 "MHz" "Highest frequency that F1 propagates over 3000 km.";
    FoE "foE" 20 "MHz" "O critical frequency of the lowest thick E layer.";
    FoE2 "foE2" 22 "MHz" "O critical frequency of an intermediate layer between E and F1.";
    HE "h'E" 24 "km" "Lowest virtual height of the E trace.";
    HE2 "h'E2" 26 "km" "Lowest virtual height of an intermediate layer between E and F1.";
    FoEs "foEs" 30 "MHz" "Top O frequency of a mainly continuous Es trace.";
    FbEs "fbEs" 32 "MHz" "Lowest O frequency at which Es lets the F layer show.";
    HEs "h'Es" 34 "km" "Lowest virtual height of the Es trace that gives foEs.";
    TypeEs "type Es" 36 "letters" "Types of sporadic E, dominant first.";
    Fmin "fmin" 42 "MHz" "Lowest frequency at which an O echo is seen.";
    FxI "fxI" 51 "MHz" "Top frequency of F scatter.";
    FminF "fminF" 80 "MHz" "Lowest frequency of F echoes.";
    FminE "fminE" 81 "MHz" "Lowest frequency of E echoes.";
    TopsideFoDeepest "topside_fo_deepest" 900 "MHz" "Frequency of the deepest point of the topside O trace, the highest that comes back.";
    TopsideRangeODeepest "topside_range_o_deepest" 901 "km" "Apparent range of the deepest point of the topside O trace.";
    TopsideFxDeepest "topside_fx_deepest" 902 "MHz" "Frequency of the deepest point of the topside X trace, the highest that comes back.";
    TopsideRangeXDeepest "topside_range_x_deepest" 903 "km" "Apparent range of the deepest point of the topside X trace.";
}

impl CharacteristicName {
    /// Reading resolution by the URSI Handbook, in the characteristic's unit; for topside quantities what film shows.
    pub fn reading_unit(self) -> f64 {
        match self {
            Self::M3000F2 | Self::M3000F1 | Self::FoF1 | Self::FoE | Self::FoE2 => 0.05,
            Self::TopsideRangeODeepest | Self::TopsideRangeXDeepest => 10.0,
            _ if self.unit() == "km" => 5.0,
            _ => 0.1,
        }
    }
}

/// One scaled characteristic of one frame. Without a value the descriptor says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Characteristic {
    /// Which characteristic.
    pub name: CharacteristicName,
    /// The value in the characteristic's unit.
    pub value: Option<f64>,
    /// Lower 95 % bound; open if `None`.
    pub lower: Option<f64>,
    /// Upper 95 % bound; open if `None`.
    pub upper: Option<f64>,
    /// URSI qualifying letter.
    pub qualifier: Option<char>,
    /// URSI descriptive letter.
    pub descriptor: Option<char>,
    /// Probability that the value is within one reading unit of the truth, 0 to 1.
    pub confidence: f32,
}
