"""What a long run costs: 200 frames against 20,000 in a hundred rolls. Called by long.sh.

Small pictures are copied with a tail of their own behind the picture, so that no two files are the same; large ones are
linked, and the engine then has to find out which files are duplicates.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ionoscribe, rolls, instrument = pathlib.Path(sys.argv[1]) / "ionoscribe", int(sys.argv[2]), sys.argv[3]
FRAMES = 200
ROOM = 2e9


def engine(folder, dataset, report):
    """Wall and processor time, largest resident set in MB, and the report of one run at two threads."""
    command = [ionoscribe, "run", f"pipelines/{instrument}.toml", folder, "--output", dataset, "--threads", "2", "--quiet", "--report", report]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"the engine failed on {folder}")
    return elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(report.read_text())


def show(name, count, elapsed, processor, memory, report):
    stages = {stage["stage"]: stage["seconds"] for stage in report["stages"]}
    writing = 100 * stages["dataset"] / max(sum(stages.values()), 1e-9)
    print(f"{name:16} {count:6} frames  {1000 * processor / count:7.2f} ms of processor time each  {elapsed:8.2f} s  "
          f"{memory:6.1f} MB resident at most  writing {writing:.1f} % of the stages")


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("LONG_DIR")) as scratch:
        scratch = pathlib.Path(scratch)
        film = scratch / "film"
        first = film / "roll_000"
        command = [ionoscribe, "simulate", "--instrument", instrument, "--frames", str(FRAMES), "--seed", "4711", "--quiet"]
        subprocess.run([*command, "--output", first], check=True, stdout=subprocess.DEVNULL)
        pictures = sorted(first.glob("*.png"))
        report = scratch / "report.json"
        engine(first, scratch / "warm", report)
        shutil.rmtree(scratch / "warm")
        for count in (FRAMES // 2, FRAMES):
            part = scratch / f"part_{count}"
            part.mkdir()
            for picture in pictures[:count]:
                os.link(picture, part / picture.name)
            show("one roll", count, *engine(part, scratch / f"of_{count}", report))
        copied = rolls * sum(picture.stat().st_size for picture in pictures) < ROOM
        for roll in range(1, rolls):
            folder = film / f"roll_{roll:03d}"
            folder.mkdir()
            for picture in pictures:
                if copied:
                    (folder / picture.name).write_bytes(picture.read_bytes() + f"{roll}".encode())
                else:
                    os.link(picture, folder / picture.name)
            if roll == 1:
                # A segment is concluded and written while the next one is looked at: the least that shows it.
                show("two rolls", 2 * FRAMES, *engine(film, scratch / "two", report))
        dataset = scratch / "long"
        long = engine(film, dataset, report)
        show("all rolls", rolls * FRAMES, *long)
        again = engine(film, dataset, report)
        print(f"rerun over finished work: {again[0]:.2f} s, {long[0] / again[0]:.0f} x faster")


main()
