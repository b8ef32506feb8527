#!/bin/sh
# Times, in one run on this machine: decoding alone, the whole engine at one and two threads, and an equivalent chain of
# image operations in OpenCV; prints the ratios. Arguments: frames of each kind of film (default 100), rounds (default 5).
WANT_PYTHON=1
. "$(dirname "$0")/../../scripts/setup.sh"
# The set-up goes to the parent of this script's folder.
cd ..

venv="${XDG_CACHE_HOME:-$HOME/.cache}/ionoscribe/compare-venv"
if ! "$venv/bin/python" -c 'import cv2, numpy' >/dev/null 2>&1; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet numpy opencv-python-headless
fi
cargo build --quiet --release --locked --bin ionoscribe --examples
exec "$venv/bin/python" benches/compare/compare.py "$CARGO_TARGET_DIR/release" "${1:-100}" "${2:-5}"
