//! Where the columns of a text table are: from the labels above them and from the text itself.

use super::text::TextColumns;

/// Words with the column at which they begin.
pub(crate) fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = line;
    let mut column = 0;
    std::iter::from_fn(move || {
        let blank = rest.len() - rest.trim_start().len();
        column += rest[..blank].chars().count();
        rest = &rest[blank..];
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, later) = rest.split_at(length);
        let at = column;
        column += word.chars().count();
        rest = later;
        (!word.is_empty()).then_some((at, word))
    })
}

/// Most columns by which cells can stand beside their label.
const WIDEST: usize = 16;

/// Columns at which the cells begin, and the end of the last, for labels that begin at `starts` (two at least). All labels
/// stand alike over their cells, so one shift against the labels fits all: the one at which most cells can be read,
/// fewest words are torn or spread over two cells, and `lead` words stand before the first cell and one at most behind the
/// last; of equals the middle one.
pub(crate) fn edges(starts: &[usize], lines: &[&str], lead: usize, is_cell: impl Fn(&str) -> bool) -> Vec<usize> {
    let (Some(&first), Some(&last)) = (starts.first(), starts.last()) else { return Vec::new() };
    let pitch = ((last - first) / (starts.len() - 1).max(1)).max(1);
    let edges = |shift: i64| -> Vec<usize> {
        let place = |start: usize| usize::try_from(start as i64 + shift).unwrap_or(0);
        starts.iter().map(|&start| place(start)).chain([place(last + pitch)]).collect()
    };
    // A few dozen rows tell the shift.
    let sample: Vec<TextColumns<'_>> =
        lines.iter().filter(|line| !line.trim().is_empty()).take(40).map(|line| TextColumns::new(line)).collect();
    let cost = |shift: i64, most: usize| -> usize {
        let edges = edges(shift);
        let mut cost = 0;
        for line in &sample {
            if cost > most {
                break;
            }
            let is_torn = |edge: usize| {
                let mut pair = line.field(edge.saturating_sub(1), edge + 1).chars();
                let (before, behind) = (pair.next().unwrap_or(' '), pair.next().unwrap_or(' '));
                // A cell ends with letters, and the next begins with digits.
                let is_natural = !before.is_ascii_digit() && behind.is_ascii_digit();
                edge > 0 && !before.is_whitespace() && !behind.is_whitespace() && !is_natural
            };
            cost += 20 * edges.iter().filter(|&&edge| is_torn(edge)).count();
            let before = line.field(0, edges[0]).split_whitespace().count();
            let behind = line.field(edges[edges.len() - 1], usize::MAX).split_whitespace().count();
            cost += 30 * (before.abs_diff(lead) + behind.saturating_sub(1));
            for pair in edges.windows(2) {
                let text = line.field(pair[0], pair[1]);
                if !text.trim().is_empty() {
                    cost += 2 + 8 * usize::from(!is_cell(text));
                }
            }
        }
        cost
    };
    // Labels stand over their cells even where columns are wide.
    let most = pitch.min(WIDEST) as i64;
    let mut least = usize::MAX;
    let mut best: Vec<i64> = Vec::new();
    let mut shifts: Vec<i64> = (-most..=most).collect();
    // The best are near, and the others need not be looked at to the end.
    shifts.sort_by_key(|shift| shift.abs());
    for shift in shifts {
        let now = cost(shift, least);
        if now < least {
            (least, best) = (now, Vec::new());
        }
        if now == least {
            best.push(shift);
        }
    }
    best.sort_unstable();
    edges(best.get(best.len() / 2).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::text::field;

    #[test]
    fn cells_are_cut_where_no_word_is_torn() {
        let lines = ["  1   36UR  34 F    A    5     1", "  2  136UR         34 F  5     2"];
        let starts = [6, 12, 18, 24];
        let edges = edges(&starts, &lines, 1, |text| !text.trim().starts_with(['F', 'R']));
        let cells: Vec<&str> = edges.windows(2).map(|pair| field(lines[1], pair[0], pair[1]).trim()).collect();
        assert_eq!(cells, ["136UR", "", "34 F", "5"]);
        assert_eq!(words(" a  bc").collect::<Vec<_>>(), [(1, "a"), (4, "bc")]);
    }
}
