//! netCDF with the CF conventions 1.8: one station, one time axis, for each characteristic its values and, as ancillary
//! variables, bounds, flags and letters.

mod classic;

use super::Place;
use crate::model::CharacteristicName;
use crate::series::{Reading, Sounding};
use classic::{Attribute, Data, File, Variable};
use jiff::Timestamp;
use std::io::Write;

/// What stands for no value (the default fill value of netCDF for doubles).
const FILL: f64 = 9.969_209_968_386_869e36;
/// What stands for no row in flags.
const NO_FLAG: i8 = 0;

/// Qualifying letters and what they mean (UAG-23), as the words of a CF flag.
const QUALIFIERS: [(char, &str); 10] = [
    ('A', "A_less_than_by_blanketing"),
    ('D', "D_greater_than"),
    ('E', "E_less_than"),
    ('I', "I_interpolated"),
    ('J', "J_ordinary_deduced_from_extraordinary"),
    ('M', "M_mode_not_certain"),
    ('O', "O_extraordinary_deduced_from_ordinary"),
    ('T', "T_from_a_sequence"),
    ('U', "U_uncertain"),
    ('Z', "Z_deduced_from_third_component"),
];

/// Descriptive letters and what they mean.
const DESCRIPTORS: [(char, &str); 24] = [
    ('A', "A_blanketing_by_lower_layer"),
    ('B', "B_absorption"),
    ('C', "C_no_ionospheric_reason"),
    ('D', "D_above_frequency_range"),
    ('E', "E_below_frequency_range"),
    ('F', "F_frequency_spread"),
    ('G', "G_layer_too_thin"),
    ('H', "H_stratification"),
    ('K', "K_particle_E"),
    ('L', "L_no_definite_cusp"),
    ('M', "M_mode_not_clear"),
    ('N', "N_cannot_be_interpreted"),
    ('O', "O_ordinary_component"),
    ('P', "P_perturbation_or_spur"),
    ('Q', "Q_range_spread"),
    ('R', "R_attenuation_near_critical_frequency"),
    ('S', "S_interference"),
    ('T', "T_from_a_sequence"),
    ('V', "V_forked_trace"),
    ('W', "W_outside_height_range"),
    ('X', "X_extraordinary_component"),
    ('Y', "Y_lacuna_or_tilt"),
    ('Z', "Z_third_component"),
    ('I', "I_interpolated"),
];

/// Writes the soundings, which are of one station and in order of time. Soundings without a time have no place.
pub(super) fn write(
    soundings: &[Sounding],
    station: &str,
    place: &Place,
    history: &str,
    out: impl Write,
) -> std::io::Result<()> {
    let rows: Vec<(&Sounding, Timestamp)> =
        soundings.iter().filter_map(|sounding| Some((sounding, sounding.time?))).collect();
    let mut file = File { attributes: global(&rows, place, history), ..File::default() };
    file.dimensions = vec![("time".to_owned(), rows.len()), ("name_length".to_owned(), station.len().max(1))];
    file.variables.push(Variable {
        name: "time".to_owned(),
        dimensions: vec![0],
        attributes: texts(&[
            ("standard_name", "time"),
            ("long_name", "time of the sounding"),
            ("units", "seconds since 1970-01-01 00:00:00"),
            ("calendar", "standard"),
            ("axis", "T"),
        ]),
        data: Data::Doubles(rows.iter().map(|(_, time)| time.as_millisecond() as f64 / 1000.0).collect()),
    });
    file.variables.push(Variable {
        name: "station_name".to_owned(),
        dimensions: vec![1],
        attributes: texts(&[("long_name", "station id"), ("cf_role", "timeseries_id")]),
        data: Data::Text(if station.is_empty() { " ".to_owned() } else { station.to_owned() }),
    });
    if let Some((latitude, longitude)) = place.coordinates {
        for (name, value, units) in [("latitude", latitude, "degrees_north"), ("longitude", longitude, "degrees_east")]
        {
            let long = format!("{name} of the station");
            file.variables.push(Variable {
                name: name.to_owned(),
                dimensions: Vec::new(),
                attributes: texts(&[("standard_name", name), ("long_name", long.as_str()), ("units", units)]),
                data: Data::Doubles(vec![value]),
            });
        }
    }
    for name in CharacteristicName::ALL.iter().copied().filter(|name| name.unit() != "letters") {
        let column: Vec<Option<&Reading>> = rows.iter().map(|(sounding, _)| sounding.reading(name)).collect();
        if column.iter().any(Option::is_some) {
            characteristic(&mut file, name, &column, place);
        }
    }
    file.write(out)
}

fn global(rows: &[(&Sounding, Timestamp)], place: &Place, history: &str) -> Vec<Attribute> {
    let mut attributes = texts(&[
        ("Conventions", "CF-1.8"),
        ("title", "Scaled ionospheric characteristics (URSI)"),
        ("source", concat!("ionograms on film and printed tables, read by ionoscribe ", env!("CARGO_PKG_VERSION"))),
        ("institution", "not stated: the archive that holds the originals"),
        ("references", "URSI Handbook of Ionogram Interpretation and Reduction, WDC-A report UAG-23 (1972)"),
        ("history", history),
        (
            "comment",
            "lower and upper are 95 % bounds; a missing bound is open; a missing value is explained by its descriptor",
        ),
    ]);
    // The type of feature needs coordinates.
    if place.coordinates.is_some() {
        attributes.extend(texts(&[("featureType", "timeSeries")]));
    }
    if let (Some((_, first)), Some((_, last))) = (rows.first(), rows.last()) {
        let (first, last) = (first.to_string(), last.to_string());
        attributes.extend(texts(&[("time_coverage_start", first.as_str()), ("time_coverage_end", last.as_str())]));
    }
    attributes
}

/// The variables of one characteristic.
fn characteristic(file: &mut File, name: CharacteristicName, column: &[Option<&Reading>], place: &Place) {
    let variable = variable_name(name);
    let meaning = name.as_str();
    let coordinates =
        if place.coordinates.is_some() { "time latitude longitude station_name" } else { "time station_name" };
    let related = ["lower", "upper", "flag", "qualifier", "descriptor"].map(|part| format!("{variable}_{part}"));
    let number = |part: &str, long: &str, of: fn(&Reading) -> Option<f64>| {
        let full = if part.is_empty() { variable.clone() } else { format!("{variable}_{part}") };
        let mut attributes = texts(&[("long_name", long), ("units", name.unit()), ("coordinates", coordinates)]);
        attributes.push(("_FillValue".to_owned(), Data::Doubles(vec![FILL])));
        attributes.extend(texts(&[("ursi_name", meaning)]));
        if part.is_empty() {
            attributes.push(("ursi_code".to_owned(), Data::Shorts(vec![name.ursi_code()])));
            attributes.extend(texts(&[("ancillary_variables", related.join(" ").as_str())]));
        }
        let values = column.iter().map(|reading| reading.and_then(of).unwrap_or(FILL)).collect();
        Variable { name: full, dimensions: vec![0], attributes, data: Data::Doubles(values) }
    };
    file.variables.push(number("", &format!("{meaning}: {}", name.meaning()), |reading| reading.value));
    file.variables.push(number("lower", &format!("lower 95 % bound of {meaning}"), |reading| reading.lower));
    file.variables.push(number("upper", &format!("upper 95 % bound of {meaning}"), |reading| reading.upper));

    let flags = [(1, "pass"), (2, "not_evaluated"), (3, "suspect"), (4, "fail"), (9, "missing")];
    let values = column.iter().map(|reading| reading.map_or(NO_FLAG, |reading| reading.flag as i8)).collect();
    let mut flag = flag_variable(&format!("{variable}_flag"), &format!("QARTOD flag of {meaning}"), &flags, values);
    flag.attributes.extend(texts(&[("standard_name", "quality_flag")]));
    flag.attributes.push(("_FillValue".to_owned(), Data::Bytes(vec![NO_FLAG])));
    file.variables.push(flag);
    let letters = |part: &str, known: &[(char, &'static str)], of: fn(&Reading) -> Option<char>| {
        let mut flags = vec![(0, "none")];
        flags.extend(known.iter().map(|(letter, meaning)| (*letter as i8, *meaning)));
        let byte = |letter: char| i8::try_from(u32::from(letter)).unwrap_or(0);
        let values = column.iter().map(|reading| reading.and_then(of).map_or(0, byte)).collect();
        let long = format!("URSI {part} letter of {meaning}, its ASCII code");
        flag_variable(&format!("{variable}_{part}"), &long, &flags, values)
    };
    file.variables.push(letters("qualifier", &QUALIFIERS, |reading| reading.qualifier));
    file.variables.push(letters("descriptor", &DESCRIPTORS, |reading| reading.descriptor));
}

fn flag_variable(name: &str, long: &str, flags: &[(i8, &str)], values: Vec<i8>) -> Variable {
    let meanings: Vec<&str> = flags.iter().map(|(_, meaning)| *meaning).collect();
    let mut attributes = texts(&[("long_name", long)]);
    attributes.push(("flag_values".to_owned(), Data::Bytes(flags.iter().map(|(value, _)| *value).collect())));
    attributes.extend(texts(&[("flag_meanings", meanings.join(" ").as_str())]));
    Variable { name: name.to_owned(), dimensions: vec![0], attributes, data: Data::Bytes(values) }
}

/// A name of letters, digits and underscores: `h'F2` is `h_F2`, `M(3000)F2` is `M3000F2`.
fn variable_name(name: CharacteristicName) -> String {
    name.as_str().replace(['\'', ' '], "_").replace(['(', ')'], "")
}

fn texts(pairs: &[(&str, &str)]) -> Vec<Attribute> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), Data::Text((*text).to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn variable_names_are_plain_and_differ() {
        let names: BTreeSet<String> = CharacteristicName::ALL.iter().map(|name| variable_name(*name)).collect();
        assert_eq!(names.len(), CharacteristicName::ALL.len());
        for name in names {
            assert!(name.starts_with(|c: char| c.is_ascii_alphabetic()), "{name}");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
        }
    }

    #[test]
    fn letters_have_one_meaning_each() {
        for letters in [&QUALIFIERS[..], &DESCRIPTORS[..]] {
            let codes: BTreeSet<char> = letters.iter().map(|(letter, _)| *letter).collect();
            assert_eq!(codes.len(), letters.len());
            assert!(letters.iter().all(|(letter, meaning)| meaning.starts_with(&format!("{letter}_"))));
        }
    }
}
