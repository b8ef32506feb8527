//! The text of a cell, kept within the record where it is as short as cells are: a year of hourly values has 8760 of them.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

/// Bytes that are kept without an allocation.
const SHORT: usize = 14;

/// The text of a cell as printed. Reads like a `str`.
#[derive(Clone)]
pub struct CellText(Kept);

#[derive(Clone)]
enum Kept {
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Box<str>),
}

impl Default for CellText {
    fn default() -> Self {
        Self(Kept::Short { length: 0, bytes: [0; SHORT] })
    }
}

impl From<&str> for CellText {
    fn from(text: &str) -> Self {
        let mut bytes = [0; SHORT];
        match bytes.get_mut(..text.len()) {
            Some(own) => {
                own.copy_from_slice(text.as_bytes());
                Self(Kept::Short { length: text.len() as u8, bytes })
            }
            None => Self(Kept::Long(text.into())),
        }
    }
}

impl Deref for CellText {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Kept::Short { length, bytes } => std::str::from_utf8(&bytes[..usize::from(*length)]).unwrap_or_default(),
            Kept::Long(text) => text,
        }
    }
}

impl Borrow<str> for CellText {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for CellText {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for CellText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_comes_back(text in "\\PC{0,20}") {
            let kept = CellText::from(text.as_str());
            prop_assert_eq!(&*kept, text.as_str());
            prop_assert_eq!(format!("{kept:?}"), format!("{text:?}"));
            prop_assert!(kept == kept.clone() && (kept == CellText::default()) == text.is_empty());
        }
    }
}
