//! Holds the promise of `lib.rs`: arrows between modules point backward along the flow.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Modules that any other may use.
const SHARED: &[&str] = &["model", "kernel", "testdata"];

#[test]
fn modules_use_only_what_stands_before_them() {
    let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let lib = fs::read_to_string(source.join("lib.rs")).unwrap();
    let flow: Vec<&str> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(flow.len() > 10, "lib.rs lists the modules: {flow:?}");
    let mut wrong = BTreeSet::new();
    for (place, module) in flow.iter().enumerate() {
        for file in rust_files(&source.join(module)) {
            let text = fs::read_to_string(&file).unwrap();
            // Tests may look anywhere: they often need a whole pipeline.
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for used in uses(text) {
                let allowed = SHARED.contains(&used.as_str())
                    || flow.iter().position(|name| *name == used).is_some_and(|position| position <= place);
                if !allowed {
                    wrong.insert(format!("{} uses crate::{used}", file.strip_prefix(source).unwrap().display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && path.file_stem().is_some_and(|stem| !stem.to_string_lossy().ends_with("tests"))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// First path segments after `crate::`, also inside braces: `use crate::{a::B, c}` uses `a` and `c`.
fn uses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("crate::") {
        rest = &rest[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut word = String::new();
            let mut fresh = true;
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
                if character == ',' && depth == 1 {
                    fresh = true;
                } else if character.is_alphanumeric() || character == '_' {
                    if fresh {
                        word.push(character);
                    }
                    continue;
                } else if !character.is_whitespace() {
                    fresh = false;
                }
                found.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            found.extend((!word.is_empty()).then_some(word));
        } else {
            found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    found.retain(|name: &String| name.chars().next().is_some_and(char::is_lowercase));
    found
}

#[test]
fn uses_are_found_in_braces_and_paths() {
    let text = "use crate::{calibrate, model::{A, B}, roll::RollEvidence};\ncrate::scale::run();";
    assert_eq!(uses(text), ["calibrate", "model", "roll", "scale"]);
}
