"""Writes the fixture of the tests in `src/label`: a small network of random weights and its outputs for one raster.

    python3 training/fixture.py tests/fixtures/label
"""

import sys
from pathlib import Path

import torch

from model import Labeller, export_weights, little_endian

ROWS, COLUMNS = 16, 32


def grey(count):
    """The grey values of the raster, which the test makes in the same way."""
    state = 7
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 24


def main(folder):
    torch.manual_seed(1)
    model = Labeller(widths={"stem": 5, "e1": 6, "e2": 7, "e3": 8, "e4": 8}, rows=ROWS, columns=COLUMNS, maps=3,
                     frequency=["foE", "foF2"], height=["h'F"], scalars=["quality"])
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.uniform_(-0.3, 0.3)
                module.running_var.uniform_(0.2, 0.6)
                module.weight.uniform_(0.8, 1.5)
                module.bias.uniform_(-0.2, 0.4)
    model.eval()
    size = ROWS * COLUMNS
    values = torch.tensor(list(grey(4 * size)), dtype=torch.float32).reshape(1, 4, ROWS, COLUMNS)
    raster = torch.cat([values[:, :3] / 127.5 - 1, (values[:, 3:] >= 64).float()], dim=1)
    with torch.no_grad():
        outputs = model.outputs(raster)
    folder.mkdir(parents=True, exist_ok=True)
    export_weights(model, folder / "random.bin")
    (folder / "random-outputs.bin").write_bytes(b"".join(little_endian(output) for output in outputs))
    print([f"{output.min():.2f} to {output.max():.2f}, spread {output.std():.3f}" for output in outputs])


main(Path(sys.argv[1]))
