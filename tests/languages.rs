#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
//! The catalogues of other languages (www/languages) against the sentences in `words`: none is missing, none is left over,
//! and each has the same places for values. And the other way round: no sentence stands in the view's own code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use fax_widget::words::{WORDS, Word};
use serde_json::Value;

/// The languages with the plural categories of CLDR that their catalogues need.
const LANGUAGES: [(&str, &[&str]); 5] = [
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
    ("de", &["one", "other"]),
    ("es", &["one", "many", "other"]),
    ("fr", &["one", "many", "other"]),
    ("ja", &["other"]),
];

/// Said by www/language.js and the site, where the program is not there to say it.
const WITHOUT_THE_PROGRAM: [&str; 4] = ["sendAFax", "settingsUnreadable", "cannotStart", "loadingForm"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn catalogue(language: &str) -> serde_json::Map<String, Value> {
    let text = fs::read_to_string(root().join(format!("www/languages/{language}.js"))).unwrap();
    let json = text.trim().strip_prefix("export default ").unwrap().strip_suffix(';').unwrap();
    match serde_json::from_str(json).unwrap() {
        Value::Object(entries) => entries,
        other => panic!("{language} is no object: {other}"),
    }
}

/// A word's name in a catalogue.
fn key(word: Word) -> String {
    let (first, rest) = word.name().split_at(1);
    first.to_ascii_lowercase() + rest
}

/// The words that are the form for one of another's, and those others.
fn counted() -> (BTreeSet<String>, BTreeSet<String>) {
    let names: BTreeSet<String> = WORDS.iter().map(|word| key(*word)).collect();
    let others = names.iter().filter(|name| names.contains(&format!("{name}One"))).cloned().collect::<BTreeSet<_>>();
    (others.iter().map(|name| format!("{name}One")).collect(), others)
}

fn places(sentence: &str) -> BTreeSet<&str> {
    sentence.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0).collect()
}

#[test]
fn every_language_has_every_sentence_and_no_other() {
    let (ones, _) = counted();
    let wanted: BTreeSet<String> = WORDS
        .iter()
        .map(|word| key(*word))
        .filter(|name| !ones.contains(name))
        .chain(WITHOUT_THE_PROGRAM.map(str::to_owned))
        .collect();
    for (language, _) in LANGUAGES {
        let has: BTreeSet<String> = catalogue(language).keys().cloned().collect();
        assert_eq!(wanted.difference(&has).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in {language}");
        assert_eq!(has.difference(&wanted).collect::<Vec<_>>(), Vec::<&String>::new(), "left over in {language}");
    }
}

#[test]
fn every_sentence_has_its_places_for_values_in_every_language() {
    let (_, counted) = counted();
    let english: BTreeMap<String, &str> = WORDS.iter().map(|word| (key(*word), word.english())).collect();
    for (language, categories) in LANGUAGES {
        for (name, entry) in catalogue(language) {
            let Some(english) = english.get(&name) else { continue };
            match entry {
                Value::String(sentence) => {
                    assert!(!counted.contains(&name), "{language} has no plural forms for {name}");
                    assert_eq!(places(&sentence), places(english), "{language}, {name}");
                    assert!(!sentence.trim().is_empty(), "{language}, {name}");
                }
                Value::Object(forms) => {
                    assert!(counted.contains(&name), "{language} has plural forms for {name}, which counts nothing");
                    let has: BTreeSet<&str> = forms.keys().map(String::as_str).collect();
                    assert_eq!(has, categories.iter().copied().collect(), "{language}, {name}");
                    for (category, sentence) in &forms {
                        let mut with_number = places(sentence.as_str().unwrap());
                        // "One recipient" needs no digit.
                        with_number.insert("n");
                        let mut wanted = places(english);
                        wanted.insert("n");
                        assert_eq!(with_number, wanted, "{language}, {name}, {category}");
                    }
                    assert!(places(forms["other"].as_str().unwrap()).contains("n"), "{language}, {name}");
                }
                other => panic!("{language}, {name} is {other}"),
            }
        }
    }
}

/// Pages that show the widget to those who embed it, and what they fill it in with.
const FOR_EMBEDDERS: [&str; 6] = ["gallery.html", "gallery.js", "states.js", "looks.html", "looks.js", "practice.js"];

/// What is said in English all the same: by whom, and why there.
const IN_ENGLISH: [&str; 15] = [
    // In place of a frame that does not come, which would have the other languages. The page's own content stands there where it has any.
    "embed.html: Fax",
    "embed.js: The fax form cannot be shown: ",
    "frame.js: Fax",
    "frame.js: No answer at ",
    // The page in English; www/site.js has the others from the catalogue.
    "index.html: Loading the fax form…",
    "index.html: Send a fax",
    "index.html: The settings of this page (config.json) cannot be read. Tell whoever runs it.",
    // Where no script runs, none can translate.
    "index.html: This page needs JavaScript to send a fax.",
    // With the sandbox, for those who try it.
    "index.html: . See also",
    "index.html: Practice mode: nothing is dialled. What you send arrives in the",
    "index.html: and",
    "index.html: every state",
    "index.html: inbox",
    "index.html: three looks",
    // The catalogue has the others.
    "language.js: The fax form could not be started in this browser. Reload the page, or use another browser.",
];

/// No two words that stand beside each other in the code are for people: those come from the catalogue. Names of the
/// browser's own are one word or joined by hyphens.
#[test]
fn no_sentence_stands_outside_of_the_catalogue() {
    let mut found = BTreeSet::new();
    let mut folders = vec![root().join("src/view"), root().join("www")];
    let mut files = vec![root().join("index.html")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if !path.is_dir() {
                files.push(path);
            } else if !path.ends_with("languages") && !path.ends_with("package") {
                folders.push(path);
            }
        }
    }
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let kind = path.extension().map(|kind| kind.to_string_lossy().into_owned()).unwrap_or_default();
        if FOR_EMBEDDERS.contains(&name.as_str()) || !["rs", "js", "html"].contains(&kind.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let said = if kind == "html" { texts_in(&text) } else { sentences_in(&text) };
        found.extend(said.into_iter().map(|sentence| format!("{name}: {sentence}")));
    }
    assert_eq!(found, IN_ENGLISH.map(str::to_owned).into());
}

/// What a page says between its tags.
fn texts_in(page: &str) -> Vec<String> {
    let texts = page.split('<').skip(1).map(|tag| tag.split_once('>').unwrap().1.trim());
    texts.filter(|text| text.contains(char::is_alphabetic)).map(str::to_owned).collect()
}

/// The texts of a program that a person could read: two words in a row, or a title.
fn sentences_in(program: &str) -> Vec<String> {
    let is_code = |line: &&str| !["//", "/*", "*"].iter().any(|mark| line.trim_start().starts_with(mark));
    let code = program.lines().filter(is_code).map(|line| line.split(" // ").next().unwrap_or_default());
    let code = code.collect::<Vec<_>>().join("\n");
    // The reason of a lint that is let be is for those who read the code.
    let code = code.split("#[expect(").enumerate().map(|(place, part)| match part.split_once(")]") {
        Some((_, rest)) if place > 0 => rest,
        _ => part,
    });
    let mut found = Vec::new();
    for part in code {
        for quote in ['"', '`'] {
            let pieces: Vec<&str> = part.split(quote).collect();
            for pair in pieces.chunks_exact(2) {
                // What stands in a template besides values.
                for literal in pair[1].split("${").map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest)) {
                    if is_sentence(literal) || (pair[0].ends_with("title: ") && !literal.is_empty()) {
                        found.push(literal.to_owned());
                    }
                }
            }
        }
    }
    found
}

fn is_sentence(literal: &str) -> bool {
    literal.split(' ').collect::<Vec<_>>().windows(2).any(|pair| {
        let is_word = |word: &str| {
            word.len() > 1 && word.trim_end_matches(['.', ',', ':', '?', '!', '…']).chars().all(char::is_alphabetic)
        };
        let [first, second] = pair else { return false };
        is_word(first) && is_word(second) && first.starts_with(char::is_uppercase)
    })
}
