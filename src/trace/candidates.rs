//! The strongest ridge points of each column, linked or not.

use super::TraceConfig;
use super::detect::Field;
use crate::model::{Candidate, Candidates, PixelBox};

/// Ridge points in frame pixels: of each working column the strongest few.
pub(super) fn candidates(field: &Field, region: PixelBox, config: &TraceConfig) -> Candidates {
    let mut columns: Vec<Vec<u32>> = vec![Vec::new(); field.width];
    for (index, node) in field.nodes.iter().enumerate() {
        columns[(node.x.round() as usize).min(field.width - 1)].push(index as u32);
    }
    let mut points = Vec::new();
    for column in &mut columns {
        let strength = |index: &u32| field.nodes[*index as usize].contrast;
        column.sort_by(|a, b| strength(b).total_cmp(&strength(a)).then(a.cmp(b)));
        column.truncate(config.candidates);
        points.extend(column.iter().map(|&index| {
            let node = &field.nodes[index as usize];
            let (x, y) = field.place(node);
            Candidate::new(region.x as f32 + x, region.y as f32 + y, node.contrast, node.along)
        }));
    }
    Candidates { points }
}
