//! From strength to ink: what the receiver and the display make of the cells.

use super::super::interference::Interference;
use super::super::random::Random;
use super::super::wear::Wear;
use super::noise::{Cheap, foreign, ground, hiss, impulses, loudness, stations};
use super::style::Style;
use super::video::Video;

/// Adds everything that is no echo and turns the strength of each cell into ink, 0 to 1.
pub(super) fn receive(video: &mut Video, style: &Style, wear: &Wear, interference: &Interference, random: &mut Random) {
    let loud = loudness(video, interference, random);
    stations(video, style, &interference.carriers, random);
    impulses(video, style, interference, random);
    ground(video, style, random);
    foreign(video, style, random);
    let mut cheap = Cheap::new(random);
    let (rows, columns) = (video.rows, video.mhz.len());
    let spike = video.cells(style.spike_km);
    let keep = 1.0 - 1.0 / video.cells(style.differentiated.1) as f32;
    let grey_rows: Vec<f32> = (0..rows).map(|_| style.grey[2] * random.normal() as f32).collect();
    let closed = (((style.closed_km - video.low_km) / video.cell_km).max(0.0) as usize).min(rows);
    let mut lost = 0;
    for (column, cells) in video.strength.chunks_mut(rows).enumerate() {
        if lost == 0 && random.chance(0.004 * style.lost) {
            lost = 1 + random.index(4);
        }
        if lost > 0 {
            lost -= 1;
            cells.fill(0.0);
            continue;
        }
        hiss(cells, style, wear, (loud[column], spike), &mut cheap);
        if style.differentiated.0 > 0.0 {
            differentiate(cells, style.differentiated.0, keep);
        }
        let fall = style.slope * column as f32 / columns as f32;
        let mean = cells.iter().sum::<f32>() / rows as f32;
        let knee = style.knee + fall + style.gain_control * mean;
        // The gain control whitens the background of a loud column.
        let grey =
            style.grey[0] * (1.0 - 2.0 * style.gain_control * mean).max(0.0) + style.grey[1] * random.normal() as f32;
        let mut weave = style.hum[1] * column as f32;
        for (cell, grey_row) in cells.iter_mut().zip(&grey_rows) {
            let ink = ((*cell - knee) / style.soft).clamp(0.0, 1.0);
            let ink = ink * ink * (3.0 - 2.0 * ink);
            let mut grey = grey + grey_row;
            if style.grey[3] > 0.0 {
                grey += style.grey[3] * (cheap.share() + cheap.share() - 1.0);
            }
            if style.hum[0] > 0.0 {
                weave += style.hum[2];
                grey += style.hum[0] * (2.0 * weave.rem_euclid(1.0) - 1.0).abs();
            }
            let grey = grey.clamp(0.0, 1.0);
            *cell = grey + (1.0 - grey) * ink;
        }
        cells[..closed].fill(0.0);
    }
}

/// Takes a share of the running mean away, so that steady signals fade and leading edges stay.
fn differentiate(cells: &mut [f32], share: f32, keep: f32) {
    let mut mean = cells[0];
    for cell in cells {
        let value = *cell;
        *cell = value - share * mean;
        mean = keep * mean + (1.0 - keep) * value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_differentiated_echo_keeps_its_leading_edge() {
        let mut cells: Vec<f32> = (0..60).map(|i| if (20..50).contains(&i) { 0.8 } else { 0.0 }).collect();
        differentiate(&mut cells, 1.0, 0.8);
        assert_eq!(cells[20], 0.8);
        assert!(cells[19] == 0.0 && cells[45] < 0.05 && cells[52] < 0.0);
    }
}
