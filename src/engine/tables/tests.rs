//! Files to dataset and back.

use super::{LayoutFile, restore, run_tables};
use crate::engine::{Job, Progress, Report};
use crate::model::CharacteristicName as Name;
use crate::table::format::{self, testing};
use crate::table::{Layout, MonthlyTable, Zone};
use jiff::civil::date;

/// Runs a layout over one file and gives the tables that its dataset holds.
fn through_dataset(layout: &str, text: &str) -> (Vec<MonthlyTable>, Report) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.txt");
    std::fs::write(&input, text).unwrap();
    let layout: Layout = toml::from_str(layout).unwrap();
    let file = LayoutFile { layout, sha256: "0".repeat(64) };
    let output = folder.path().join("out");
    let job = Job { inputs: vec![input], output: output.clone(), threads: 2, ..Job::default() };
    let report = run_tables(&job, &file, &Progress::default()).unwrap();
    (restore(&output).unwrap().into_iter().map(|restored| restored.monthly_table).collect(), report)
}

fn layout(format: &str) -> String {
    format!("table = \"t\"\ntitle = \"t\"\nformat = \"{format}\"\nzone = \"UT\"")
}

#[test]
fn exchange_formats_come_back_from_the_dataset_byte_for_byte() {
    let year = |seed| testing::settle(vec![testing::hourly(Name::FoF2, date(1958, 1, 1), 365, seed)]);
    let months = |seed| testing::settle(testing::months(Name::FoF2, 1958, seed));
    let same = |format: &str, text: String, write: &dyn Fn(&[MonthlyTable]) -> Result<String, format::WriteError>| {
        let (monthly_tables, report) = through_dataset(&layout(format), &text);
        assert_eq!(report.failed(), 0, "{format}");
        assert!(write(&monthly_tables).unwrap() == text, "{format}");
    };
    same("iiwg", format::iiwg::write(&months(1)).unwrap(), &format::iiwg::write);
    same("sws", format::sws::write(&year(2)).unwrap(), &format::sws::write);
    same("sao_xml", format::sao_xml::write(&year(3)).unwrap(), &format::sao_xml::write);
    same("sao", format::sao::write(&year(4)).unwrap(), &format::sao::write);
    let cards: Layout = toml::from_str(&layout("ursi_cards")).unwrap();
    let write = |monthly_tables: &[MonthlyTable]| format::ursi_cards::write(monthly_tables, &cards);
    let mut monthly_tables = months(5);
    monthly_tables.iter_mut().for_each(|monthly_table| monthly_table.summaries.clear());
    same("ursi_cards", write(&monthly_tables).unwrap(), &write);
}

#[test]
fn a_file_that_is_cut_keeps_what_it_has_and_is_told() {
    let text = format::sws::write(&testing::settle(vec![testing::hourly(Name::FoF2, date(1958, 1, 1), 3, 2)])).unwrap();
    let (monthly_tables, report) = through_dataset(&layout("sws"), &text[..text.len() - 70]);
    assert_eq!(report.failures.get("table: truncated"), Some(&1));
    assert_eq!(monthly_tables.len(), 1);
    let whole = format::sws::read(&text, &Zone::utc());
    assert_eq!(monthly_tables[0].readings[..48].len(), 48);
    assert_eq!(monthly_tables[0].readings[7].value, whole.tables[0].readings[7].value);
}

#[test]
fn what_is_no_table_is_one_failure() {
    let (monthly_tables, report) = through_dataset(&layout("bulletin"), "nothing to see\n");
    assert!(monthly_tables.is_empty());
    assert_eq!(report.failures.get("table: no_table"), Some(&1));
}
