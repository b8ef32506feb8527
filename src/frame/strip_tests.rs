//! Strips drawn from simple panels, with the true frames known.

use super::*;
use crate::engine::shipped_calibration;
use crate::kernel::invert::invert;
use crate::kernel::shrink::shrink;

/// What a test strip shows, in pixels of a film 600 high.
#[derive(Clone)]
struct Strip {
    /// Panel width and the dark gap before it, for each frame.
    frames: Vec<(i32, i32)>,
    /// Grey of each panel, repeated.
    tones: Vec<u8>,
    /// Clear leader of that length before this frame.
    leader: Option<(usize, i32)>,
    /// Rows by which the band sinks over the whole strip.
    sink: i32,
    /// A line of text under each panel.
    captions: bool,
    /// Standard spread of the grain.
    grain: i32,
    /// Width of a black column of interference in each panel.
    interference: i32,
}

const HEIGHT: i32 = 600;
const TOP: i32 = 70;
const PANEL: i32 = 420;

fn regular(count: usize) -> Strip {
    Strip {
        frames: vec![(1000, 60); count],
        tones: vec![210],
        leader: None,
        sink: 0,
        captions: true,
        grain: 8,
        interference: 20,
    }
}

fn drawn(strip: &Strip) -> (GrayImage, Vec<(i32, i32)>) {
    let mut x = 0;
    let mut panels = Vec::new();
    let mut leader = (0, 0);
    for (index, &(width, gap)) in strip.frames.iter().enumerate() {
        if let Some((at, length)) = strip.leader.filter(|(at, _)| *at == index) {
            leader = (x + 30, x + 30 + length);
            x += length + 60;
            debug_assert_eq!(at, index);
        }
        x += gap;
        panels.push((x, x + width));
        x += width;
    }
    let length = x + 60;
    let mut state = 12345u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as i32
    };
    let mut picture = GrayImage::new(length as u32, HEIGHT as u32);
    for y in 0..HEIGHT {
        let mut next = 0;
        for x in 0..length {
            while next < panels.len() && panels[next].1 <= x {
                next += 1;
            }
            let top = TOP + strip.sink * x / length;
            let (px, py) = (panels.get(next).map_or(-1, |panel| x - panel.0), y - top);
            let tone = i32::from(strip.tones[next % strip.tones.len()]);
            let value = if x >= leader.0 && x < leader.1 {
                240
            } else if px >= 0 && (0..PANEL).contains(&py) {
                let height_marker = py % 40 < 2 && py > 10;
                let marker = px % 90 < 3;
                let trace = (py - 120 - px / 8).abs() < 6 && px > 200 && px < 700;
                let interference = (500..500 + strip.interference).contains(&px) && py > 30;
                if trace || marker || interference {
                    tone / 5
                } else if height_marker {
                    tone / 2
                } else {
                    tone
                }
            } else if strip.captions && (200..520).contains(&px) && (PANEL + 25..PANEL + 45).contains(&py) {
                if px % 20 < 9 && px % 80 < 60 { 200 } else { 15 }
            } else if (8..24).contains(&y) && x % 48 < 20 {
                70
            } else {
                15
            };
            let noise = (random() + random() - 255) * strip.grain / 104;
            picture.put_pixel(x as u32, y as u32, image::Luma([(value + noise).clamp(0, 255) as u8]));
        }
    }
    (picture, panels)
}

/// Each panel lies in one box whose edges stand in the gaps (a hundredth of the width may be missing), and no box is
/// left over.
fn assert_found(name: &str, picture: &GrayImage, panels: &[(i32, i32)]) {
    let calibration = shipped_calibration("isis2").unwrap();
    let factor = picture.height().div_ceil(256);
    let boxes = find_frames(&shrink(picture, factor), factor, &calibration, &FrameConfig::default());
    let edges: Vec<(i32, i32)> = boxes.iter().map(|b| (b.x, b.right())).collect();
    assert_eq!(edges.len(), panels.len(), "{name}: {edges:?}, expected around {panels:?}");
    for (index, (found, panel)) in edges.iter().zip(panels).enumerate() {
        let slack = (panel.1 - panel.0) / 100;
        assert!(found.0 <= panel.0 + slack && found.1 >= panel.1 - slack, "{name}: {found:?} cuts {panel:?}");
        let before = index.checked_sub(1).map_or(0, |index| panels[index].1);
        let after = panels.get(index + 1).map_or(picture.width() as i32, |next| next.0);
        assert!(found.0 >= before - slack && found.1 <= after + slack, "{name}: {found:?} reaches beyond {panel:?}");
    }
}

#[test]
fn strips_of_every_kind_give_their_frames() {
    let widths = [1000, 985, 1010, 990, 1005, 1000, 995, 1012];
    let gaps = [20, 60, 45, 300, 33, 80, 25, 140];
    let frames: Vec<(i32, i32)> = widths.into_iter().zip(gaps).collect();
    let base = regular(8);
    let table: Vec<(&str, Strip)> = vec![
        ("regular", base.clone()),
        ("one frame", regular(1)),
        ("irregular pitch", Strip { frames: frames.clone(), ..base.clone() }),
        ("exposures", Strip { tones: vec![230, 110, 170, 80], ..base.clone() }),
        ("clear leader", Strip { leader: Some((4, 2500)), frames: frames.clone(), ..base.clone() }),
        ("leader first", Strip { leader: Some((0, 1800)), ..base.clone() }),
        ("band sinks", Strip { sink: 60, ..base.clone() }),
        ("band rises", Strip { sink: -60, ..base.clone() }),
        ("grain", Strip { grain: 30, ..base.clone() }),
        ("no captions", Strip { captions: false, frames, ..base }),
    ];
    for (name, strip) in table {
        let (mut picture, panels) = drawn(&strip);
        assert_found(name, &picture, &panels);
        invert(&mut picture);
        assert_found(&format!("{name}, negative"), &picture, &panels);
    }
}

#[test]
fn film_without_gaps_is_cut_at_its_seams() {
    let strip = Strip { frames: vec![(1000, 0); 6], interference: 5, ..regular(0) };
    let (picture, panels) = drawn(&strip);
    assert_found("no gaps", &picture, &panels);
}

#[test]
fn film_without_frames_has_none() {
    let calibration = shipped_calibration("alouette1").unwrap();
    for picture in [GrayImage::new(0, 0), GrayImage::new(5000, 200), GrayImage::from_pixel(3, 7, image::Luma([255]))] {
        assert_eq!(find_frames(&picture, 4, &calibration, &FrameConfig::default()), []);
    }
}
