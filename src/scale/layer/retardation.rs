//! How a layer delays an echo: the group path of both components through elementary layer shapes, from tables.
//!
//! A layer is written as true height against plasma frequency, h(u) with u = fN / fc. For the shapes used here the group
//! path without a magnetic field has a closed form in x = f / fc (Appleton and Beynon, Proc. Phys. Soc. 52, 1940):
//!
//! | shape | h(u) | virtual height gained |
//! |---|---|---|
//! | parabola, reflecting | 1 - sqrt(1 - u^2) | x/2 ln((1 + x) / (1 - x)) |
//! | linear in density, reflecting | u^2 | 2 x^2 |
//! | linear in plasma frequency, reflecting | u | pi/2 x |
//! | parabola, passed through | as above | x/2 ln((x + 1) / (x - 1)) |
//!
//! Heights are linear in the amounts of these shapes. The field multiplies each by a smooth function of x, of
//! Y = fB / fc and of the field's slope, computed once by quadrature of the group index (`physics`) and interpolated.
//! For the X component x is taken where it is reflected: x^2 = f (f - fB) / fc^2.

use crate::model::Mode;
use crate::physics::Plasma;
use std::sync::OnceLock;

/// The Earth's field over a station, at one height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::scale) struct Field {
    /// Gyrofrequency, MHz.
    pub(in crate::scale) gyro_mhz: f64,
    /// Square of the sine of the angle between the field and the vertical.
    pub(in crate::scale) sin2: f64,
}

/// Gyrofrequency of thin ionization below the F region over that at F heights.
const LOW_FIELD: f64 = 1.085;
/// The X wave is not followed nearer to the gyrofrequency than this, MHz.
const NEAREST_MHZ: f64 = 0.7;

impl Field {
    /// Virtual height gained in thin ionization, for each km MHz^2 of half its squared plasma frequency times its height. Where the density is small the index along the field is 1 - X / (2 (1 +- Y)), and the group index
    /// exceeds 1 by fN^2 / (2 (f +- fL)^2): X is slowed much more than O.
    pub(in crate::scale) fn thin(&self, mhz: f64, mode: Mode) -> f64 {
        let along = LOW_FIELD * self.gyro_mhz * (1.0 - self.sin2).max(0.0).sqrt();
        let away = if mode == Mode::X { (mhz - along).max(NEAREST_MHZ) } else { mhz + along };
        away.powi(-2)
    }
}

/// Shapes of which layers are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scale) enum Shape {
    /// Parabola that reflects the echo.
    Parabola,
    /// Density growing evenly with height up to the reflection.
    Linear,
    /// Lower half of a parabola that the echo passes on its way to a higher layer.
    Passed,
    /// Plasma frequency growing evenly with height up to the reflection.
    Slow,
}

const SHAPES: usize = 4;
/// Knots along x, dense towards the cusp.
const KNOTS: usize = 25;
/// Knots of Y.
const Y: [f64; 9] = [0.0, 0.08, 0.16, 0.26, 0.4, 0.6, 0.85, 1.2, 1.7];
/// Knots of the square of the field's slope.
const SIN2: [f64; 7] = [0.01, 0.05, 0.12, 0.25, 0.45, 0.7, 0.99];

/// Factor of the field for one Y and slope: component, shape, knot of x.
type Factors = [[[f64; KNOTS]; SHAPES]; MODES.len()];

/// Components, in the order of the tables.
const MODES: [Mode; 3] = [Mode::O, Mode::X, Mode::Z];

/// Each pair of knots when first asked for: a film needs but a few of them.
static TABLE: [[OnceLock<Box<Factors>>; Y.len()]; SIN2.len()] =
    [const { [const { OnceLock::new() }; Y.len()] }; SIN2.len()];

fn tabulated(row: usize, column: usize) -> &'static Factors {
    TABLE[row][column].get_or_init(|| Box::new(factors(Y[column], SIN2[row])))
}

/// Delays in one layer under one field.
#[derive(Debug, Clone)]
pub(in crate::scale) struct Retardation {
    critical_mhz: f64,
    gyro_mhz: f64,
    factors: Factors,
}

impl Retardation {
    /// For a layer of critical frequency `critical_mhz`.
    pub(in crate::scale) fn new(critical_mhz: f64, field: Field) -> Self {
        let (row, s) = place(&SIN2, field.sin2);
        let (column, t) = place(&Y, field.gyro_mhz / critical_mhz.max(1e-6));
        let [a, b, c, d] = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(i, j)| tabulated(row + i, column + j));
        let mut factors = [[[0.0; KNOTS]; SHAPES]; MODES.len()];
        for (mode, of_mode) in factors.iter_mut().enumerate() {
            for (shape, of_shape) in of_mode.iter_mut().enumerate() {
                let (a, b, c, d) = (&a[mode][shape], &b[mode][shape], &c[mode][shape], &d[mode][shape]);
                for (knot, factor) in of_shape.iter_mut().enumerate() {
                    let (lower, upper) = (a[knot] * (1.0 - t) + b[knot] * t, c[knot] * (1.0 - t) + d[knot] * t);
                    *factor = lower * (1.0 - s) + upper * s;
                }
            }
        }
        Self { critical_mhz, gyro_mhz: field.gyro_mhz, factors }
    }

    /// Frequency over the critical frequency of the component: below 1 the layer reflects. 0 where the X wave does not
    /// reach the layer at all.
    pub(in crate::scale) fn x(&self, mhz: f64, mode: Mode) -> f64 {
        match mode {
            Mode::X => (mhz * (mhz - self.gyro_mhz)).max(0.0).sqrt() / self.critical_mhz,
            Mode::Z => (mhz * (mhz + self.gyro_mhz)).sqrt() / self.critical_mhz,
            _ => mhz / self.critical_mhz,
        }
    }

    /// The same with how fast it grows with the frequency, 1 over MHz.
    pub(in crate::scale) fn x_and_slope(&self, mhz: f64, mode: Mode) -> (f64, f64) {
        let x = self.x(mhz, mode);
        let squared = 2.0 * self.critical_mhz * self.critical_mhz * x.max(1e-3);
        let slope = match mode {
            Mode::X => (2.0 * mhz - self.gyro_mhz) / squared,
            Mode::Z => (2.0 * mhz + self.gyro_mhz) / squared,
            Mode::O | Mode::Unknown => 1.0 / self.critical_mhz,
        };
        (x, slope)
    }

    /// How much the frequency that a density reflects changes with the gyrofrequency.
    pub(in crate::scale) fn by_gyro(&self, mhz: f64, mode: Mode) -> f64 {
        match mode {
            Mode::X => mhz / (2.0 * mhz - self.gyro_mhz).max(0.5 * mhz),
            Mode::Z => mhz / (2.0 * mhz + self.gyro_mhz),
            _ => 0.0,
        }
    }

    /// Virtual height gained at x in each of some shapes of 1 km, and its slope over x. At x = 1 the gain is infinite. The
    /// shapes are all reflecting or all passed.
    pub(in crate::scale) fn gains<const S: usize>(&self, shapes: [Shape; S], x: f64, mode: Mode) -> [(f64, f64); S] {
        let (share, knot) = knot_of(shapes[0], x);
        let rows = &self.factors[index(mode)];
        shapes.map(|shape| {
            let row = &rows[shape as usize];
            let factor = row[knot] * (1.0 - share) + row[knot + 1] * share;
            let (gain, slope) = closed(shape, x);
            (gain * factor, slope * factor)
        })
    }
}

/// Place of a component in [`MODES`].
fn index(mode: Mode) -> usize {
    match mode {
        Mode::O | Mode::Unknown => 0,
        Mode::X => 1,
        Mode::Z => 2,
    }
}

/// Gain without a field, and its slope over x.
fn closed(shape: Shape, x: f64) -> (f64, f64) {
    match shape {
        Shape::Parabola | Shape::Passed => {
            let logarithm = 0.5 * ((1.0 + x) / (1.0 - x)).abs().ln();
            (x * logarithm, logarithm + x / (1.0 - x * x))
        }
        Shape::Linear => (2.0 * x * x, 4.0 * x),
        Shape::Slow => (std::f64::consts::FRAC_PI_2 * x, std::f64::consts::FRAC_PI_2),
    }
}

/// Place between knots (share, index) of a shape at x. Knots run with the cusp at the end.
fn knot_of(shape: Shape, x: f64) -> (f64, usize) {
    let x = if shape == Shape::Passed { 1.0 / x.max(1e-6) } else { x };
    let t = (1.0 - (1.0 - x.clamp(0.0, 1.0)).sqrt()) * (KNOTS - 1) as f64;
    let knot = (t as usize).min(KNOTS - 2);
    (t - knot as f64, knot)
}

fn place(knots: &[f64], value: f64) -> (usize, f64) {
    let value = value.clamp(knots[0], knots[knots.len() - 1]);
    let i = knots.partition_point(|&knot| knot <= value).clamp(1, knots.len() - 1) - 1;
    (i, (value - knots[i]) / (knots[i + 1] - knots[i]))
}

/// Quadrature of the group index for fc = 1.
fn factors(y: f64, sin2: f64) -> Factors {
    let mut out = [[[1.0; KNOTS]; SHAPES]; MODES.len()];
    if y == 0.0 {
        return out;
    }
    for (m, mode) in MODES.into_iter().enumerate() {
        let [parabolas, linears, passing, slows] = &mut out[m];
        let shapes = parabolas.iter_mut().zip(linears).zip(passing).zip(slows);
        for (knot, (((parabola, linear), pass), slow)) in shapes.enumerate() {
            let t = (knot as f64 / (KNOTS - 1) as f64).clamp(0.02, 0.995);
            let x = 1.0 - (1.0 - t) * (1.0 - t);
            let exact = reflecting(x, mode, y, sin2);
            *parabola = exact.0 / closed(Shape::Parabola, x).0;
            *linear = exact.1 / closed(Shape::Linear, x).0;
            *slow = exact.2 / closed(Shape::Slow, x).0;
            *pass = passed(1.0 / x, mode, y, sin2) / closed(Shape::Passed, 1.0 / x).0;
        }
    }
    out
}

/// The frequency of a component that is reflected at the plasma frequency x.
fn frequency(x: f64, mode: Mode, y: f64) -> f64 {
    match mode {
        Mode::X => crate::physics::x_of_o(x, y),
        Mode::Z => crate::physics::x_of_o(x, y) - y,
        Mode::O | Mode::Unknown => x,
    }
}

const NODES: usize = 96;

/// Gains of the reflecting parabola and of the shapes linear in density and in plasma frequency. With u = x sin(a) the root at the reflection cancels; nodes
/// crowd there, where the O index still changes fast.
fn reflecting(x: f64, mode: Mode, gyro_mhz: f64, sin2: f64) -> (f64, f64, f64) {
    let mhz = frequency(x, mode, gyro_mhz);
    let (mut parabola, mut linear, mut slow) = (0.0, 0.0, 0.0);
    for i in 0..NODES {
        let v = (i as f64 + 0.5) / NODES as f64;
        let a = std::f64::consts::FRAC_PI_2 * (1.0 - v * v * v);
        let weight = std::f64::consts::FRAC_PI_2 * 3.0 * v * v / NODES as f64;
        let u = x * a.sin();
        let index = Plasma { plasma_mhz2: u * u, gyro_mhz, sin2 }.group_index(mhz, mode);
        let step = weight * index * x * a.cos();
        let slowed = step * u;
        slow += step;
        parabola += slowed / (1.0 - u * u).sqrt();
        linear += 2.0 * slowed;
    }
    (parabola, linear, slow)
}

/// Gain of the parabola that is passed. With u = sin(a) the root at the peak cancels.
fn passed(x: f64, mode: Mode, gyro_mhz: f64, sin2: f64) -> f64 {
    let mhz = frequency(x, mode, gyro_mhz);
    (0..NODES)
        .map(|i| {
            let v = (i as f64 + 0.5) / NODES as f64;
            let a = std::f64::consts::FRAC_PI_2 * (1.0 - v * v * v);
            let weight = std::f64::consts::FRAC_PI_2 * 3.0 * v * v / NODES as f64;
            let u = a.sin();
            weight * u * Plasma { plasma_mhz2: u * u, gyro_mhz, sin2 }.group_index(mhz, mode)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::physics::{Profile, Stratum};

    #[test]
    fn without_a_field_the_closed_forms_hold() {
        let none = Retardation::new(5.0, Field { gyro_mhz: 0.0, sin2: 0.3 });
        for (mhz, shape, gain) in
            [(2.5, Shape::Linear, 0.5), (2.5, Shape::Parabola, 0.274_653), (10.0, Shape::Passed, 1.098_612)]
        {
            assert!((none.gains([shape], mhz / 5.0, Mode::O)[0].0 - gain).abs() < 1e-5, "{shape:?}");
        }
        assert!(none.gains([Shape::Parabola], 1.0, Mode::O)[0].0.is_infinite());
    }

    #[test]
    fn thin_ionization_slows_as_the_index_has_it() {
        let field = Field { gyro_mhz: 1.2, sin2: 0.01 };
        for (mhz, mode) in [(2.5, Mode::O), (4.0, Mode::O), (3.0, Mode::X), (5.0, Mode::X)] {
            let plasma = Plasma { plasma_mhz2: 0.02, gyro_mhz: LOW_FIELD * field.gyro_mhz, sin2: field.sin2 };
            let exact = plasma.group_index(mhz, mode) - 1.0;
            let ours = 0.5 * plasma.plasma_mhz2 * field.thin(mhz, mode);
            assert!((ours / exact - 1.0).abs() < 0.05, "{mhz} {mode:?}: {ours} {exact}");
        }
    }

    #[test]
    fn the_tables_agree_with_the_exact_integral_away_from_cusps() {
        for (gyro, sin2, critical) in [(1.35, 0.12, 7.3), (0.98, 0.3, 3.4), (1.45, 0.06, 4.1), (0.9, 0.8, 9.0)] {
            let layer =
                Stratum { critical_mhz: critical, peak_km: 300.0, half_km: 90.0, scale_km: 60.0, scale_growth: 0.1 };
            let exact = Profile { strata: vec![layer], gyro_mhz: gyro, sin2, sounder_km: 0.0 };
            let table = Retardation::new(critical, Field { gyro_mhz: exact.gyro_at(270.0), sin2 });
            for share in [0.3, 0.5, 0.7, 0.85, 0.93] {
                for mode in [Mode::O, Mode::X] {
                    let mhz = frequency(share * critical, mode, exact.gyro_at(280.0));
                    let truth = exact.virtual_range(mhz, mode).unwrap();
                    let ours = 210.0 + 90.0 * table.gains([Shape::Parabola], table.x(mhz, mode), mode)[0].0;
                    assert!(
                        (ours - truth).abs() < 1.0 + 2.0 * f64::from(share > 0.8),
                        "{gyro} {sin2} {share} {mode:?}: {ours} {truth}"
                    );
                }
            }
        }
    }
}
