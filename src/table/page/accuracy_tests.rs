//! How well printed pages are read: made-up months and the two real ones of the shared folder, printed by the simulator.

use super::{Page, read_page};
use crate::simulate::Level;
use crate::simulate::table::{Face, Printed, made_up, print, scan};
use crate::table::{Layout, MonthlyTable, Reading, SummaryKind, read_text};
use std::path::PathBuf;
use std::time::Instant;

const SHEET: &str = include_str!("../../../pipelines/tables/sodankyla.toml");

fn layout() -> Layout {
    toml::from_str(SHEET).unwrap()
}

/// The real months, if the shared folder is there: their values, and their printed counts and medians.
fn real_months() -> Vec<MonthlyTable> {
    let Some(shared) = std::env::var_os("IONOSCRIBE_SHARED").map(PathBuf::from) else { return Vec::new() };
    ["200607", "201907"]
        .iter()
        .filter_map(|month| {
            let stem = format!("tables/sgo_sodankyla_foF2_IB_{month}_00-11h");
            let bytes = std::fs::read(shared.join(format!("{stem}.csv"))).ok()?;
            let layout = format!(
                "table = \"v\"\ntitle = \"v\"\nformat = \"csv\"\nstation = \"SOD\"\ncharacteristic = \"foF2\"\nunit = \"0.1MHZ\"\n\
                 zone = \"30E (UT+2H)\"\n[csv]\ntable_month = \"{}-{}\"\nday = \"day\"\nhour = \"hour_EET_UT+2\"\n\
                 value = \"foF2_0.1MHz\"\nqualifier = \"qualifying_letter\"\ndescriptor = \"descriptive_letter\"\n",
                &month[..4],
                &month[4..]
            );
            let parsed = read_text(&bytes, &toml::from_str(&layout).unwrap());
            assert_eq!(parsed.diagnostics, []);
            let mut monthly_table = parsed.tables.into_iter().next()?;
            monthly_table.station.name = "SODANKYLA".to_owned();
            summaries(&mut monthly_table, &std::fs::read_to_string(shared.join(format!("{stem}_summary.csv"))).ok()?);
            Some(monthly_table)
        })
        .collect()
}

/// The printed counts and medians: hour, count, median, its letters.
fn summaries(monthly_table: &mut MonthlyTable, text: &str) {
    let first = monthly_table.readings[0].time.date().first_of_month();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let time = first.at(fields[0].parse().unwrap(), 0, 0, 0);
        for (kind, at) in [(SummaryKind::Count, 1), (SummaryKind::Median, 2)] {
            let letter = |field: usize| fields[field].chars().next().filter(|_| kind == SummaryKind::Median);
            let (number, letters) = (fields[at].parse().ok(), (letter(3), letter(4)));
            monthly_table.summaries.push(crate::table::Summary::unprinted(kind, time, number, letters));
        }
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    cells: u32,
    right: u32,
    right_raw: u32,
    /// Wrong and with nothing said against it.
    undetected: u32,
    sure: u32,
    missing: u32,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.cells += other.cells;
        self.right += other.right;
        self.right_raw += other.right_raw;
        self.undetected += other.undetected;
        self.sure += other.sure;
        self.missing += other.missing;
    }

    fn told(&self) -> String {
        let share = |count: u32| 100.0 * f64::from(count) / f64::from(self.cells.max(1));
        format!(
            "{} cells: {:.2} % right before checksums, {:.2} % after, {:.3} % wrong unnoticed, {:.1} % sure, {} not found",
            self.cells,
            share(self.right_raw),
            share(self.right),
            share(self.undetected),
            share(self.sure),
            self.missing
        )
    }
}

fn says_same(a: &Reading, b: &Reading) -> bool {
    a.value == b.value && a.qualifier == b.qualifier && a.descriptor == b.descriptor
}

/// Prints, scans and reads a table.
fn measure(truth: &MonthlyTable, face: &Face, level: Level, seed: u64, layout: &Layout) -> (Tally, Vec<String>, f64) {
    let printed: Printed = print(truth, layout);
    let scanned = scan(&printed, face, level, None, seed);
    let begin = Instant::now();
    let page = read_page(&scanned.picture, layout);
    let seconds = begin.elapsed().as_secs_f64();
    let (tally, notes) = compare(truth, &page, layout);
    (tally, notes, seconds)
}

/// Compares a page as read with what was printed.
fn compare(truth: &MonthlyTable, page: &Page, layout: &Layout) -> (Tally, Vec<String>) {
    let mut tally = Tally::default();
    let mut notes: Vec<String> = page.parsed.diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect();
    for cell in &truth.readings {
        tally.cells += 1;
        let read = page
            .parsed
            .tables
            .iter()
            .flat_map(|monthly_table| &monthly_table.readings)
            .find(|read| read.time == cell.time);
        let Some(read) = read else {
            tally.missing += 1;
            continue;
        };
        let is_right = says_same(read, cell);
        let (flag, _) = crate::quality::qc_cell(read, &layout.quality);
        tally.right += u32::from(is_right);
        tally.right_raw += u32::from(is_right && !read.inferred);
        tally.sure += u32::from(read.likelihood >= layout.quality.cell_likelihood);
        let is_noticed = matches!(flag, crate::model::Flag::Suspect | crate::model::Flag::Fail)
            || read.value.is_none() && cell.value.is_some();
        if !is_right {
            tally.undetected += u32::from(!is_noticed);
            notes.push(format!(
                "{}: {:?} {:?} {:?} read as {:?} ({:.3}{})",
                cell.time,
                cell.value,
                cell.qualifier,
                cell.descriptor,
                read.text,
                read.likelihood,
                if read.inferred { ", inferred" } else { "" }
            ));
        }
    }
    (tally, notes)
}

#[test]
fn a_clean_page_is_read_whole() {
    let layout = layout();
    let (tally, notes, _) = measure(&made_up(&layout, 0, 5), &Face::own(), Level::Clean, 1, &layout);
    assert!(tally.cells > 600 && tally.right == tally.cells, "{}\n{}", tally.told(), notes.join("\n"));
}

/// A clean page, its truth and its lines.
fn clean() -> (MonthlyTable, crate::simulate::table::Printed, image::GrayImage) {
    let layout = layout();
    let monthly_table = made_up(&layout, 0, 5);
    let printed = print(&monthly_table, &layout);
    let picture = scan(&printed, &Face::own(), Level::Clean, Some(200.0), 1).picture;
    (monthly_table, printed, picture)
}

/// Values of a page that are not what was printed.
fn invented(page: &Page, truth: &MonthlyTable) -> Vec<String> {
    let cells =
        page.parsed.tables.iter().flat_map(|monthly_table| &monthly_table.readings).filter(|cell| cell.value.is_some());
    let wrong = cells.filter(|cell| !truth.readings.iter().any(|own| own.time == cell.time && own.value == cell.value));
    wrong.map(|cell| format!("{} {:?}", cell.time, cell.text)).collect()
}

fn tells(page: &Page, class: &str) -> bool {
    page.parsed.diagnostics.iter().any(|diagnostic| diagnostic.class == class)
}

#[test]
fn a_page_that_stands_upside_down_is_turned() {
    let (monthly_table, _, picture) = clean();
    let page = read_page(&image::imageops::rotate180(&picture), &layout());
    assert!(tells(&page, "upside_down"), "{:?}", page.parsed.diagnostics);
    assert_eq!(invented(&page, &monthly_table), [] as [&str; 0]);
    let values = page.parsed.tables[0].readings.iter().filter(|cell| cell.value.is_some()).count();
    assert!(values > 500, "{values}");
}

#[test]
fn a_page_that_was_cut_gives_what_is_there() {
    let (monthly_table, _, picture) = clean();
    let (width, height) = picture.dimensions();
    let layout = layout();
    for (what, (w, h)) in [("foot", (width, height * 3 / 10)), ("side", (width * 6 / 10, height))] {
        let page = read_page(&image::imageops::crop_imm(&picture, 0, 0, w, h).to_image(), &layout);
        let sure: Vec<String> = page
            .parsed
            .tables
            .iter()
            .flat_map(|monthly_table| &monthly_table.readings)
            .filter(|cell| crate::quality::qc_cell(cell, &layout.quality).0 == crate::model::Flag::Pass)
            .filter(|cell| !monthly_table.readings.iter().any(|own| own.time == cell.time && own.value == cell.value))
            .map(|cell| format!("{} {:?}", cell.time, cell.text))
            .collect();
        assert_eq!(sure, [] as [&str; 0], "{what}");
        assert!(!page.parsed.diagnostics.is_empty(), "{what} {:?}", page.parsed.diagnostics);
    }
}

#[test]
fn rows_of_two_tables_are_not_taken_for_one() {
    let (monthly_table, printed, _) = clean();
    let first = printed.lines.iter().position(|line| line.starts_with("DAY")).unwrap() + 1;
    let mut mixed = crate::simulate::table::Printed::default();
    for (at, line) in printed.lines.iter().enumerate() {
        mixed.lines.push(line.clone());
        if (first..first + 20).contains(&at) {
            // The same day of another characteristic.
            let other = line.chars().enumerate().map(|(column, c)| match c {
                '0'..='8' if (5..77).contains(&column) => char::from(c as u8 + 1),
                c => c,
            });
            mixed.lines.push(other.collect());
        }
    }
    let layout = layout();
    let page = read_page(&scan(&mixed, &Face::own(), Level::Clean, Some(200.0), 1).picture, &layout);
    assert!(tells(&page, "day_repeated"), "{:?}", page.parsed.diagnostics);
    let cells = page.parsed.tables.iter().flat_map(|monthly_table| &monthly_table.readings);
    let sure = cells.filter(|cell| crate::quality::qc_cell(cell, &layout.quality).0 == crate::model::Flag::Pass);
    let wrong =
        sure.filter(|cell| !monthly_table.readings.iter().any(|own| own.time == cell.time && own.value == cell.value));
    assert_eq!(wrong.count(), 0);
}

#[test]
fn a_day_that_does_not_exist_and_a_page_of_prose_are_told() {
    let (_, mut printed, _) = clean();
    let layout = layout();
    for line in &mut printed.lines {
        if line.starts_with(" 28") {
            *line = line.replace(" 28", " 32");
        }
    }
    let page = read_page(&scan(&printed, &Face::own(), Level::Clean, Some(200.0), 1).picture, &layout);
    let day = page.parsed.tables[0].readings.iter().filter(|cell| cell.time.day() == 28 && cell.value.is_some());
    assert_eq!(day.count(), 0, "{:?}", page.parsed.diagnostics);
    assert!(tells(&page, "missing_days"), "{:?}", page.parsed.diagnostics);
    let lines = ["DEAR SIR", "THE TABLES OF THE STATION ARE IN BOX 7", "WE SEND THEM WITH THE NEXT MAIL"];
    let prose = crate::simulate::table::Printed { lines: lines.map(str::to_owned).to_vec(), marks: Vec::new() };
    let page = read_page(&scan(&prose, &Face::own(), Level::Clean, Some(200.0), 1).picture, &layout);
    assert!(tells(&page, "no_table") && page.parsed.tables.is_empty(), "{:?}", page.parsed.diagnostics);
}

#[test]
fn the_real_months_are_read_whole_from_text() {
    let layout = layout();
    for monthly_table in real_months() {
        let text = print(&monthly_table, &layout).text();
        let parsed = read_text(text.as_bytes(), &layout);
        assert_eq!(parsed.diagnostics, [], "{text}");
        let read = &parsed.tables[0];
        assert!(read.readings.len() == monthly_table.readings.len());
        assert!(
            read.readings.iter().zip(&monthly_table.readings).all(|(a, b)| a.time == b.time && says_same(a, b)),
            "{text}"
        );
        assert_eq!(read.summaries.len(), 24);
        assert!(
            read.summaries.iter().all(|summary| summary.recomputed == summary.number && summary.tests.is_empty()),
            "{text}"
        );
    }
}

/// Typefaces of Debian packages; those that are not installed are left out. The last five are not among those that the
/// network learned from.
const FACES: &[&str] = &[
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/opentype/urw-base35/NimbusMonoPS-Regular.otf",
    "/usr/share/fonts/opentype/urw-base35/NimbusMonoPS-Bold.otf",
    "/usr/share/fonts/opentype/urw-base35/NimbusRoman-Regular.otf",
    "/usr/share/texmf/fonts/opentype/public/lm/lmmono10-regular.otf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
    "/usr/share/fonts/truetype/inconsolata/Inconsolata.otf",
    "/usr/share/fonts/fonts-go/Go-Mono.ttf",
    "/usr/share/fonts/truetype/crosextra/Caladea-Regular.ttf",
    "/usr/share/fonts/opentype/urw-base35/P052-Roman.otf",
];

#[test]
#[ignore = "minutes: the accuracy of page scans, with --nocapture"]
fn accuracy_of_page_scans() {
    let layout = layout();
    let count: u64 = std::env::var("PAGES").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let level = match std::env::var("LEVEL").as_deref() {
        Ok("clean") => Level::Clean,
        Ok("poor") => Level::Poor,
        _ => Level::Typical,
    };
    let real = real_months();
    let (mut made, mut genuine) = (Tally::default(), Tally::default());
    let (mut seconds, mut pages) = (0.0, 0);
    for (number, name) in FACES.iter().enumerate() {
        let Ok(bytes) = std::fs::read(name) else { continue };
        let face = Face::new(bytes).unwrap();
        let mut own = Tally::default();
        let mut notes = Vec::new();
        for index in 0..count {
            let seed = 9_000 + 100 * number as u64 + index;
            let (tally, told, time) = measure(&made_up(&layout, index as u32, seed), &face, level, seed, &layout);
            own.add(tally);
            notes.extend(told);
            (seconds, pages) = (seconds + time, pages + 1);
        }
        made.add(own);
        println!("{name}\n  {}", own.told());
        for (index, monthly_table) in real.iter().enumerate() {
            let (tally, told, _) =
                measure(monthly_table, &face, level, 70_000 + 10 * number as u64 + index as u64, &layout);
            genuine.add(tally);
            notes.extend(told.into_iter().map(|note| format!("real {note}")));
        }
        notes.iter().take(12).for_each(|note| println!("    {note}"));
    }
    println!("made up: {}", made.told());
    println!("real:    {}", genuine.told());
    println!("{:.2} s for a page of two blocks", seconds / f64::from(pages.max(1)));
}

/// Pages of any printer: `PAGES_OF` is a folder with pictures and `truth.csv` (file, printed_time, value_tenth, qualifier,
/// descriptor; values in 0.1 MHz).
#[test]
#[ignore = "needs pages"]
fn accuracy_of_given_pages() {
    let Some(folder) = std::env::var_os("PAGES_OF").map(PathBuf::from) else { return };
    let layout = layout();
    let mut truth: std::collections::BTreeMap<String, MonthlyTable> = std::collections::BTreeMap::new();
    for record in csv::Reader::from_path(folder.join("truth.csv")).unwrap().into_records() {
        let record = record.unwrap();
        let mut cell = Reading::new(record[1].parse().unwrap());
        cell.value = record[2].parse().ok().map(|tenths: f64| tenths / 10.0);
        (cell.qualifier, cell.descriptor) = (record[3].chars().next(), record[4].chars().next());
        truth.entry(record[0].to_owned()).or_default().readings.push(cell);
    }
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut all = Tally::default();
    let (mut seconds, mut worst) = (0.0, 0.0f64);
    let pages: Vec<_> = truth.iter().filter(|(name, _)| name.contains(&only)).collect();
    for (name, monthly_table) in &pages {
        let picture = image::open(folder.join(name)).unwrap().into_luma8();
        let begin = Instant::now();
        let page = read_page(&picture, &layout);
        let time = begin.elapsed().as_secs_f64();
        let (tally, notes) = compare(monthly_table, &page, &layout);
        (seconds, worst) = (seconds + time, worst.max(time));
        println!("{name} {time:.2} s\n  {}", tally.told());
        let shown = std::env::var("SHOW").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
        notes.iter().take(shown).for_each(|note| println!("    {note}"));
        all.add(tally);
    }
    println!("all: {}\n{:.2} s for a page, {worst:.2} s at most", all.told(), seconds / pages.len().max(1) as f64);
}
