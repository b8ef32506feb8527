//! The file of weights: magic, length of the header, header in JSON, tensors as 32-bit floats.
//! `training/model.py` writes it.

use super::plane::Separable;
use crate::kernel::block::Blocks;
use crate::kernel::convolve::TAPS;
use crate::kernel::depthwise::Channels;
use serde::Deserialize;

/// First bytes of a file of weights; the number at the end is that of the format.
const MAGIC: &[u8] = b"IONOLBL1";
/// Largest header, bytes; one of two dozen layers has 3,000.
const LARGEST_HEADER: usize = 1 << 20;
/// Most rows and columns of a raster, and what they are multiples of: the network halves four times.
const LARGEST_SIDE: usize = 1024;
const SIDE_STEP: usize = 16;
/// Most channels of a layer, and most planes, maps or names of outputs.
const MOST_CHANNELS: usize = 512;
const MOST_OUTPUTS: usize = 64;

/// Why a network cannot be read or run.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The magic is missing.
    #[error("not a file of weights: it does not begin with IONOLBL1")]
    Magic,
    /// The file ends before its header or its tensors do.
    #[error("file of weights is cut off in {0}")]
    Short(String),
    /// Bytes follow the last tensor.
    #[error("file of weights has {0} bytes after its last tensor")]
    Long(usize),
    /// The header is not what it should be.
    #[error("header of the file of weights: {0}")]
    Header(#[from] serde_json::Error),
    /// A size of the header is out of its range.
    #[error("header of the file of weights: {name} is {value}, expected {expected}")]
    Size {
        /// Which size.
        name: &'static str,
        /// Its value.
        value: usize,
        /// What it may be.
        expected: String,
    },
    /// A layer is missing, superfluous or another than the network has.
    #[error("header of the file of weights: layer {found} where the network has {expected}")]
    Layer {
        /// The layer of the header.
        found: String,
        /// The layer of the network.
        expected: String,
    },
    /// A tensor holds a value that is no number.
    #[error("weights of layer {0} are not finite")]
    NotFinite(String),
    /// The planes of a frame are not those of the network.
    #[error("network for {expected} values was given {found}")]
    Planes {
        /// Planes, rows and columns of the network.
        expected: String,
        /// Those of the frame.
        found: String,
    },
}

/// Sizes of what enters and leaves a network, and the names of its outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Rows of the raster.
    pub rows: usize,
    /// Columns of the raster.
    pub columns: usize,
    /// Planes of the raster, the last of them the mask.
    pub planes: usize,
    /// Maps that leave.
    pub maps: usize,
    /// Characteristics that are frequencies.
    pub frequency: Vec<String>,
    /// Characteristics that are heights.
    pub height: Vec<String>,
    /// Further numbers.
    pub scalars: Vec<String>,
}

/// The header as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    rows: usize,
    columns: usize,
    planes: usize,
    maps: usize,
    frequency: Vec<String>,
    height: Vec<String>,
    scalars: Vec<String>,
    layers: Vec<Entry>,
}

/// A layer of the header.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    kind: Kind,
    r#in: usize,
    out: usize,
    stride: usize,
    residual: bool,
    relu: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Conv,
    Depthwise,
    Pointwise,
    Linear,
}

/// Reads the layers of a file one after the other.
pub(super) struct Reader<'a> {
    layers: std::vec::IntoIter<Entry>,
    tensors: &'a [u8],
}

/// What a convolution of the network does beside its sums.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Every other pixel, ReLU.
    Halving,
    /// ReLU.
    Plain,
    /// The input added, ReLU.
    Residual,
    /// Only the sums.
    Linear,
}

impl<'a> Reader<'a> {
    /// Reads and checks the header.
    pub(super) fn open(bytes: &'a [u8]) -> Result<(Shape, Self), NetworkError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(NetworkError::Magic)?;
        let short = || NetworkError::Short("its header".to_owned());
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
        let length = u32::from_le_bytes(*length) as usize;
        within("header's length", length, 1, LARGEST_HEADER)?;
        let (text, tensors) = rest.split_at_checked(length).ok_or_else(short)?;
        let Header { rows, columns, planes, maps, frequency, height, scalars, layers } = serde_json::from_slice(text)?;
        for (name, value) in [("rows", rows), ("columns", columns)] {
            within(name, value, SIDE_STEP, LARGEST_SIDE)?;
            if value % SIDE_STEP != 0 {
                return Err(NetworkError::Size { name, value, expected: format!("a multiple of {SIDE_STEP}") });
            }
        }
        within("planes", planes, 1, MOST_OUTPUTS)?;
        within("maps", maps, 1, MOST_OUTPUTS)?;
        within("number of characteristics", frequency.len().saturating_add(height.len()), 1, MOST_OUTPUTS)?;
        within("number of scalars", scalars.len(), 0, MOST_OUTPUTS)?;
        let shape = Shape { rows, columns, planes, maps, frequency, height, scalars };
        Ok((shape, Self { layers: layers.into_iter(), tensors }))
    }

    /// A convolution of 3 x 3 pixels.
    pub(super) fn convolution(
        &mut self,
        name: &str,
        inputs: usize,
        outputs: Option<usize>,
        form: Form,
    ) -> Result<Blocks, NetworkError> {
        let (weights, bias) = self.layer(name, Kind::Conv, inputs, outputs, form)?;
        Ok(Blocks::new(inputs, TAPS, &weights, &bias))
    }

    /// A pointwise layer.
    pub(super) fn pointwise(
        &mut self,
        name: &str,
        inputs: usize,
        outputs: Option<usize>,
        form: Form,
    ) -> Result<Blocks, NetworkError> {
        let (weights, bias) = self.layer(name, Kind::Pointwise, inputs, outputs, form)?;
        Ok(Blocks::new(inputs, 1, &weights, &bias))
    }

    /// A depthwise layer and the pointwise one after it.
    pub(super) fn separable(
        &mut self,
        name: &str,
        inputs: usize,
        outputs: Option<usize>,
        form: Form,
    ) -> Result<Separable, NetworkError> {
        let depth = format!("{name}.depth");
        let (weights, bias) = self.layer(&depth, Kind::Depthwise, inputs, Some(inputs), Form::Linear)?;
        let point = self.pointwise(&format!("{name}.point"), inputs, outputs, form)?;
        Ok(Separable { depth: Channels::new(&weights, &bias), point })
    }

    /// A linear layer of single values: a pointwise one of one pixel.
    pub(super) fn linear(&mut self, name: &str, inputs: usize, outputs: usize) -> Result<Blocks, NetworkError> {
        let (weights, bias) = self.layer(name, Kind::Linear, inputs, Some(outputs), Form::Linear)?;
        Ok(Blocks::new(inputs, 1, &weights, &bias))
    }

    /// Nothing may be left.
    pub(super) fn finish(mut self) -> Result<(), NetworkError> {
        if let Some(layer) = self.layers.next() {
            return Err(NetworkError::Layer { found: layer.described(), expected: "none".to_owned() });
        }
        if self.tensors.is_empty() { Ok(()) } else { Err(NetworkError::Long(self.tensors.len())) }
    }

    /// Weights and biases of the next layer, which has to be this one.
    fn layer(
        &mut self,
        name: &str,
        kind: Kind,
        inputs: usize,
        outputs: Option<usize>,
        form: Form,
    ) -> Result<(Vec<f32>, Vec<f32>), NetworkError> {
        let found = self.layers.next();
        let expected = Entry {
            name: name.to_owned(),
            kind,
            r#in: inputs,
            out: outputs.or(found.as_ref().map(|layer| layer.out)).unwrap_or_default(),
            stride: if form == Form::Halving { 2 } else { 1 },
            residual: form == Form::Residual,
            relu: form != Form::Linear,
        };
        if found.as_ref() != Some(&expected) {
            let found = found.map_or("none".to_owned(), |layer| layer.described());
            return Err(NetworkError::Layer { found, expected: expected.described() });
        }
        within("channels of a layer", expected.out, 1, MOST_CHANNELS)?;
        let taps = match kind {
            Kind::Conv => inputs * TAPS,
            Kind::Depthwise => TAPS,
            Kind::Pointwise | Kind::Linear => inputs,
        };
        Ok((self.tensor(name, expected.out * taps)?, self.tensor(name, expected.out)?))
    }

    fn tensor(&mut self, name: &str, count: usize) -> Result<Vec<f32>, NetworkError> {
        let (tensor, rest) =
            self.tensors.split_at_checked(4 * count).ok_or_else(|| NetworkError::Short(format!("layer {name}")))?;
        self.tensors = rest;
        let values: Vec<f32> = tensor.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(NetworkError::NotFinite(name.to_owned()))
        }
    }
}

impl Entry {
    fn described(&self) -> String {
        let Self { name, kind, r#in, out, stride, residual, relu } = self;
        let ends = [(*residual, ", residual"), (*relu, ", ReLU")];
        let ends: String = ends.iter().filter(|(has, _)| *has).map(|(_, text)| *text).collect();
        format!("{name} ({kind:?} {in} to {out}, stride {stride}{ends})")
    }
}

fn within(name: &'static str, value: usize, least: usize, most: usize) -> Result<(), NetworkError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(NetworkError::Size { name, value, expected: format!("{least} to {most}") })
}
