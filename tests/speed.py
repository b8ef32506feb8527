"""Compares `ionoscribe query` with DuckDB's command line: the same SQL on the same files, in one run, taken in turn, the
least of some repetitions. Whole commands are timed, start to end; memory is the largest resident set.

    cargo run --release --example long_series -- made/
    python3 -m venv venv && venv/bin/pip install duckdb-cli
    python3 tests/speed.py made/ --duckdb venv/bin/duckdb
"""

import argparse
import os
import subprocess
import sys
import time

QUESTIONS = {
    "one station and month": "SELECT time_utc, characteristic, value, flag FROM characteristics WHERE station = 'MADE' "
    "AND year = 1990 AND time_utc >= '1990-06-01' AND time_utc < '1990-07-01' AND characteristic = 'foF2' "
    "ORDER BY time_utc",
    "monthly medians of foF2, 70 years": "SELECT year, EXTRACT(MONTH FROM time_utc) AS month, "
    "EXTRACT(HOUR FROM time_utc) AS hour, COUNT(value) AS n, MEDIAN(value) AS median FROM characteristics "
    "WHERE characteristic = 'foF2' AND flag IN (1, 2) "
    "GROUP BY year, month, hour ORDER BY year, month, hour",
    "rows of each characteristic and flag, 70 years": "SELECT characteristic, flag, COUNT(*) AS n FROM characteristics "
    "GROUP BY characteristic, flag ORDER BY characteristic, flag",
}
VIEW = (
    "SET TimeZone = 'UTC'; CREATE VIEW characteristics AS SELECT * FROM "
    "read_parquet('{dataset}/characteristics/*/*/*.parquet', hive_partitioning = true); "
)


def run(command):
    """Seconds, seconds of processors, largest resident set in MiB and rows of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output = process.stdout.read()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command}: {errors.decode()}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.count(b"\n") - 1


def best(commands, repeat):
    """The least of each figure of each command, the commands taken in turn."""
    results = [[] for _ in commands]
    for _ in range(repeat):
        for command, kept in zip(commands, results):
            kept.append(run(command))
    return [tuple(min(figures) for figures in zip(*kept)) for kept in results]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset")
    parser.add_argument("--program", default="target/release/ionoscribe")
    parser.add_argument("--duckdb", default="duckdb")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    view = VIEW.format(dataset=arguments.dataset)
    for name, sql in QUESTIONS.items():
        ours = [arguments.program, "query", arguments.dataset, sql, "--format", "csv"]
        theirs = [arguments.duckdb, "-csv", "-c", view + sql]
        (seconds, busy, memory, rows), (their_seconds, their_busy, their_memory, their_rows) = best(
            [ours, theirs], arguments.repeat
        )
        assert rows == their_rows, (rows, their_rows)
        print(
            f"{name}: {rows} rows\n"
            f"  ionoscribe {seconds:.3f} s, {busy:.3f} s of processors, {memory:.0f} MiB\n"
            f"  DuckDB     {their_seconds:.3f} s, {their_busy:.3f} s of processors, {their_memory:.0f} MiB\n"
            f"  ratio      {seconds / their_seconds:.2f}, {busy / their_busy:.2f}"
        )
    for name in ["monthly-median", "hourly"]:
        named = [arguments.program, "query", arguments.dataset, name, "--characteristic", "foF2", "--format", "csv"]
        [(seconds, busy, memory, rows)] = best([named], arguments.repeat)
        print(f"{name} of foF2, 70 years: {rows} rows; {seconds:.3f} s, {busy:.3f} s of processors, {memory:.0f} MiB")


if __name__ == "__main__":
    main()
