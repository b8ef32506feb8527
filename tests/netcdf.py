"""Reads foF2 of a netCDF export with netCDF4, compares it with a list of values, and runs the CF checker.

    python3 tests/netcdf.py FILE.nc VALUES.txt
"""

import sys

import netCDF4
import numpy
from compliance_checker.runner import CheckSuite, ComplianceChecker


def main():
    file, truth = sys.argv[1:]
    with netCDF4.Dataset(file) as data:
        values = data["foF2"][:].filled(numpy.nan)
        assert set(numpy.unique(data["foF2_flag"][:])) <= set(data["foF2_flag"].flag_values)
        assert len(data["foF2_flag"].flag_meanings.split()) == len(data["foF2_flag"].flag_values)
        times = netCDF4.num2date(data["time"][:], data["time"].units)
        assert str(times[0]).startswith("1957-07-01 00:00:00"), times[0]
    expected = numpy.loadtxt(truth)
    assert numpy.array_equal(values, expected, equal_nan=True)
    CheckSuite.load_all_available_checkers()
    passed, failed = ComplianceChecker.run_checker(file, ["cf:1.8"], 0, "strict", output_filename="/dev/null")
    assert passed and not failed, "the CF checker has complaints"


if __name__ == "__main__":
    main()
