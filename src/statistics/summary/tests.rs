use super::*;
use proptest::prelude::*;

fn cell(text: &str) -> Cell {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let mut letters = text.chars().skip(digits.len()).map(|letter| (letter != ' ').then_some(letter));
    let value = digits.parse().ok();
    let qualifier = if value.is_some() { letters.next().flatten() } else { None };
    Cell { value, qualifier, descriptor: letters.next().flatten() }
}

fn summary(characteristic: &str, cells: &str) -> Summary {
    let cells: Vec<Cell> = cells.split(',').map(cell).collect();
    Summary::of(&cells, characteristic, &Rules::uag23().unwrap())
}

fn words(figure: Option<Figure>) -> String {
    figure.map_or_else(
        || "-".to_owned(),
        |figure| {
            let letter = |letter: Option<char>| letter.map_or_else(String::new, String::from);
            let value = figure.value.map_or_else(String::new, |value| value.to_string());
            format!("{value}{}{}", letter(figure.qualifier), letter(figure.descriptor))
        },
    )
}

#[test]
fn medians_count_what_the_rules_say() {
    fn t(characteristic: &str, cells: &str, count: usize, median: &str) {
        let summary = summary(characteristic, cells);
        assert_eq!((summary.count, words(summary.median).as_str()), (count, median), "{characteristic} {cells}");
    }
    t("foF2", "30,31,32", 3, "31");
    t("foF2", "30,31,32,34", 4, "31.5");
    t("foF2", "30,A,C,32,N", 2, "31");
    t("foF2", "A,C", 0, "-");
    // Below the median whatever they are.
    t("foF2", "G,G,40,42,44", 5, "40");
    t("foF2", "G,G,40,42", 4, "40E");
    t("foF2", "G,G,G,42", 4, "G");
    t("h'F2", "G,G,300,320,340", 5, "340");
    t("h'F2", "G,G,300,320", 4, "320D");
    // A limit on its own side of the median changes nothing.
    t("foF2", "30,31,40DR", 3, "31");
    t("foF2", "16ES,31,40", 3, "31");
    // A limit that can lie on the other side does.
    t("foF2", "30,31DR,40", 3, "31D");
    t("foF2", "30,41ES,40", 3, "40E");
    t("foF2", "20DR,31,32,50ES", 4, "31.5U");
    // By less than two per cent.
    t("foF2", "50,51DR,52", 3, "51");
    // The letters of most.
    t("foF2", "30UF,31UF,32", 3, "31UF");
    t("foF2", "30UF,31 R,32,33", 4, "31.5");
}

#[test]
fn quartiles_and_deciles_have_ranks() {
    fn t(count: usize, quartiles: &str, deciles: &str) {
        let cells: Vec<String> = (1..=count).map(|value| value.to_string()).collect();
        let summary = summary("foF2", &cells.join(","));
        let pair = |pair: Option<[Figure; 2]>| {
            pair.map_or_else(|| "-".to_owned(), |[a, b]| format!("{} {}", words(Some(a)), words(Some(b))))
        };
        assert_eq!((pair(summary.quartiles).as_str(), pair(summary.deciles).as_str()), (quartiles, deciles), "{count}");
    }
    t(2, "-", "-");
    t(3, "1 3", "-");
    t(4, "1.5 3.5", "-");
    t(7, "2 6", "-");
    t(9, "2.5 7.5", "1 9");
    t(30, "8 23", "3 28");
    t(31, "8 24", "3 29");
}

proptest! {
    #[test]
    fn figures_are_in_order(values in prop::collection::vec((0u32..500, 0u8..6), 0..40)) {
        let cells: Vec<Cell> = values.iter().map(|&(value, kind)| match kind {
            0 => Cell { descriptor: Some('G'), ..Cell::default() },
            1 => Cell { value: Some(f64::from(value)), qualifier: Some('D'), descriptor: Some('R') },
            2 => Cell { value: Some(f64::from(value)), qualifier: Some('E'), descriptor: Some('S') },
            3 => Cell { descriptor: Some('C'), ..Cell::default() },
            _ => Cell { value: Some(f64::from(value)), ..Cell::default() },
        }).collect();
        let summary = Summary::of(&cells, "foF2", &Rules::uag23().unwrap());
        prop_assert_eq!(summary.count, values.iter().filter(|(_, kind)| *kind != 3).count());
        let mut figures: Vec<f64> = Vec::new();
        figures.extend(summary.range.map(|(low, _)| low));
        figures.extend(summary.deciles.and_then(|pair| pair[0].value));
        figures.extend(summary.quartiles.and_then(|pair| pair[0].value));
        figures.extend(summary.median.and_then(|median| median.value));
        figures.extend(summary.quartiles.and_then(|pair| pair[1].value));
        figures.extend(summary.deciles.and_then(|pair| pair[1].value));
        figures.extend(summary.range.map(|(_, high)| high));
        prop_assert!(figures.is_sorted(), "{figures:?}");
    }
}
