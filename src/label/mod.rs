//! Labels the echoes of a bottomside panel: which pixel belongs to which component and layer, and where each characteristic stands.
//!
//! In: a copy of the panel, its axes, and the gyrofrequency. Out: [`EchoLabels`], on a raster of physical axes the probability of
//! each class of echo, and for each characteristic the probability of each frequency or height. A small convolutional network
//! says so; `training/` made its weights from simulated film alone.

mod exchange;
mod network;
mod panel;
mod plane;
mod posterior;
pub mod raster;
mod weights;

pub use exchange::{Outputs, Planes};
pub use network::{Network, Scratch};
pub use panel::PanelCopy;
pub use posterior::{Axis, Mode, Posterior};
pub use weights::{NetworkError, Shape};

use crate::kernel::logsum::exponential;
use crate::model::{CharacteristicName as Name, Grid, PixelBox};
use crate::physics::{o_of_x, x_of_o};
use raster::{BAND_MHZ, COLUMNS, ROWS, Raster, column_of, mhz_of, row_of};
use std::sync::LazyLock;

/// A class of echo. An echo of several classes, where traces overlap, has several high probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Normal E, ordinary.
    EO,
    /// Normal E, extraordinary.
    EX,
    /// Sporadic E, ordinary.
    EsO,
    /// Sporadic E, extraordinary.
    EsX,
    /// F region, ordinary.
    FO,
    /// F region, extraordinary.
    FX,
    /// Third component.
    Z,
    /// A multiple of any echo, or a mixed one.
    Multiple,
}

impl Class {
    /// All classes, in the order of the network's maps.
    pub const ALL: [Self; 8] = [Self::EO, Self::EX, Self::EsO, Self::EsX, Self::FO, Self::FX, Self::Z, Self::Multiple];
}

/// Characteristics that are frequencies, in the order of the network's outputs.
pub const FREQUENCIES: [Name; 7] = [Name::FoE, Name::FoF1, Name::FoF2, Name::FoEs, Name::FbEs, Name::Fmin, Name::FxI];
/// Characteristics that are heights.
pub const HEIGHTS: [Name; 4] = [Name::HE, Name::HEs, Name::HF, Name::HF2];

/// The shipped weights; `labeller.json` beside them says how they were trained.
static NETWORK: LazyLock<Network> = LazyLock::new(|| match Network::from_bytes(include_bytes!("labeller.weights")) {
    Ok(network) => network,
    Err(error) => panic!("the shipped weights of the labeller: {error}"),
});

/// What the labeller says of one frame.
#[derive(Debug, Clone)]
pub struct EchoLabels {
    /// What the network saw.
    pub raster: Raster,
    outputs: Outputs,
    posteriors: Vec<(Name, Posterior)>,
    /// Probability of spread F.
    pub spread: f64,
    /// Gyrofrequency at 300 km with which the frame was labelled, MHz.
    pub gyro_mhz: f64,
}

/// Labels a panel. Without both axes, or without a panel, there are no labels. Of several gyrofrequencies that one is taken under which foF2
/// and the X cusp agree best.
pub fn label(panel: &PanelCopy, grid: &Grid, band_mhz: [f64; 2], gyros_mhz: &[f64]) -> Option<EchoLabels> {
    let (sweep, range, picture) = (grid.sweep.as_ref()?, grid.range.as_ref()?, panel.picture()?);
    let to_copy = |mhz: f64, km: f64| {
        // A line of constant frequency leans, and so does one of constant height: two rounds are exact to far less than a pixel.
        let y = range.y_at(km, sweep.x_at(mhz, sweep.reference_y));
        let x = sweep.x_at(mhz, y);
        panel.place((x, range.y_at(km, x)))
    };
    let whole = PixelBox::new(0, 0, picture.width() as i32, picture.height() as i32);
    let raster = raster::raster(&picture, whole, band_mhz, to_copy);
    let mut all = gyros_mhz.iter().map(|&gyro_mhz| label_raster(raster.clone(), gyro_mhz));
    let first = all.next()?;
    Some(all.fold(first, |best, next| if next.pairing() > best.pairing() { next } else { best }))
}

/// Columns by which a doubtful raster is shifted for further views.
const VIEWS: [i64; 2] = [-9, 9];
/// Probability of the most probable reading of foF2 below which a raster is doubtful.
const SURE: f64 = 0.9;

/// Runs the network on a raster. One that leaves foF2 in doubt is seen again shifted along the logarithm of frequency, which is the same
/// ionogram over a station with another field, and the views are averaged.
pub fn label_raster(raster: Raster, gyro_mhz: f64) -> EchoLabels {
    let mut labels = view(&raster, gyro_mhz, 0);
    let sure = |posterior: &Posterior| {
        let mode = posterior.mode().map_or(0.0, |mode| mode.mass);
        (posterior.present * mode).max(1.0 - posterior.present)
    };
    if labels.posterior(Name::FoF2).is_some_and(|posterior| sure(posterior) < SURE) {
        let others = VIEWS.map(|columns| view(&raster, gyro_mhz, columns));
        for (i, (_, posterior)) in labels.posteriors.iter_mut().enumerate() {
            *posterior = posterior.averaged(others.iter().map(|other| &other.posteriors[i].1));
        }
        let count = 1.0 + others.len() as f32;
        for (columns, other) in VIEWS.into_iter().zip(&others) {
            labels.outputs.add_shifted(&other.outputs, -columns);
        }
        labels.outputs.divide(count);
        labels.spread = (labels.spread + others.iter().map(|other| other.spread).sum::<f64>()) / f64::from(count);
    }
    EchoLabels { raster, gyro_mhz, ..labels }
}

/// What the network says of a raster shifted by some columns; posteriors stand at their own place again, maps do not.
fn view(raster: &Raster, gyro_mhz: f64, columns: i64) -> EchoLabels {
    let step = mhz_of(1.0) / mhz_of(0.0);
    let gyro_mhz = gyro_mhz * step.powi(columns as i32);
    let shifted = raster.shifted(columns);
    let [x_of_o, o_of_x] = warped(&shifted, gyro_mhz);
    let planes = Planes::new(ROWS, COLUMNS, &[&shifted.levels, &x_of_o, &o_of_x], &shifted.valid);
    let outputs = match NETWORK.label(&planes) {
        Ok(outputs) => outputs,
        Err(error) => panic!("the shipped weights of the labeller: {error}"),
    };
    let frequency = FREQUENCIES.iter().enumerate();
    let frequency = frequency
        .map(|(i, &name)| (name, Posterior::from_logits(Axis::Frequency, outputs.frequency(i)).shifted(-columns)));
    let height = HEIGHTS.iter().enumerate();
    let height = height.map(|(i, &name)| (name, Posterior::from_logits(Axis::Height, outputs.height(i))));
    let posteriors = frequency.chain(height).collect();
    let spread = outputs.scalars().first().map_or(0.0, |&logit| f64::from(logistic(logit)));
    EchoLabels { raster: shifted, outputs, posteriors, spread, gyro_mhz }
}

/// The probability of a logit. The exponential is that of numbers up to zero.
fn logistic(logit: f32) -> f32 {
    let odds = exponential(-logit.abs());
    if logit < 0.0 { odds / (1.0 + odds) } else { 1.0 / (1.0 + odds) }
}

/// The raster as X would stand that belongs to O of each cell, and as O would that belongs to X: two relations of magnetoionic theory at the
/// place of reflection, fx (fx - fB) = fo^2.
fn warped(raster: &Raster, gyro_mhz: f64) -> [Vec<u8>; 2] {
    let of = |to: &dyn Fn(f64) -> f64| {
        let places: Vec<(usize, f64, bool)> = (0..COLUMNS)
            .map(|column| {
                let place = column_of(to(mhz_of(column as f64)));
                let low = place.floor().clamp(0.0, (COLUMNS - 2) as f64);
                (low as usize, (place - low).clamp(0.0, 1.0), (0.0..=(COLUMNS - 1) as f64).contains(&place))
            })
            .collect();
        let mut out = Vec::with_capacity(ROWS * COLUMNS);
        for row in raster.levels.chunks_exact(COLUMNS) {
            out.extend(places.iter().map(|&(low, part, inside)| {
                let (a, b) = (f64::from(row[low]), f64::from(row[low + 1]));
                if inside { (a + (b - a) * part + 0.5) as u8 } else { 128 }
            }));
        }
        out
    };
    [of(&|mhz| x_of_o(mhz, gyro_mhz)), of(&|mhz| o_of_x(mhz, gyro_mhz))]
}

impl EchoLabels {
    /// What is said of a characteristic; `None` if the labeller has no output for it.
    pub fn posterior(&self, name: Name) -> Option<&Posterior> {
        self.posteriors.iter().find(|(own, _)| *own == name).map(|(_, posterior)| posterior)
    }

    /// Probability that O and X end as one layer has them.
    fn pairing(&self) -> f64 {
        let (Some(o), Some(x)) = (self.posterior(Name::FoF2), self.posterior(Name::FxI)) else { return 0.0 };
        o.agreement(x, |mhz| x_of_o(mhz, self.gyro_mhz))
    }

    /// Probability that the cell at a frequency and height shows a class of echo.
    pub fn probability(&self, class: Class, mhz: f64, km: f64) -> f32 {
        let (column, row) = (column_of(mhz).round(), row_of(km).round());
        if !(0.0..COLUMNS as f64).contains(&column) || !(0.0..ROWS as f64).contains(&row) || mhz < BAND_MHZ[0] {
            return 0.0;
        }
        let cell = row as usize * COLUMNS + column as usize;
        self.outputs.map(class as usize).get(cell).map_or(0.0, |&logit| logistic(logit))
    }

    /// Probabilities of a class over the raster, row by row from the highest, as levels from 0 to 255.
    pub fn map(&self, class: Class) -> Vec<u8> {
        self.outputs.map(class as usize).iter().map(|&logit| (255.0 * logistic(logit) + 0.5) as u8).collect()
    }
}

#[cfg(test)]
impl EchoLabels {
    /// Labels that say exactly this: cells of classes (class, MHz, km) and values.
    pub(crate) fn exact(cells: impl Iterator<Item = (Class, f64, f64)>, values: &[(Name, f64)]) -> Self {
        use crate::kernel::reuse::Reused;
        const SURE: f32 = 8.0;
        let mut maps = Reused::filled(Class::ALL.len() * ROWS * COLUMNS, -SURE);
        for (class, mhz, km) in cells {
            let (column, row) = (column_of(mhz).round() as usize, row_of(km).round() as usize);
            for row in row.saturating_sub(1)..(row + 2).min(ROWS) {
                maps[(class as usize * ROWS + row) * COLUMNS + column.min(COLUMNS - 1)] = SURE;
            }
        }
        let posterior = |name: Name, axis: Axis, bins: usize, bin: fn(f64) -> f64| {
            let value = values.iter().find(|(own, _)| *own == name).map(|(_, value)| bin(*value));
            let logit = |i: usize| value.map_or(-SURE, |place| (-(i as f64 - place).powi(2)) as f32);
            let mut logits: Vec<f32> = (0..bins).map(logit).collect();
            logits.push(if value.is_some() { -SURE } else { SURE });
            (name, Posterior::from_logits(axis, &logits))
        };
        let frequency = FREQUENCIES.map(|name| posterior(name, Axis::Frequency, COLUMNS, column_of));
        let height = HEIGHTS.map(|name| posterior(name, Axis::Height, ROWS, row_of));
        let outputs = Outputs {
            rows: ROWS,
            columns: COLUMNS,
            maps,
            frequency: Reused::filled(0, 0.0),
            height: Reused::filled(0, 0.0),
            scalars: Reused::filled(0, 0.0),
        };
        let raster = Raster { levels: vec![128; ROWS * COLUMNS], valid: vec![1; ROWS * COLUMNS] };
        Self { raster, outputs, posteriors: frequency.into_iter().chain(height).collect(), spread: 0.0, gyro_mhz: 1.2 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_are_whole_and_fit_the_raster() {
        let raster = Raster { levels: vec![128; ROWS * COLUMNS], valid: vec![1; ROWS * COLUMNS] };
        let labels = label_raster(raster, 1.2);
        for name in FREQUENCIES.into_iter().chain(HEIGHTS) {
            assert!(
                labels.posterior(name).is_some_and(|posterior| posterior.present < 0.5),
                "{name:?}: nothing is shown"
            );
        }
    }

    #[test]
    fn a_shift_and_its_reverse_leave_the_middle_as_it_was() {
        let levels: Vec<u8> = (0..ROWS * COLUMNS).map(|cell| (cell * 7 % 251) as u8).collect();
        let raster = Raster { levels, valid: vec![1; ROWS * COLUMNS] };
        let back = raster.shifted(9).shifted(-9);
        for row in 0..ROWS {
            let middle = row * COLUMNS + 9..(row + 1) * COLUMNS - 9;
            assert_eq!(back.levels[middle.clone()], raster.levels[middle.clone()]);
            assert!(back.valid[middle].iter().all(|&valid| valid == 1));
        }
        assert_eq!(back.valid[COLUMNS - 1], 0, "what left the raster is not known");
    }

    #[test]
    fn logits_of_both_signs_have_their_probability() {
        for (logit, probability) in [(-8.0f32, 3.3535e-4), (-1.0, 0.268_94), (0.0, 0.5), (2.0, 0.8808)] {
            assert!((logistic(logit) - probability).abs() < 1e-3 * probability, "{logit}: {}", logistic(logit));
        }
    }

    #[test]
    fn planes_of_the_other_component_stand_where_theory_has_them() {
        let mut raster = Raster { levels: vec![0; ROWS * COLUMNS], valid: vec![1; ROWS * COLUMNS] };
        let (gyro_mhz, x_mhz) = (1.3, 7.0f64);
        let o_mhz = (x_mhz * (x_mhz - gyro_mhz)).sqrt();
        raster.levels[column_of(x_mhz).round() as usize] = 255;
        let [x_of_o, _] = warped(&raster, gyro_mhz);
        let found = (0..COLUMNS).max_by_key(|&column| x_of_o[column]).unwrap();
        assert!((found as f64 - column_of(o_mhz)).abs() < 1.0, "{found}");
    }
}
