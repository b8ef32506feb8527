//! The physical raster: an ionogram on axes that every instrument shares.
//!
//! In: the picture of a panel and the way from frequency and height to its pixels. Out: a small picture whose columns are equal steps
//! of the logarithm of frequency and whose rows are equal steps of the logarithm of virtual height. A layer scaled in
//! frequency is then a shift along the rows, a multiple of an echo a shift along the columns, whatever sounder drew it.

use crate::model::PixelBox;
use image::GrayImage;

/// Columns of the raster.
pub const COLUMNS: usize = 352;
/// Rows of the raster, the highest first.
pub const ROWS: usize = 144;
/// Frequencies of the left and right edge, MHz: what ground-based sounders scale.
pub const BAND_MHZ: [f64; 2] = [0.9, 20.0];
/// Heights of the lower and upper edge, km: below E to the second hop of a high F layer.
pub const RANGE_KM: [f64; 2] = [75.0, 900.0];

/// Columns and rows over which the local mean and deviation are taken: far wider than an echo, narrower than the unevenness of film.
const WINDOW: [usize; 2] = [61, 41];
/// Levels for one local deviation: four of them fit on either side of the middle.
const LEVELS_PER_DEVIATION: f32 = 32.0;
/// Share of the whole raster's deviation below which a local one is noise of an empty area.
const LEAST_DEVIATION: f32 = 0.35;
/// Cells between the knots at which the axes are evaluated; they bend far more slowly.
const KNOT: usize = 8;

/// An ionogram on physical axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// Darkness against the surround, row by row: 128 is the local mean.
    pub levels: Vec<u8>,
    /// 1 where the panel shows something, 0 outside.
    pub valid: Vec<u8>,
}

impl Raster {
    /// The raster shifted by some columns: all frequencies scaled alike. What comes in from outside is not valid.
    #[must_use]
    pub fn shifted(&self, columns: i64) -> Self {
        let shift = |cells: &[u8], fill: u8| {
            let mut out = vec![fill; cells.len()];
            for (to, from) in out.chunks_exact_mut(COLUMNS).zip(cells.chunks_exact(COLUMNS)) {
                let by = columns.unsigned_abs().min(COLUMNS as u64) as usize;
                if columns >= 0 {
                    to[by..].copy_from_slice(&from[..COLUMNS - by]);
                } else {
                    to[..COLUMNS - by].copy_from_slice(&from[by..]);
                }
            }
            out
        };
        Self { levels: shift(&self.levels, 128), valid: shift(&self.valid, 0) }
    }
}

/// Fractional column of a frequency; the first column's middle is 0.
pub fn column_of(mhz: f64) -> f64 {
    (mhz / BAND_MHZ[0]).ln() / (BAND_MHZ[1] / BAND_MHZ[0]).ln() * COLUMNS as f64 - 0.5
}

/// Frequency at a fractional column, MHz.
pub fn mhz_of(column: f64) -> f64 {
    BAND_MHZ[0] * ((column + 0.5) / COLUMNS as f64 * (BAND_MHZ[1] / BAND_MHZ[0]).ln()).exp()
}

/// Fractional row of a height; the first row's middle is 0.
pub fn row_of(km: f64) -> f64 {
    (RANGE_KM[1] / km).ln() / (RANGE_KM[1] / RANGE_KM[0]).ln() * ROWS as f64 - 0.5
}

/// Height at a fractional row, km.
pub fn km_of(row: f64) -> f64 {
    RANGE_KM[1] * (-(row + 0.5) / ROWS as f64 * (RANGE_KM[1] / RANGE_KM[0]).ln()).exp()
}

/// Resamples a picture of dark echoes. `to_picture` gives the pixel (column, row) of a frequency (MHz) and height (km); cells
/// outside `panel` or of frequencies outside `band_mhz` are not valid.
pub fn raster(
    picture: &GrayImage,
    panel: PixelBox,
    band_mhz: [f64; 2],
    to_picture: impl Fn(f64, f64) -> (f64, f64),
) -> Raster {
    let sums = Sums::new(picture);
    let places = places(to_picture);
    let mut means = vec![0f32; ROWS * COLUMNS];
    let mut valid = vec![0u8; ROWS * COLUMNS];
    let limits = [f64::from(panel.x), f64::from(panel.y), f64::from(panel.x + panel.w), f64::from(panel.y + panel.h)];
    let inside: Vec<bool> =
        (0..COLUMNS).map(|column| (band_mhz[0]..=band_mhz[1]).contains(&mhz_of(column as f64))).collect();
    for row in 0..ROWS {
        for column in (0..COLUMNS).filter(|&column| inside[column]) {
            let corner = |c: usize, r: usize| places[r * (COLUMNS + 1) + c];
            let (a, b, c, d) =
                (corner(column, row), corner(column + 1, row), corner(column, row + 1), corner(column + 1, row + 1));
            let [x0, x1] = at_least_a_pixel(0.5 * (a.0 + c.0), 0.5 * (b.0 + d.0));
            let [y0, y1] = at_least_a_pixel(0.5 * (a.1 + b.1), 0.5 * (c.1 + d.1));
            let (x, y) = (0.5 * (x0 + x1), 0.5 * (y0 + y1));
            if x < limits[0] || y < limits[1] || x > limits[2] || y > limits[3] {
                continue;
            }
            let cell = row * COLUMNS + column;
            if let Some(mean) = sums.mean([x0, y0, x1, y1]) {
                means[cell] = 255.0 - mean;
                valid[cell] = 1;
            }
        }
    }
    Raster { levels: normalised(&means, &valid), valid }
}

/// Pixels of the corners of all cells, bilinear between knots.
fn places(to_picture: impl Fn(f64, f64) -> (f64, f64)) -> Vec<(f64, f64)> {
    let (wide, high) = (COLUMNS / KNOT + 1, ROWS / KNOT + 1);
    let knots: Vec<(f64, f64)> = (0..wide * high)
        .map(|i| {
            let (column, row) = ((i % wide * KNOT) as f64 - 0.5, (i / wide * KNOT) as f64 - 0.5);
            to_picture(mhz_of(column), km_of(row))
        })
        .collect();
    let mut places = Vec::with_capacity((COLUMNS + 1) * (ROWS + 1));
    for row in 0..=ROWS {
        let i = (row / KNOT).min(high - 2);
        let v = (row - i * KNOT) as f64 / KNOT as f64;
        for column in 0..=COLUMNS {
            let j = (column / KNOT).min(wide - 2);
            let u = (column - j * KNOT) as f64 / KNOT as f64;
            let at = |di: usize, dj: usize| knots[(i + di) * wide + j + dj];
            let mix = |pick: fn((f64, f64)) -> f64| {
                (1.0 - v) * ((1.0 - u) * pick(at(0, 0)) + u * pick(at(0, 1)))
                    + v * ((1.0 - u) * pick(at(1, 0)) + u * pick(at(1, 1)))
            };
            places.push((mix(|p| p.0), mix(|p| p.1)));
        }
    }
    places
}

/// A stretch in order, widened to a pixel where it is narrower.
fn at_least_a_pixel(a: f64, b: f64) -> [f64; 2] {
    let (from, to) = (a.min(b), a.max(b));
    let widen = (0.5 * (1.0 - (to - from))).max(0.0);
    [from - widen, to + widen]
}

/// Sums of all pixels above and to the left, for means over boxes (Crow 1984).
struct Sums {
    table: Vec<u32>,
    width: usize,
    height: usize,
}

impl Sums {
    fn new(picture: &GrayImage) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let mut table = vec![0u32; (width + 1) * (height + 1)];
        for (y, row) in picture.as_raw().chunks_exact(width.max(1)).enumerate().take(height) {
            let mut sum = 0u32;
            for (x, &pixel) in row.iter().enumerate() {
                // Sums wrap around; differences over a box are right all the same.
                sum = sum.wrapping_add(u32::from(pixel));
                table[(y + 1) * (width + 1) + x + 1] = table[y * (width + 1) + x + 1].wrapping_add(sum);
            }
        }
        Self { table, width, height }
    }

    /// Mean over whole and broken pixels of a box; pixel `i` covers `i - 0.5` to `i + 0.5`. `None` outside the picture.
    fn mean(&self, [x0, y0, x1, y1]: [f64; 4]) -> Option<f32> {
        let (x0, x1) = ((x0 + 0.5).max(0.0), (x1 + 0.5).min(self.width as f64));
        let (y0, y1) = ((y0 + 0.5).max(0.0), (y1 + 0.5).min(self.height as f64));
        if !(x1 - x0 > 1e-6 && y1 - y0 > 1e-6) {
            return None;
        }
        let columns = broken(x0, x1, self.width);
        let rows = broken(y0, y1, self.height);
        let mut sum = 0.0;
        for &(top, bottom, v) in &rows {
            for &(left, right, u) in &columns {
                if u * v > 0.0 {
                    sum += u * v * self.whole(left, top, right, bottom);
                }
            }
        }
        Some((sum / ((x1 - x0) * (y1 - y0))) as f32)
    }

    fn whole(&self, left: usize, top: usize, right: usize, bottom: usize) -> f64 {
        let at = |x: usize, y: usize| self.table[y * (self.width + 1) + x];
        let sum =
            at(right, bottom).wrapping_sub(at(left, bottom)).wrapping_sub(at(right, top)).wrapping_add(at(left, top));
        f64::from(sum)
    }
}

/// A stretch of pixels as a broken first one, whole ones and a broken last one: from, to and weight of each.
fn broken(from: f64, to: f64, length: usize) -> [(usize, usize, f64); 3] {
    let first = (from.floor() as usize).min(length - 1);
    let last = ((to.ceil() as usize).max(1) - 1).min(length - 1);
    if first == last {
        return [(first, first + 1, to - from), (first, first, 0.0), (first, first, 0.0)];
    }
    [
        (first, first + 1, (first + 1) as f64 - from),
        (first + 1, last, if last > first + 1 { 1.0 } else { 0.0 }),
        (last, last + 1, to - last as f64),
    ]
}

/// Levels against the local mean, in units of the local deviation.
fn normalised(means: &[f32], valid: &[u8]) -> Vec<u8> {
    let count = boxed(&valid.iter().map(|&v| f32::from(v)).collect::<Vec<_>>());
    let sum = boxed(means);
    let squares = boxed(&means.iter().map(|m| m * m).collect::<Vec<_>>());
    let n = valid.iter().filter(|&&v| v == 1).count().max(1) as f64;
    let total: f64 = means.iter().map(|&m| f64::from(m)).sum::<f64>() / n;
    let whole: f64 = means.iter().map(|&m| f64::from(m) * f64::from(m)).sum::<f64>() / n - total * total;
    let floor = (LEAST_DEVIATION * whole.max(0.0).sqrt() as f32).max(1.0);
    (0..means.len())
        .map(|i| {
            if valid[i] == 0 {
                return 128;
            }
            let mean = sum[i] / count[i].max(1.0);
            let deviation = (squares[i] / count[i].max(1.0) - mean * mean).max(0.0).sqrt().max(floor);
            (128.0 + LEVELS_PER_DEVIATION * (means[i] - mean) / deviation).clamp(0.0, 255.0) as u8
        })
        .collect()
}

/// Sums over the window around each cell; cells outside the raster count nothing.
fn boxed(cells: &[f32]) -> Vec<f32> {
    let mut across = vec![0f32; cells.len()];
    let half = WINDOW[0] / 2;
    for row in 0..ROWS {
        let line = &cells[row * COLUMNS..(row + 1) * COLUMNS];
        let mut sums = [0f64; COLUMNS + 1];
        for (i, &value) in line.iter().enumerate() {
            sums[i + 1] = sums[i] + f64::from(value);
        }
        for column in 0..COLUMNS {
            let (from, to) = (column.saturating_sub(half), (column + half + 1).min(COLUMNS));
            across[row * COLUMNS + column] = (sums[to] - sums[from]) as f32;
        }
    }
    let mut result = vec![0f32; cells.len()];
    let half = WINDOW[1] / 2;
    let mut running = vec![0f64; COLUMNS];
    for row in 0..half.min(ROWS) {
        for column in 0..COLUMNS {
            running[column] += f64::from(across[row * COLUMNS + column]);
        }
    }
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            if row + half < ROWS {
                running[column] += f64::from(across[(row + half) * COLUMNS + column]);
            }
            if row > half {
                running[column] -= f64::from(across[(row - half - 1) * COLUMNS + column]);
            }
            result[row * COLUMNS + column] = running[column] as f32;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A panel of a linear sweep from 1 to 16 MHz and heights from 0 to 800 km.
    fn to_picture(mhz: f64, km: f64) -> (f64, f64) {
        (60.0 * (mhz - 1.0), 500.0 * (1.0 - km / 800.0))
    }

    #[test]
    fn an_echo_keeps_its_place_on_the_physical_axes() {
        let picture = GrayImage::from_fn(900, 500, |x, y| {
            let (echo_x, echo_y) = to_picture(6.0, 300.0);
            let near = (f64::from(x) - echo_x).abs() < 8.0 && (f64::from(y) - echo_y).abs() < 3.0;
            image::Luma([if near { 20 } else { 220 }])
        });
        let raster = raster(&picture, PixelBox::new(0, 0, 900, 500), [1.0, 16.0], to_picture);
        let (mut sum, mut column, mut row) = (0.0, 0.0, 0.0);
        for (cell, &level) in raster.levels.iter().enumerate().filter(|(_, level)| **level > 180) {
            let weight = f64::from(level) - 128.0;
            sum += weight;
            column += weight * (cell % COLUMNS) as f64;
            row += weight * (cell / COLUMNS) as f64;
        }
        assert!((mhz_of(column / sum) / 6.0 - 1.0).abs() < 0.006, "{}", mhz_of(column / sum));
        assert!((km_of(row / sum) / 300.0 - 1.0).abs() < 0.01, "{}", km_of(row / sum));
        assert_eq!(raster.valid[0], 0, "0.9 MHz is below the sweep");
    }

    #[test]
    fn a_mean_counts_broken_pixels_by_their_share() {
        let sums = Sums::new(&GrayImage::from_fn(4, 2, |x, _| image::Luma([10 * x as u8])));
        let mean = |from: f64, to: f64| sums.mean([from, 0.0, to, 1.0]).unwrap();
        assert!((mean(0.5, 2.5) - 15.0).abs() < 1e-4);
        assert!((mean(1.0, 2.0) - 15.0).abs() < 1e-4);
        assert!((mean(1.2, 1.4) - 10.0).abs() < 1e-4);
        assert_eq!(sums.mean([7.0, 0.0, 8.0, 1.0]), None);
    }

    #[test]
    fn columns_and_rows_invert() {
        for value in [1.0, 3.3, 19.0] {
            assert!((mhz_of(column_of(value)) - value).abs() < 1e-9);
            assert!((km_of(row_of(80.0 * value.min(9.0))) - 80.0 * value.min(9.0)).abs() < 1e-9);
        }
    }
}
