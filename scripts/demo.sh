#!/bin/sh
# Installs what is missing, builds the program and runs the main job on samples/: scans in, Parquet series and a picture out.
. "$(dirname "$0")/setup.sh"

echo "Building (the first time takes about a quarter of an hour on two cores, most of it the query engine) ..."
# With the examples, so that the features of shared crates are those of the tests and nothing is compiled twice.
cargo build --release --locked --bin ionoscribe --examples
ionoscribe="$CARGO_TARGET_DIR/release/ionoscribe"
out="${1:-out/demo}"
case "$out" in /*) ;; *) out="$(pwd)/$out" ;; esac

# Status 1 means: complete, but some frames failed and are listed.
"$ionoscribe" run pipelines/c4.toml samples/bottomside --output "$out/bottomside" || [ $? = 1 ]
"$ionoscribe" run pipelines/alouette1.toml samples/topside --output "$out/topside" || [ $? = 1 ]
"$ionoscribe" plot "$out/bottomside" --output "$out/series.png"
# A frame that proves its axes by itself: inspect does not use the neighbours.
"$ionoscribe" inspect pipelines/c4.toml samples/bottomside/frame_0001.png --output "$out/frame.png"
"$ionoscribe" query "$out/bottomside" "SELECT time_utc, characteristic, value, lower, upper, flag FROM characteristics WHERE characteristic IN ('foF2', 'h''F') ORDER BY time_utc, characteristic"
"$ionoscribe" evaluate "$out/bottomside" samples/bottomside/truth.csv samples/bottomside/captions.csv

echo
echo "Dataset (bottomside):  $out/bottomside"
echo "Dataset (topside):     $out/topside"
echo "Picture of the series: $out/series.png"
echo "Picture of one frame:  $out/frame.png"
