//! Every format with a writer gives its text back byte for byte, for a year of hourly values with all letters.

use super::testing::{hourly, months, settle};
use super::*;
use crate::model::CharacteristicName as Name;
use crate::table::{Layout, MonthlyTable, Parsed, Reading, Zone};
use jiff::civil::date;
use proptest::prelude::*;

/// Time, characteristic, value and both letters of a cell.
type Told = (String, String, Option<f64>, Option<char>, Option<char>);

/// What a format must keep of each cell.
fn told(monthly_tables: &[MonthlyTable]) -> Vec<Told> {
    let cell = |monthly_table: &MonthlyTable, reading: &Reading| {
        (
            monthly_table.characteristic.map_or("", Name::as_str).to_owned(),
            reading.time.to_string(),
            reading.value,
            reading.qualifier,
            reading.descriptor,
        )
    };
    let mut told: Vec<_> = monthly_tables
        .iter()
        .flat_map(|monthly_table| monthly_table.readings.iter().map(move |reading| cell(monthly_table, reading)))
        .filter(|cell| cell.2.is_some() || cell.3.is_some() || cell.4.is_some())
        .collect();
    told.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    told
}

fn holds(
    monthly_tables: &[MonthlyTable],
    write: impl Fn(&[MonthlyTable]) -> Result<String, WriteError>,
    read: impl Fn(&str) -> Parsed,
) -> String {
    let text = write(monthly_tables).unwrap();
    let parsed = read(&text);
    assert_eq!(parsed.diagnostics, []);
    assert!(told(&parsed.tables) == told(monthly_tables), "{}", &text[..text.len().min(2000)]);
    let again = write(&parsed.tables).unwrap();
    assert!(again == text, "{}", first_difference(&text, &again));
    text
}

fn first_difference(a: &str, b: &str) -> String {
    let pair = a.lines().zip(b.lines()).enumerate().find(|(_, (a, b))| a != b);
    format!("{pair:?}, {} and {} bytes", a.len(), b.len())
}

#[test]
fn a_year_of_iiwg_comes_back() {
    let mut monthly_tables: Vec<MonthlyTable> = Vec::new();
    for (a, b) in months(Name::FoF2, 1964, 1).into_iter().zip(months(Name::M3000F2, 1964, 2)) {
        monthly_tables.extend([a, b]);
    }
    let text = holds(&settle(monthly_tables), iiwg::write, iiwg::read);
    assert_eq!(text.lines().next().map(str::len), Some(99));
    assert!(text.lines().all(|line| line.len() <= 120));
}

#[test]
fn a_year_of_sws_comes_back() {
    let monthly_tables =
        settle(vec![hourly(Name::FoF2, date(1958, 1, 1), 365, 3), hourly(Name::HF, date(1958, 1, 1), 365, 4)]);
    let text = holds(&monthly_tables, sws::write, |text| sws::read(text, &Zone::utc()));
    assert!(text.lines().all(|line| line.len() == 132));
}

#[test]
fn a_year_of_sao_xml_comes_back() {
    let monthly_tables =
        [Name::FoF2, Name::FoE, Name::HF, Name::M3000F2].map(|name| hourly(name, date(2004, 1, 1), 366, 5));
    holds(&monthly_tables, sao_xml::write, sao_xml::read);
}

fn layout(format: &str) -> Layout {
    toml::from_str(&format!("table = \"t\"\ntitle = \"t\"\nformat = \"{format}\"\nzone = \"UT\"")).unwrap()
}

#[test]
fn a_year_of_cards_comes_back() {
    let layout = layout("ursi_cards");
    let mut monthly_tables = settle(months(Name::FoF2, 1957, 8));
    monthly_tables.iter_mut().for_each(|monthly_table| monthly_table.summaries.clear());
    let text = holds(
        &monthly_tables,
        |monthly_tables| ursi_cards::write(monthly_tables, &layout),
        |text| ursi_cards::read(text, &layout),
    );
    assert!(text.lines().all(|line| line.len() == 80));
    assert_eq!(text.lines().filter(|line| line.starts_with("11")).count(), 365);
}

#[test]
fn a_year_of_sao_comes_back() {
    let layout = layout("sao");
    let monthly_tables =
        [Name::FoF2, Name::FoE, Name::HF, Name::M3000F2].map(|name| hourly(name, date(1999, 1, 1), 365, 9));
    let text = holds(&monthly_tables, sao::write, |text| sao::read(text, &layout));
    assert!(text.lines().all(|line| line.len() <= 120));
}

#[test]
fn what_a_record_of_sao_xml_holds_besides_comes_back() {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SAORecordList>\n\
        <SAORecord FormatVersion=\"5.0\" StartTimeUTC=\"2002-02-04 -035 12:33:56.000\" URSICode=\"MHJ45\" StationName=\"A &amp; B\" ScalerType=\"auto\">\n\
        <CharacteristicList Num=\"2\">\n\
        <URSI ID=\"00\" Val=\"4.45\" Name=\"foF2\" Units=\"MHz\" QL=\"U\" DL=\"R\" SigFig=\"3\"/>\n\
        <URSI ID=\"16\" Val=\"9999.000\" Name=\"h'F\" Units=\"km\" QL=\"/\" DL=\"C\"/>\n\
        </CharacteristicList>\n\
        <TraceList><Trace Layer=\"F2\"><FrequencyList>1 2</FrequencyList></Trace></TraceList>\n\
        </SAORecord>\n</SAORecordList>\n";
    let parsed = sao_xml::read(text);
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(parsed.tables[0].readings[0].value, Some(4.45));
    assert_eq!((parsed.tables[1].readings[0].value, parsed.tables[1].readings[0].descriptor), (None, Some('C')));
    assert_eq!(sao_xml::write(&parsed.tables).unwrap(), text);
}

#[test]
fn tables_cut_in_mid_row_are_kept_up_to_the_cut() {
    let monthly_tables = settle(vec![hourly(Name::FoF2, date(1964, 2, 1), 29, 6)]);
    let text = iiwg::write(&monthly_tables).unwrap();
    let at = text.match_indices('\n').nth(50).unwrap().0;
    let parsed = iiwg::read(&text[..at - 50]);
    assert_eq!(parsed.diagnostics.iter().map(|c| c.class).collect::<Vec<_>>(), ["truncated", "truncated"]);
    let whole = told(&monthly_tables);
    let kept = told(&parsed.tables);
    assert!(!kept.is_empty() && kept.iter().all(|cell| whole.contains(cell)), "nothing is invented");
    let text = sws::write(&monthly_tables).unwrap();
    let parsed = sws::read(&text[..text.len() - 60], &Zone::utc());
    assert_eq!(parsed.diagnostics.iter().map(|c| c.class).collect::<Vec<_>>(), ["truncated"]);
}

#[test]
fn a_line_that_is_missing_within_a_month_makes_its_values_suspect_and_the_next_month_is_read() {
    let months = |from| settle(vec![hourly(Name::FoF2, from, 29, 6)]);
    let (first, second) = (months(date(1964, 2, 1)), months(date(1972, 2, 1)));
    let text = iiwg::write(&first).unwrap();
    let values = text.match_indices('\n').nth(text.lines().count() - 20).unwrap().0 + 1;
    let end = values + text[values..].find('\n').unwrap() + 1;
    let damaged = text[..values].to_owned() + &text[end..] + &iiwg::write(&second).unwrap();
    let parsed = iiwg::read(&damaged);
    assert_eq!(parsed.diagnostics.iter().map(|c| c.class).collect::<Vec<_>>(), ["truncated"]);
    assert_eq!(parsed.tables.len(), 2);
    assert!(parsed.tables[0].readings.iter().all(|reading| reading.tests.contains(&"row_cut")));
    assert_eq!(told(&parsed.tables[1..]), told(&second));
}

#[test]
fn records_after_a_damaged_one_are_read() {
    let layout = layout("sao");
    let text = sao::write(&[hourly(Name::FoF2, date(1999, 1, 1), 2, 9)]).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    let each = lines.len() / 48;
    // One of the lines of values of the fifth record.
    lines.remove(4 * each + 4);
    let parsed = sao::read(&lines.join("\n"), &layout);
    assert!(parsed.diagnostics.iter().any(|diagnostic| diagnostic.class == "truncated"));
    let readings = &parsed.tables[0].readings;
    assert_eq!(readings.len(), 48);
    let suspect: Vec<usize> = (0..48).filter(|&at| !readings[at].tests.is_empty()).collect();
    assert_eq!(suspect, [4]);
}

#[test]
fn cards_are_read_wherever_their_columns_are() {
    let own = layout("ursi_cards");
    let mut monthly_tables = settle(months(Name::FoF2, 1957, 8));
    monthly_tables.iter_mut().for_each(|monthly_table| monthly_table.summaries.clear());
    let text = ursi_cards::write(&monthly_tables, &own).unwrap();
    let shifted: String = text
        .lines()
        .map(
            |line| {
                if line.starts_with('9') { format!("{line}\n") } else { format!("{}{}\n", &line[..11], &line[12..]) }
            },
        )
        .collect();
    let parsed = ursi_cards::read(&shifted, &own);
    assert_eq!(parsed.diagnostics.iter().map(|c| c.class).collect::<Vec<_>>(), ["columns_assumed"]);
    assert_eq!(told(&parsed.tables), told(&monthly_tables));
}

#[test]
fn a_zone_of_a_header_card_is_in_tenths_of_a_degree() {
    let card = |zone: &str| {
        let header = format!("9084091020000BOULDER         USA               400N1053W025200140027S{zone} BC840");
        let data = format!("1184091020113 036UR{}00      \n", "     ".repeat(11));
        let parsed =
            ursi_cards::read(&format!("{header}\n{}", data.replacen("13 036UR", "  36UR", 1)), &layout("ursi_cards"));
        parsed.tables[0].zone.ahead_min
    };
    assert_eq!(card("1050W"), Some(-420));
    assert_eq!(card("0105W"), Some(-420), "whole degrees are nearer to the longitude");
    assert_eq!(card("0000W"), Some(0));
}

#[test]
fn a_month_of_32_days_and_letters_where_digits_belong_are_told() {
    let text = iiwg::write(&settle(vec![hourly(Name::FoF2, date(1964, 1, 1), 31, 6)])).unwrap();
    let parsed = iiwg::read(&text.replacen("  31   1", "  32   1", 1));
    assert_eq!(parsed.diagnostics[0].class, "bad_heading");
    let text = "410200580132 036 ".to_owned() + &" 041 ".repeat(23) + "\n";
    assert_eq!(sws::read(&text, &Zone::utc()).diagnostics[0].class, "bad_line");
    let text = "410200580131 0B6 ".to_owned() + &" 041 ".repeat(23) + "\n";
    let parsed = sws::read(&text, &Zone::utc());
    assert_eq!(parsed.diagnostics[0].class, "cell_grammar");
    assert_eq!(parsed.tables[0].readings[0].value, None);
    assert_eq!(parsed.tables[0].readings[1].value, Some(4.1));
}

proptest! {
    #[test]
    fn any_month_comes_back(seed in any::<u64>(), month in 1i8..13, days in 1u16..32) {
        let first = date(1969, month, 1);
        let days = days.min(first.days_in_month() as u16);
        let monthly_tables = settle(vec![hourly(Name::FoF2, first, days, seed)]);
        holds(&monthly_tables, iiwg::write, iiwg::read);
        holds(&monthly_tables, sws::write, |text| sws::read(text, &Zone::utc()));
        holds(&monthly_tables, sao_xml::write, sao_xml::read);
    }

    #[test]
    fn no_text_stops_a_reader(text in "[ 0-9A-Z/<>=\"\n.]{0,400}") {
        iiwg::read(&text);
        sws::read(&text, &Zone::utc());
        sao_xml::read(&text);
        sao::read(&text, &layout("sao"));
        ursi_cards::read(&text, &layout("ursi_cards"));
        wdc_b::read(&text, &layout("wdc_b"));
        bulletin::read(&text, &layout("bulletin"));
    }
}

#[test]
#[ignore = "a measurement: MB/s of each reader, with --nocapture"]
fn speed_of_readers() {
    let year = settle(vec![hourly(Name::FoF2, date(1958, 1, 1), 365, 1)]);
    let cards = layout("ursi_cards");
    let texts = [
        ("iiwg", iiwg::write(&settle(months(Name::FoF2, 1958, 1))).unwrap()),
        ("sws", sws::write(&year).unwrap()),
        ("ursi_cards", ursi_cards::write(&settle(months(Name::FoF2, 1958, 2)), &cards).unwrap()),
        ("sao", sao::write(&year).unwrap()),
        ("sao_xml", sao_xml::write(&year).unwrap()),
    ];
    for (format, text) in texts {
        let layout = layout(format);
        let (mut bytes, begin) = (0, std::time::Instant::now());
        while begin.elapsed().as_secs_f64() < 1.0 {
            let parsed = crate::table::read_text(text.as_bytes(), &layout);
            assert!(!parsed.tables.is_empty());
            bytes += text.len();
        }
        println!("{format}: {:.0} MB/s", bytes as f64 / begin.elapsed().as_secs_f64() / 1e6);
    }
}
