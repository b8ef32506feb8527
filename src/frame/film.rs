//! A strip of film measured along its length: where the panels' band runs, and which columns are panel.

use super::FrameConfig;
use super::panel::runs;
use crate::kernel::histogram::Histogram;
use crate::kernel::projection::{light_per_column, light_per_row};
use crate::model::PixelBox;
use image::GrayImage;

/// The rows that panels take, for one stretch of film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Band {
    /// First row.
    pub(super) top: i32,
    /// One past the last row.
    pub(super) bottom: i32,
    /// Grey value that parts panel and surround there.
    pub(super) threshold: u8,
}

/// What one column of the film shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Light enough to be panel.
    Panel,
    /// Darkened by a marker, interference or an edge.
    Dim,
    /// Dark from edge to edge of the band.
    Dark,
    /// Light over the margins, too: clear film.
    Clear,
}

/// The film's columns with the height of its panels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Film {
    /// One entry for each column.
    pub(super) columns: Vec<Column>,
    /// Usual height of the panels in pixels.
    pub(super) panel_height: i32,
}

/// Measures a film whose panels are light; `None` if nothing on it stands out like one.
pub(super) fn measure(film: &GrayImage, config: &FrameConfig) -> Option<Film> {
    let (width, height) = (film.width() as i32, film.height() as i32);
    let block = (height / 8).max(4);
    let stretches: Vec<PixelBox> = (0..width)
        .step_by(block as usize)
        .map(|x| PixelBox::new(x, 0, block, height).clamped(film.width(), film.height()))
        .collect();
    let thresholds = local_thresholds(film, &stretches, height * 3 / block, config);
    let bands: Vec<Option<Band>> = stretches
        .iter()
        .zip(&thresholds)
        .map(|(&stretch, threshold)| band_of(film, stretch, (*threshold)?, config))
        .collect();
    let mut bands = steadied(&bands, &thresholds, height)?;
    follow_the_light(film, &stretches, &mut bands, config);
    let mut heights: Vec<i32> = bands.iter().map(|band| band.bottom - band.top).collect();
    heights.sort_unstable();
    let panel_height = heights[heights.len() / 2].max(1);
    let columns =
        stretches.iter().zip(&bands).flat_map(|(&stretch, band)| columns_of(film, stretch, *band, config)).collect();
    Some(Film { columns, panel_height })
}

/// For each stretch the grey value between panel and surround within `reach` stretches to either side; `None` where
/// the film has one tone.
fn local_thresholds(film: &GrayImage, stretches: &[PixelBox], reach: i32, config: &FrameConfig) -> Vec<Option<u8>> {
    let histograms: Vec<Histogram> = stretches.iter().map(|&stretch| Histogram::of(film, stretch)).collect();
    let reach = reach.max(1) as usize;
    let mut window = Histogram::default();
    let mut end = 0;
    (0..stretches.len())
        .map(|index| {
            while end < (index + reach + 1).min(stretches.len()) {
                window.add(&histograms[end]);
                end += 1;
            }
            if index > reach {
                window.remove(&histograms[index - reach - 1]);
            }
            let tones = window.tones();
            let contrast = tones.light - tones.dark;
            (contrast >= 255.0 * config.least_contrast)
                .then_some((tones.dark + config.threshold_share * contrast) as u8)
        })
        .collect()
}

/// The longest run of light rows in a stretch, if it is as high as a panel may be and leaves a margin.
fn band_of(film: &GrayImage, stretch: PixelBox, threshold: u8, config: &FrameConfig) -> Option<Band> {
    let counts = light_per_row(film, stretch, threshold);
    let enough = config.light_share * stretch.w as f32;
    let light: Vec<bool> = counts.iter().map(|&count| count as f32 >= enough).collect();
    let gap = (config.gap_share * stretch.h as f32) as usize;
    let (top, bottom) = runs(&light, gap).into_iter().max_by_key(|(top, bottom)| bottom - top)?;
    let tall = (bottom - top) as f32 / stretch.h as f32;
    (tall >= config.least_band_share).then_some(Band { top: top as i32, bottom: bottom as i32, threshold })
}

/// Fills in where a stretch shows no band and smooths the rest: the median of the neighbourhood.
fn steadied(bands: &[Option<Band>], thresholds: &[Option<u8>], height: i32) -> Option<Vec<Band>> {
    const REACH: usize = 24;
    let median_of = |found: &mut Vec<Band>| -> Option<(i32, i32)> {
        // The heights first, so that a stretch whose band was cut short does not move the top.
        found.sort_by_key(|band| (band.bottom - band.top, band.top));
        let middle = found.get(found.len() / 2)?;
        let height = middle.bottom - middle.top;
        let mut tops: Vec<i32> = found
            .iter()
            .filter(|band| ((band.bottom - band.top) - height).abs() * 10 <= height)
            .map(|band| band.top)
            .collect();
        tops.sort_unstable();
        let top = *tops.get(tops.len() / 2)?;
        Some((top, top + height))
    };
    // Clear film is light over all rows; panels may fill the height if few stretches show a margin.
    let partial = |band: &&Band| (band.bottom - band.top) * 100 < height * 97;
    let margins = bands.iter().flatten().filter(partial).count();
    let have_margins = margins * 4 >= bands.iter().flatten().count();
    let usable = |band: &&Band| !have_margins || partial(band);
    let overall = median_of(&mut bands.iter().flatten().filter(usable).copied().collect())?;
    let steady = |index: usize| {
        let (from, to) = (index.saturating_sub(REACH), (index + REACH + 1).min(bands.len()));
        let mut near: Vec<Band> = bands[from..to].iter().flatten().filter(usable).copied().collect();
        let (top, bottom) = if near.len() >= 6 { median_of(&mut near).unwrap_or(overall) } else { overall };
        Band { top, bottom, threshold: thresholds[index].unwrap_or(u8::MAX) }
    };
    Some((0..bands.len()).map(steady).collect())
}

/// Sets each stretch's threshold by its own light: panels differ in exposure, and film in density, by more than half.
fn follow_the_light(film: &GrayImage, stretches: &[PixelBox], bands: &mut [Band], config: &FrameConfig) {
    const REACH: usize = 8;
    let margins: Vec<Histogram> = stretches
        .iter()
        .zip(bands.iter())
        .map(|(stretch, band)| {
            let mut histogram = Histogram::of(film, PixelBox { y: 0, h: band.top - stretch.h / 64, ..*stretch });
            let below = band.bottom + stretch.h / 64;
            histogram.add(&Histogram::of(film, PixelBox { y: below, h: stretch.h - below, ..*stretch }));
            histogram
        })
        .collect();
    let light: Vec<f32> = stretches
        .iter()
        .zip(bands.iter())
        .map(|(stretch, band)| PixelBox { y: band.top, h: band.bottom - band.top, ..*stretch })
        .map(|inside| f32::from(Histogram::of(film, inside).quantile(0.7)))
        .collect();
    let around = |index: usize, reach: usize| index.saturating_sub(reach)..(index + reach + 1).min(stretches.len());
    for (index, band) in bands.iter_mut().enumerate() {
        let mut surround = Histogram::default();
        around(index, REACH).for_each(|near| surround.add(&margins[near]));
        if surround.total() == 0 {
            continue;
        }
        let dark = f32::from(surround.quantile(0.4));
        let usual = light[around(index, 3 * REACH)].iter().copied().fold(0.0, f32::max) - dark;
        if usual < 255.0 * config.least_contrast {
            band.threshold = u8::MAX;
            continue;
        }
        // A stretch that is hardly lighter than the margin holds no panel; its neighbours say what one would look like.
        let own = light[around(index, 1)]
            .iter()
            .map(|light| light - dark)
            .filter(|contrast| *contrast > 0.25 * usual)
            .fold(usual, f32::min);
        band.threshold = (dark + config.threshold_share * own) as u8;
    }
}

/// What the columns of a stretch show.
fn columns_of(film: &GrayImage, stretch: PixelBox, band: Band, config: &FrameConfig) -> Vec<Column> {
    let height = band.bottom - band.top;
    // Not the band's edges, which waver.
    let inner = PixelBox { y: band.top + height / 16, h: height - height / 8, ..stretch };
    let above = PixelBox { y: 0, h: band.top - height / 32, ..stretch };
    let below = PixelBox { y: band.bottom + height / 32, h: stretch.h - band.bottom - height / 32, ..stretch };
    let inside = light_per_column(film, inner, band.threshold);
    let (over, under) = (light_per_column(film, above, band.threshold), light_per_column(film, below, band.threshold));
    let margin = above.h.max(0) + below.h.max(0);
    inside
        .iter()
        .enumerate()
        .map(|(x, &count)| {
            let share = count as f32 / inner.h.max(1) as f32;
            let outside = over.get(x).copied().unwrap_or(0) + under.get(x).copied().unwrap_or(0);
            let clear = margin * 12 > height && outside as f32 > config.clear_share * margin as f32;
            if share >= config.light_share {
                if clear { Column::Clear } else { Column::Panel }
            } else if share < config.gap_light_share {
                Column::Dark
            } else {
                Column::Dim
            }
        })
        .collect()
}
