//! Ridge points: places where the amplitude is highest across a line, with the line's direction and contrast.

use super::TraceConfig;
use crate::kernel::gaussian::gaussian;
use crate::model::Echogram;

/// A ridge point in working pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Unit vector along the line.
    pub(super) along: (f32, f32),
    /// Curvature across the line in units of the local noise.
    pub(super) contrast: f32,
}

/// The ridge points of an echogram and where they are.
pub(super) struct Field {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Echogram pixels in one working pixel, across and down.
    pub(super) factor: (usize, usize),
    /// Index into `nodes` for each working pixel, `NONE` where there is no ridge point.
    pub(super) at: Vec<u32>,
    pub(super) nodes: Vec<Node>,
}

/// No node at a pixel.
pub(super) const NONE: u32 = u32::MAX;

/// Columns over which the noise is taken together, as a share of the picture.
const NOISE_BLOCKS: usize = 24;

/// Ridge points of the echogram; `None` if it is too small to hold a trace.
pub(super) fn detect(echogram: &Echogram, config: &TraceConfig) -> Option<Field> {
    let (w, h) = (echogram.amplitude.width() as usize, echogram.amplitude.height() as usize);
    let factor =
        ((w / config.working_columns.max(16) as usize).max(1), (h / config.working_rows.max(16) as usize).max(1));
    let (width, height) = (w / factor.0, h / factor.1);
    if width < 16 || height < 16 {
        return None;
    }
    let values = reduce(echogram.amplitude.as_raw(), w, factor, (width, height));
    let mut best = vec![Curvature::default(); width * height];
    for &sigma in &config.scales {
        let smooth = gaussian(&values, width, sigma);
        // Gamma-normalised with gamma 3/4 (Lindeberg, IJCV 30, 1998), so that a line answers most at its own width.
        measure(&smooth, width, sigma.powf(1.5), &mut best);
    }
    let noise = local_noise(&best, width, config);
    let mut at = vec![NONE; width * height];
    let mut nodes = Vec::new();
    for (index, found) in best.iter().enumerate() {
        let contrast = found.strength / noise[index % width];
        if found.strength > 0.0
            && found.offset.0.abs() <= 0.6
            && found.offset.1.abs() <= 0.6
            && contrast >= config.follow_contrast
        {
            at[index] = nodes.len() as u32;
            nodes.push(Node {
                x: (index % width) as f32 + found.offset.0,
                y: (index / width) as f32 + found.offset.1,
                along: found.along,
                contrast,
            });
        }
    }
    Some(Field { width, height, factor, at, nodes })
}

/// Means over `factor` pixels.
fn reduce(raw: &[u8], stride: usize, factor: (usize, usize), size: (usize, usize)) -> Vec<f32> {
    let scale = 1.0 / (factor.0 * factor.1) as f32;
    let mut out = Vec::with_capacity(size.0 * size.1);
    for y in 0..size.1 {
        let mut sums = vec![0u32; size.0];
        for row in raw[y * factor.1 * stride..].chunks_exact(stride).take(factor.1) {
            for (sum, part) in sums.iter_mut().zip(row.chunks_exact(factor.0)) {
                *sum += part.iter().map(|&value| u32::from(value)).sum::<u32>();
            }
        }
        out.extend(sums.iter().map(|&sum| sum as f32 * scale));
    }
    out
}

#[derive(Debug, Clone, Copy, Default)]
struct Curvature {
    strength: f32,
    along: (f32, f32),
    offset: (f32, f32),
}

/// Second derivatives at one scale; keeps at each pixel the scale with the stronger answer.
fn measure(smooth: &[f32], width: usize, normal: f32, best: &mut [Curvature]) {
    let height = smooth.len() / width;
    for y in 1..height - 1 {
        let above = &smooth[(y - 1) * width..y * width];
        let here = &smooth[y * width..(y + 1) * width];
        let below = &smooth[(y + 1) * width..(y + 2) * width];
        for x in 1..width - 1 {
            let gxx = here[x - 1] - 2.0 * here[x] + here[x + 1];
            let gyy = above[x] - 2.0 * here[x] + below[x];
            let trace = gxx + gyy;
            if trace >= 0.0 {
                continue;
            }
            let gxy = 0.25 * (above[x - 1] + below[x + 1] - above[x + 1] - below[x - 1]);
            // The eigenvalue of largest magnitude: the curvature across the line.
            let half = 0.5 * (gxx - gyy);
            let root = (half * half + gxy * gxy).sqrt();
            let curvature = 0.5 * trace - root;
            // What is as curved along as across is a spot; half of that curvature is taken off.
            let strength = -normal * (curvature - 0.5 * (0.5 * trace + root).min(0.0));
            let kept = &mut best[y * width + x];
            if strength <= kept.strength {
                continue;
            }
            let (nx, ny) = if gxy.abs() > 1e-6 {
                unit(curvature - gyy, gxy)
            } else if gxx <= gyy {
                (1.0, 0.0)
            } else {
                (0.0, 1.0)
            };
            let (gx, gy) = (0.5 * (here[x + 1] - here[x - 1]), 0.5 * (below[x] - above[x]));
            let step = -(gx * nx + gy * ny) / curvature;
            *kept = Curvature { strength, along: (-ny, nx), offset: (step * nx, step * ny) };
        }
    }
}

fn unit(x: f32, y: f32) -> (f32, f32) {
    let length = (x * x + y * y).sqrt().max(1e-9);
    (x / length, y / length)
}

/// Noise of the strengths for each column: their mean over the columns nearby, with strong answers clipped so that an
/// echo does not hide itself.
fn local_noise(best: &[Curvature], width: usize, config: &TraceConfig) -> Vec<f32> {
    let height = best.len() / width;
    let reach = (width / NOISE_BLOCKS / 2).max(1);
    let mut noise = vec![f32::MAX; width];
    // Twice is enough: the first mean counts echoes in full, the second clips them.
    for _ in 0..2 {
        let mut columns = vec![0.0f32; width];
        for row in best.chunks_exact(width) {
            for ((sum, found), level) in columns.iter_mut().zip(row).zip(&noise) {
                *sum += found.strength.min(4.0 * level);
            }
        }
        for (x, level) in noise.iter_mut().enumerate() {
            let around = &columns[x.saturating_sub(reach)..(x + reach + 1).min(width)];
            *level = (around.iter().sum::<f32>() / (around.len() * height) as f32).max(config.noise_floor);
        }
    }
    noise
}
