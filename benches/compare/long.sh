#!/bin/sh
# Runs the engine over 200 frames and over 20,000 (the same pictures under other names), then over finished work: memory,
# cost of a frame, share of writing. Arguments: rolls of 200 frames (default 100), instrument (default c4).
WANT_PYTHON=1
. "$(dirname "$0")/../../scripts/setup.sh"
# The set-up goes to the parent of this script's folder.
cd ..

cargo build --quiet --release --locked --bin ionoscribe
exec python3 benches/compare/long.py "$CARGO_TARGET_DIR/release" "${1:-100}" "${2:-c4}"
