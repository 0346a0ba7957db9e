//! Commands that are killed (SIGKILL) at random moments. Whatever a journaled batch acknowledged
//! is whole, nothing of an unfinished one is there, and the same command given again comes to the
//! very state that it would have come to undisturbed, on either engine.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sumun::store::{AssertSqlSafe, Store, Tx, args};

use crate::customs_table::{self as made, Dice};
use crate::engines::each_place;
use crate::person::{Person, state};

/// How often each command is killed before it may come to its end.
const KILLS: u32 = 3;

/// Runs commands one after the other on each engine, each killed three times first, and compares
/// with the same commands undisturbed, but for the tables that are `without`. `before` prepares the
/// store and gives the commands.
fn killed_and_repeated(
    seed: u64,
    without: &[&str],
    before: impl Fn(&Person) -> Result<Vec<Vec<String>>>,
) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let undisturbed = Person::alone(folder.path());
    undisturbed.does(&["migrate"]).expect("a store");
    let commands = before(&undisturbed).expect("to prepare");
    let mut took = Duration::ZERO;
    for command in &commands {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let start = Instant::now();
        undisturbed.does(&words).expect("the undisturbed command");
        took = took.max(start.elapsed());
    }
    each_place(false, async |place| {
        let store = undisturbed.open().await?;
        let undisturbed_state = state(&store, without).await?;
        store.close().await;

        let person = Person::at(place);
        person.does(&["migrate"])?;
        let commands = before(&person)?;
        let store = person.open().await?;
        let mut dice = Dice(seed);
        let mut kills = 0;
        for command in &commands {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            let mut longest = took;
            let mut left = KILLS;
            while left > 0 {
                let moment = longest.mul_f64(dice.below(1_000) as f64 / 1_000.0);
                if killed_at(&person, &words, moment)? {
                    (left, kills) = (left - 1, kills + 1);
                    stands_whole(&store).await.with_context(|| {
                        format!("seed {seed}: killed `{}` after {moment:?}", words.join(" "))
                    })?;
                } else {
                    // It was done before: it is killed sooner next time.
                    longest /= 2;
                }
            }
            person.does(&words)?;
            stands_whole(&store).await?;
        }
        eprintln!("{:?}: {kills} kills, seed {seed}", place.engine);
        ensure!(kills >= 12, "only {kills} kills");
        assert_eq!(state(&store, without).await?, undisturbed_state);
        assert_eq!(person.does(&["verify"])?["verified"], true);
        store.close().await;
        Ok(())
    });
}

/// Starts a command and kills it after a while; false when it had ended by then.
fn killed_at(person: &Person, words: &[&str], moment: Duration) -> Result<bool> {
    let mut child = person.command(words).spawn()?;
    std::thread::sleep(moment);
    if let Some(ended) = child.try_wait()? {
        ensure!(ended.success(), "`{}` ended with {ended}", words.join(" "));
        return Ok(false);
    }
    child.kill()?;
    // On Unix a killed process has no exit code.
    Ok(child.wait()?.code().is_none())
}

/// What holds of a store at any moment: the journal's entries and the rows that they speak of are
/// both there or both not.
async fn stands_whole(store: &Store) -> Result<()> {
    // One view of it all: a server may still be committing what the killed client had sent.
    let mut tx = store.read().await?;
    // Fates as they are named, one each.
    let unnamed = "select count(*) from consignment where fate not in
                       ('pending', 'released', 'inspected', 'rejected', 'superseded')";
    ensure!(number(&mut tx, unnamed).await? == 0, "a consignment has no fate");
    let kept = number(&mut tx, "select count(*) from consignment").await?;
    ensure!(number(&mut tx, "select coalesce(max(id), 0) from consignment").await? == kept);
    ensure!(number(&mut tx, "select count(*) from declaration").await? == kept);

    let entries: Vec<(String, String, Value)> = tx
        .fetch_all("select act, subject, body from journal order by seq", args![], |row| {
            let body = serde_json::from_str(row.text(2)?)?;
            Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), body))
        })
        .await?;
    let of = |name: &'static str| entries.iter().filter(move |(act, ..)| act == name);
    let mut next = 1;
    for (_, subject, body) in of("receive") {
        let (first, last) = (body["ids"][0].as_i64(), body["ids"][1].as_i64());
        ensure!(first == Some(next), "{subject} goes on at {first:?} instead of {next}");
        next = last.context("ids")? + 1;
    }
    ensure!(next == kept + 1, "{kept} consignments are stored, {} acknowledged", next - 1);
    let told = "select cast(coalesce(sum(rows_new + rows_amended), 0) as bigint) from message";
    ensure!(number(&mut tx, told).await? == kept, "messages count otherwise");
    // Each arrival is once in the ledger: its busiest key is one that every row has.
    let seen = "select coalesce(max(seen), 0) from (
                    select cast(sum(seen) as bigint) as seen from history group by key) as sums";
    ensure!(number(&mut tx, seen).await? <= kept, "an arrival was counted twice");

    ensure!(number(&mut tx, "select count(*) from plan").await? == of("plan").count() as i64);
    let lines = "select count(*) from plan where candidates <>
                     (select count(*) from selection where plan_id = plan.id)
                     or drawn <> (select count(*) from selection
                                  where plan_id = plan.id and drawn = 1)";
    ensure!(number(&mut tx, lines).await? == 0, "a plan is kept in part");
    let in_force = "select count(*) from (
                        select shift from plan where state = 'drawn'
                        group by office, shift, regime having count(*) > 1) as twice";
    ensure!(number(&mut tx, in_force).await? == 0, "two plans of one shift are in force");
    let left = "select count(*) from consignment
                join selection on selection.consignment_id = consignment.id
                join plan on plan.id = selection.plan_id
                where plan.state = 'drawn'
                  and ((drawn_in_it = 0 and fate = 'pending')
                       or (drawn_in_it = 1 and fate = 'released'))";
    let left = left.replace("drawn_in_it", "selection.drawn");
    ensure!(number(&mut tx, &left).await? == 0, "a plan is in force whose rest awaits a decision");

    let outcomes = number(&mut tx, "select count(*) from outcome").await?;
    ensure!(outcomes == (of("record").count() + of("correct").count()) as i64);
    let examined = "select count(*) from outcome
                    join consignment on consignment.id = outcome.consignment_id
                    where consignment.fate <> 'inspected'";
    ensure!(number(&mut tx, examined).await? == 0, "an examined consignment has another fate");
    let sums =
        "select cast(coalesce(sum(seen), 0) * 1000000 + coalesce(sum(inspected), 0) as bigint)
                from history";
    let sums = number(&mut tx, sums).await?;
    ensure!(outcomes == 0 || sums % 1_000_000 > 0, "outcomes that the ledger does not know");

    // A record has its entity and its declarations, or it is not there.
    let new: i64 = of("resolve").filter_map(|(.., body)| body["new"].as_i64()).sum();
    ensure!(number(&mut tx, "select count(*) from party_record").await? == new);
    let members = "select count(*) from entity_member where latest = 1";
    ensure!(number(&mut tx, members).await? == new, "a record is of no entity, or of two");
    let seen = "select count(distinct record_id) from party_seen";
    ensure!(number(&mut tx, seen).await? == new, "a record that nobody declared");
    let counted = "select cast(coalesce(sum(records), 0) as bigint) from record_key_count";
    let keys = number(&mut tx, "select count(*) from record_key").await?;
    ensure!(number(&mut tx, counted).await? == keys, "keys are counted otherwise");
    Ok(())
}

/// The one whole number that a query gives.
async fn number(tx: &mut Tx, sql: &str) -> Result<i64> {
    tx.fetch_one(AssertSqlSafe(sql), args![], |row| row.int(0)).await
}

/// A day's declarations as a file, and the command that reads it.
fn ingest(person: &Person, seed: u64, date: &str, rows: u64) -> Result<Vec<String>> {
    let name = format!("{date}.csv");
    let csv = made::csv(&made::day(seed, date, 1 + seed * 1_000_000, rows), false);
    Ok(vec!["ingest".to_owned(), person.file(&name, csv)?])
}

#[test]
fn an_ingest_that_is_killed_goes_on_where_it_was() {
    killed_and_repeated(41, &[], |person| {
        (1..=4).map(|n| ingest(person, n, &format!("2021-04-0{n}"), 20_000)).collect()
    });
}

#[test]
fn a_plan_that_is_killed_is_drawn_or_not() {
    killed_and_repeated(42, &[], |person| {
        let words = ingest(person, 1, "2021-04-05", 6_000)?;
        person.does(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
        let plan = |seed: u64| {
            let words = "plan --office 40 --shift 2021-04-05 --minutes 6000 --seed";
            words.split(' ').map(str::to_owned).chain([seed.to_string()]).collect()
        };
        Ok((1..=4).map(plan).collect())
    });
}

/// Outcomes of one table: more than are recorded in one transaction.
const TABLE: usize = 5_400;

#[test]
fn outcomes_whose_recording_is_killed_are_recorded_once() {
    killed_and_repeated(43, &[], |person| {
        let words = ingest(person, 0, "2021-04-05", 4 * TABLE as u64)?;
        person.does(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
        let plan = "plan --office 40 --shift 2021-04-05 --minutes 9000 --seed 5";
        person.does(&plan.split(' ').collect::<Vec<_>>())?;
        let rows = made::day(0, "2021-04-05", 1, 4 * TABLE as u64);
        let table = |n: usize| {
            let rows = rows.iter().skip(n * TABLE).take(TABLE);
            let csv = made::OUTCOMES.to_owned() + &rows.map(made::outcome).collect::<String>();
            Ok(vec!["record".to_owned(), person.file(&format!("outcomes-{n}.csv"), csv)?])
        };
        (0..4).map(table).collect()
    });
}

#[test]
fn a_list_whose_import_is_killed_is_there_whole_or_not_at_all() {
    // To bring a list up to date is an act each time, so the journal has one more for each.
    killed_and_repeated(44, &["journal"], |person| {
        let import = |n: u32| {
            let mut csv = String::from("reference,kind,name,phone\n");
            for k in 0..6_000 {
                let (name, phone) = (["Hanbit", "Saebyok", "Miraero"][k % 3], 20_000_000 + k);
                csv += &format!("{n}-{k},organization,{name} Trading {k},+82 2 {phone}\n");
            }
            let file = person.file(&format!("list-{n}.csv"), csv)?;
            let words = ["watchlist", "import", &file, "--list", &format!("list {n}")];
            Ok(words.map(str::to_owned).to_vec())
        };
        (1..=4).map(import).collect()
    });
}

#[test]
fn resolving_that_is_killed_goes_on_and_comes_to_the_same_entities() {
    killed_and_repeated(45, &[], |person| {
        for n in 1..=4 {
            let words = ingest(person, n, &format!("2021-04-0{n}"), 2_000)?;
            person.does(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        Ok(vec![vec!["entity".to_owned(), "resolve".to_owned()]; 4])
    });
}
