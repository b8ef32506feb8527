//! Readings as monthly tables, for the formats that `table` reads and writes.

use super::lost::Lost;
use super::{Format, Place};
use crate::model::CharacteristicName;
use crate::series::{Reading, Sounding, TOLERANCE_MS, hourly};
use crate::statistics::{Cell, Figure, Rules, Summary as Figures};
use crate::table::{MonthlyTable, Reading as Printed, StationHead, Summary, SummaryKind, Unit, Zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Greatest number that three digits print.
const LARGEST: i32 = 999;

/// The tables of one station: for each month each characteristic, in order. Values with flags that are not in `flags`
/// are left blank: the formats have no flags. SWS has only the soundings that stand for an hour.
pub(super) fn monthly_tables(
    soundings: &[Sounding],
    station: &str,
    place: &Place,
    (format, flags): (Format, &[u8]),
    rules: &Rules,
    lost: &mut Lost,
) -> Vec<MonthlyTable> {
    let mut readings: Vec<Reading> = soundings.iter().flat_map(|sounding| sounding.readings.iter().cloned()).collect();
    readings.retain(|reading| {
        let coded = (0..100).contains(&reading.name.ursi_code()) && reading.name.unit() != "letters";
        lost.uncoded += usize::from(!coded);
        let good = reading.value.is_none() || flags.contains(&reading.flag);
        lost.flagged += usize::from(coded && !good);
        coded && good
    });
    if format == Format::Sws {
        let before = readings.len();
        readings = hourly(readings, TOLERANCE_MS);
        lost.between_hours += before - readings.len();
    }
    let month_of = |reading: &Reading| reading.time.map(|time| time.to_zoned(TimeZone::UTC).date().first_of_month());
    readings.sort_by_key(|reading| (month_of(reading), reading.name, reading.time));
    readings
        .chunk_by(|a, b| (month_of(a), a.name) == (month_of(b), b.name))
        .filter_map(|rows| monthly_table(rows, month_of(&rows[0])?, (station, place, format), rules, lost))
        .collect()
}

fn monthly_table(
    rows: &[Reading],
    month: Date,
    (station, place, format): (&str, &Place, Format),
    rules: &Rules,
    lost: &mut Lost,
) -> Option<MonthlyTable> {
    let name = rows.first()?.name;
    let unit = unit(rows, name, format);
    let mut readings = Vec::with_capacity(rows.len());
    for row in rows {
        let civil = row.time?.to_zoned(TimeZone::UTC).datetime();
        let mut printed = Printed::new(civil);
        (printed.value, printed.qualifier, printed.descriptor) = (row.value, row.qualifier, row.descriptor);
        let kept = |value: f64| match format {
            Format::SaoXml if name.unit() == "km" => (value * 10.0).round() / 10.0,
            Format::SaoXml => (value * 1000.0).round() / 1000.0,
            _ => unit.value(unit.number(value)),
        };
        lost.rounded += usize::from(row.value.is_some_and(|value| (kept(value) - value).abs() > 1e-9));
        lost.bounds += usize::from(row.lower.is_some() || row.upper.is_some());
        readings.push(printed);
    }
    Some(MonthlyTable {
        station: StationHead {
            code: station.to_owned(),
            name: place.name.clone().unwrap_or_else(|| station.to_owned()),
            latitude_deg: place.coordinates.map(|(latitude, _)| latitude),
            longitude_deg: place.coordinates.map(|(_, longitude)| longitude.rem_euclid(360.0)),
        },
        // Ten columns is what IIWG has for a name: MUF3000F2.
        name: name.as_str().replace(if name.as_str().len() > 10 { &['(', ')'][..] } else { &[] }, ""),
        characteristic: Some(name),
        zone: Zone::utc(),
        summaries: summaries(rows, name, month, &unit, rules),
        unit,
        readings,
        ..MonthlyTable::default()
    })
}

/// The unit in which the format's readers expect the characteristic, or a coarser one if values need more digits.
fn unit(rows: &[Reading], name: CharacteristicName, format: Format) -> Unit {
    let usual = Unit::usual(name);
    if format == Format::SaoXml {
        let text = if name.unit() == "1" { "" } else { name.unit() };
        return Unit { decimals: 0, text: text.to_owned(), ..usual };
    }
    let fits = |unit: &Unit| rows.iter().filter_map(|row| row.value).all(|value| unit.number(value) <= LARGEST);
    if fits(&usual) || usual.decimals == 0 {
        return usual;
    }
    let decimals = usual.decimals - 1;
    let text = if decimals == 0 {
        usual.text.trim_start_matches(|c: char| !c.is_alphabetic()).to_owned()
    } else {
        usual.text.replacen("0.01", "0.1", 1)
    };
    Unit { decimals, text, ..usual }
}

/// Count, median, quartiles and deciles of each hour.
fn summaries(rows: &[Reading], name: CharacteristicName, month: Date, unit: &Unit, rules: &Rules) -> Vec<Summary> {
    let hours = hourly(rows.to_vec(), TOLERANCE_MS);
    let mut all = Vec::new();
    for hour in 0..24 {
        let at_hour = |reading: &&Reading| reading.time.is_some_and(|time| time.to_zoned(TimeZone::UTC).hour() == hour);
        let cells: Vec<Cell> = hours
            .iter()
            .filter(at_hour)
            .map(|one| Cell { value: one.value, qualifier: one.qualifier, descriptor: one.descriptor })
            .collect();
        if cells.is_empty() {
            continue;
        }
        let figures = Figures::of(&cells, name.as_str(), rules);
        let mut push = |kind: SummaryKind, number: Option<i32>, letters: (Option<char>, Option<char>)| {
            all.push(Summary::unprinted(kind, month.at(hour, 0, 0, 0), number, letters));
        };
        let mut figure = |kind: SummaryKind, figure: Option<Figure>| {
            if let Some(figure) = figure {
                let number = figure.value.map(|value| unit.number(value)).filter(|number| *number <= LARGEST);
                push(kind, number, (figure.qualifier, figure.descriptor));
            }
        };
        figure(SummaryKind::Median, figures.median);
        figure(SummaryKind::UpperQuartile, figures.quartiles.map(|pair| pair[1]));
        figure(SummaryKind::LowerQuartile, figures.quartiles.map(|pair| pair[0]));
        figure(SummaryKind::UpperDecile, figures.deciles.map(|pair| pair[1]));
        figure(SummaryKind::LowerDecile, figures.deciles.map(|pair| pair[0]));
        push(SummaryKind::Count, i32::try_from(figures.count).ok(), (None, None));
        let range = figures.quartiles.and_then(|[low, high]| Some(unit.number(high.value?) - unit.number(low.value?)));
        push(SummaryKind::Range, range, (None, None));
    }
    all
}
