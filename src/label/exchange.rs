//! What enters and what leaves the network.

use crate::kernel::reuse::Reused;

/// What enters: planes of a raster, row by row.
#[derive(Debug, Clone)]
pub struct Planes {
    pub(super) count: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) values: Reused<f32>,
}

impl Planes {
    /// Pictures of grey values, and at last the mask, in which all but zero is valid. A plane that is too short goes on
    /// in grey 0, a mask as not valid; what is too much is left out.
    pub fn new(rows: usize, columns: usize, pictures: &[&[u8]], mask: &[u8]) -> Self {
        let (count, size) = (pictures.len() + 1, rows * columns);
        let mut values = Reused::filled(count * size, -1.0);
        let (to_pictures, to_mask) = values.split_at_mut(pictures.len() * size);
        for (plane, picture) in to_pictures.chunks_exact_mut(size.max(1)).zip(pictures) {
            plane.iter_mut().zip(*picture).for_each(|(value, &grey)| *value = f32::from(grey) / 127.5 - 1.0);
        }
        to_mask.fill(0.0);
        to_mask.iter_mut().zip(mask).for_each(|(value, &valid)| *value = f32::from(u8::from(valid != 0)));
        Self { count, rows, columns, values }
    }
}

/// What leaves: logits.
#[derive(Debug, Clone)]
pub struct Outputs {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) maps: Reused<f32>,
    pub(super) frequency: Reused<f32>,
    pub(super) height: Reused<f32>,
    pub(super) scalars: Reused<f32>,
}

impl Outputs {
    /// A map, row by row.
    pub fn map(&self, index: usize) -> &[f32] {
        part(&self.maps, index, self.rows * self.columns)
    }

    /// Of a characteristic that is a frequency: each column of the raster, and at last that the frame does not show it.
    pub fn frequency(&self, index: usize) -> &[f32] {
        part(&self.frequency, index, self.columns + 1)
    }

    /// Of a characteristic that is a height: each row of the raster, and at last that the frame does not show it.
    pub fn height(&self, index: usize) -> &[f32] {
        part(&self.height, index, self.rows + 1)
    }

    /// Adds the maps of another frame, moved by some columns; what leaves them repeats its own value.
    pub(super) fn add_shifted(&mut self, other: &Self, columns: i64) {
        let width = self.columns as i64;
        let rows = self.maps.chunks_exact_mut(self.columns.max(1)).zip(other.maps.chunks_exact(other.columns.max(1)));
        for (to, from) in rows {
            for (column, value) in to.iter_mut().enumerate() {
                *value += from[(column as i64 - columns).clamp(0, width - 1) as usize];
            }
        }
    }

    /// Divides the maps.
    pub(super) fn divide(&mut self, count: f32) {
        self.maps.iter_mut().for_each(|value| *value /= count);
    }

    /// Further numbers.
    pub fn scalars(&self) -> &[f32] {
        &self.scalars
    }
}

/// One of several equal parts; of one too many nothing.
fn part(values: &[f32], index: usize, length: usize) -> &[f32] {
    values.chunks_exact(length.max(1)).nth(index).unwrap_or_default()
}
