//! What the characters of this very page look like: the same type prints the same shape hundreds of times, and sure readings
//! show it. Doubtful readings are weighed by how well their ink agrees with those shapes.

use super::cells::ReadCell;
use super::line::Line;
use super::strip::ROWS;

/// Columns of a shape: about as many as a character takes.
const COLUMNS: usize = 12;
/// Probability from which on a reading teaches.
const SURE: f32 = 0.98;
/// Times that a character must have been read surely to have a shape.
const LEAST: usize = 4;
/// Weight of a shape's distance, in logarithms of probability for once the usual distance; tried on pages of 40 typefaces.
const WEIGHT: f32 = 4.0;
/// Most that a pixel counts, so that a speck or a hole does not decide.
const MOST: f32 = 3.0;

/// Most that a character's distance counts, in usual distances.
const LARGEST: f32 = 3.0;

/// Distances from all shapes by place, in half pixels.
type Fits = Vec<(i64, Vec<f32>)>;

/// The shapes of a page by character.
struct Shapes {
    means: Vec<Option<Vec<f32>>>,
    /// Usual distance of a character from its shape.
    usual: f32,
}

/// Weighs the choices of all cells by the shapes that their sure readings show.
pub(super) fn weigh(lines: &[Line], cells: &mut [ReadCell]) {
    let Some(shapes) = Shapes::learn(lines, cells) else { return };
    for cell in cells.iter_mut().filter(|cell| !cell.is_summary) {
        let Some(line) = lines.get(cell.line) else { continue };
        let total: f32 = cell.choices.iter().map(|choice| choice.2).sum();
        let mut known = Fits::new();
        for (choice, places) in cell.choices.iter_mut().zip(&cell.places) {
            choice.2 *= shapes.agreement(line, &choice.0, places, &mut known).exp();
        }
        let weighed: f32 = cell.choices.iter().map(|choice| choice.2).sum();
        // How well the ink is explained at all stays as it was.
        let scale = if weighed > 0.0 { total / weighed } else { 0.0 };
        cell.choices.iter_mut().for_each(|choice| choice.2 *= scale);
        cell.choices.sort_by(|a, b| b.2.total_cmp(&a.2));
    }
}

impl Shapes {
    fn learn(lines: &[Line], cells: &[ReadCell]) -> Option<Self> {
        let mut sums: Vec<(usize, Vec<f32>)> = vec![(0, vec![0.0; COLUMNS * ROWS]); 128];
        let mut sure: Vec<(usize, Vec<f32>)> = Vec::new();
        for cell in cells {
            let (Some(line), Some(choice), Some(places)) =
                (lines.get(cell.line), cell.choices.first(), cell.places.first())
            else {
                continue;
            };
            for (c, &place) in choice.0.bytes().zip(places).filter(|_| choice.2 >= SURE) {
                let Some(shape) = shape(line, place, 0) else { continue };
                let (count, sum) = sums.get_mut(usize::from(c))?;
                *count += 1;
                sum.iter_mut().zip(&shape).for_each(|(sum, value)| *sum += value);
                sure.push((usize::from(c), shape));
            }
        }
        let means: Vec<Option<Vec<f32>>> = sums
            .into_iter()
            .map(|(count, sum)| (count >= LEAST).then(|| sum.into_iter().map(|value| value / count as f32).collect()))
            .collect();
        let own = |(c, shape): &(usize, Vec<f32>)| means[*c].as_ref().map(|mean| distance(shape, mean));
        let mut distances: Vec<f32> = sure.iter().filter_map(own).collect();
        distances.sort_by(f32::total_cmp);
        let usual = distances.get(distances.len() / 2).copied()?;
        (usual > 0.0).then_some(Self { means, usual })
    }

    /// How much worse than the shapes that fit best the characters of a text agree with theirs, as a logarithm of probability:
    /// print that wear spoilt agrees badly with every shape, which says nothing.
    fn agreement(&self, line: &Line, text: &str, places: &[f32], known: &mut Fits) -> f32 {
        let loss = |(c, &place): (u8, &f32)| -> f32 {
            let column = (2.0 * place).round() as i64;
            let at = known.iter().position(|fit| fit.0 == column).unwrap_or_else(|| {
                known.push((column, self.fits(line, place)));
                known.len() - 1
            });
            let Some((_, fits)) = known.get(at) else { return 0.0 };
            let best = fits.iter().copied().fold(f32::MAX, f32::min);
            // A character that the page did not show surely may look like any.
            let own = fits.get(usize::from(c)).copied().filter(|far| *far < f32::MAX).unwrap_or(best);
            -WEIGHT * ((own - best).max(0.0) / self.usual).min(LARGEST)
        };
        text.bytes().zip(places).map(loss).sum()
    }

    /// Distances of the ink around a place from all shapes.
    fn fits(&self, line: &Line, place: f32) -> Vec<f32> {
        let beside: Vec<Vec<f32>> = [-1, 0, 1].into_iter().filter_map(|shift| shape(line, place, shift)).collect();
        let far = |mean: &Vec<f32>| beside.iter().map(|shape| distance(shape, mean)).fold(f32::MAX, f32::min);
        self.means.iter().map(|mean| mean.as_ref().map_or(f32::MAX, far)).collect()
    }
}

/// The ink around a place of a line, with mean zero and standard deviation one; `shift` in columns.
fn shape(line: &Line, place: f32, shift: i64) -> Option<Vec<f32>> {
    let ink = line.around(place, shift, COLUMNS)?;
    let count = ink.len() as f32;
    let mean = ink.iter().sum::<f32>() / count;
    let variance = ink.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / count;
    let scale = 1.0 / variance.sqrt().max(0.08);
    Some(ink.iter().map(|value| (value - mean) * scale).collect())
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| ((a - b) * (a - b)).min(MOST)).sum::<f32>() / a.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::page::ink::Ink;
    use crate::table::page::lines::TextLine;

    /// Boxes and bars in turn, every 20 pixels, the last box with a hole.
    fn line() -> Line {
        let mut picture = image::GrayImage::new(400, 60);
        for number in 0..18u32 {
            for (x, y) in (0..9).flat_map(|x| (20..40).map(move |y| (x, y))) {
                let is_ink = if number % 2 == 0 {
                    !(2..=6).contains(&x) || !(23..=36).contains(&y)
                } else {
                    (3..6).contains(&x)
                };
                let is_hole = number == 16 && y > 36 && x > 3;
                picture.put_pixel(20 + 20 * number + x, y, image::Luma([if is_ink && !is_hole { 255 } else { 0 }]));
            }
        }
        Line::new(&Ink { picture }, TextLine { top: 19.5, foot: 39.5 })
    }

    #[test]
    fn a_spoilt_character_is_known_by_the_others_of_its_kind() {
        let line = line();
        let cell = |number: usize, choices: &[(&str, f32)]| ReadCell {
            index: number,
            is_summary: false,
            choices: choices
                .iter()
                .map(|(text, probability)| ((*text).to_owned(), Default::default(), *probability))
                .collect(),
            line: 0,
            places: vec![vec![24.5 + 20.0 * number as f32]; choices.len()],
        };
        let mut cells: Vec<ReadCell> =
            (0..16).map(|number| cell(number, &[if number % 2 == 0 { ("0", 0.99) } else { ("1", 0.99) }])).collect();
        cells.push(cell(16, &[("1", 0.6), ("0", 0.4)]));
        weigh(&[line], &mut cells);
        let read = &cells[16].choices[0];
        assert!(read.0 == "0" && read.2 > 0.9, "{:?}", cells[16].choices);
        assert!((cells[16].choices.iter().map(|choice| choice.2).sum::<f32>() - 1.0).abs() < 1e-3);
    }
}
