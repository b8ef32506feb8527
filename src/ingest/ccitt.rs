//! CCITT fax data (ITU-T T.4 and T.6), as TIFF and PDF hold them, become grey rows.

use super::Fault;
use super::grey::GreyRow;
use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

/// How the data are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fax {
    /// Pixels in a row.
    pub(super) width: u32,
    /// Rows that must come.
    pub(super) height: u32,
    /// Group 3 in one or two dimensions, or group 4.
    pub(super) encoding: EncodingMode,
    /// Each row starts on a byte.
    pub(super) byte_aligned: bool,
    /// Grey values of what fax calls white and black.
    pub(super) levels: [u8; 2],
}

/// Decodes the rows and hands them to `push`, which is not called again after it failed.
pub(super) fn decode(
    data: &[u8],
    fax: Fax,
    push: &mut dyn FnMut(GreyRow<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let settings = DecodeSettings {
        columns: fax.width,
        rows: fax.height,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: fax.byte_aligned,
        encoding: fax.encoding,
        strict: false,
    };
    let mut rows = Rows { fax, row: vec![fax.levels[0]; fax.width as usize], count: 0, push, outcome: Ok(()) };
    let result = hayro_ccitt::decode(data, &mut rows, &mut DecoderContext::new(settings));
    let count = rows.count;
    rows.outcome?;
    if count >= fax.height {
        return Ok(());
    }
    let detail = format!("{count} of {} rows", fax.height);
    match result {
        Ok(_) => Err(Fault::Truncated { format: "fax", detail }),
        Err(error) => Err(Fault::Damaged { format: "fax", detail: format!("{error}, {detail}") }),
    }
}

struct Rows<'a> {
    fax: Fax,
    row: Vec<u8>,
    count: u32,
    push: &'a mut dyn FnMut(GreyRow<'_>) -> Result<(), Fault>,
    outcome: Result<(), Fault>,
}

impl Decoder for Rows<'_> {
    fn push_row(&mut self, changes: &[u32]) {
        if self.outcome.is_err() || self.count >= self.fax.height {
            return;
        }
        self.count += 1;
        let [white, black] = self.fax.levels;
        let end = self.row.len();
        self.row.fill(white);
        for run in changes.chunks(2) {
            let from = (run[0] as usize).min(end);
            let to = run.get(1).map_or(end, |&change| change as usize).clamp(from, end);
            self.row[from..to].fill(black);
        }
        self.outcome = (self.push)(GreyRow::Eight(&self.row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two group 4 rows of 8 pixels: all white (V0), then 3 white and 5 black (H 3w 5b), then the end of block.
    const GROUP4: [u8; 6] = [0b1001_1000, 0b0011_0000, 0b0000_0001, 0b0000_0000, 0b0001_0000, 0];

    fn rows(height: u32, data: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
        let fax = Fax { width: 8, height, encoding: EncodingMode::Group4, byte_aligned: false, levels: [255, 0] };
        let mut rows = Vec::new();
        decode(data, fax, &mut |row| {
            if let GreyRow::Eight(row) = row {
                rows.push(row.to_vec());
            }
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn runs_become_rows() {
        let rows = rows(2, &GROUP4).unwrap();
        assert_eq!(rows, [vec![255; 8], vec![255, 255, 255, 0, 0, 0, 0, 0]]);
    }

    #[test]
    fn missing_rows_are_an_error() {
        assert!(matches!(rows(9, &GROUP4), Err(Fault::Truncated { .. } | Fault::Damaged { .. })));
        assert!(rows(1, &[]).is_err());
    }

    #[test]
    fn a_refused_row_stops_the_work() {
        let fax = Fax { width: 8, height: 2, encoding: EncodingMode::Group4, byte_aligned: false, levels: [255, 0] };
        let mut calls = 0;
        let result = decode(&GROUP4, fax, &mut |_| {
            calls += 1;
            Err(Fault::Empty)
        });
        assert!(matches!(result, Err(Fault::Empty)));
        assert_eq!(calls, 1);
    }
}
