//! How fast we are, and beside whom: a Markdown table on standard output, all else on standard
//! error.
//!
//! Three kinds of measurement: the criterion benchmarks of each crate; whole commands of the
//! office, seen from outside; and, when asked, the same work by the field's own tools
//! (`benches/peers`). `crates/sumun/benches/raw_to_score.rs` is told the tables' paths and prints
//! lines as the peers do, so that equal names are set against each other.

use std::fs;
use std::io::{BufRead, BufReader, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::figures::{self, Figure};
use crate::kcs;
use crate::needs::{self, Package};
use crate::postgres::{Care, Server};
use crate::usage::measure;
use crate::workspace::{built, cargo, find_program, kcs_folder, root};

/// The benchmark that walks the whole road in one process, like the peers.
const ROAD: &str = "raw_to_score";

/// A table small enough that what memory it takes is the program's own.
const FEW_ROWS: u64 = 10_000;

struct Asked {
    rows: u64,
    kcs: PathBuf,
    peers: bool,
    criterion: bool,
    postgres: bool,
}

fn read_arguments(arguments: &[String]) -> Result<Asked, String> {
    let (mut rows, mut folder) = (1_000_000, None);
    let (mut peers, mut criterion, mut postgres) = (false, true, true);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--rows" => {
                let number = words.next().ok_or("--rows wants a number")?;
                rows = (number.replace('_', "").parse())
                    .map_err(|_| format!("\"{number}\" is not a number of rows"))?;
            }
            "--kcs" => folder = Some(words.next().ok_or("--kcs wants a folder")?.as_str()),
            "--peers" => peers = true,
            "--no-criterion" => criterion = false,
            "--sqlite-only" => postgres = false,
            other => return Err(format!("bench does not know \"{other}\"; see cargo xtask help")),
        }
    }
    Ok(Asked { rows, kcs: kcs_folder(folder)?, peers, criterion, postgres })
}

/// Everything measured so far, and what went wrong.
#[derive(Default)]
struct Book {
    /// Name, time, throughput, as criterion words them.
    criterion: Vec<[String; 3]>,
    ours: Vec<Figure>,
    peers: Vec<Figure>,
    missed: Vec<String>,
}

/// Measures and prints.
///
/// # Errors
/// When nothing can be measured at all; what fails on the way is listed under the table.
pub fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let asked = read_arguments(arguments)?;
    let mut packages = vec![needs::compiler()];
    if asked.postgres {
        let missing = needs::postgres_programs().is_none();
        packages.push(Package { name: "postgresql", missing });
    }
    needs::ensure(&packages)?;
    let (release, target) = built()?;
    let folder = target.join("bench");
    fs::create_dir_all(&folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    let train = asked.kcs.join("train.csv");
    let table = |count: u64| -> Result<PathBuf, String> {
        let file = folder.join(format!("kcs-{count}.csv"));
        eprintln!("writing {}", file.display());
        kcs::write(&train, count, &file).map_err(|e| format!("cannot write the table: {e}"))?;
        Ok(file)
    };
    let (raw, few) = (table(asked.rows)?, table(FEW_ROWS.min(asked.rows))?);

    let mut book = Book::default();
    if asked.criterion {
        run_criterion(&mut book);
    }
    run_road(&mut book, &train, &raw);

    let server = if asked.postgres {
        Server::start(Care::Durable).map_err(|reason| book.missed.push(reason)).ok()
    } else {
        None
    };
    let office = release.join("sumun");
    let done = cargo().args(["build", "--release", "--package", "sumun"]).stdout(stderr()).status();
    if done.is_ok_and(|status| status.success()) {
        let (office, train, few, raw) = (&office, &train, &few, &raw);
        let mut walk = Walk { office, train, few, raw, asked: &asked, book: &mut book };
        walk.through("sqlite", &folder, None);
        if let Some(server) = &server {
            walk.through("postgres", &folder, Some(server));
        }
    } else {
        book.missed.push("the office did not build".to_owned());
    }
    if asked.peers
        && let Err(reason) = run_peers(&mut book, &asked, &target, &raw, &folder, server.as_ref())
    {
        book.missed.push(reason);
    }
    drop(server);
    // They are big; what went wrong may want a look at them.
    if book.missed.is_empty() {
        fs::remove_dir_all(&folder).ok();
    }
    print!("{}", book.page(asked.rows));
    Ok(if book.missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The benchmarks of all crates, named by their files.
fn run_criterion(book: &mut Book) {
    let listed = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in listed(root().join("crates")) {
        let package = entry.file_name().to_string_lossy().into_owned();
        for file in listed(entry.path().join("benches")) {
            let name = file.file_name().to_string_lossy().into_owned();
            let Some(bench) = name.strip_suffix(".rs").filter(|&bench| bench != ROAD) else {
                continue;
            };
            let mut command = cargo();
            command.args(["bench", "--package", &package, "--bench", bench]);
            let (lines, passed) = lines_of(&mut command);
            book.criterion.extend(criterion_rows(&lines));
            if !passed {
                book.missed.push(format!("the benchmark {bench} of {package}"));
            }
        }
    }
}

/// What criterion says of each benchmark: the middle of `time: [low middle high]`, and of the
/// throughput where it has one.
fn criterion_rows(lines: &[String]) -> Vec<[String; 3]> {
    let middle = |text: &str| -> Option<String> {
        let words: Vec<&str> =
            text.trim().strip_prefix('[')?.split_once(']')?.0.split_whitespace().collect();
        (words.len() == 6).then(|| words[2..4].join(" "))
    };
    let mut rows: Vec<[String; 3]> = Vec::new();
    let mut before = "";
    for line in lines {
        // A long name has a line of its own. Changes since the last run look alike but are in
        // per cent, three words and not six.
        if let Some((name, rest)) = line.split_once("time:")
            && let Some(time) = middle(rest)
        {
            let name = if name.trim().is_empty() { before } else { name };
            rows.push([name.trim().to_owned(), time, "-".to_owned()]);
        } else if let Some((_, rest)) = line.split_once("thrpt:")
            && let (Some(speed), Some(row)) = (middle(rest), rows.last_mut())
        {
            row[2] = speed;
        }
        before = line;
    }
    rows
}

/// The road from raw bytes to a score in one process, without a store.
fn run_road(book: &mut Book, train: &Path, raw: &Path) {
    if !root().join(format!("crates/sumun/benches/{ROAD}.rs")).is_file() {
        book.missed.push(format!("crates/sumun/benches/{ROAD}.rs is not there"));
        return;
    }
    let mut command = cargo();
    command.args(["bench", "--package", "sumun", "--bench", ROAD, "--"]).arg(train).arg(raw);
    let (lines, passed) = lines_of(&mut command);
    book.ours.extend(lines.iter().filter_map(|line| Figure::of_line(line)));
    if !passed {
        book.missed.push(format!("the benchmark {ROAD}"));
    }
}

/// The verbs of the office on one store, each measured as a whole command.
struct Walk<'a> {
    office: &'a Path,
    train: &'a Path,
    few: &'a Path,
    raw: &'a Path,
    asked: &'a Asked,
    book: &'a mut Book,
}

impl Walk<'_> {
    fn through(&mut self, engine: &str, folder: &Path, server: Option<&Server>) {
        let stores = match server {
            Some(server) => vec![server.url().to_owned()],
            None => ["big", "small"]
                .iter()
                .map(|name| {
                    let file = folder.join(format!("{name}.sqlite"));
                    for suffix in ["", "-wal", "-shm"] {
                        fs::remove_file(format!("{}{suffix}", file.display())).ok();
                    }
                    format!("sqlite:{}", file.display())
                })
                .collect(),
        };
        let (train, few, raw) = (text(self.train), text(self.few), text(self.raw));
        let (few_rows, rows) = (FEW_ROWS.min(self.asked.rows), self.asked.rows);
        let train_rows = fs::read(self.train)
            .map_or(0, |bytes| bytes.iter().filter(|&&byte| byte == b'\n').count() as u64 - 1);
        // A store of its own for the small table: its ids are those of the big one.
        if let Some(small) = stores.get(1) {
            let done = self.step(engine, small, server, 0, &["migrate"])
                && self.step(engine, small, server, few_rows, &["ingest", &few]);
            if !done {
                return;
            }
        }
        let steps: [(u64, &[&str]); 6] = [
            (0, &["migrate"]),
            (train_rows, &["ingest", "--with-outcomes", &train]),
            (train_rows, &["learn", "--approve", "--reason", "benchmark"]),
            (rows, &["ingest", &raw]),
            (rows + train_rows, &["screen"]),
            (rows + train_rows, &["verify"]),
        ];
        for (count, arguments) in steps {
            if !self.step(engine, &stores[0], server, count, arguments) {
                return;
            }
        }
    }

    /// Runs one verb and books what it took; steps without rows are not booked.
    fn step(
        &mut self,
        engine: &str,
        store: &str,
        server: Option<&Server>,
        rows: u64,
        arguments: &[&str],
    ) -> bool {
        let verb = arguments.join(" ").replace(&text(self.train), "train.csv");
        let verb = verb.replace(&text(self.few), "few.csv").replace(&text(self.raw), "raw.csv");
        eprintln!("--- {engine}: sumun {verb}");
        let mut command = Command::new(self.office);
        command.args(["--store", store]).args(arguments);
        command.stdin(Stdio::null()).stdout(stderr());
        match measure(&mut command, server.and_then(Server::process)) {
            Ok(usage) if usage.status.success() => {
                if rows > 0 {
                    self.book.ours.push(Figure {
                        name: format!("{engine}: {verb}"),
                        rows,
                        processor_seconds: usage.processor_seconds,
                        wall_seconds: usage.wall_seconds,
                        peak_mib: usage.peak_mib,
                    });
                }
                return true;
            }
            Ok(usage) => self.book.missed.push(format!("{engine}: sumun {verb}: {}", usage.status)),
            Err(reason) => self.book.missed.push(format!("{engine}: sumun {verb}: {reason}")),
        }
        false
    }
}

/// Installs the peers into an environment of their own and lets them do the same work.
fn run_peers(
    book: &mut Book,
    asked: &Asked,
    target: &Path,
    raw: &Path,
    folder: &Path,
    server: Option<&Server>,
) -> Result<(), String> {
    let python = install_peers(&target.join("peers"))?;
    let peers = root().join("benches/peers");
    let mut road = Command::new(&python);
    road.arg(peers.join("peers.py")).arg("--train").arg(asked.kcs.join("train.csv"));
    road.arg("--raw").arg(raw);
    let valid = asked.kcs.join("valid.csv");
    if valid.is_file() {
        road.arg("--valid").arg(valid);
    }
    let mut stores = Command::new(&python);
    stores.arg(peers.join("stores_peer.py")).arg("--raw").arg(raw).arg("--folder").arg(folder);
    if let Some(server) = server {
        if find_program("psql").is_some() {
            stores.arg("--postgres").arg(server.url());
        } else {
            book.missed.push("the bare copy into PostgreSQL: psql is not here".to_owned());
        }
    }
    for (name, mut command) in [("peers.py", road), ("stores_peer.py", stores)] {
        eprintln!("--- {name}");
        let (lines, passed) = lines_of(&mut command);
        book.peers.extend(lines.iter().filter_map(|line| Figure::of_line(line)));
        if !passed {
            book.missed.push(name.to_owned());
        }
    }
    Ok(())
}

/// The Python of the peers' environment, made anew when what they require has changed.
fn install_peers(home: &Path) -> Result<PathBuf, String> {
    let required = root().join("benches/peers/requirements.txt");
    let wanted = fs::read(&required).map_err(|e| format!("{}: {e}", required.display()))?;
    let (stamp, python) = (home.join("installed.txt"), home.join("bin/python"));
    if python.is_file() && fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    eprintln!("installing the peers into {}", home.display());
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(home);
    let mut fill = Command::new(&python);
    fill.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&required);
    for command in [&mut make, &mut fill] {
        if !command.stdout(stderr()).status().is_ok_and(|status| status.success()) {
            return Err("the peers, which want Python 3.11 with venv and pip (Debian: apt-get \
                        install -y python3-venv)"
                .to_owned());
        }
    }
    fs::write(&stamp, wanted).map_err(|e| format!("{}: {e}", stamp.display()))?;
    Ok(python)
}

impl Book {
    /// The whole as Markdown.
    fn page(&self, rows: u64) -> String {
        let mut page = String::new();
        if !self.criterion.is_empty() {
            page += "| benchmark | time | throughput |\n|---|---:|---:|\n";
            for row in &self.criterion {
                page += &format!("| {} |\n", row.join(" | "));
            }
            page += "\n";
        }
        for (title, figures) in [("Ours", &self.ours), ("Peers", &self.peers)] {
            if !figures.is_empty() {
                page += &format!("{title}, table of {rows} rows:\n\n{}\n", figures::table(figures));
            }
        }
        let comparisons = self.comparisons();
        if !comparisons.is_empty() {
            page += "| rows a second | ours | peer | times |\n|---|---:|---:|---:|\n";
            page += &comparisons;
            page += "\n";
        }
        for missed in &self.missed {
            page += &format!("Not measured: {missed}.\n");
        }
        page
    }

    /// Equal names by processor time; storing by the clock, where the disk counts too.
    fn comparisons(&self) -> String {
        let mut lines = String::new();
        for ours in &self.ours {
            let peer = self.peers.iter().find(|peer| peer.name == ours.name);
            lines += &figures::comparison(
                &format!("{}, per CPU-second", ours.name),
                ours.rows_per_processor_second(),
                peer.and_then(Figure::rows_per_processor_second),
            )
            .unwrap_or_default();
        }
        for (ours, peer) in [
            ("sqlite: ingest raw.csv", "sqlite, bare insert loop"),
            ("postgres: ingest raw.csv", "postgres, bare copy"),
        ] {
            let speed = |figures: &[Figure], name: &str| {
                figures.iter().find(|figure| figure.name == name)?.rows_per_second()
            };
            let (ours_speed, peer_speed) = (speed(&self.ours, ours), speed(&self.peers, peer));
            lines +=
                &figures::comparison(&format!("{ours} against {peer}"), ours_speed, peer_speed)
                    .unwrap_or_default();
        }
        lines
    }
}

/// Runs a command, showing what it prints as it comes; its lines, and whether it succeeded.
fn lines_of(command: &mut Command) -> (Vec<String>, bool) {
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(reason) => {
            eprintln!("cannot run {}: {reason}", command.get_program().to_string_lossy());
            return (Vec::new(), false);
        }
    };
    let mut lines = Vec::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            eprintln!("{line}");
            lines.push(line);
        }
    }
    (lines, child.wait().is_ok_and(|status| status.success()))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criterion_lines_become_rows() {
        let said = "\
plan/draw               time:   [1.10 s 1.20 s 1.30 s]
                        change:
                        time:   [-3.1% -1.2% +0.8%] (p = 0.13 > 0.05)
a name too long to share a line with its time
                        time:   [10.1 ms 10.2 ms 10.4 ms]
                        thrpt:  [1.5 Melem/s 1.6 Melem/s 1.7 Melem/s]
Found 3 outliers among 100 measurements (3.00%)";
        let lines: Vec<String> = said.lines().map(str::to_owned).collect();
        let rows = criterion_rows(&lines);
        let long = "a name too long to share a line with its time";
        assert_eq!(rows, [["plan/draw", "1.20 s", "-"], [long, "10.2 ms", "1.6 Melem/s"]]);
    }

    #[test]
    fn equal_names_are_set_against_each_other() {
        let figure = |line| Figure::of_line(line).expect("the line is whole");
        let book = Book {
            ours: vec![
                figure("raw to score\t1000\t1\t9"),
                figure("sqlite: ingest raw.csv\t1000\t1\t2"),
            ],
            peers: vec![
                figure("raw to score\t1000\t10\t9"),
                figure("sqlite, bare insert loop\t1000\t1\t1"),
            ],
            ..Book::default()
        };
        let page = book.page(1000);
        assert!(page.contains("| raw to score, per CPU-second | 1,000 | 100 | 10.00 |"), "{page}");
        let stored =
            "| sqlite: ingest raw.csv against sqlite, bare insert loop | 500 | 1,000 | 0.50 |";
        assert!(page.contains(stored), "{page}");
    }
}
