"""Fits the confidence of values that are read from the labels alone, over two families of film that training never used.

    python3 training/calibrate_labels.py labeller.pt HELD.bin...

HELD are files of `training_frames`: held-out frames of the wide world, and frames of the shipped instruments (`climate`). Prints for
each characteristic the slope and offset for `src/scale/read/calibrated.toml`.
"""

import math
import sys

import numpy as np
import torch

import calibrate
from train import (COLUMNS, FREQUENCY, STEP_LNF, Labeller, batch_of, load, mhz_of, planes, without_unseen)

# As in `label::posterior` and `scale::read`.
MODE_BINS, SMEARED, LEAST_SHARE = 3, 0.7, 0.0011


@torch.no_grad()
def readings(model, values, pictures):
    """For each frequency characteristic and frame: truth, value, presence and raw confidence."""
    for start in range(0, len(values) // 16 * 16, 16):
        index = np.arange(start, start + 16)
        levels, valid, gyro, _, truth, _, _ = batch_of(values, pictures, index, np.random.default_rng(0), False)
        logits = model.outputs(planes(levels, valid, gyro))[1].float()
        chance = torch.softmax(logits, -1)
        present = 1 - chance[..., -1]
        bins = chance[..., :-1] / present[..., None].clamp_min(1e-9)
        window = torch.ones(1, 1, 2 * MODE_BINS + 1)
        sums = torch.nn.functional.conv1d(bins.reshape(-1, 1, COLUMNS), window, padding=MODE_BINS).reshape(bins.shape)
        near = (sums.argmax(-1)[..., None] + torch.arange(-MODE_BINS, MODE_BINS + 1)).clamp(0, COLUMNS - 1)
        part = torch.gather(bins, -1, near)
        mass = part.sum(-1)
        mean = (part * near).sum(-1) / mass
        variance = (part * (near - mean[..., None]) ** 2).sum(-1) / mass
        value = mhz_of(mean)
        sigma = torch.maximum((variance - SMEARED**2).clamp_min(0.04).sqrt() * value * STEP_LNF, LEAST_SHARE * value)
        unit = torch.tensor([calibrate.unit_of(name) for name in FREQUENCY])
        yield truth, value, present, present * mass * torch.erf(unit / sigma / math.sqrt(2))


def main():
    model = Labeller()
    model.load_state_dict(torch.load(sys.argv[1]))
    model.eval()
    pairs = {name: [] for name in FREQUENCY}
    for path in sys.argv[2:]:
        values, pictures = load([path])
        without_unseen(values, pictures)
        for truth, value, present, confidence in readings(model, values, pictures):
            for k, name in enumerate(FREQUENCY):
                for t, v, p, c in zip(truth[:, k].tolist(), value[:, k].tolist(), present[:, k], confidence[:, k].tolist()):
                    if not math.isnan(t) and p > 0.5:
                        held = min(max(c, 0.002), 0.998)
                        near = abs(v - t) <= calibrate.unit_of(name)
                        pairs[name].append((math.log(held / (1 - held)), float(near)))
    for name, rows in pairs.items():
        slope, offset = calibrate.logistic(rows)
        print(f"{name}: {len(rows)} values, slope {slope:.2f}, offset {offset:.2f}")


if __name__ == "__main__":
    main()
