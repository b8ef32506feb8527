"""Ratios between decoding alone, the whole engine, and OpenCV's chain. Called by compare.sh.

Times of one thread are processor time (user and system), which other work on the machine changes little; how much two
threads gain is wall time, and means something on a quiet machine only. Of all rounds the best counts."""

import json
import os
import pathlib
import platform
import shutil
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
    "ips42, 1-bit PNG": ("ips42", ["--bits", "1"]),
}


def simulate(instrument, options, folder):
    command = [ionoscribe, "simulate", "--instrument", instrument, "--frames", str(frames), "--seed", "4711", "--quiet"]
    subprocess.run([*command, *options, "--output", folder], check=True, stdout=subprocess.DEVNULL)


def timed(command):
    """Output, wall time and processor time in seconds, and largest resident set in MB of a program."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"failed: {' '.join(map(str, command))}")
    return output, elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def decoding(folder):
    """Pictures and bytes that the decoder alone gave, and its processor time."""
    output, _, processor, _ = timed([decode, folder])
    pictures, size, _ = output.split()
    return int(pictures), int(size), processor


def engine(instrument, folder, threads, scratch):
    """Wall and processor time, largest resident set in MB, and the stages' times of one run."""
    report, output = scratch / "report.json", scratch / "dataset"
    shutil.rmtree(output, ignore_errors=True)
    command = [ionoscribe, "run", f"pipelines/{instrument}.toml", folder, "--output", output, "--threads", str(threads)]
    _, elapsed, processor, memory = timed([*command, "--quiet", "--report", report])
    return elapsed, processor, memory, json.loads(report.read_text())["stages"]


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
    """Processor time of the chain for one picture."""
    start = time.process_time()
    for picture in pictures:
        chain(picture)
    return (time.process_time() - start) / len(pictures)


def main():
    cv2.setNumThreads(1)
    load = os.getloadavg()[0]
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}; OpenCV {cv2.__version__}; "
          f"{frames} frames, best of {rounds} rounds, ms for each frame")
    for kind, (instrument, options) in KINDS.items():
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            film = scratch / "film"
            simulate(instrument, options, film)
            files = sorted([*film.glob("*.png"), *film.glob("*.tif*")])
            pictures = [cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for file in files[:20]]
            best = {}

            def note(name, value, best=best):
                best[name] = min(value, best.get(name, value))

            memory = 0.0
            for _ in range(rounds):
                count, size, decoded = decoding(film)
                wall_one, one, _, stages = engine(instrument, film, 1, scratch)
                wall_two, two, megabytes, _ = engine(instrument, film, 2, scratch)
                memory = max(memory, megabytes)
                for name, value in {"decode": decoded, "one": one, "two": two, "wall one": wall_one, "wall two": wall_two}.items():
                    note(name, 1000 * value / count)
                note("opencv", 1000 * opencv(pictures))
                for stage in stages:
                    note(stage["stage"], 1000 * stage["seconds"] / count)
            ours = best["clean"] + best["trace"] + best["calibrate"]
            height, width = pictures[0].shape
            print(f"\n{kind}, {width} x {height}")
            print(f"  decoding alone          {best['decode']:7.2f}  ({size / count / best['decode'] / 1000:.0f} MB/s of pixels)")
            print(f"  engine, one thread      {best['one']:7.2f}  = {best['one'] / best['decode']:.2f} x decoding; "
                  f"{1000 / best['one']:.0f} frames/s of processor time")
            print(f"  engine, two threads     {best['wall two']:7.2f}  = {best['wall one'] / best['wall two']:.2f} x as fast by the clock; "
                  f"processor time {best['two'] / best['one']:.2f} x; {memory:.0f} MB resident at most")
            print(f"  clean, trace and markers{ours:7.2f}")
            print(f"  OpenCV's chain          {best['opencv']:7.2f}  = {best['opencv'] / ours:.2f} x ours")
            print("  stages by the clock: " + ", ".join(f"{s['stage']} {best[s['stage']]:.2f}" for s in stages))


main()
