//! A throwaway PostgreSQL: made in a temporary folder, on a free port, gone when we are.
//!
//! The server refuses to run as root, so root hands it to the system's user `postgres`. A small
//! shell waits on a pipe from us and clears up when the pipe closes, which it does however we end:
//! at the end of the run, by Ctrl-C, or killed.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::needs;
use crate::workspace::find_program;

const USER: &str = "sumun";

/// Whether what is committed must survive a loss of power.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// As an office would run it; for measuring.
    Durable,
    /// Nothing is forced to disk; for tests, which kill clients and not the machine.
    Hasty,
}

/// A running server; dropping it stops it and removes its folder.
pub struct Server {
    url: String,
    folder: PathBuf,
    guard: Child,
}

/// Waits until its input ends, then stops the server and removes the folder ($1).
const GUARD: &str = r#"
    trap '' INT TERM HUP
    folder=$1; shift
    cat > /dev/null
    "$@" > /dev/null 2>&1
    rm -rf -- "$folder"
"#;

impl Server {
    /// Makes and starts a server.
    ///
    /// # Errors
    /// When the programs are missing or refuse, with what they said.
    pub fn start(care: Care) -> Result<Server, String> {
        let programs = needs::postgres_programs().ok_or("PostgreSQL's initdb was not found")?;
        let servant = Servant::choose()?;
        let made = servant.run("mktemp", &["-d", "-t", "sumun-postgres.XXXXXX"])?;
        let folder = PathBuf::from(made.trim());
        let data = text(&folder.join("data"));
        let pg_ctl = text(&programs.join("pg_ctl"));

        let stop = servant.command(&pg_ctl, &["-D", &data, "-m", "immediate", "-w", "stop"]);
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(&folder)
            .arg(stop.get_program())
            .args(stop.get_args())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|e| format!("cannot start a shell to watch over the server: {e}"))?;
        let mut server = Server { url: String::new(), folder, guard };

        let password = random_word()?;
        let password_file = text(&server.folder.join("password"));
        servant.write(&password_file, &password)?;
        servant.run(
            &text(&programs.join("initdb")),
            &[
                &format!("--pgdata={data}"),
                &format!("--username={USER}"),
                &format!("--pwfile={password_file}"),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
        )?;

        let log = text(&server.folder.join("log"));
        let mut last = String::new();
        // Someone else may take the port between our asking and the server's; so ask again.
        for _ in 0..5 {
            let port = free_port()?;
            let mut options = format!(
                "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
                 -c max_connections=200 -c max_locks_per_transaction=256"
            );
            if care == Care::Hasty {
                options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off";
            }
            let arguments = ["-D", &data, "-l", &log, "-o", &options, "-w", "-t", "60", "start"];
            match servant.run(&pg_ctl, &arguments) {
                Ok(_) => {
                    server.url = format!("postgres://{USER}:{password}@127.0.0.1:{port}/postgres");
                    return Ok(server);
                }
                Err(reason) => last = format!("{reason}\n{}", tail(Path::new(&log))),
            }
        }
        Err(last)
    }

    /// Where it listens, with the right to create databases.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The number of its first process, the parent of all others.
    pub fn process(&self) -> Option<u32> {
        let noted = fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        noted.lines().next()?.trim().parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        if let Err(reason) = self.guard.wait() {
            eprintln!(
                "the throwaway PostgreSQL may be left in {}: {reason}",
                self.folder.display()
            );
        }
    }
}

/// Who runs the server's programs: ourselves, or `postgres` on behalf of root.
struct Servant {
    prefix: Vec<&'static str>,
}

impl Servant {
    fn choose() -> Result<Servant, String> {
        if !needs::is_root() {
            return Ok(Servant { prefix: Vec::new() });
        }
        let known = Command::new("id").args(["-u", "postgres"]).output();
        if !known.is_ok_and(|id| id.status.success()) {
            return Err(
                "PostgreSQL does not run as root, and there is no user postgres; run this \
                        as an ordinary user, or make one: useradd --system postgres"
                    .to_owned(),
            );
        }
        let prefix = if find_program("runuser").is_some() {
            vec!["runuser", "-u", "postgres", "--"]
        } else {
            vec!["su", "postgres", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", "--"]
        };
        Ok(Servant { prefix })
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut words = self.prefix.iter().copied().chain([program]);
        let mut command = Command::new(words.next().unwrap_or(program));
        // The checkout may be closed to the server's user, and no program likes to start there.
        command.args(words).args(arguments).current_dir("/");
        command
    }

    /// Runs a program to its end and gives back what it printed.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let done = self
            .command(program, arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("cannot run {program}: {e}"))?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
        }
        let said = [done.stdout, done.stderr].concat();
        Err(format!("{program} failed:\n{}", String::from_utf8_lossy(&said).trim()))
    }

    /// Writes a file that only the server's user can read.
    fn write(&self, file: &str, content: &str) -> Result<(), String> {
        let failed = |e| format!("cannot write {file}: {e}");
        let mut shell = self
            .command("sh", &["-c", "umask 077; cat > \"$1\"", "sh", file])
            .stdin(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut input) = shell.stdin.take() {
            input.write_all(content.as_bytes()).map_err(failed)?;
        }
        let status = shell.wait().map_err(failed)?;
        if status.success() { Ok(()) } else { Err(format!("cannot write {file}")) }
    }
}

/// A port that nobody listens on just now.
fn free_port() -> Result<u16, String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|e| format!("cannot find a free port: {e}"))
}

/// A word nobody else on the machine can guess: the server listens where all its users can knock.
fn random_word() -> Result<String, String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|e| format!("cannot draw a password: {e}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The last lines of the server's log.
fn tail(log: &Path) -> String {
    let whole = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = whole.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_leaves_nothing_behind() {
        if needs::postgres_programs().is_none() {
            eprintln!("skipped: PostgreSQL is not installed");
            return;
        }
        let server = Server::start(Care::Hasty).expect("the server starts");
        assert!(server.process().is_some(), "a running server has noted its number");
        let folder = server.folder.clone();
        let port = server.url().rsplit(':').next().and_then(|rest| rest.split('/').next());
        let address = format!("127.0.0.1:{}", port.expect("the address has a port"));
        assert!(std::net::TcpStream::connect(&address).is_ok(), "{address} answers");
        drop(server);
        assert!(!folder.exists(), "{} is gone", folder.display());
        assert!(std::net::TcpStream::connect(&address).is_err(), "{address} is silent");
    }
}
