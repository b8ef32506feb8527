"""Counts, medians, quartiles and deciles of monthly ionospheric tables: an implementation apart from the program's.

    python3 tests/uag23.py < cells.csv > summary.csv

In: rows characteristic,key,value,qualifier,descriptor. Out: a row for each characteristic and key, sorted, with count,
median, median's letters, quartiles and deciles; `-` for what is left out. Written from the rules in words, with
fractions and plain loops, so that a slip of the program does not repeat itself here.
"""

import csv
import sys
from collections import defaultdict
from fractions import Fraction

CRITICAL = {"foF2", "fxF2", "foF1", "foE", "foE2", "foEs", "fbEs", "fxI", "MUF(3000)F2"}
BELOW = {(name, "E") for name in CRITICAL}
BELOW |= {(name, "G") for name in ["foF2", "fxF2", "MUF(3000)F2", "M(3000)F2", "foEs", "fbEs"]}
ABOVE = {(name, "D") for name in CRITICAL}
ABOVE |= {(name, "G") for name in ["h'F2", "hpF2"]}
ABOVE |= {(name, "W") for name in ["h'F2", "hpF2", "h'F", "h'E", "h'Es"]}
LOW, HIGH = Fraction(-10**9), Fraction(10**9)


def entry(name, value, qualifier, descriptor):
    """Least, tabulated and greatest value of a cell that counts."""
    if value == "":
        if (name, descriptor) in BELOW:
            return LOW, LOW, LOW
        if (name, descriptor) in ABOVE:
            return HIGH, HIGH, HIGH
        return None
    value = Fraction(value)
    if qualifier == "D":
        return value, value, HIGH
    if qualifier == "E" or (name == "fbEs" and qualifier == "A"):
        return LOW, value, value
    return value, value, value


def at_rank(values, rank):
    """The values that a rank from 1, whole or half, lies between."""
    twice = int(rank * 2)
    if twice % 2 == 0:
        return [values[twice // 2 - 1]]
    return [values[twice // 2 - 1], values[twice // 2]]


def figure(entries, rank, letters):
    low, face, high = (at_rank(sorted(one[side] for one in entries), rank) for side in range(3))
    uncertain, descriptor = letters
    known = [value for value in face if LOW < value < HIGH]
    if not known:
        return descriptor or "?"
    value = sum(known) / len(known)
    if len(known) < len(face):
        letter = "E" if LOW in face else "D"
    else:
        least = value / 50
        less, more = sum(low) / len(low) < value - least, sum(high) / len(high) > value + least
        letter = {(0, 0): uncertain, (0, 1): "D", (1, 0): "E", (1, 1): "U"}[less, more]
    return f"{float(value):.6f}{letter}{descriptor}"


def common(letters):
    for letter in sorted(set(letters) - {""}):
        if 2 * letters.count(letter) > len(letters):
            return letter
    return ""


def summary(name, cells):
    counted = [(entry(name, *cell), cell) for cell in cells]
    counted = [(one, cell) for one, cell in counted if one is not None]
    count = len(counted)
    entries = [one for one, _ in counted]
    uncertain = "U" if common([cell[1] for _, cell in counted]) == "U" else ""
    letters = (uncertain, common([cell[2] for _, cell in counted]))
    ranks = [("median", Fraction(count + 1, 2), 1)]
    # A quartile is the median of the values below or above the median.
    quartile = Fraction(count // 2 + 1, 2)
    ranks += [("lower quartile", quartile, 3), ("upper quartile", count + 1 - quartile, 3)]
    decile = Fraction(int(Fraction(count + 1, 5) + Fraction(1, 2)), 2)
    ranks += [("lower decile", decile, 9), ("upper decile", count + 1 - decile, 9)]
    return [count] + [figure(entries, rank, letters) if count >= least else "-" for _, rank, least in ranks]


def main():
    months = defaultdict(list)
    for row in csv.reader(sys.stdin):
        months[row[0], row[1]].append(tuple(row[2:5]))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for name, key in sorted(months):
        writer.writerow([name, key] + summary(name, months[name, key]))


if __name__ == "__main__":
    main()
