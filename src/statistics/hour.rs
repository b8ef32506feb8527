//! The sounding that stands for an hour.

/// The sounding chosen for an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourlyCell {
    /// The full hour, in the unit of the times.
    pub hour: i64,
    /// Index of the sounding.
    pub index: usize,
}

/// Chooses for each full hour the sounding nearest to it, at most `tolerance` away; of two equally near ones the first.
/// Times, in order, and the result are in milliseconds.
pub fn on_the_hour(times: impl IntoIterator<Item = i64>, tolerance: i64) -> Vec<HourlyCell> {
    const HOUR: i64 = 3_600_000;
    let mut chosen: Vec<(HourlyCell, i64)> = Vec::new();
    for (index, time) in times.into_iter().enumerate() {
        let hour = (time + HOUR / 2).div_euclid(HOUR) * HOUR;
        let distance = (time - hour).abs();
        if distance > tolerance {
            continue;
        }
        let cell = HourlyCell { hour, index };
        match chosen.last_mut() {
            Some((last, least)) if last.hour == hour => {
                if distance < *least {
                    (*last, *least) = (cell, distance);
                }
            }
            _ => chosen.push((cell, distance)),
        }
    }
    chosen.into_iter().map(|(cell, _)| cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_sounding_stands_for_the_hour() {
        fn t(minutes: &[i64], expected: &[(i64, usize)]) {
            let cells = on_the_hour(minutes.iter().map(|minute| minute * 60_000), 600_000);
            let cells: Vec<(i64, usize)> = cells.iter().map(|cell| (cell.hour / 3_600_000, cell.index)).collect();
            assert_eq!(cells, expected, "{minutes:?}");
        }
        t(&[0, 15, 30, 45, 60], &[(0, 0), (1, 4)]);
        t(&[5, 20, 35, 50], &[(0, 0), (1, 3)]);
        t(&[-8, 7, 67], &[(0, 1), (1, 2)]);
        t(&[-5, 5], &[(0, 0)]);
        t(&[-60], &[(-1, 0)]);
        t(&[20, 40], &[]);
    }
}
