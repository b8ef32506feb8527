//! From the columns of a film to the panels on it: pieces are joined, split and dropped by what a panel may measure.

use super::FrameConfig;
use super::film::{Column, Film};

/// First and one past the last column of each panel, from left to right.
///
/// `aspect` is the smallest and largest width over height of a panel that the film format knows.
/// `split` cuts a piece that is longer than any panel, given its ends, where film without gaps shows its frames.
pub(super) fn panels(
    film: &Film,
    aspect: [f64; 2],
    config: &FrameConfig,
    split: impl Fn((i32, i32)) -> Vec<(i32, i32)>,
) -> Vec<(i32, i32)> {
    let height = f64::from(film.panel_height);
    let limits = aspect.map(|aspect| aspect * height);
    let whole = pieces(film, config);
    let longest = whole_width(&whole, limits).map_or(limits[1] * 1.1, |usual| usual * 1.5);
    let pieces: Vec<(i32, i32)> = whole
        .into_iter()
        .flat_map(|piece| if f64::from(piece.1 - piece.0) > longest { split(piece) } else { vec![piece] })
        .collect();
    let Some(usual) = usual_width(&pieces, limits) else { return Vec::new() };
    joined(&pieces, usual, config)
}

/// Stretches of panel between gaps that are dark from edge to edge, or clear.
fn pieces(film: &Film, config: &FrameConfig) -> Vec<(i32, i32)> {
    let shortest_gap = (config.strip_gap_width * film.panel_height as f32).ceil().max(2.0) as usize;
    let longest_dim = (config.gap_width * 3.0 * film.panel_height as f32) as usize;
    let mut found = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let (mut dark, mut other) = (0, 0);
    for (x, column) in film.columns.iter().enumerate() {
        match column {
            Column::Panel => {
                open = Some(open.map_or((x, x + 1), |(start, _)| (start, x + 1)));
                (dark, other) = (0, 0);
            }
            Column::Dark => dark += 1,
            Column::Dim => other += 1,
            Column::Clear => dark += 1,
        }
        if (dark >= shortest_gap || dark + other > longest_dim)
            && let Some((start, end)) = open.take()
        {
            found.push((start as i32, end as i32));
        }
    }
    found.extend(open.map(|(start, end)| (start as i32, end as i32)));
    found
}

/// The usual panel width, or the least that the format knows if there are but parts of panels.
fn usual_width(pieces: &[(i32, i32)], limits: [f64; 2]) -> Option<f64> {
    if pieces.is_empty() { None } else { Some(whole_width(pieces, limits).unwrap_or(limits[0])) }
}

/// The usual width of the pieces that are as wide as a panel may be.
fn whole_width(pieces: &[(i32, i32)], [narrow, wide]: [f64; 2]) -> Option<f64> {
    let mut widths: Vec<i32> = pieces
        .iter()
        .map(|(start, end)| end - start)
        .filter(|&width| f64::from(width) >= narrow * 0.9 && f64::from(width) <= wide * 1.1)
        .collect();
    widths.sort_unstable();
    let middle = *widths.get(widths.len() / 2)?;
    // Panels of a film are alike: those near the middle, so that one odd piece does not count.
    let near: Vec<i32> = widths.into_iter().filter(|width| (width - middle).abs() * 8 <= middle).collect();
    near.get(near.len() / 2).map(|&width| f64::from(width))
}

/// Joins neighbouring pieces to panels of about the usual width: the assignment of least cost along the film.
fn joined(pieces: &[(i32, i32)], usual: f64, config: &FrameConfig) -> Vec<(i32, i32)> {
    const MOST_PIECES: usize = 12;
    // Leaving a piece out costs its width; a panel costs its stray from the usual width and the gaps inside it.
    let mut best: Vec<(f64, usize, bool)> = vec![(0.0, 0, false)];
    for last in 1..=pieces.len() {
        let (start, end) = pieces[last - 1];
        let mut choice = (best[last - 1].0 + f64::from(end - start) / usual, last - 1, false);
        for first in (last.saturating_sub(MOST_PIECES)..last).rev() {
            let width = f64::from(end - pieces[first].0);
            if width > usual * 2.0 && first + 1 < last {
                break;
            }
            let gaps: i32 = pieces[first..last].windows(2).map(|pair| pair[1].0 - pair[0].1).sum();
            let stray = (width - usual).abs() / usual;
            if width < usual * f64::from(config.least_panel_share) {
                continue;
            }
            let cost = best[first].0 + stray * 0.6 + 2.0 * f64::from(gaps) / usual;
            if cost < choice.0 {
                choice = (cost, first, true);
            }
        }
        best.push(choice);
    }
    let mut found = Vec::new();
    let mut last = pieces.len();
    while last > 0 {
        let (_, first, is_panel) = best[last];
        if is_panel {
            found.push((pieces[first].0, pieces[last - 1].1));
        }
        last = first;
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(text: &str) -> Film {
        let columns = text
            .chars()
            .flat_map(|c| {
                let column = match c {
                    '#' => Column::Panel,
                    '-' => Column::Dim,
                    'o' => Column::Clear,
                    _ => Column::Dark,
                };
                [column; 10]
            })
            .collect();
        Film { columns, panel_height: 100 }
    }

    fn found(text: &str) -> Vec<(i32, i32)> {
        panels(&film(text), [1.5, 3.0], &FrameConfig::default(), |piece| vec![piece])
            .into_iter()
            .map(|(a, b)| (a / 10, b / 10))
            .collect()
    }

    #[test]
    fn panels_of_irregular_pitch() {
        assert_eq!(
            found(".####################..####################......####################."),
            [(1, 21), (23, 43), (49, 69)]
        );
    }

    #[test]
    fn interference_does_not_split_and_leader_does_not_count() {
        assert_eq!(
            found(".####################...########.###########..oooooooooo..####################"),
            [(1, 21), (24, 44), (58, 78)]
        );
        assert_eq!(found("..###...####################..##..####################"), [(8, 28), (34, 54)]);
        assert_eq!(found("........"), []);
        assert_eq!(found(""), []);
    }
}
