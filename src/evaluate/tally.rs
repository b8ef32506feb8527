//! Figures about comparisons: accuracy, coverage, false presence, letters and bounds, over all and in groups.

use super::report::{Figures, Split};
use super::statistics::{mean, median_abs, rms, share, share_within};
use super::values::Comparison;
use crate::model::CharacteristicName;
use std::collections::BTreeMap;

/// Figures of each characteristic.
pub(super) fn figures(comparisons: &[Comparison]) -> Vec<Figures> {
    let refs: Vec<&Comparison> = comparisons.iter().collect();
    by_name(&refs)
}

/// Figures of each characteristic within each level, instrument and hour, where there is more than one.
pub(super) fn splits(comparisons: &[Comparison]) -> Vec<Split> {
    type Key = fn(&Comparison) -> &str;
    let keys: [(&'static str, Key); 3] = [
        ("level", |comparison| &comparison.level),
        ("instrument", |comparison| &comparison.instrument),
        ("hour", |comparison| &comparison.hour),
    ];
    let mut splits = Vec::new();
    for (by, key) in keys {
        let mut groups: BTreeMap<&str, Vec<&Comparison>> = BTreeMap::new();
        for comparison in comparisons {
            groups.entry(key(comparison)).or_default().push(comparison);
        }
        if groups.len() > 1 {
            let split = |(group, rows): (&str, Vec<&Comparison>)| Split {
                by,
                group: group.to_owned(),
                results: by_name(&rows),
            };
            splits.extend(groups.into_iter().map(split));
        }
    }
    splits
}

fn by_name(comparisons: &[&Comparison]) -> Vec<Figures> {
    let mut groups: BTreeMap<CharacteristicName, Vec<&Comparison>> = BTreeMap::new();
    for comparison in comparisons {
        groups.entry(comparison.name).or_default().push(comparison);
    }
    groups.into_iter().map(|(name, rows)| figures_of(name, &rows)).collect()
}

fn figures_of(name: CharacteristicName, rows: &[&Comparison]) -> Figures {
    let unit = name.reading_unit();
    let count = |test: &dyn Fn(&Comparison) -> bool| rows.iter().filter(|row| test(row)).count() as f64;
    let errors: Vec<f64> = rows.iter().filter_map(|row| row.error()).collect();
    let passed: Vec<f64> = rows.iter().filter(|row| row.passed()).filter_map(|row| row.error()).collect();
    let truths = count(&|row| row.truth.is_present());
    let absent = rows.len() as f64 - truths;
    let claimed = count(&Comparison::both_present);
    let lettered = count(&|row| !row.truth.descriptor.is_empty());
    let same_letter = count(&|row| !row.truth.descriptor.is_empty() && row.truth.descriptor == row.ours.descriptor);
    let same_words = count(&|row| row.truth.words.is_some() && row.truth.words == row.ours.words);
    let widths: Vec<f64> = rows.iter().filter_map(|row| row.half_width()).collect();
    let bounded = count(&|row| row.in_bounds().is_some());
    let in_one = if name.unit() == "letters" { share(same_words, claimed) } else { share_within(&errors, unit) };
    Figures {
        subject: format!("{} ({})", name.as_str(), name.unit()),
        figures: vec![
            ("truth", truths),
            ("scaled", claimed),
            ("coverage", share(claimed, truths)),
            ("missed", share(truths - claimed, truths)),
            ("bias", mean(&errors)),
            ("rmse", rms(&errors)),
            ("median", median_abs(&errors)),
            ("in 1 unit", in_one),
            ("in 5 units", share_within(&errors, 5.0 * unit)),
            ("in bounds", share(count(&|row| row.in_bounds() == Some(true)), bounded)),
            ("half width", median_abs(&widths)),
            ("absent", absent),
            ("false", share(count(&Comparison::is_false), absent)),
            ("letters", share(same_letter, lettered)),
            ("flag 1", share(count(&|row| row.passed() && row.both_present()), truths)),
            ("rmse 1", rms(&passed)),
            ("false 1", share(count(&|row| row.passed() && row.is_false()), absent)),
        ],
        notes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::values::ComparedReading;
    use super::*;

    fn row(truth: Option<f64>, ours: Option<f64>, flag: u8) -> Comparison {
        let limit = |shift: f64| ours.map(|value| value + shift);
        Comparison {
            name: CharacteristicName::FoF2,
            file: String::new(),
            frame_index: 0,
            level: "clean".to_owned(),
            instrument: String::new(),
            hour: String::new(),
            truth: ComparedReading { value: truth, descriptor: "R".to_owned(), ..ComparedReading::default() },
            ours: ComparedReading { value: ours, lower: limit(-0.2), upper: limit(0.2), ..ComparedReading::default() },
            flag,
            confidence: 0.5,
        }
    }

    fn figure(rows: &[Comparison], name: &str) -> f64 {
        figures(rows)[0].figures.iter().find(|figure| figure.0 == name).unwrap().1
    }

    #[test]
    fn each_figure_counts_what_its_name_says() {
        let rows = [
            row(Some(5.0), Some(5.1), 1),
            row(Some(5.0), Some(5.3), 3),
            row(Some(5.0), None, 9),
            row(Some(6.0), Some(5.9), 1),
            row(None, Some(4.0), 1),
            row(None, None, 9),
        ];
        let expected = [
            ("truth", 4.0),
            ("scaled", 3.0),
            ("coverage", 0.75),
            ("missed", 0.25),
            ("bias", 0.1),
            ("rmse", (0.11f64 / 3.0).sqrt()),
            ("median", 0.1),
            ("in 1 unit", 2.0 / 3.0),
            ("in 5 units", 1.0),
            ("in bounds", 2.0 / 3.0),
            ("half width", 0.2),
            ("absent", 2.0),
            ("false", 0.5),
            ("letters", 0.0),
            ("flag 1", 0.5),
            ("rmse 1", 0.1),
            ("false 1", 0.5),
        ];
        for (name, value) in expected {
            assert!((figure(&rows, name) - value).abs() < 1e-9, "{name}: {}", figure(&rows, name));
        }
    }

    #[test]
    fn groups_are_made_where_there_is_more_than_one() {
        let poor = Comparison { level: "poor".to_owned(), ..row(Some(5.0), None, 9) };
        let splits = splits(&[row(Some(5.0), Some(5.0), 1), poor]);
        let names: Vec<_> = splits.iter().map(|split| (split.by, split.group.as_str())).collect();
        assert_eq!(names, [("level", "clean"), ("level", "poor")]);
    }
}
