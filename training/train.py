"""Trains the echo labeller on simulated frames.

    python3 training/train.py DATA --held FILE... --minutes 60 --output labeller.weights

DATA is a folder of files made by the program `training_frames`; others are held out. The same seeds, data, steps and
number of threads give the same run; steps, losses and figures go to REPORT beside the weights.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from model import FREQUENCY, HEIGHT, Labeller, export_weights

ROWS, COLUMNS = 144, 352
BAND = (0.9, 20.0)
RANGE = (75.0, 900.0)
STEP_LNF = math.log(BAND[1] / BAND[0]) / COLUMNS
STEP_LNH = math.log(RANGE[1] / RANGE[0]) / ROWS
HEAD = 16
RECORD = 4 * HEAD + 3 * ROWS * COLUMNS


def load(paths):
    """Frames of several files as arrays: values, levels, valid, labels."""
    values, pictures = [], []
    for path in paths:
        raw = np.fromfile(path, np.uint8)
        raw = raw[: len(raw) // RECORD * RECORD].reshape(-1, RECORD)
        values.append(raw[:, : 4 * HEAD].copy().view(np.float32))
        pictures.append(raw[:, 4 * HEAD :].reshape(-1, 3, ROWS, COLUMNS))
    return np.concatenate(values), np.concatenate(pictures)


# Label bits of E, Es and F, and the columns of the values that hang on them.
GROUPS = ((0b000011, (4, 11)), (0b001100, (7, 8, 12)), (0b110000, (5, 6, 10, 13, 14)))
# Mean darkness of a trace over its surround from which the film shows it, in levels: a fifth of a local deviation.
SHOWN = 6.0


def without_unseen(values, pictures):
    """Takes out the labels and values of layers whose traces the film does not show at all: nobody could read them."""
    gone = 0
    for head, (levels, valid, labels) in zip(values, pictures):
        surround = levels[(valid == 1) & (labels == 0)]
        if len(surround) == 0:
            continue
        surround = float(surround.mean())
        for bits, columns in GROUPS:
            cells = (labels & bits) != 0
            if cells.any() and float(levels[cells].mean()) - surround < SHOWN:
                labels[cells] &= 0xFF ^ bits
                head[list(columns)] = np.nan
                gone += 1
        if not labels.any():
            head[9] = np.nan
    print(f"{gone} layers not shown of {len(values)} frames", flush=True)


def column_of(mhz):
    return torch.log(mhz / BAND[0]) / STEP_LNF - 0.5


def row_of(km):
    return torch.log(RANGE[1] / km) / STEP_LNH - 0.5


def mhz_of(column):
    return BAND[0] * torch.exp((column + 0.5) * STEP_LNF)


def km_of(row):
    return RANGE[1] * torch.exp(-(row + 0.5) * STEP_LNH)


MHZ = mhz_of(torch.arange(COLUMNS, dtype=torch.float32))


def planes(levels, valid, gyro):
    """The four input planes: the picture, what stands where X, and where O, of each cell would stand, and what is valid."""
    picture = levels / 127.5 - 1.0
    n = picture.shape[0]
    gyro = gyro[:, None]
    x_of_o = 0.5 * (gyro + torch.sqrt(gyro * gyro + 4 * MHZ * MHZ))
    o_of_x = torch.sqrt((MHZ * (MHZ - gyro)).clamp_min(1e-6))
    warped = []
    for mhz in (x_of_o, o_of_x):
        place = column_of(mhz)
        low = place.floor().clamp(0, COLUMNS - 2)
        part = (place - low).clamp(0, 1)
        low = low.long()
        inside = ((place >= 0) & (place <= COLUMNS - 1)).float()[:, None, :]
        index = low[:, None, :].expand(n, ROWS, COLUMNS)
        a = torch.gather(picture, 2, index)
        b = torch.gather(picture, 2, index + 1)
        warped.append((a + (b - a) * part[:, None, :]) * inside)
    return torch.stack([picture, *warped, valid], 1)


def shifted(array, fill, columns, rows):
    """Shifts a picture by whole cells."""
    result = np.full_like(array, fill)
    h, w = array.shape[-2:]
    rs, re = max(rows, 0), h + min(rows, 0)
    cs, ce = max(columns, 0), w + min(columns, 0)
    result[..., rs:re, cs:ce] = array[..., rs - rows : re - rows, cs - columns : ce - columns]
    return result


def batch_of(values, pictures, index, random, augment):
    """A batch with augmentation: picture tensors and targets."""
    n = len(index)
    picked = pictures[index].copy()
    head = values[index].astype(np.float64).copy()
    gyro = head[:, 0].copy()
    freq, height = head[:, 4:11], head[:, 11:15]
    lost_f = np.zeros(freq.shape, bool)
    lost_h = np.zeros(height.shape, bool)
    levels = picked[:, 0].astype(np.float32)
    valid = picked[:, 1].astype(np.float32)
    labels = picked[:, 2]
    if augment:
        for i in range(n):
            # A shift along ln f scales all frequencies and the gyrofrequency alike, which is exact.
            c = int(np.clip(random.normal(0, 18), -45, 45))
            r = int(np.clip(random.normal(0, 2.5), -6, 6))
            scale = math.exp(c * STEP_LNF)
            if not 0.45 < gyro[i] * scale < 1.8:
                c, scale = 0, 1.0
            levels[i] = shifted(levels[i], 128.0, c, r)
            valid[i] = shifted(valid[i], 0.0, c, r)
            labels[i] = shifted(labels[i], 0, c, r)
            gyro[i] *= scale
            freq[i] *= scale
            height[i] *= math.exp(-r * STEP_LNH)
        # What leaves the raster is neither there nor absent.
        lost_f = ~np.isnan(freq) & ((freq < BAND[0] * 1.01) | (freq > BAND[1] * 0.99))
        lost_h = ~np.isnan(height) & ((height < RANGE[0] * 1.02) | (height > RANGE[1] * 0.98))
        for i in range(n):
            a = levels[i] - 128.0
            kind = random.random(8)
            if kind[0] < 0.4:
                a = a * random.uniform(0.55, 1.6)
            if kind[1] < 0.4:
                a = a + random.normal(0, random.uniform(2, 22), a.shape).astype(np.float32)
            if kind[2] < 0.15:
                a[:, random.integers(0, COLUMNS, random.integers(1, 12))] = random.uniform(-60, 100)
            if kind[3] < 0.1:
                a[random.integers(0, ROWS, random.integers(1, 6)), :] += random.uniform(-40, 90)
            if kind[4] < 0.15:
                from_c = random.integers(0, COLUMNS - 12)
                a[:, from_c : from_c + random.integers(2, 12)] = random.normal(0, 20)
            if kind[5] < 0.15:
                a[:, 1:-1] = 0.25 * a[:, :-2] + 0.5 * a[:, 1:-1] + 0.25 * a[:, 2:]
            if kind[6] < 0.1:
                a[1:-1] = 0.25 * a[:-2] + 0.5 * a[1:-1] + 0.25 * a[2:]
            if kind[7] < 0.1:
                a = np.sign(a) * np.minimum(np.abs(a), random.uniform(40, 90))
            levels[i] = 128.0 + np.clip(a, -128, 127)
        gyro *= np.exp(random.normal(0, 0.03, n))
    levels = 128.0 + (levels - 128.0) * valid
    bits = ((labels[:, None] >> np.arange(8)[None, :, None, None].astype(np.uint8)) & 1).astype(np.float32)
    return (
        torch.from_numpy(levels),
        torch.from_numpy(valid),
        torch.from_numpy(gyro.astype(np.float32)),
        torch.from_numpy(bits),
        torch.from_numpy(np.where(lost_f, -1, freq).astype(np.float32)),
        torch.from_numpy(np.where(lost_h, -1, height).astype(np.float32)),
        torch.from_numpy(head[:, 15:16].astype(np.float32)),
    )


def soft_target(place, count, sigma):
    """Bins around a fractional place, as a normal distribution; the last bin is "none"."""
    bins = torch.arange(count, dtype=torch.float32)
    weight = torch.exp(-0.5 * ((bins - place[..., None]) / sigma) ** 2)
    weight = weight / weight.sum(-1, keepdim=True).clamp_min(1e-9)
    none = torch.isnan(place)
    weight = torch.where(none[..., None], torch.zeros_like(weight), weight)
    return torch.cat([weight, none.float()[..., None]], -1)


def losses(outputs, bits, valid, freq, height, spread):
    maps, by_column, by_row, scalars = outputs
    maps, by_column, by_row = maps.float(), by_column.float(), by_row.float()
    p = torch.sigmoid(maps)
    weight = valid[:, None] * (1 + 3 * bits)
    bce = F.binary_cross_entropy_with_logits(maps, bits, weight=weight, reduction="sum") / weight.sum()
    inter = (p * bits * valid[:, None]).sum((0, 2, 3))
    dice = 1 - (2 * inter + 20) / ((p * valid[:, None]).sum((0, 2, 3)) + bits.sum((0, 2, 3)) + 20)
    total = 12 * bce + 0.5 * dice.mean()
    point = 0.0
    for logits, value, place_of, sigma in ((by_column, freq, column_of, 0.7), (by_row, height, row_of, 0.7)):
        known = value != -1
        place = place_of(value.clamp_min(1e-3))
        place = torch.where(torch.isnan(value), value, place)
        target = soft_target(place, logits.shape[-1] - 1, sigma)
        ce = -(target * F.log_softmax(logits, -1)).sum(-1)
        point = point + (ce * known).sum() / known.sum().clamp_min(1)
    total = total + 0.3 * F.binary_cross_entropy_with_logits(scalars.float(), spread)
    return total + 0.5 * point, bce.item(), float(point.detach())


def decode(logits, value_of):
    """Value, probability of being there, and probability within two bins, of each characteristic."""
    p = torch.softmax(logits.float(), -1)
    none = p[..., -1]
    bins = p[..., :-1] / (1 - none).clamp_min(1e-9)[..., None]
    best = bins.argmax(-1)
    offsets = torch.arange(-3, 4)
    index = (best[..., None] + offsets).clamp(0, bins.shape[-1] - 1)
    mass = torch.gather(bins, -1, index)
    place = (mass * index).sum(-1) / mass.sum(-1).clamp_min(1e-9)
    return value_of(place), 1 - none, mass.sum(-1)


@torch.no_grad()
def evaluate(model, values, pictures, count=400):
    """Figures on held-out frames: given, false, root mean square, within a unit."""
    model.eval()
    index = np.arange(min(count, len(values)))
    columns = {name: [] for name in FREQUENCY + HEIGHT}
    random = np.random.default_rng(0)
    for start in range(0, len(index), 16):
        levels, valid, gyro, bits, freq, height, _ = batch_of(
            values, pictures, index[start : start + 16], random, augment=False
        )
        _, by_column, by_row = model(planes(levels, valid, gyro))
        for names, logits, truth, value_of in (
            (FREQUENCY, by_column, freq, mhz_of),
            (HEIGHT, by_row, height, km_of),
        ):
            value, there, sharp = decode(logits, value_of)
            for k, name in enumerate(names):
                columns[name].append(torch.stack([truth[:, k], value[:, k], there[:, k], sharp[:, k]], 1))
    rows = {}
    for name, parts in columns.items():
        t, v, there, sharp = torch.cat(parts).T
        exists = ~torch.isnan(t)
        given = (there > 0.5) & (there * sharp > 0.5)
        both = exists & given
        error = (v - t)[both]
        unit = 0.1 if name in FREQUENCY else (10.0 if name == "h'F2" else 5.0)
        rows[name] = {
            "n": int(exists.sum()),
            "given": round(float(both.sum() / exists.sum().clamp_min(1)), 3),
            "false": round(float((given & ~exists).sum() / (~exists).sum().clamp_min(1)), 3),
            "rmse": round(float(error.square().mean().sqrt()) if len(error) else 0.0, 3),
            "median": round(float(error.abs().median()) if len(error) else 0.0, 3),
            "unit": round(float((error.abs() < unit).float().mean()) if len(error) else 0.0, 3),
        }
    model.train()
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int, default=0, help="length of the schedule, instead of minutes")
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--start", type=Path, help="checkpoint to start from")
    parser.add_argument("--held", type=Path, nargs="+", required=True, help="files held out")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    random = np.random.default_rng(options.seed)
    values, pictures = load(sorted(options.data.glob("frames_*.bin")))
    without_unseen(values, pictures)
    held = [(path.stem, *load([path])) for path in options.held]
    for _, held_values, held_pictures in held:
        without_unseen(held_values, held_pictures)
    print(f"{len(values)} frames to learn from, {[len(v) for _, v, _ in held]} held out", flush=True)
    model = Labeller()
    if options.start:
        model.load_state_dict(torch.load(options.start))
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    optimiser = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.01)
    started, step, log = time.time(), 0, []
    order = []
    while True:
        spent = (time.time() - started) / 60
        done = step / options.steps if options.steps else spent / options.minutes
        if done >= 1:
            break
        warm = min(1.0, (step + 1) / 200)
        rate = options.rate * warm * 0.5 * (1 + math.cos(math.pi * done))
        for group in optimiser.param_groups:
            group["lr"] = max(rate, 1e-5)
        if len(order) < options.batch:
            order = list(random.permutation(len(values)))
        index = np.array([order.pop() for _ in range(options.batch)])
        levels, valid, gyro, bits, freq, height, spread = batch_of(values, pictures, index, random, augment=True)
        inputs = planes(levels, valid, gyro)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = model.outputs(inputs)
        loss, bce, point = losses(outputs, bits, valid, freq, height, spread)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        step += 1
        keep = min(0.998, step / (step + 20))
        for name, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                average[name].mul_(keep).add_(value, alpha=1 - keep)
            else:
                average[name].copy_(value)
        if step % 50 == 0:
            log.append((step, round(loss.item(), 4), round(bce, 5), round(point, 4)))
            print(f"{spent:6.1f} min step {step} loss {loss.item():.3f} bce {bce:.4f} point {point:.3f}", flush=True)
        if step % 1000 == 0:
            save(model, average, options.output, held, log, options, step)
    save(model, average, options.output, held, log, options, step)


def save(model, average, output, held, log, options, step):
    """Writes weights, checkpoint and figures of the averaged model."""
    own = {name: value.detach().clone() for name, value in model.state_dict().items()}
    model.load_state_dict(average)
    rows = {}
    for file, held_values, held_pictures in held:
        rows[file] = evaluate(model, held_values, held_pictures)
        print(file)
        for name, row in rows[file].items():
            print(f"  {name:5} {row}", flush=True)
    export_weights(model, output)
    torch.save(model.state_dict(), output.with_suffix(".pt"))
    report = {
        "steps": step,
        "batch": options.batch,
        "rate": options.rate,
        "seed": options.seed,
        "torch": torch.__version__,
        "held out": rows,
        "log": log,
    }
    output.with_suffix(".json").write_text(json.dumps(report, indent=1))
    model.load_state_dict(own)


if __name__ == "__main__":
    main()
