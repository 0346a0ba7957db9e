//! Reads the sources and holds the lines of the house: which room may know what, what no file is
//! called, how wide a line is, and that each file opens with its reason. A line that is crossed is
//! named with its file and number.

use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All files with this ending below a folder of the repository, with their text.
fn sources(folder: &str, ending: &str) -> Vec<(String, String)> {
    let (root, mut found) = (root(), Vec::new());
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| {
            panic!("{} cannot be read: {error}", folder.display());
        });
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("target") && !path.ends_with("node_modules") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|of| of == ending) {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "no .{ending} file in {folder}: the test looks in the wrong place");
    found.sort();
    found
}

/// What stands in a line of Rust: code, and the texts within quotation marks.
struct Line {
    number: usize,
    code: String,
    texts: Vec<String>,
}

/// The lines of a file without comments, with texts apart from code. A text over several lines
/// belongs to the line on which it begins.
fn lines(source: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut rest = source;
    let mut number = 1;
    let mut line = Line { number, code: String::new(), texts: Vec::new() };
    while let Some(c) = rest.chars().next() {
        let raw = ["r\"", "r#\"", "r##\""].iter().find(|start| rest.starts_with(**start));
        let word_before = line.code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if let (Some(start), false) = (raw, word_before) {
            let end = format!("\"{}", "#".repeat(start.len() - 2));
            let text = &rest[start.len()..];
            let at = text.find(&end).unwrap_or(text.len());
            number += text[..at].matches('\n').count();
            line.texts.push(text[..at].to_owned());
            rest = text.get(at + end.len()..).unwrap_or_default();
        } else if c == '"' {
            let (mut at, text) = (0, &rest[1..]);
            let mut escaped = false;
            for (n, c) in text.char_indices() {
                at = n;
                match c {
                    '"' if !escaped => break,
                    _ => escaped = c == '\\' && !escaped,
                }
            }
            number += text[..at].matches('\n').count();
            line.texts.push(text[..at].to_owned());
            rest = &text[at + 1..];
        } else if let Some(after) =
            ["'\"'", "'\\\"'", "b'\"'"].iter().find_map(|quoted| rest.strip_prefix(*quoted))
        {
            rest = after;
        } else if c == '\n' {
            number += 1;
            let next = Line { number, code: String::new(), texts: Vec::new() };
            lines.push(std::mem::replace(&mut line, next));
            rest = &rest[1..];
        } else {
            line.code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    lines.push(line);
    lines
}

/// Fails with all that was crossed.
#[track_caller]
fn nothing(crossed: Vec<String>, what: &str) {
    assert!(crossed.is_empty(), "{what}:\n{}", crossed.join("\n"));
}

/// Whether a text begins as a statement of SQL does.
fn is_sql(text: &str) -> bool {
    let words: Vec<String> =
        text.split_whitespace().take(40).map(str::to_ascii_lowercase).collect();
    let has = |word: &str| words.iter().any(|of| of == word);
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["insert", "into", ..] | ["delete", "from", ..] => true,
        ["create" | "drop" | "alter", "table" | "index", ..] => true,
        ["select", ..] => has("from"),
        ["update", ..] => has("set"),
        _ => false,
    }
}

#[test]
fn sql_is_told_from_speech() {
    assert!(is_sql("select id\n   from consignment"));
    assert!(is_sql("update plan set state = 'replaced'"));
    assert!(is_sql("  insert into model (id) values ($1)"));
    assert!(!is_sql("select a consignment, then inspect it"));
    assert!(!is_sql("from the first day on"));
    let read = lines("let a = \"select 1\n from b\"; // \"update\"\nlet c = r#\"x\"y\"#; c");
    assert_eq!((read[0].texts[0].as_str(), read.len()), ("select 1\n from b", 2));
    assert_eq!((read[1].number, read[1].texts[0].as_str()), (3, "x\"y"));
    assert_eq!(read[1].code, "let c = ; c");
}

#[test]
fn only_the_store_speaks_sql_and_only_the_web_answers() {
    let mut crossed = Vec::new();
    for (name, text) in sources("crates", "rs").iter().filter(|(name, _)| name.contains("/src/")) {
        let (in_store, in_web) = (name.contains("sumun/src/store/"), name.contains("src/web/"));
        for line in lines(text) {
            let place = format!("{name}:{}", line.number);
            if !in_store && line.code.contains("sqlx") {
                crossed.push(format!("{place} knows sqlx"));
            }
            if !in_store && line.texts.iter().any(|text| is_sql(text)) {
                crossed.push(format!("{place} speaks SQL"));
            }
            if !in_web && ["axum", "tower_http", "utoipa"].iter().any(|c| line.code.contains(c)) {
                crossed.push(format!("{place} knows HTTP"));
            }
        }
    }
    nothing(crossed, "only store/ has SQL, only web/ has HTTP");
}

#[test]
fn the_judgement_and_the_post_room_do_not_touch_the_world() {
    let world = [
        "tokio",
        "sqlx",
        "axum",
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "rand::rng",
        "harbour",
    ];
    let mut crossed = Vec::new();
    for folder in ["crates/targeting/src", "crates/intake/src"] {
        for (name, text) in sources(folder, "rs") {
            for line in lines(&text) {
                for what in world.iter().filter(|what| line.code.contains(**what)) {
                    crossed.push(format!("{name}:{} knows {what}", line.number));
                }
            }
        }
    }
    for (name, forbidden) in [
        ("targeting", &["harbour", "intake", "sumun", "tokio", "sqlx", "axum"][..]),
        ("intake", &["harbour", "sumun", "tokio", "sqlx", "axum"]),
        ("harbour", &["intake", "sumun", "tokio", "sqlx", "axum"]),
    ] {
        let path = format!("crates/{name}/Cargo.toml");
        let text = std::fs::read_to_string(root().join(&path)).unwrap();
        for line in text.lines() {
            let package = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if forbidden.contains(&package) {
                crossed.push(format!("{path} depends on {package}"));
            }
        }
    }
    nothing(crossed, "rooms that must not know this");
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    let empty = ["util", "utils", "common", "misc", "helper", "helpers"];
    let mut crossed = Vec::new();
    for (name, _) in sources("crates", "rs") {
        if name.trim_end_matches(".rs").split('/').any(|part| empty.contains(&part)) {
            crossed.push(name);
        }
    }
    nothing(crossed, "say what is in the file");
}

#[test]
fn lines_fit_a_hundred_characters() {
    let mut crossed = Vec::new();
    for ending in ["rs", "sql"] {
        for (name, text) in sources("crates", ending) {
            for (n, line) in text.lines().enumerate() {
                let wide = line.chars().count();
                if wide > 100 {
                    crossed.push(format!("{name}:{} has {wide} characters", n + 1));
                }
                if line.ends_with([' ', '\t']) {
                    crossed.push(format!("{name}:{} ends with blanks", n + 1));
                }
            }
        }
    }
    nothing(crossed, "lines are at most 100 characters and end with a character");
}

#[test]
fn every_file_opens_with_its_reason() {
    let mut crossed = Vec::new();
    for (name, text) in sources("crates", "rs") {
        let reason: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        let reason = reason.join(" ");
        if reason.split_whitespace().count() < 3 || !reason.contains('.') {
            crossed.push(name);
        }
    }
    nothing(crossed, "open these files with a sentence that says what they are for");
}

#[test]
fn the_glossary_names_every_type_of_the_judgement() {
    let path = root().join("docs/glossary.md");
    let Ok(glossary) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: there is no docs/glossary.md");
        return;
    };
    let mut missing = Vec::new();
    for (name, text) in sources("crates/targeting/src", "rs") {
        if name.matches('/').count() > 3 {
            continue;
        }
        for line in text.lines() {
            let item = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum "));
            let Some(item) = item else { continue };
            let item: String = item.chars().take_while(|c| c.is_alphanumeric()).collect();
            if !glossary.contains(&format!("`{item}`")) {
                missing.push(format!("`{item}` of {name}"));
            }
        }
    }
    nothing(missing, "docs/glossary.md does not name");
}
