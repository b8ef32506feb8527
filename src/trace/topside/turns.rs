//! Where a topside ridge turns back it becomes another echo.

use crate::model::Ridge;

/// Parts a ridge where it turns back to lower frequencies. Toward the peak of the layer an echo's range grows with its
/// frequency; the ground, which is seen through the layer, comes nearer with frequency, and the two must not be one.
pub(in crate::trace) fn cut_where_it_turns_back(ridge: Ridge) -> Vec<Ridge> {
    let points = &ridge.points;
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let tip = (0..points.len()).fold(0, |tip, i| if points[i].x > points[tip].x { i } else { tip });
    if points[tip].x - first.x.max(last.x) < TURN {
        return vec![ridge];
    }
    let (before, after) = points.split_at(tip + 1);
    let parts = [before, after].into_iter().filter(|part| part.len() >= TAIL);
    parts.map(|part| Ridge { points: part.to_vec(), contrast: ridge.contrast }).collect()
}

/// How far both ends of a ridge must lie before its highest frequency for it to have turned back, frame pixels.
const TURN: f32 = 6.0;

/// Points below which a part is none.
const TAIL: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TracePoint;

    #[test]
    fn the_ground_is_parted_from_the_echo_that_it_touches() {
        let at = |(x, y): (f32, f32)| TracePoint { x, y, edge_y: y, amplitude: 200 };
        let echo = (0..50).map(|i| at((i as f32, 100.0 + (i * i) as f32 / 20.0)));
        let ground = (0..40).map(|i| at((50.0 - i as f32 / 2.0, 230.0 + 4.0 * i as f32)));
        let ridge = |points: Vec<TracePoint>| Ridge { points, contrast: 7.0 };
        let parts = cut_where_it_turns_back(ridge(echo.clone().chain(ground).collect()));
        assert_eq!(parts.iter().map(|part| part.points.len()).collect::<Vec<_>>(), [51, 39]);
        assert_eq!(cut_where_it_turns_back(ridge(echo.collect())).len(), 1);
        assert!(cut_where_it_turns_back(ridge(Vec::new())).is_empty());
    }
}
