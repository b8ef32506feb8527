#!/bin/sh
# Installs what is missing and passes all tests: formatting, lints, unit and whole-program tests, documentation, and the
# reading of a dataset by other programs' Parquet readers.
WANT_PYTHON=1
. "$(dirname "$0")/setup.sh"

venv="${XDG_CACHE_HOME:-$HOME/.cache}/ionoscribe/venv"
if ! "$venv/bin/python" -c 'import pyarrow, pandas, polars, duckdb' >/dev/null 2>&1; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet pyarrow pandas polars duckdb
fi
# The tests take the first python3 on the PATH; at least two of its Parquet readers must agree.
export PATH="$venv/bin:$PATH" IONOSCRIBE_INTEROP=2
cargo run --quiet --release --locked --package xtask -- ci
