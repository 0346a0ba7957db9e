"""The same rows into a bare table: what the two databases can do when nothing else is done.

`sumun ingest` checks, versions, journals and keeps histories; this does none of that. A table of
text with a primary key on the declaration takes the rows by `copy` (PostgreSQL), by a loop of
`insert` in batches and by the shell's `.import` (SQLite). The ratio to it says what our care costs.

Run by `cargo xtask bench --peers`, or by hand:
    python stores_peer.py --raw million.csv --folder /tmp [--postgres postgres://...]

Prints a line a way: name, rows, processor seconds of client and server, wall seconds.
"""

import argparse
import csv
import itertools
import os
import resource
import shutil
import sqlite3
import subprocess
import time

KEY = "declaration_id"
# As many rows a transaction as an office would acknowledge at once.
BATCH = 10_000


def columns_of(path):
    """The table's columns, named as SQL likes them."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        header = next(csv.reader(file))
    return [name.strip().lower().replace(" ", "_") for name in header]


def create_table(columns):
    """A table of text with nothing but a primary key."""
    lines = [f"{name} text{' primary key' if name == KEY else ''}" for name in columns]
    return f"create table bare_declaration ({', '.join(lines)})"


def processor_seconds():
    """What this process and its finished children took."""
    spent = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in spent)


def report(name, rows, cpu, wall):
    print(f"{name}\t{rows}\t{cpu:.3f}\t{wall:.3f}", flush=True)


def postgres_copy(url, path, columns):
    """`copy` through psql; the server process tells its own processor time before it leaves."""
    script = f"""
        drop table if exists bare_declaration;
        {create_table(columns)};
        checkpoint;
        \\timing on
        \\copy bare_declaration from '{path}' with (format csv, header true)
        \\timing off
        select pg_read_file('/proc/self/stat');
        select count(*) from bare_declaration;
        drop table bare_declaration;
    """
    before = processor_seconds()
    psql = subprocess.run(
        ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "-v", "ON_ERROR_STOP=1", url],
        input="\n".join(line.strip() for line in script.splitlines()),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"},
    )
    time_line, stat, count = (line for line in psql.stdout.splitlines() if line)
    wall = float(time_line.split()[1]) / 1000
    # Fields 14 and 15 of /proc/self/stat, counted after the command's name in parentheses.
    ticks = stat.rsplit(")", 1)[1].split()[11:13]
    server = sum(int(tick) for tick in ticks) / os.sysconf("SC_CLK_TCK")
    cpu = processor_seconds() - before + server
    report("postgres, bare copy", int(count), cpu, wall)


def fresh(path):
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)


def sqlite_insert(database, path, columns):
    """The plain loop: a prepared insert, a transaction a batch."""
    fresh(database)
    wall, cpu = time.perf_counter(), processor_seconds()
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    connection.execute(create_table(columns))
    insert = f"insert into bare_declaration values ({', '.join('?' * len(columns))})"
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        next(rows)
        while batch := list(itertools.islice(rows, BATCH)):
            connection.execute("begin")
            connection.executemany(insert, batch)
            connection.execute("commit")
    count = connection.execute("select count(*) from bare_declaration").fetchone()[0]
    connection.close()
    report(
        "sqlite, bare insert loop",
        count,
        processor_seconds() - cpu,
        time.perf_counter() - wall,
    )
    fresh(database)


def sqlite_import(database, path, columns):
    """The shell's own import: one transaction, no safety asked for."""
    fresh(database)
    script = f"{create_table(columns)};\n.mode csv\n.import --skip 1 {path} bare_declaration\n"
    wall, cpu = time.perf_counter(), processor_seconds()
    subprocess.run(["sqlite3", "-bail", database], input=script, text=True, check=True)
    cpu, wall = processor_seconds() - cpu, time.perf_counter() - wall
    connection = sqlite3.connect(database)
    count = connection.execute("select count(*) from bare_declaration").fetchone()[0]
    connection.close()
    report("sqlite, shell import", count, cpu, wall)
    fresh(database)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--raw", required=True, help="table to store")
    options.add_argument("--folder", required=True, help="where the SQLite files may lie")
    options.add_argument("--postgres", help="server to copy into; psql must be at hand")
    options = options.parse_args()

    columns = columns_of(options.raw)
    database = os.path.join(options.folder, "bare.sqlite")
    if options.postgres:
        postgres_copy(options.postgres, options.raw, columns)
    sqlite_insert(database, options.raw, columns)
    if shutil.which("sqlite3"):
        sqlite_import(database, options.raw, columns)


if __name__ == "__main__":
    main()
