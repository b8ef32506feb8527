"""Fits what bounds and confidence of each characteristic are worth, on film that training never used.

    python3 training/calibrate.py COMPARISON/differences.csv... > src/scale/read/calibrated.toml

Enter: the comparisons that `ionoscribe evaluate --details` writes, of a dataset scaled with `least_confidence = 0` and a
`calibrated.toml` whose figures are all plain. Leave: of each characteristic the factor on its bounds with which they hold 95 % of
the truths, and the straight line that turns the log odds of its confidence into those of lying within a reading unit.
"""

import csv
import math
import sys

UNIT = {"M(3000)F2": 0.05, "M(3000)F1": 0.05, "foF1": 0.05, "foE": 0.05}


# Mean raw confidence from which they lie too near 1 for a line of log odds: a share of sound values is fitted instead.
CROWDED = 0.8


def unit_of(name):
    return UNIT.get(name, 5.0 if name.startswith("h") else 0.1)


def read(paths):
    """Rows of each characteristic with a truth and a value: error, half width, confidence."""
    rows = {}
    for path in paths:
        with open(path, newline="") as file:
            for row in csv.DictReader(file):
                try:
                    truth, value, confidence = float(row["truth"]), float(row["ours"]), float(row["confidence"])
                except ValueError:
                    continue
                bounds = [abs(float(row[side]) - value) for side in ("lower", "upper") if row[side]]
                half = max(bounds) if bounds else 0.0
                rows.setdefault(row["characteristic"], []).append((abs(value - truth), half, confidence))
    return rows


def logistic(pairs):
    """Slope and offset of the log odds, by Newton's method with a pull of the slope towards 1: few values lie far from the mean."""
    slope, offset = 1.0, 0.0
    for _ in range(50):
        g = [(slope - 1.0) * 60.0, offset * 1.0]
        h = [[60.0, 0.0], [0.0, 1.0]]
        for x, y in pairs:
            p = 1 / (1 + math.exp(-max(-30, min(30, slope * x + offset))))
            w = p * (1 - p)
            g[0] += (p - y) * x
            g[1] += p - y
            h[0][0] += w * x * x
            h[0][1] += w * x
            h[1][0] += w * x
            h[1][1] += w
        det = h[0][0] * h[1][1] - h[0][1] * h[1][0]
        step = ((h[1][1] * g[0] - h[0][1] * g[1]) / det, (h[0][0] * g[1] - h[1][0] * g[0]) / det)
        slope -= max(-0.5, min(0.5, step[0]))
        offset -= max(-0.5, min(0.5, step[1]))
    return max(0.1, min(3.0, slope)), offset


def main():
    print("# What the errors on simulated film say of bounds and confidence (docs/scaling.md, \"Confidence\"): film of the shipped")
    print("# instruments over their stations' climate, which the labeller was not trained on. Of each characteristic: spread, the factor")
    print("# by which bounds are widened to hold 95 % of the truths; slope and offset of the straight line that turns the logit of the")
    print("# raw confidence into that of the share of values within one reading unit. Made by training/calibrate.py.")
    print("version = 2")
    for name, rows in sorted(read(sys.argv[1:]).items()):
        if len(rows) < 40:
            continue
        ratios = sorted(error / half for error, half, _ in rows if half > 0)
        spread = ratios[min(int(0.95 * len(ratios)), len(ratios) - 1)] if ratios else 1.0
        pairs = []
        for error, _, confidence in rows:
            held = min(max(confidence, 0.002), 0.998)
            pairs.append((math.log(held / (1 - held)), 1.0 if error <= unit_of(name) else 0.0))
        spread = min(max(spread, 1.0), 4.0)
        raw = sum(1 / (1 + math.exp(-x)) for x, _ in pairs) / len(pairs)
        if raw > CROWDED:
            sound = min(1.0, sum(y for _, y in pairs) / len(pairs) / raw)
            print(f'\n["{name}"]\nspread = {spread:.2f}\nslope = 1.00\noffset = 0.00\nsound = {sound:.2f}')
            continue
        slope, offset = logistic(pairs)
        print(f'\n["{name}"]\nspread = {spread:.2f}\nslope = {slope:.2f}\noffset = {offset:.2f}')


if __name__ == "__main__":
    main()
