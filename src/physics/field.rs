//! The Earth's magnetic field over a place, by the International Geomagnetic Reference Field of the fourteenth generation
//! (Alken and others 2021, Earth, Planets and Space 73, describe the model).

use std::sync::LazyLock;

/// Degrees of the expansion.
const DEGREES: usize = 13;

/// Radius of the sphere that the coefficients refer to, km.
const RADIUS_KM: f64 = 6371.2;

/// Gyrofrequency of an electron for each nT: e / (2 pi m), MHz.
const MHZ_PER_NT: f64 = 2.799_249e-5;

/// The field at one place and time, as the waves of a sounder feel it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// Electron gyrofrequency, MHz.
    pub gyro_mhz: f64,
    /// Dip, degrees: positive where the field points down.
    pub dip_deg: f64,
}

impl Field {
    /// The field at a geodetic latitude and longitude (degrees north and east), a height over the ellipsoid (km) and a decimal
    /// year, which is held within 1900 to 2030.
    pub fn at(latitude: f64, longitude: f64, km: f64, year: f64) -> Self {
        let [north, east, down] = components_nt(latitude, longitude, km, year);
        let level = north.hypot(east);
        Self { gyro_mhz: MHZ_PER_NT * level.hypot(down), dip_deg: down.atan2(level).to_degrees() }
    }

    /// Square of the sine of the angle between the field and the vertical, which the equations of the waves want.
    pub fn sin2(&self) -> f64 {
        self.dip_deg.to_radians().cos().powi(2)
    }
}

/// The model's table.
struct Model {
    years: Vec<f64>,
    /// Degree, order (negative for the sines) and the coefficient of each year, nT.
    terms: Vec<(usize, i32, Vec<f64>)>,
}

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let mut rows = include_str!("igrf14.txt").lines().filter(|line| !line.starts_with('#'));
    let numbers = |row: &str| row.split_whitespace().filter_map(|cell| cell.parse().ok()).collect::<Vec<f64>>();
    let years = rows.next().map(numbers).unwrap_or_default();
    let terms = rows.map(numbers).filter(|row| row.len() == years.len() + 2);
    let terms = terms.map(|row| (row[0] as usize, row[1] as i32, row[2..].to_vec())).collect();
    Model { years, terms }
});

/// The field to north, to east and down, nT, by the local vertical of the ellipsoid.
fn components_nt(latitude: f64, longitude: f64, km: f64, year: f64) -> [f64; 3] {
    // Semi-axes of WGS 84, km.
    const MAJOR: f64 = 6378.137;
    const MINOR: f64 = 6_356.752_314_2;
    let (sin, cos) = latitude.clamp(-89.9999, 89.9999).to_radians().sin_cos();
    let normal = MAJOR * MAJOR / (MAJOR * cos).hypot(MINOR * sin);
    let (out, up) = ((normal + km) * cos, (normal * (MINOR / MAJOR).powi(2) + km) * sin);
    let r = out.hypot(up);
    // Colatitude on the sphere.
    let (sin_theta, cos_theta) = (out / r, up / r);
    let legendre = legendre(cos_theta, sin_theta);
    let (interval, share) = interval(year);
    let (mut radial, mut south, mut east) = (0.0, 0.0, 0.0);
    for (degree, order, values) in &MODEL.terms {
        let (n, m) = (*degree, order.unsigned_abs() as usize);
        let coefficient = values[interval] + share * (values[interval + 1] - values[interval]);
        let (sine, cosine) = (m as f64 * longitude.to_radians()).sin_cos();
        // A sine term turns into a cosine, with its sign, by the derivative to east.
        let (wave, slope) = if *order < 0 { (sine, cosine) } else { (cosine, -sine) };
        let fall = (RADIUS_KM / r).powi(n as i32 + 2);
        let (p, dp) = legendre[n][m];
        radial += (n as f64 + 1.0) * fall * coefficient * wave * p;
        south -= fall * coefficient * wave * dp;
        east -= fall * coefficient * m as f64 * slope * p / sin_theta;
    }
    // From the sphere's vertical to that of the ellipsoid.
    let (sin_turn, cos_turn) = (sin * sin_theta - cos * cos_theta, cos * sin_theta + sin * cos_theta);
    let (north, down) = (-south, -radial);
    [north * cos_turn + down * sin_turn, east, down * cos_turn - north * sin_turn]
}

/// Index of the year of the table before a year, and how far the year lies on the way to the next.
fn interval(year: f64) -> (usize, f64) {
    let years = &MODEL.years;
    let last = years.len().saturating_sub(2);
    let i = years.iter().rposition(|&start| start <= year).unwrap_or(0).min(last);
    (i, ((year - years[i]) / (years[i + 1] - years[i])).clamp(0.0, 1.0))
}

/// Schmidt semi-normalised Legendre functions by degree and order, and their derivatives to the colatitude (Langel, in
/// Geomagnetism, ed. Jacobs, 1987).
fn legendre(cos: f64, sin: f64) -> [[(f64, f64); DEGREES + 1]; DEGREES + 1] {
    let mut table = [[(0.0, 0.0); DEGREES + 1]; DEGREES + 1];
    table[0][0] = (1.0, 0.0);
    for n in 1..=DEGREES {
        for m in 0..=n {
            let (nf, mf) = (n as f64, m as f64);
            table[n][m] = if n == m {
                let (p, dp) = table[n - 1][n - 1];
                let factor = if n == 1 { 1.0 } else { ((2.0 * nf - 1.0) / (2.0 * nf)).sqrt() };
                (factor * sin * p, factor * (cos * p + sin * dp))
            } else {
                let (p, dp) = table[n - 1][m];
                let (q, dq) = if n > 1 { table[n - 2][m] } else { (0.0, 0.0) };
                let below = ((nf - 1.0).powi(2) - mf * mf).max(0.0).sqrt();
                let norm = (nf * nf - mf * mf).sqrt();
                let lead = 2.0 * nf - 1.0;
                ((lead * cos * p - below * q) / norm, (lead * (cos * dp - sin * p) - below * dq) / norm)
            };
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    // Computed by the Python package ppigrf 2.1.0 from the same coefficients.
    #[test]
    fn ten_places_and_years_agree_with_another_program() {
        for ([latitude, longitude, km, year], [gyro_mhz, dip_deg]) in [
            ([51.5, -0.6, 300.0, 1957.0], [1.16432, 66.7001]),
            ([67.4, 26.6, 110.0, 1962.0], [1.39346, 76.6262]),
            ([-12.0, -75.3, 300.0, 1970.0], [0.67880, 2.1432]),
            ([-77.8, 166.7, 0.0, 1985.0], [1.79096, -81.7069]),
            ([40.0, -105.3, 300.0, 1948.0], [1.36644, 68.0229]),
            ([0.0, 0.0, 90.0, 1999.0], [0.83519, -27.3991]),
            ([30.5, 114.4, 400.0, 2010.0], [1.12119, 45.5760]),
            ([-42.9, 147.3, 300.0, 1930.0], [1.51858, -71.7523]),
            ([89.0, 10.0, 300.0, 2022.0], [1.40152, 87.9531]),
            ([-54.5, 158.9, 250.0, 2029.0], [1.58176, -78.7742]),
        ] {
            let field = Field::at(latitude, longitude, km, year);
            assert!((field.gyro_mhz - gyro_mhz).abs() < 1e-3, "{latitude} {year}: {field:?}");
            assert!((field.dip_deg - dip_deg).abs() < 1e-3, "{latitude} {year}: {field:?}");
        }
    }

    #[test]
    fn years_outside_the_table_are_held_at_its_ends() {
        let at = |year: f64| Field::at(60.0, 25.0, 300.0, year);
        assert_eq!(at(1800.0), at(1900.0));
        assert_eq!(at(2050.0), at(2030.0));
        assert!(at(1950.0) != at(1952.5) && (0.0..0.1).contains(&at(1952.5).sin2()));
    }
}
