//! Whether the background's daily course is that of the film.

/// A value on the course: time in hours, and logarithms of the value and of what the background expects.
pub(super) type Place = (f64, f64, f64);

/// Change in 15 minutes and deviation that are nothing unusual, logarithms; and time in which a deviation fades, h.
const CHANGE: f64 = 0.04;
const SPREAD: f64 = 0.15;
const LIFE_HOURS: f64 = 5.0;
/// Longest time between two values that are compared, h.
const LONGEST_HOURS: f64 = 1.0;

/// The values, in order of time, vary less about the background's course than about their own median. A station or a clock
/// other than the frames say makes it worse than none.
pub(super) fn suits(places: &[Place]) -> bool {
    roughness(places, |place| place.1 - place.2) <= roughness(places, |place| place.1)
}

/// How much values change from one to the next and stray from their median, by the logarithm of heavy-tailed densities, so that
/// single wrong values do not decide.
fn roughness(places: &[Place], of: impl Fn(&Place) -> f64) -> f64 {
    let middle = super::median(places.iter().map(&of).collect());
    let pair = |pair: &[Place]| {
        let hours = (pair[1].0 - pair[0].0).max(0.01);
        let (change, stray) = (of(&pair[1]) - of(&pair[0]), of(&pair[1]) - middle);
        let moved = (change * change / (CHANGE * CHANGE * hours / 0.25)).ln_1p();
        let away = (stray * stray / (SPREAD * SPREAD)).ln_1p();
        if hours > LONGEST_HOURS { 0.0 } else { moved + hours / LIFE_HOURS * away }
    };
    places.windows(2).map(pair).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(value: impl Fn(f64) -> f64, expected: impl Fn(f64) -> f64) -> Vec<Place> {
        (0..96).map(|k| 0.25 * f64::from(k)).map(|hour| (hour, value(hour), expected(hour))).collect()
    }

    #[test]
    fn a_course_suits_at_its_own_time_of_day_only() {
        let course = |hour: f64| 0.4 * ((hour - 12.0) / 24.0 * std::f64::consts::TAU).cos();
        assert!(suits(&day(course, course)));
        assert!(suits(&day(|hour| course(hour) + 0.03 * (hour * 2.1).sin(), course)));
        assert!(suits(&day(|hour| if hour == 5.0 { 1.5 } else { course(hour) }, course)));
        assert!(!suits(&day(course, |hour| course(hour - 8.0))));
    }
}
