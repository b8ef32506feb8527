//! The most probable sequence of caption readings: time runs one way on a stretch of film, stations change rarely,
//! and a frame whose caption contradicts all its neighbours is left unread rather than believed.

use super::clock::{ClockConfig, Step, step};

/// A reading that a frame could have.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TimeCandidate {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(super) seconds: i64,
    /// Station code, if the caption has one.
    pub(super) station: Option<String>,
    /// Probability on the frame's own evidence.
    pub(super) probability: f64,
}

/// The reading chosen for a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Choice {
    /// Index into the frame's candidates.
    pub(super) candidate: usize,
    /// +1 if time runs with the order of the frames here, -1 if against it.
    pub(super) direction: i8,
    /// How the frame joins the chosen frame before it, if there is one.
    pub(super) joined: Option<Step>,
}

/// Frames that may be left unread between two that are read.
const REACH: usize = 12;

/// What the decoder is told beside the candidates.
pub(super) struct Setting<'a> {
    pub(super) clock: &'a ClockConfig,
    /// Usual interval between frames in seconds, 0 if unknown.
    pub(super) interval_s: f64,
    /// Smallest unit of the captions in seconds.
    pub(super) resolution_s: f64,
    /// Chance that the station changes from one frame to the next.
    pub(super) station_change: f64,
    /// Smallest probability given to the possibility that none of a frame's readings is right.
    pub(super) unread_floor: f64,
}

/// Chooses a reading, or none, for each frame (Viterbi search over readings and directions, with steps over up to
/// [`REACH`] unread frames).
pub(super) fn decode(frames: &[Vec<TimeCandidate>], setting: &Setting<'_>) -> Vec<Option<Choice>> {
    let unread: Vec<f64> = frames
        .iter()
        .map(|candidates| {
            let read: f64 = candidates.iter().map(|candidate| candidate.probability).sum();
            (1.0 - read).max(setting.unread_floor).ln()
        })
        .collect();
    let mut skipped = vec![0.0; frames.len() + 1];
    for (k, cost) in unread.iter().enumerate() {
        skipped[k + 1] = skipped[k] + cost;
    }
    // A reading says more than "unread" by the factor by which it narrows the time: one second out of the whole span.
    let narrowing = setting.clock.splice_span_s.ln();
    let fresh_start = -narrowing;
    // score[k][2 * candidate + direction]
    let mut score: Vec<Vec<f64>> = Vec::with_capacity(frames.len());
    let mut from: Vec<Vec<Option<(usize, usize, Step)>>> = Vec::with_capacity(frames.len());
    for (k, candidates) in frames.iter().enumerate() {
        let mut row = Vec::with_capacity(candidates.len() * 2);
        let mut back = Vec::with_capacity(candidates.len() * 2);
        for candidate in candidates {
            for direction in [1i8, -1] {
                let mut best = skipped[k] + fresh_start + 0.5f64.ln();
                let mut source = None;
                for i in (k.saturating_sub(REACH)..k).rev() {
                    let between = skipped[k] - skipped[i + 1];
                    for (node, before) in score[i].iter().enumerate() {
                        let earlier = &frames[i][node / 2];
                        let run = if node % 2 == 0 { 1i8 } else { -1 };
                        let seconds = (candidate.seconds - earlier.seconds) * i64::from(direction);
                        let (log_step, kind) =
                            step(setting.clock, seconds as f64, k - i, setting.interval_s, setting.resolution_s);
                        let turn = if run == direction || kind == Step::Splice {
                            0.0
                        } else {
                            setting.clock.turn_share.max(1e-9).ln()
                        };
                        let station = if earlier.station == candidate.station || kind == Step::Splice {
                            0.0
                        } else {
                            setting.station_change.max(1e-9).ln()
                        };
                        let total = before + between + log_step + turn + station;
                        if total > best {
                            best = total;
                            source = Some((i, node, kind));
                        }
                    }
                }
                row.push(best + candidate.probability.max(1e-12).ln() + narrowing);
                back.push(source);
            }
        }
        score.push(row);
        from.push(back);
    }
    let mut end: Option<(usize, usize)> = None;
    let mut best = skipped[frames.len()];
    for (k, row) in score.iter().enumerate() {
        for (node, value) in row.iter().enumerate() {
            let total = value + skipped[frames.len()] - skipped[k + 1];
            if total > best {
                best = total;
                end = Some((k, node));
            }
        }
    }
    let mut chosen = vec![None; frames.len()];
    while let Some((k, node)) = end {
        let source = from[k][node];
        chosen[k] = Some(Choice {
            candidate: node / 2,
            direction: if node % 2 == 0 { 1 } else { -1 },
            joined: source.map(|(_, _, kind)| kind),
        });
        end = source.map(|(i, before, _)| (i, before));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(times: &[&[(i64, f64)]]) -> Vec<Vec<TimeCandidate>> {
        times
            .iter()
            .map(|readings| {
                readings
                    .iter()
                    .map(|&(seconds, probability)| TimeCandidate { seconds, station: None, probability })
                    .collect()
            })
            .collect()
    }

    fn chosen(times: &[&[(i64, f64)]]) -> Vec<Option<i64>> {
        let clock = ClockConfig::default();
        let setting =
            Setting { clock: &clock, interval_s: 18.0, resolution_s: 1.0, station_change: 0.01, unread_floor: 1e-4 };
        let frames = frames(times);
        decode(&frames, &setting)
            .iter()
            .zip(&frames)
            .map(|(choice, candidates)| choice.map(|choice| candidates[choice.candidate].seconds))
            .collect()
    }

    #[test]
    fn the_sequence_overrules_a_confident_misreading() {
        let read = chosen(&[&[(0, 0.99)], &[(618, 0.9), (18, 0.08)], &[(36, 0.99)], &[(54, 0.99)]]);
        assert_eq!(read, [Some(0), Some(18), Some(36), Some(54)]);
    }

    #[test]
    fn a_reading_that_fits_nowhere_is_left_out() {
        let read = chosen(&[&[(0, 0.99)], &[(18, 0.99)], &[(90_000_036, 0.98)], &[(54, 0.99)], &[(72, 0.99)]]);
        assert_eq!(read, [Some(0), Some(18), None, Some(54), Some(72)]);
    }

    #[test]
    fn reversed_stretches_and_splices_are_followed() {
        let read = chosen(&[
            &[(54, 0.99)],
            &[(36, 0.7), (39, 0.3)],
            &[(18, 0.99)],
            &[(5_000_000, 0.99)],
            &[(5_000_018, 0.9)],
            &[(5_000_036, 0.9)],
        ]);
        assert_eq!(read, [Some(54), Some(36), Some(18), Some(5_000_000), Some(5_000_018), Some(5_000_036)]);
    }

    #[test]
    fn unrelated_frames_keep_their_own_best_reading() {
        let read = chosen(&[&[(1_000_000, 0.97), (1_000_060, 0.02)], &[(90_000, 0.95)], &[(40_000_000, 0.96)]]);
        assert_eq!(read, [Some(1_000_000), Some(90_000), Some(40_000_000)]);
    }

    #[test]
    fn no_frames_and_no_readings_are_fine() {
        assert!(chosen(&[]).is_empty());
        assert_eq!(chosen(&[&[], &[]]), [None, None]);
    }
}
