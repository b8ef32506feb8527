//! Writes files in the netCDF classic format with 64-bit offsets ("CDF-2"; NetCDF Users Guide, file format
//! specifications): a header of dimensions, attributes and variables, then the data of each variable, big-endian.

use std::io::{Error, ErrorKind, Result, Write};

/// Contents of an attribute or variable.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Data {
    /// 8-bit signed integers.
    Bytes(Vec<i8>),
    /// Text.
    Text(String),
    /// 16-bit signed integers.
    Shorts(Vec<i16>),
    /// Double precision.
    Doubles(Vec<f64>),
}

impl Data {
    fn kind(&self) -> u32 {
        match self {
            Self::Bytes(_) => 1,
            Self::Text(_) => 2,
            Self::Shorts(_) => 3,
            Self::Doubles(_) => 6,
        }
    }

    /// Number of items.
    fn len(&self) -> usize {
        match self {
            Self::Bytes(items) => items.len(),
            Self::Text(text) => text.len(),
            Self::Shorts(items) => items.len(),
            Self::Doubles(items) => items.len(),
        }
    }

    /// The bytes, padded to a multiple of four.
    fn encoded(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = match self {
            Self::Bytes(items) => items.iter().flat_map(|item| item.to_be_bytes()).collect(),
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Shorts(items) => items.iter().flat_map(|item| item.to_be_bytes()).collect(),
            Self::Doubles(items) => items.iter().flat_map(|item| item.to_be_bytes()).collect(),
        };
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn encoded_len(&self) -> usize {
        let width = match self {
            Self::Bytes(_) | Self::Text(_) => 1,
            Self::Shorts(_) => 2,
            Self::Doubles(_) => 8,
        };
        (self.len() * width).next_multiple_of(4)
    }
}

/// Name and contents of an attribute.
pub(super) type Attribute = (String, Data);

/// A variable with all its data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variable {
    pub(super) name: String,
    /// Indices of its dimensions.
    pub(super) dimensions: Vec<usize>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) data: Data,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct File {
    /// Names and lengths.
    pub(super) dimensions: Vec<(String, usize)>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) variables: Vec<Variable>,
}

impl File {
    /// Writes the file. The data of each variable must fill its dimensions.
    pub(super) fn write(&self, mut out: impl Write) -> Result<()> {
        // The header's length does not depend on the offsets in it.
        let mut offset = self.header(&vec![0; self.variables.len()])?.len();
        let mut begins = Vec::with_capacity(self.variables.len());
        for variable in &self.variables {
            begins.push(offset as u64);
            offset += variable.data.encoded_len();
        }
        out.write_all(&self.header(&begins)?)?;
        self.variables.iter().try_for_each(|variable| out.write_all(&variable.data.encoded()))
    }

    fn header(&self, begins: &[u64]) -> Result<Vec<u8>> {
        let mut header = b"CDF\x02".to_vec();
        // No dimension grows, so there are no records.
        put(&mut header, 0)?;
        list(&mut header, 0x0A, self.dimensions.len())?;
        for (name, length) in &self.dimensions {
            text(&mut header, name)?;
            put(&mut header, *length)?;
        }
        attributes(&mut header, &self.attributes)?;
        list(&mut header, 0x0B, self.variables.len())?;
        for (variable, begin) in self.variables.iter().zip(begins) {
            let items: usize = variable.dimensions.iter().map(|index| self.dimensions[*index].1).product();
            if items != variable.data.len() {
                let message = format!("{} has {} items and room for {items}", variable.name, variable.data.len());
                return Err(Error::new(ErrorKind::InvalidData, message));
            }
            text(&mut header, &variable.name)?;
            put(&mut header, variable.dimensions.len())?;
            for index in &variable.dimensions {
                put(&mut header, *index)?;
            }
            attributes(&mut header, &variable.attributes)?;
            header.extend(variable.data.kind().to_be_bytes());
            put(&mut header, variable.data.encoded_len())?;
            header.extend(begin.to_be_bytes());
        }
        Ok(header)
    }
}

fn put(out: &mut Vec<u8>, number: usize) -> Result<()> {
    let too_large =
        || Error::new(ErrorKind::InvalidData, "more than 2 GiB of one variable: choose a shorter time range");
    let number = i32::try_from(number).map_err(|_| too_large())?;
    out.extend(number.to_be_bytes());
    Ok(())
}

/// Tag and length of a list; an empty one has no tag.
fn list(out: &mut Vec<u8>, tag: usize, length: usize) -> Result<()> {
    put(out, if length == 0 { 0 } else { tag })?;
    put(out, length)
}

fn text(out: &mut Vec<u8>, words: &str) -> Result<()> {
    put(out, words.len())?;
    out.extend(Data::Text(words.to_owned()).encoded());
    Ok(())
}

fn attributes(out: &mut Vec<u8>, attributes: &[Attribute]) -> Result<()> {
    list(out, 0x0C, attributes.len())?;
    for (name, data) in attributes {
        text(out, name)?;
        out.extend(data.kind().to_be_bytes());
        put(out, data.len())?;
        out.extend(data.encoded());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_is_as_the_specification_has_it() {
        let file = File {
            dimensions: vec![("t".to_owned(), 2)],
            attributes: Vec::new(),
            variables: vec![Variable {
                name: "flag".to_owned(),
                dimensions: vec![0],
                attributes: vec![("a".to_owned(), Data::Text("km".to_owned()))],
                data: Data::Bytes(vec![1, -1]),
            }],
        };
        let mut bytes = Vec::new();
        file.write(&mut bytes).unwrap();
        let numbers = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
        let mut expected = b"CDF\x02".to_vec();
        expected.extend(numbers(&[0, 0x0A, 1, 1]));
        expected.extend(b"t\0\0\0");
        expected.extend(numbers(&[2, 0, 0, 0x0B, 1, 4]));
        expected.extend(b"flag");
        expected.extend(numbers(&[1, 0, 0x0C, 1, 1]));
        expected.extend(b"a\0\0\0");
        expected.extend(numbers(&[2, 2]));
        expected.extend(b"km\0\0");
        expected.extend(numbers(&[1, 4, 0, 104]));
        expected.extend([1, 0xff, 0, 0]);
        assert_eq!(bytes, expected);
    }

    #[test]
    fn data_must_fill_its_dimensions() {
        let variable = Variable {
            name: "x".to_owned(),
            dimensions: vec![0],
            attributes: Vec::new(),
            data: Data::Doubles(vec![1.0]),
        };
        let file = File { dimensions: vec![("t".to_owned(), 2)], attributes: Vec::new(), variables: vec![variable] };
        assert!(file.write(Vec::new()).is_err());
    }
}
