"""Ratios between decoding alone, the whole engine, and OpenCV's chain. Called by compare.sh."""

import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import cv2
import numpy

programs, frames, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
ionoscribe, decode = programs / "ionoscribe", programs / "examples" / "decode"
KINDS = {
    "c4, PNG": ("c4", []),
    "c4, Deflate TIFF": ("c4", ["--format", "tiff"]),
    "alouette1, 1-bit PNG": ("alouette1", ["--bits", "1"]),
}


def simulate(instrument, options, folder):
    command = [ionoscribe, "simulate", "--instrument", instrument, "--frames", str(frames), "--seed", "4711", "--quiet"]
    subprocess.run([*command, *options, "--output", folder], check=True, stdout=subprocess.DEVNULL)


def decoding(folder):
    return float(subprocess.run([decode, folder], check=True, capture_output=True, text=True).stdout.split()[2])


def engine(instrument, folder, threads, scratch):
    """Wall time in seconds, largest resident set in MB, and the stages' times of one run."""
    report, output = scratch / "report.json", scratch / "dataset"
    shutil.rmtree(output, ignore_errors=True)
    command = [ionoscribe, "run", f"pipelines/{instrument}.toml", folder, "--output", output, "--threads", str(threads)]
    start = time.perf_counter()
    process = subprocess.Popen([*command, "--quiet", "--report", report], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"the engine failed on {folder}")
    return elapsed, usage.ru_maxrss / 1024, json.loads(report.read_text())["stages"]


def chain(picture):
    """Box-blur background, 3 x 3 median, adaptive threshold, opening along the grid, components, projections."""
    background = cv2.blur(picture, (61, 61))
    flat = cv2.subtract(cv2.medianBlur(picture, 3), background)
    binary = cv2.adaptiveThreshold(flat, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 41, -10)
    vertical = cv2.morphologyEx(binary, cv2.MORPH_OPEN, numpy.ones((61, 1), numpy.uint8))
    horizontal = cv2.morphologyEx(binary, cv2.MORPH_OPEN, numpy.ones((1, 61), numpy.uint8))
    echoes = cv2.subtract(binary, cv2.max(vertical, horizontal))
    count, _, _, _ = cv2.connectedComponentsWithStats(echoes, connectivity=8)
    columns = cv2.reduce(picture, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    rows = cv2.reduce(picture, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return count, columns, rows


def opencv(pictures):
    start = time.perf_counter()
    for picture in pictures:
        chain(picture)
    return time.perf_counter() - start


def main():
    cv2.setNumThreads(1)
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores; OpenCV {cv2.__version__}; {frames} frames, {rounds} rounds, medians")
    for kind, (instrument, options) in KINDS.items():
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            film = scratch / "film"
            simulate(instrument, options, film)
            files = sorted([*film.glob("*.png"), *film.glob("*.tif*")])
            pictures = [cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for file in files[:20]]
            results = {"decode": [], "one": [], "two": [], "opencv": [], "image stages": [], "ratio": [], "speed-up": []}
            memory = 0.0
            for _ in range(rounds):
                decoded = decoding(film)
                one, _, stages = engine(instrument, film, 1, scratch)
                two, megabytes, _ = engine(instrument, film, 2, scratch)
                other = opencv(pictures) / len(pictures) * len(files)
                ours = sum(stage["seconds"] for stage in stages if stage["stage"] in ("clean", "trace", "calibrate"))
                memory = max(memory, megabytes)
                for name, value in zip(results, (decoded, one, two, other, ours, one / decoded, one / two)):
                    results[name].append(value)
            middle = {name: statistics.median(values) for name, values in results.items()}
            each = {name: 1000 * middle[name] / len(files) for name in ("decode", "one", "two", "opencv", "image stages")}
            height, width = pictures[0].shape
            print(f"\n{kind}, {width} x {height}")
            print(f"  decoding alone          {each['decode']:7.2f} ms/frame")
            print(f"  engine, one thread      {each['one']:7.2f} ms/frame = {middle['ratio']:.2f} x decoding; {1000 / each['one']:.0f} frames/s")
            print(f"  engine, two threads     {each['two']:7.2f} ms/frame = {middle['speed-up']:.2f} x as fast; {memory:.0f} MB resident at most")
            print(f"  clean, trace and marks  {each['image stages']:7.2f} ms/frame")
            print(f"  OpenCV's chain          {each['opencv']:7.2f} ms/frame = {each['opencv'] / each['image stages']:.2f} x ours")
            print("  stages, ms/frame: " + ", ".join(f"{s['stage']} {1000 * s['seconds'] / len(files):.2f}" for s in stages))


main()
