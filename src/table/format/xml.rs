//! Just enough XML for the SAO.XML files: tags with their attributes, in the order of the text.

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Name, without the slash of an end tag.
    pub(super) name: &'a str,
    /// Attributes as written.
    pub(super) attributes: &'a str,
    /// What kind of tag.
    pub(super) kind: TagKind,
    /// Byte at which the tag begins, and the byte after it.
    pub(super) span: (usize, usize),
}

/// What kind of tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKind {
    /// `<a>`
    Start,
    /// `</a>`
    End,
    /// `<a/>`
    Empty,
}

/// The tags of a text. Comments, declarations, CDATA sections and text between tags are passed over; what is cut ends the
/// tags.
pub(super) struct Tags<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tags<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Passes over a section with an end of its own.
    fn skip(&mut self, start: usize, end: &str) {
        self.at = self.text[start..].find(end).map_or(self.text.len(), |at| start + at + end.len());
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.at + self.text.get(self.at..)?.find('<')?;
            let rest = &self.text[start..];
            if rest.starts_with("<!--") {
                self.skip(start, "-->");
                continue;
            }
            if rest.starts_with("<![CDATA[") {
                self.skip(start, "]]>");
                continue;
            }
            let end = start + closing(rest)?;
            self.at = end + 1;
            if rest.starts_with("<!") || rest.starts_with("<?") {
                continue;
            }
            let inner = &self.text[start + 1..end];
            let (inner, kind) = match (inner.strip_prefix('/'), inner.strip_suffix('/')) {
                (Some(inner), _) => (inner, TagKind::End),
                (None, Some(inner)) => (inner, TagKind::Empty),
                (None, None) => (inner, TagKind::Start),
            };
            let split = inner.find(char::is_whitespace).unwrap_or(inner.len());
            let (name, attributes) = inner.split_at(split);
            return Some(Tag { name, attributes: attributes.trim(), kind, span: (start, end + 1) });
        }
    }
}

/// Where the tag at the start of the text ends: the first `>` outside quotes.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => return Some(at),
            _ => {}
        }
    }
    None
}

/// The value of an attribute, with the five entities and numbers of characters resolved.
pub(super) fn attribute(attributes: &str, name: &str) -> Option<String> {
    pairs(attributes).find(|(key, _)| *key == name).map(|(_, value)| unescape(value))
}

/// Names and raw values.
pub(super) fn pairs(attributes: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = attributes;
    std::iter::from_fn(move || {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, later) = after[1..].split_once(quote)?;
        rest = later;
        Some((key.trim(), value))
    })
}

pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = rest.find(';').filter(|&end| end < 12).map(|end| &rest[1..end]);
        let character = match entity {
            Some("amp") => Some('&'),
            Some("lt") => Some('<'),
            Some("gt") => Some('>'),
            Some("quot") => Some('"'),
            Some("apos") => Some('\''),
            Some(code) => code.strip_prefix('#').and_then(|code| match code.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok().and_then(char::from_u32),
                None => code.parse().ok().and_then(char::from_u32),
            }),
            None => None,
        };
        match (character, entity) {
            (Some(character), Some(entity)) => {
                out.push(character);
                rest = &rest[entity.len() + 2..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

/// Text as the value of an attribute in double quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_are_found_past_comments_and_quotes() {
        let text = "<?xml version='1.0'?><!-- <a> --><a b=\"1>2\" c='x'><d/></a><cut";
        let tags: Vec<_> = Tags::new(text).map(|tag| (tag.name, tag.attributes, tag.kind)).collect();
        assert_eq!(
            tags,
            [("a", "b=\"1>2\" c='x'", TagKind::Start), ("d", "", TagKind::Empty), ("a", "", TagKind::End)]
        );
        assert_eq!(attribute("b=\"1&amp;2\" c='x'", "b").as_deref(), Some("1&2"));
        assert_eq!(attribute("b=\"1\" c = 'x'", "c").as_deref(), Some("x"));
    }

    proptest! {
        #[test]
        fn escaped_text_comes_back(text in "\\PC*") {
            prop_assert_eq!(unescape(&escape(&text)), text);
        }

        #[test]
        fn any_text_ends(text in "[<>/=\"'a!\\-\\[ ]{0,60}") {
            prop_assert!(Tags::new(&text).count() <= text.len());
        }
    }
}
