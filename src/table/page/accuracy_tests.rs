//! How well printed pages are read: made-up months and the two real ones of the shared folder, printed by the simulator.

use super::read_page;
use crate::simulate::Level;
use crate::simulate::table::{Face, Printed, made_up, print, scan};
use crate::table::{Layout, Reading, Sheet, SummaryKind, read_text};
use std::path::PathBuf;
use std::time::Instant;

const SHEET: &str = include_str!("../../../pipelines/tables/sodankyla.toml");

fn layout() -> Layout {
    toml::from_str(SHEET).unwrap()
}

/// The real months, if the shared folder is there: their values, and their printed counts and medians.
fn real_months() -> Vec<Sheet> {
    let Some(shared) = std::env::var_os("IONOSCRIBE_SHARED").map(PathBuf::from) else { return Vec::new() };
    ["200607", "201907"]
        .iter()
        .filter_map(|month| {
            let stem = format!("tables/sgo_sodankyla_foF2_IB_{month}_00-11h");
            let bytes = std::fs::read(shared.join(format!("{stem}.csv"))).ok()?;
            let layout = format!(
                "table = \"v\"\ntitle = \"v\"\nformat = \"csv\"\nstation = \"SOD\"\ncharacteristic = \"foF2\"\nunit = \"0.1MHZ\"\n\
                 zone = \"30E (UT+2H)\"\n[csv]\nsheet_month = \"{}-{}\"\nday = \"day\"\nhour = \"hour_EET_UT+2\"\n\
                 value = \"foF2_0.1MHz\"\nqualifier = \"qualifying_letter\"\ndescriptor = \"descriptive_letter\"\n",
                &month[..4],
                &month[4..]
            );
            let parsed = read_text(&bytes, &toml::from_str(&layout).unwrap());
            assert_eq!(parsed.complaints, []);
            let mut sheet = parsed.sheets.into_iter().next()?;
            sheet.station.name = "SODANKYLA".to_owned();
            summaries(&mut sheet, &std::fs::read_to_string(shared.join(format!("{stem}_summary.csv"))).ok()?);
            Some(sheet)
        })
        .collect()
}

/// The printed counts and medians: hour, count, median, its letters.
fn summaries(sheet: &mut Sheet, text: &str) {
    let first = sheet.readings[0].time.date().first_of_month();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let time = first.at(fields[0].parse().unwrap(), 0, 0, 0);
        for (kind, at) in [(SummaryKind::Count, 1), (SummaryKind::Median, 2)] {
            let letter = |field: usize| fields[field].chars().next().filter(|_| kind == SummaryKind::Median);
            sheet.summaries.push(crate::table::Summary {
                kind,
                time,
                number: fields[at].parse().ok(),
                qualifier: letter(3),
                descriptor: letter(4),
                text: String::new(),
                row: 0,
                column: 0,
                bbox: None,
                recomputed: None,
                tests: Vec::new(),
            });
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

/// Prints, scans and reads a sheet.
fn measure(truth: &Sheet, face: &Face, level: Level, seed: u64, layout: &Layout) -> (Tally, Vec<String>, f64) {
    let printed: Printed = print(truth, layout);
    let scanned = scan(&printed, face, level, None, seed);
    let begin = Instant::now();
    let page = read_page(&scanned.picture, layout);
    let seconds = begin.elapsed().as_secs_f64();
    let mut tally = Tally::default();
    let mut notes: Vec<String> = page.parsed.complaints.iter().map(|complaint| complaint.message.clone()).collect();
    for cell in &truth.readings {
        tally.cells += 1;
        let read = page.parsed.sheets.iter().flat_map(|sheet| &sheet.readings).find(|read| read.time == cell.time);
        let Some(read) = read else {
            tally.missing += 1;
            continue;
        };
        let is_right = says_same(read, cell);
        let (flag, _) = crate::quality::judge_cell(read, &layout.quality);
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
    (tally, notes, seconds)
}

#[test]
fn a_clean_page_is_read_whole() {
    let layout = layout();
    let (tally, notes, _) = measure(&made_up(&layout, 0, 5), &Face::own(), Level::Clean, 1, &layout);
    assert!(tally.cells > 600 && tally.right == tally.cells, "{}\n{}", tally.told(), notes.join("\n"));
}

#[test]
fn the_real_months_are_read_whole_from_text() {
    let layout = layout();
    for sheet in real_months() {
        let text = print(&sheet, &layout).text();
        let parsed = read_text(text.as_bytes(), &layout);
        assert_eq!(parsed.complaints, [], "{text}");
        let read = &parsed.sheets[0];
        assert!(read.readings.len() == sheet.readings.len());
        assert!(read.readings.iter().zip(&sheet.readings).all(|(a, b)| a.time == b.time && says_same(a, b)), "{text}");
        assert_eq!(read.summaries.len(), 24);
        assert!(
            read.summaries.iter().all(|summary| summary.recomputed == summary.number && summary.tests.is_empty()),
            "{text}"
        );
    }
}

/// Typefaces of Debian packages; those that are not installed are left out. The last four are not among those that the
/// network learned from.
const FACES: &[&str] = &[
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/opentype/urw-base35/NimbusMonoPS-Regular.otf",
    "/usr/share/fonts/opentype/urw-base35/NimbusMonoPS-Bold.otf",
    "/usr/share/fonts/opentype/urw-base35/NimbusRoman-Regular.otf",
    "/usr/share/texmf/fonts/opentype/public/lm/lmmono10-regular.otf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
    "/usr/share/fonts/truetype/inconsolata/Inconsolata.otf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
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
        for (index, sheet) in real.iter().enumerate() {
            let (tally, told, _) = measure(sheet, &face, level, 70_000 + 10 * number as u64 + index as u64, &layout);
            genuine.add(tally);
            notes.extend(told.into_iter().map(|note| format!("real {note}")));
        }
        notes.iter().take(12).for_each(|note| println!("    {note}"));
    }
    println!("made up: {}", made.told());
    println!("real:    {}", genuine.told());
    println!("{:.2} s for a page of two blocks", seconds / f64::from(pages.max(1)));
}
