//! Made-up months of hourly values with letters, gaps and blanks.

use super::Random;
use crate::model::CharacteristicName;
use crate::table::{Layout, MonthlyTable, Quantity, Reading, StationHead, Unit, physical_range};
use jiff::ToSpan;
use jiff::civil::date;

/// Month number `month` of made-up values in a layout.
pub fn made_up(layout: &Layout, month: u32, seed: u64) -> MonthlyTable {
    let mut random = Random::part(seed, u64::from(month));
    let known =
        |name: &str| CharacteristicName::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(name));
    let characteristic = layout.characteristic.as_deref().and_then(known).unwrap_or(CharacteristicName::FoF2);
    let unit = layout.unit.as_deref().and_then(Unit::parse).unwrap_or_else(|| Unit::usual(characteristic));
    let year = 1957 + random.index(50) as i16;
    let first = date(year, 1 + random.index(12) as i8, 1);
    let (base, swing) = match unit.quantity {
        Quantity::Kilometres => (290.0, 60.0),
        Quantity::Megahertz => (random.between(3.5, 9.0), random.between(0.5, 3.0)),
        _ => (3.0, 0.25),
    };
    let (low, high) = physical_range(characteristic);
    let station = layout.stations.first();
    let mut sheet = MonthlyTable {
        station: StationHead {
            code: layout.station.clone().unwrap_or_default(),
            name: station.map_or_else(|| "STATION".to_owned(), |station| station.printed.clone()),
            ..StationHead::default()
        },
        name: characteristic.as_str().to_owned(),
        characteristic: Some(characteristic),
        unit,
        zone: layout.zone().unwrap_or_default(),
        ..MonthlyTable::default()
    };
    let letters = |random: &mut Random, letters: &str| letters.chars().nth(random.index(letters.len()));
    for day in first.series(1.day()).take(first.days_in_month() as usize) {
        let shift = swing * 0.3 * random.normal();
        for hour in 0..24i8 {
            let mut cell = Reading::new(day.at(hour, 0, 0, 0));
            let phase = std::f64::consts::TAU * (f64::from(hour) - 13.0) / 24.0;
            let value = base + shift + swing * phase.cos() + swing * 0.15 * random.normal();
            match random.index(100) {
                0..84 => {
                    cell.value = Some(sheet.unit.value(sheet.unit.number(value.clamp(1.5 * low, high)).clamp(1, 999)));
                    if random.chance(0.22) {
                        cell.descriptor = letters(&mut random, &layout.cell.descriptors);
                        if random.chance(0.6) {
                            cell.qualifier = letters(&mut random, &layout.cell.qualifiers);
                        }
                    }
                }
                84..96 => cell.descriptor = letters(&mut random, &layout.cell.descriptors),
                _ => {}
            }
            sheet.readings.push(cell);
        }
    }
    sheet
}
