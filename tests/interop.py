"""Opens a dataset by its folder with every engine that is installed, and compares row counts and stations.

    python3 tests/interop.py [--at-least N] DATASET
"""

import argparse
import importlib.util
import json
import pathlib
import sys

TABLES = ["frames", "characteristics", "traces", "markers", "profiles", "queue", "failures"]


def with_pyarrow(folder):
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    table = pq.read_table(folder)
    assert ds.dataset(folder, partitioning="hive").count_rows() == table.num_rows
    return table.num_rows, set(map(str, table["station"].to_pylist()))


def with_pandas(folder):
    import pandas

    table = pandas.read_parquet(folder)
    return len(table), set(map(str, table["station"]))


def with_polars(folder):
    import polars

    table = polars.scan_parquet(folder, hive_partitioning=True).collect()
    return len(table), set(map(str, table["station"]))


def with_duckdb(folder):
    import duckdb

    files = f"read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
    rows = duckdb.sql(f"SELECT count(*) FROM {files}").fetchall()[0][0]
    stations = duckdb.sql(f"SELECT DISTINCT station FROM {files}").fetchall()
    return rows, {str(station) for (station,) in stations}


ENGINES = {"pyarrow": with_pyarrow, "pandas": with_pandas, "polars": with_polars, "duckdb": with_duckdb}


def recorded(dataset, table):
    """Rows of a table according to the commit records."""
    rows = 0
    for file in sorted((dataset / "_log").glob("*.json")):
        if file.name != "dataset.json":
            record = json.loads(file.read_text())
            rows += sum(part["rows"] for part in record["files"] if part["path"].startswith(table + "/"))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=pathlib.Path)
    parser.add_argument("--at-least", type=int, default=0, help="fail if fewer engines are installed")
    arguments = parser.parse_args()
    installed = [name for name in ENGINES if importlib.util.find_spec(name)]
    if "pandas" in installed and "pyarrow" not in installed:
        installed.remove("pandas")
    if len(installed) < arguments.at_least:
        sys.exit(f"only {installed} installed, {arguments.at_least} wanted")
    wrong = 0
    for table in TABLES:
        expected = recorded(arguments.dataset, table)
        found = {name: ENGINES[name](str(arguments.dataset / table)) for name in installed}
        counts = {name: rows for name, (rows, _) in found.items()}
        stations = [stations for _, stations in found.values()]
        agree = all(rows == expected for rows in counts.values()) and all(one == stations[0] for one in stations)
        print(f"{table}: {expected} rows recorded, {counts}" + ("" if agree else "  DISAGREE"))
        wrong += not agree
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
