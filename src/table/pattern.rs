//! Patterns of heading lines: words that must stand there and fields in braces.

/// How exactly words must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exactness {
    /// As typed.
    Exact,
    /// As a reader of scans gives them: a letter in four may be wrong.
    Loose,
}

/// Reads `line` by `pattern`: the fields and their texts, or `None` if the pattern does not fit anywhere in the line.
///
/// Words are compared without case. `{year}`, `{month}`, `{code}`, `{station_code}` and `{characteristic}` are one word,
/// other fields as many as the rest of the pattern leaves them, at least one. Signs `= : ; , ( )` are words of their own.
pub(crate) fn read(pattern: &str, line: &str, exactness: Exactness) -> Option<Vec<(String, String)>> {
    let mut pattern = words(pattern);
    if exactness == Exactness::Loose {
        // A reader of scans knows letters, digits, points, dashes and slashes only.
        pattern.retain(|word| !word.chars().all(|c| c.is_ascii_punctuation()));
        // Proportional print leaves little room between words: their ends are found from what they say.
        let joined = parted(&pattern, line);
        let lines = [line.to_owned(), year_apart(line), year_apart(&joined), joined];
        return lines.iter().find_map(|line| fit_anywhere(&pattern, line, exactness));
    }
    fit_anywhere(&pattern, line, exactness)
}

/// The line with a blank between a word and the year behind it, of whose four digits some may have been read as letters.
fn year_apart(line: &str) -> String {
    let apart = |word: &str| -> String {
        let at = word.len().saturating_sub(4);
        let is_year = |year: &str| {
            year.contains(|c: char| c.is_ascii_digit()) && year.chars().all(|c| as_digit(c).is_ascii_digit())
        };
        match word.split_at_checked(at) {
            Some((name, year)) if name.len() >= 3 && is_year(year) => format!("{name} {year}"),
            _ => word.to_owned(),
        }
    };
    line.split_whitespace().map(apart).collect::<Vec<_>>().join(" ")
}

/// The line without blanks but those around the words of a pattern.
fn parted(pattern: &[String], line: &str) -> String {
    let mut text: Vec<char> = line.chars().filter(|c| !c.is_whitespace()).collect();
    let mut wanted = pattern.iter().filter(|word| !word.starts_with('{')).peekable();
    let mut out = String::new();
    while !text.is_empty() {
        let start: String = text.iter().take(wanted.peek().map_or(0, |word| word.len())).collect();
        let is_word = wanted.peek().is_some_and(|word| agree(&start, word, Exactness::Loose));
        if is_word {
            out.push_str(&format!(" {start} "));
            text.drain(..start.len());
            wanted.next();
        } else {
            out.push(text.remove(0));
        }
    }
    out
}

fn fit_anywhere(pattern: &[String], line: &str, exactness: Exactness) -> Option<Vec<(String, String)>> {
    let line = match exactness {
        // Specks between words are read as points.
        Exactness::Loose if pattern.iter().any(|word| word == "{year}") => words(&line.replace('.', " ")),
        _ => words(line),
    };
    (0..line.len()).find_map(|start| {
        let mut fields = Vec::new();
        fit(pattern, &line[start..], exactness, &mut fields).then_some(fields)
    })
}

/// A pattern with texts in place of its fields; a field without a text is left out.
pub fn print(pattern: &str, text: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, later)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str(&text(name).unwrap_or_default());
        rest = later;
    }
    out + rest
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        let is_sign = matches!(c, '=' | ':' | ';' | ',' | '(' | ')');
        if c.is_whitespace() || is_sign {
            words.push(std::mem::take(&mut word));
        }
        if is_sign {
            words.push(c.to_string());
        } else if !c.is_whitespace() {
            word.push(c);
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn fit(pattern: &[String], line: &[String], exactness: Exactness, fields: &mut Vec<(String, String)>) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return true };
    let Some(name) = first.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
        let same = line.first().is_some_and(|word| agree(word, first, exactness));
        return same && fit(rest, &line[1..], exactness, fields);
    };
    let most = if is_single(name) { 1 } else { line.len() };
    let mut counts: Vec<usize> = (1..=most.min(line.len())).collect();
    if rest.is_empty() {
        // The last field takes all that is left.
        counts.reverse();
    }
    for count in counts {
        let Some(text) = settle(name, &line[..count].join(" "), exactness) else { continue };
        fields.push((name.to_owned(), text));
        if fit(rest, &line[count..], exactness, fields) {
            return true;
        }
        fields.pop();
    }
    false
}

fn is_single(name: &str) -> bool {
    matches!(name, "year" | "month" | "code" | "station_code" | "characteristic")
}

fn agree(word: &str, wanted: &str, exactness: Exactness) -> bool {
    let alike = |text: &str| text.chars().map(as_digit).collect::<String>().to_ascii_uppercase();
    word.eq_ignore_ascii_case(wanted)
        || exactness == Exactness::Loose && distance(&alike(word), &alike(wanted)) <= wanted.len() / 4
}

/// The text of a field, if it can be one; loosely read letters become the digits that they look like, and a month the name
/// that is nearest.
fn settle(name: &str, text: &str, exactness: Exactness) -> Option<String> {
    let is_loose = exactness == Exactness::Loose;
    let digits = || -> String { if is_loose { text.chars().map(as_digit).collect() } else { text.to_owned() } };
    match name {
        // A blot beside a digit reads as one character more.
        "year" if is_loose && text.len() == 5 => {
            let years = (1..4).map(|at| digits_without(text, at)).filter(|text| is_year(text));
            let mut years: Vec<String> = years.collect();
            years.dedup();
            if years.len() == 1 { years.pop() } else { None }
        }
        "year" => Some(digits()).filter(|text| {
            text.len() == 4 && text.parse().is_ok_and(|year: i32| !is_loose || (1900..2100).contains(&year))
        }),
        "code" => Some(digits()).filter(|text| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit())),
        "month" => match month(text) {
            Some(_) => Some(text.to_owned()),
            None if is_loose => nearest_month(text).map(str::to_owned),
            None => None,
        },
        _ => Some(text.to_owned()),
    }
}

/// The text without the character at a place, if that is a letter and all others are digits.
fn digits_without(text: &str, at: usize) -> String {
    let is_letter = text.chars().nth(at).is_some_and(char::is_alphabetic);
    text.chars().enumerate().filter(|(place, _)| is_letter && *place != at).map(|(_, c)| c).collect()
}

fn is_year(text: &str) -> bool {
    text.parse().is_ok_and(|year: i32| (1900..2100).contains(&year))
}

fn as_digit(c: char) -> char {
    match c.to_ascii_uppercase() {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        'S' => '5',
        'G' => '6',
        'B' => '8',
        _ => c,
    }
}

fn nearest_month(text: &str) -> Option<&'static str> {
    let upper = text.to_ascii_uppercase();
    let near = |name: &&&str| upper.len() >= 3 && distance(&upper, name) <= (name.len() / 3).max(1);
    let mut found = NAMES.iter().filter(near);
    // June and July are one letter from each other: what could be both is neither.
    found.next().filter(|_| found.next().is_none()).copied()
}

/// Letters that must be changed, added or left out to make one word of another (Levenshtein).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, own) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let changed = diagonal + usize::from(own != *other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

const NAMES: [&str; 12] = [
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
];

/// A month by its number or its English name, or the first three letters or more of it.
pub(crate) fn month(text: &str) -> Option<i8> {
    let upper = text.trim_end_matches(['.', ',']).to_ascii_uppercase();
    if let Ok(number) = upper.parse::<i8>() {
        return (1..=12).contains(&number).then_some(number);
    }
    let found = NAMES.iter().position(|name| upper.len() >= 3 && name.starts_with(&upper))?;
    i8::try_from(found + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_where_the_pattern_has_them() {
        let t = |pattern: &str, line: &str| {
            let fields = read(pattern, line, Exactness::Exact)?;
            Some(fields.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join(" | "))
        };
        assert_eq!(t("{month} {year}", "  JULY  2006 ").as_deref(), Some("month=JULY | year=2006"));
        assert_eq!(t("{month} {year}", "SODANKYLA JUL. 2006 foF2").as_deref(), Some("month=JUL. | year=2006"));
        assert_eq!(t("VALUES OF {characteristic}", "values of FOF2").as_deref(), Some("characteristic=FOF2"));
        assert_eq!(t("TIME= {zone}", "UNIT 0.1MHZ  TIME= 30E (UT+2H)").as_deref(), Some("zone=30E ( UT+2H )"));
        assert_eq!(distance("JUNE", "JULY"), 2);
        assert_eq!(t("TIME= {zone}", "TIME=UT").as_deref(), Some("zone=UT"));
        assert_eq!(
            t("STATION {station_name} CODE {station_code}", "STATION NEW DELHI CODE DH2").as_deref(),
            Some("station_name=NEW DELHI | station_code=DH2")
        );
        assert_eq!(t("VALUES OF {characteristic}", "VALUES"), None);
        assert_eq!(t("{year}", "month 13"), None);
        let loosely =
            |pattern: &str, line: &str| read(pattern, line, Exactness::Loose).map(|fields| fields[0].1.clone());
        assert_eq!(loosely("{month} {year}", "AUGU5T 2OO6").as_deref(), Some("AUGUST"));
        assert_eq!(loosely("{month} {year}", "JULE 2006"), None, "June or July");
        assert_eq!(loosely("TIME= {zone}", "T1ME UT").as_deref(), Some("UT"));
        assert_eq!(loosely("{month} {year}", "AUGUST2006").as_deref(), Some("AUGUST"));
        assert_eq!(loosely("{month} {year}", "OBSERVATORY AUGUST2006").as_deref(), Some("AUGUST"));
        assert_eq!(loosely("{month} {year}", "JUY2O19").as_deref(), Some("JULY"));
        assert_eq!(loosely("{month} {year}", "APR I L 19 62").as_deref(), Some("APRIL"));
        assert_eq!(loosely("{year}", "20H19").as_deref(), Some("2019"));
        assert_eq!(loosely("{year}", "20119").as_deref(), None, "any of three digits may be too many");
        assert_eq!(loosely("VALUES OF {characteristic}", "VALUES OFFOF2").as_deref(), Some("FOF2"));
    }

    #[test]
    fn patterns_print_what_they_read() {
        let line = print("{month} {year} ({x})", |name| (name != "x").then(|| name.to_uppercase()));
        assert_eq!(line, "MONTH YEAR ()");
    }
}
