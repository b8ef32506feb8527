//! A strip of film whose panels are no lighter than its gaps: height markers run through panels and end at the gaps.

use super::film::{Column, Film};
use super::ruled::{CLEAR, Grey, depths, scatter};
use image::GrayImage;

/// Fewest height markers that make a grid.
const RULINGS: usize = 3;

/// The columns of a film with dark lines on light ground that height markers cross; `None` if none does.
pub(super) fn measure(film: &GrayImage) -> Option<Film> {
    let (width, height) = (film.width() as usize, film.height() as usize);
    let block = (height / 24).max(4);
    let count = width / block;
    if count < 2 || height < 16 {
        return None;
    }
    let pixels = film.as_raw();
    let grey = Grey { along: width, lines: height, at: &|along, line| pixels[line * width + along] };
    let limit = CLEAR * scatter(&grey, block).max(0.5);
    let depth = depths(&grey, block, count);
    let shown = |line: usize, at: usize| depth[line * count + at] > limit;
    // A height marker goes on in the next block, if need be a line higher or lower: a digit or an echo does not.
    let goes_on = |line: usize, at: usize| (line - 1..=line + 1).any(|line| shown(line, at));
    let height_markers: Vec<Vec<usize>> = (0..count)
        .map(|at| {
            let (before, after) = (at.saturating_sub(1), (at + 1).min(count - 1));
            let height_marker = |line: usize| shown(line, at) && (goes_on(line, before) || at == before);
            let height_marker = |line: usize| height_marker(line) && (goes_on(line, after) || at == after);
            (1..height - 1).filter(|&line| height_marker(line) && !height_marker(line - 1)).collect()
        })
        .collect();
    let mut counts: Vec<usize> = height_markers.iter().map(Vec::len).collect();
    counts.sort_unstable();
    // Scratches and the film's own edges run through the gaps, too.
    let few = counts[count / 20];
    let many = counts[count - 1 - count / 5];
    if many < few + RULINGS {
        return None;
    }
    let least = (few + many).div_ceil(2).max(RULINGS);
    let (panels, gaps): (Vec<&Vec<usize>>, Vec<&Vec<usize>>) =
        height_markers.iter().partition(|lines| lines.len() >= least);
    let mut through = vec![0usize; height];
    gaps.iter().flat_map(|lines| lines.iter()).for_each(|&line| through[line] += 1);
    let own = |line: &&usize| (**line - 1..=**line + 1).all(|line| through[line] * 3 < gaps.len().max(1));
    let mut heights: Vec<usize> =
        panels.iter().filter_map(|lines| Some(lines.iter().rfind(own)? - lines.iter().find(own)?)).collect();
    heights.sort_unstable();
    let panel_height = *heights.get(heights.len() / 2)? as i32;
    let columns = (0..width)
        .map(|x| height_markers[(x / block).min(count - 1)].len() >= least)
        .map(|panel| if panel { Column::Panel } else { Column::Dark })
        .collect();
    Some(Film { columns, panel_height: panel_height.max(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rulings_tell_panels_from_gaps() {
        let starts = [60usize, 480, 850];
        let film = GrayImage::from_fn(1300, 200, |x, y| {
            let inside = starts.iter().any(|&start| (start..start + 330).contains(&(x as usize)));
            let height_marker = inside && (20..170).contains(&y) && y % 16 == 4;
            let scratch = y == 190;
            image::Luma([if height_marker || scratch { 150 } else { 200 + ((x * 7 + y * 13) % 5) as u8 }])
        });
        let found = measure(&film).unwrap();
        assert!((found.panel_height - 144).abs() <= 2, "{}", found.panel_height);
        let edges: Vec<usize> = (1..1300).filter(|&x| found.columns[x] != found.columns[x - 1]).collect();
        assert_eq!(edges.len(), 6, "{edges:?}");
        for (pair, start) in edges.chunks(2).zip(starts) {
            assert!(pair[0].abs_diff(start) <= 9 && pair[1].abs_diff(start + 330) <= 9, "{edges:?}");
        }
        assert_eq!(measure(&GrayImage::from_pixel(600, 200, image::Luma([90]))), None);
        assert_eq!(measure(&GrayImage::new(0, 0)), None);
    }
}
