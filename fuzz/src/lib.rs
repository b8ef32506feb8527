//! What the fuzz targets share: bytes are opened as a file, the way a run opens them.

use ionoscribe::ingest::{IngestConfig, RollInput, discover};
use std::io::Write;

/// Opens every picture of a file that holds these bytes, within narrow limits.
pub fn open(bytes: &[u8]) {
    let Ok(mut file) = tempfile::Builder::new().suffix(".png").tempfile() else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let config = IngestConfig { min_side: 1, max_pixels: 1 << 18, max_memory_mb: 16, ..IngestConfig::default() };
    for roll in discover(&[file.path().to_owned()], &config).rolls {
        if let RollInput::Scans(scans) = roll.input {
            scans.iter().for_each(|scan| drop(scan.open(&config)));
        }
    }
}

/// Opens the bytes behind a format's first bytes, so that no run is spent on finding these.
pub fn open_behind(magic: &[u8], bytes: &[u8]) {
    open(&[magic, bytes].concat());
}

/// Reads a text of a table in a format, with a layout that has all that the format needs.
pub fn table(format: &str, bytes: &[u8]) {
    let text = format!(
        "table = \"t\"\ntitle = \"t\"\nformat = \"{format}\"\nzone = \"UT\"\nunit = \"0.1 MHz\"\ncharacteristic = \"foF2\"\n\
         heading = [\"{{month}} {{year}}\", \"STATION {{station_name}}\", \"UNIT {{unit}}\", \"TIME= {{zone}}\"]\n\
         [csv]\nday = \"1\"\nfirst_hour = \"2\"\ntable_month = \"1957-07\"\n"
    );
    if let Ok(layout) = toml::from_str(&text) {
        drop(ionoscribe::table::read_text(bytes, &layout));
    }
}
