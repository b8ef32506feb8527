//! Behaviour on drawn panels with known axes: identities right or withheld.

use super::*;
use crate::engine::shipped_calibration;
use crate::model::{FrameClass, FrameEvidence, Placement, SweepLaw};
use image::{GrayImage, Luma};
use proptest::prelude::*;

/// Small deterministic generator (SplitMix64, Steele et al. 2014).
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What a drawn film does to its markers.
#[derive(Clone, Copy)]
struct Film {
    width: i32,
    height: i32,
    seed: u64,
    /// Streaks of interference.
    streaks: usize,
    /// Share of markers left out.
    missing: f64,
    /// Pixels per pixel.
    lean: f64,
    /// Amplitude of the smooth warp, shares of the width.
    warp: f64,
}

const PLAIN: Film = Film { width: 1200, height: 480, seed: 1, streaks: 12, missing: 0.0, lean: 0.0, warp: 0.001 };

fn law(axis: &SweepAxis, mhz: f64) -> f64 {
    if axis.law == SweepLaw::Logarithmic { mhz.ln() } else { mhz }
}

/// A frame with frequency and height markers, with the true column of each marker on the middle row and the true row of
/// km zero.
fn draw(calibration: &Calibration, film: Film) -> (Frame, Vec<f64>, f64) {
    let mut random = Random(film.seed);
    let border = 30;
    let (w, h) = (film.width + 2 * border, film.height + 2 * border);
    let panel = PixelBox::new(border, border, film.width, film.height);
    let mut picture = GrayImage::from_pixel(w as u32, h as u32, Luma([12]));
    for y in panel.y..panel.bottom() {
        for x in panel.x..panel.right() {
            picture.put_pixel(x as u32, y as u32, Luma([(205.0 + 30.0 * (random.unit() - 0.5)) as u8]));
        }
    }
    let middle = f64::from(panel.y) + f64::from(panel.h - 1) / 2.0;
    let mut vertical = |x: f64, half: f64, tone: u8, from: i32, to: i32, density: f64, random: &mut Random| {
        for y in from.max(panel.y)..to.min(panel.bottom()) {
            let centre = x + film.lean * (f64::from(y) - middle);
            for column in (centre - half).round() as i32..=(centre + half).round() as i32 {
                if column >= panel.x && column < panel.right() && random.unit() < density {
                    picture.put_pixel(column as u32, y as u32, Luma([tone]));
                }
            }
        }
    };
    for _ in 0..film.streaks {
        let x = f64::from(panel.x) + random.unit() * f64::from(panel.w);
        let top = panel.y + (random.unit() * 0.5 * f64::from(panel.h)) as i32;
        let length = (random.unit() * f64::from(panel.h)) as i32;
        let half = 0.5 + 2.0 * random.unit();
        vertical(x, half, 70, top, top + length, 0.25 + 0.5 * random.unit(), &mut random);
    }
    let axis = &calibration.sweep;
    let share = (axis.span[0] + 3.0 * axis.span[1]) / 4.0;
    let span = share * f64::from(panel.w);
    let first = f64::from(panel.x) + (1.0 - share) * (0.3 + 0.4 * random.unit()) * f64::from(panel.w);
    let ends = (law(axis, axis.markers[0].mhz), law(axis, axis.markers[axis.markers.len() - 1].mhz));
    let truth: Vec<f64> = axis
        .markers
        .iter()
        .map(|marker| {
            let position = marker.position.unwrap_or_else(|| (law(axis, marker.mhz) - ends.0) / (ends.1 - ends.0));
            first + span * position + film.warp * f64::from(panel.w) * (position * 5.0).sin()
        })
        .collect();
    for &x in &truth {
        if random.unit() >= film.missing {
            let from = if random.unit() < 0.3 { panel.y + panel.h / 3 } else { panel.y };
            vertical(x, 1.0, 45, from, panel.bottom(), 0.95, &mut random);
        }
    }
    let height = &calibration.height;
    let step = (height.spacing_share[0] + height.spacing_share[1]) / 2.0 * f64::from(panel.h);
    let edge_steps = (height.edge_km.unwrap_or(height.start_km) - height.first_km) / height.spacing_km;
    let (edge, sign) = match height.direction {
        HeightDirection::Down => (f64::from(panel.y) - 0.5, 1.0),
        HeightDirection::Up => (f64::from(panel.bottom()) - 0.5, -1.0),
    };
    let zero = edge - sign * edge_steps * step;
    let mut k = 0;
    loop {
        let y = zero + sign * step * f64::from(k);
        if y < f64::from(panel.y) - step || y > f64::from(panel.bottom()) + step {
            break;
        }
        let strong = height.strong_every > 0 && (k as u32).is_multiple_of(height.strong_every);
        let inside = y > f64::from(panel.y) && y < f64::from(panel.bottom() - 1);
        for x in panel.x..panel.right() {
            for row in (y - 0.5).round() as i32..=(y + 0.5).round() as i32 {
                let tone = if inside { if strong { 60 } else { 120 } } else { 230 };
                let shown = inside || (k == 0 && height.zero_line);
                if shown && row >= 0 && row < h && random.unit() < 0.9 {
                    picture.put_pixel(x as u32, row as u32, Luma([tone]));
                }
            }
        }
        k += 1;
    }
    let frame = Frame {
        placement: Placement::whole(w as u32, h as u32),
        inverted: false,
        panel,
        class: FrameClass::Ionogram,
        evidence: FrameEvidence::default(),
        picture,
    };
    (frame, truth, zero)
}

/// Largest distance of a fitted marker from the truth in pixels, if a sweep was proved.
fn worst(grid: &Grid, truth: &[f64]) -> Option<f64> {
    grid.sweep.as_ref()?;
    Some(grid.frequency_markers.iter().zip(truth).map(|(marker, x)| (marker.fitted_px - x).abs()).fold(0.0, f64::max))
}

#[test]
fn marks_of_every_line_format_are_named() {
    for name in ["alouette1", "isis1", "isis2", "c4", "is14"] {
        let calibration = shipped_calibration(name).expect("shipped");
        for film in [
            PLAIN,
            Film { lean: 0.02, seed: 2, ..PLAIN },
            Film { missing: 0.15, streaks: 30, seed: 3, ..PLAIN },
            Film { width: 700, height: 300, seed: 4, warp: 0.002, ..PLAIN },
        ] {
            let (frame, truth, zero) = draw(&calibration, film);
            let grid = calibrate(&frame, &calibration, &CalibrateConfig::default());
            let off = worst(&grid, &truth);
            assert!(off.is_some_and(|off| off < 4.0), "{name} seed {}: {off:?} {}", film.seed, grid.reason);
            let range = grid.range.as_ref().unwrap_or_else(|| panic!("{name} seed {}: {}", film.seed, grid.reason));
            let first = calibration.height.first_km;
            let row = range.y_at(first, f64::from(film.width) / 2.0);
            assert!((row - zero).abs() < 3.0, "{name} seed {}: zero at {row:.1}, drawn at {zero:.1}", film.seed);
        }
    }
}

#[test]
fn crowded_films_are_named_rightly_or_not_at_all() {
    let mut named = 0;
    for name in ["alouette1", "isis2", "c4", "is14"] {
        let calibration = shipped_calibration(name).expect("shipped");
        for seed in 0..12 {
            let film =
                Film { width: 560, height: 220, seed: 100 + seed, streaks: 90, missing: 0.3, lean: 0.01, warp: 0.001 };
            let (frame, truth, _) = draw(&calibration, film);
            let grid = calibrate(&frame, &calibration, &CalibrateConfig::default());
            // A single marker may be taken for a streak beside it; another identity would move most of them.
            if grid.sweep.is_some() {
                named += 1;
                let near = grid
                    .frequency_markers
                    .iter()
                    .zip(&truth)
                    .filter(|(marker, x)| (marker.fitted_px - **x).abs() < 4.0)
                    .count();
                assert!(near * 10 >= truth.len() * 7, "{name} seed {seed}: {near} of {}", truth.len());
            }
        }
    }
    assert!(named > 12, "only {named} of 48 named");
}

#[test]
fn streaks_alone_are_no_marks() {
    for name in ["alouette1", "isis1", "isis2", "c4", "is14"] {
        let calibration = shipped_calibration(name).expect("shipped");
        for seed in 0..8 {
            let film = Film { width: 560, height: 220, seed: 500 + seed, streaks: 60, missing: 1.0, ..PLAIN };
            let (frame, _, _) = draw(&calibration, film);
            let grid = calibrate(&frame, &calibration, &CalibrateConfig::default());
            assert!(grid.sweep.is_none(), "{name} seed {seed}: margin {}", grid.identity_margin);
            assert!(!grid.reason.is_empty());
        }
    }
}

#[test]
fn a_format_without_marks_takes_its_limits() {
    let linear = shipped_calibration("linear").expect("shipped");
    let limited = with_limits(&linear, SweepLaw::Linear, 1.0, 8.475, 3.0, 750.0);
    let (width, height) = (300, 250);
    let frame = Frame {
        picture: GrayImage::from_pixel(width, height, Luma([255])),
        placement: Placement::whole(width, height),
        inverted: false,
        panel: PixelBox::new(0, 0, width as i32, height as i32),
        class: FrameClass::Ionogram,
        evidence: FrameEvidence::default(),
    };
    let grid = calibrate(&frame, &limited, &CalibrateConfig::default());
    assert_eq!(grid.origin, GridOrigin::Limits);
    assert_eq!(grid.reason, "");
    let (sweep, range) = (grid.sweep.expect("sweep"), grid.range.expect("range"));
    assert!((sweep.mhz_at(1.0, 0.0) - 1.025).abs() < 1e-9);
    assert!((range.km_at(0.0, 0.0) - 750.0).abs() < 1e-9 && (range.km_at(0.0, 249.0) - 3.0).abs() < 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_picture_is_survived(
        width in 1u32..160, height in 1u32..120, tone in 0u8..=255, grain in 0u8..=255, seed: u64,
        x in -20i32..100, y in -20i32..80, w in -5i32..200, h in -5i32..160, which in 0usize..7,
    ) {
        let name = ["alouette1", "isis1", "isis2", "ips42", "c4", "is14", "linear"][which];
        let calibration = shipped_calibration(name).expect("shipped");
        let mut random = Random(seed);
        let mut picture = GrayImage::from_pixel(width, height, Luma([tone]));
        picture.pixels_mut().for_each(|pixel| {
            pixel.0[0] = pixel.0[0].saturating_sub((random.unit() * f64::from(grain)) as u8);
        });
        let frame = Frame {
            picture,
            placement: Placement::whole(width, height),
            inverted: false,
            panel: PixelBox::new(x, y, w, h),
            class: FrameClass::Ionogram,
            evidence: FrameEvidence::default(),
        };
        let grid = calibrate(&frame, &calibration, &CalibrateConfig::default());
        let again = calibrate(&frame, &calibration, &CalibrateConfig::default());
        prop_assert_eq!(&grid, &again);
        prop_assert!(grid.is_complete() || !grid.reason.is_empty());
        for line in grid.vertical_lines.iter().chain(&grid.horizontal_lines) {
            prop_assert!(line.start_px.is_finite() && line.end_px.is_finite());
        }
        if let Some(sweep) = &grid.sweep {
            prop_assert!(sweep.curve.px.windows(2).all(|pair| pair[1] > pair[0]));
        }
    }
}
