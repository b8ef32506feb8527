"""The echo labeller: the network that `src/label/network.rs` runs, and the file of weights that both agree on.

Enters: rasters [N, 4, 144, 352] (the picture, the picture warped by the relation of the X trace, by that of the
O trace, and the mask of valid pixels). Leaves: maps [N, 8, 144, 352], frequencies [N, 7, 353] and heights [N, 4, 145],
all logits; the last logit of a characteristic says that the frame does not show it.
"""

import json
import struct
import sys
from array import array

import torch
from torch import nn
from torch.nn import functional

WIDTHS = {"stem": 16, "e1": 24, "e2": 32, "e3": 48, "e4": 96}
ROWS, COLUMNS, PLANES, MAPS = 144, 352, 4, 8
FREQUENCY = ["foE", "foF1", "foF2", "foEs", "fbEs", "fmin", "fxI"]
HEIGHT = ["h'E", "h'Es", "h'F", "h'F2"]
SCALARS = ["spread"]
MAGIC = b"IONOLBL1"


class Layer(nn.Module):
    """A convolution with its batch normalisation, an optional residual and an optional ReLU, in this order."""

    def __init__(self, kind, inputs, outputs, stride=1, residual=False, relu=True, norm=True):
        super().__init__()
        size = 1 if kind == "pointwise" else 3
        groups = inputs if kind == "depthwise" else 1
        self.kind, self.stride, self.residual, self.relu = kind, stride, residual, relu
        self.conv = nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=not norm)
        self.norm = nn.BatchNorm2d(outputs) if norm else nn.Identity()

    def forward(self, x, skip=None):
        """`skip` is the residual where it is not the input itself (a separable block)."""
        y = self.norm(self.conv(x))
        if self.residual:
            y = y + (x if skip is None else skip)
        return functional.relu(y) if self.relu else y

    def folded(self):
        """Weight and bias with the statistics of the batch normalisation inside."""
        weight = self.conv.weight.detach().double()
        bias = torch.zeros(weight.shape[0]).double() if self.conv.bias is None else self.conv.bias.detach().double()
        if isinstance(self.norm, nn.BatchNorm2d):
            norm = self.norm
            scale = norm.weight.detach().double() / torch.sqrt(norm.running_var.double() + norm.eps)
            weight = weight * scale.reshape(-1, 1, 1, 1)
            bias = norm.bias.detach().double() + (bias - norm.running_mean.double()) * scale
        return weight, bias


class Separable(nn.Module):
    """Depthwise 3x3 without activation, then pointwise with ReLU."""

    def __init__(self, inputs, outputs, residual=False):
        super().__init__()
        self.depth = Layer("depthwise", inputs, inputs, relu=False)
        self.point = Layer("pointwise", inputs, outputs, residual=residual)

    def forward(self, x):
        return self.point(self.depth(x), skip=x)


class Linear(nn.Linear):
    """A linear output of the global average of the deepest layer."""

    def folded(self):
        return self.weight.detach(), self.bias.detach()


class Labeller(nn.Module):
    """The whole network."""

    def __init__(self, widths=None, rows=ROWS, columns=COLUMNS, planes=PLANES, maps=MAPS,
                 frequency=None, height=None, scalars=None):
        super().__init__()
        w = dict(WIDTHS if widths is None else widths)
        self.rows, self.columns, self.planes, self.maps_count = rows, columns, planes, maps
        self.frequency = list(FREQUENCY if frequency is None else frequency)
        self.height = list(HEIGHT if height is None else height)
        self.scalar_names = list(SCALARS if scalars is None else scalars)
        characteristics = len(self.frequency) + len(self.height)
        self.stem = Layer("conv", 4 * planes, w["stem"])
        self.e1 = Separable(w["stem"], w["e1"])
        self.e2a = Layer("conv", w["e1"], w["e2"], stride=2)
        self.e2b = Layer("conv", w["e2"], w["e2"], residual=True)
        self.e3a = Layer("conv", w["e2"], w["e3"], stride=2)
        self.e3b = Layer("conv", w["e3"], w["e3"], residual=True)
        self.e4a = Layer("conv", w["e3"], w["e4"], stride=2)
        self.e4b = Layer("conv", w["e4"], w["e4"], residual=True)
        self.e4c = Layer("conv", w["e4"], w["e4"], residual=True)
        self.u3 = Layer("pointwise", w["e4"], w["e3"], relu=False)
        self.d3 = Layer("conv", w["e3"], w["e3"], residual=True)
        self.u2 = Layer("pointwise", w["e3"], w["e2"], relu=False)
        self.d2 = Layer("conv", w["e2"], w["e2"], residual=True)
        self.u1 = Layer("pointwise", w["e2"], w["e1"], relu=False)
        self.d1a = Separable(w["e1"], w["e1"], residual=True)
        self.d1b = Separable(w["e1"], w["e1"], residual=True)
        self.maps = Layer("pointwise", w["e1"], 4 * maps, relu=False, norm=False)
        self.points = Layer("pointwise", w["e1"], 2 * characteristics, relu=False, norm=False)
        self.none = Linear(w["e4"], characteristics)
        self.scalars = Linear(w["e4"], len(self.scalar_names)) if self.scalar_names else None

    def forward(self, x):
        maps, frequency, height, _ = self.outputs(x)
        return maps, frequency, height

    def outputs(self, x):
        """The outputs of `forward` and the scalars [N, S]."""
        e1 = self.e1(self.stem(functional.pixel_unshuffle(x, 2)))
        e2 = self.e2b(self.e2a(e1))
        e3 = self.e3b(self.e3a(e2))
        e4 = self.e4c(self.e4b(self.e4a(e3)))
        d3 = self.d3(functional.relu(double(self.u3(e4)) + e3))
        d2 = self.d2(functional.relu(double(self.u2(d3)) + e2))
        d1 = self.d1b(self.d1a(functional.relu(double(self.u1(d2)) + e1)))
        average = e4.float().mean(dim=(2, 3))
        maps = functional.pixel_shuffle(self.maps(d1), 2).float()
        frequency, height = self.characteristics(self.points(d1).float(), self.none(average).float())
        scalars = average.new_zeros(len(x), 0) if self.scalars is None else self.scalars(average).float()
        return maps, frequency, height, scalars

    def characteristics(self, points, none):
        """Two channels to a frequency (even and odd columns), then two to a height (even and odd rows)."""
        count = len(self.frequency)
        n, _, rows, columns = points.shape
        columns_of = torch.logsumexp(points[:, :2 * count].reshape(n, count, 2, rows, columns), dim=3)
        rows_of = torch.logsumexp(points[:, 2 * count:].reshape(n, len(self.height), 2, rows, columns), dim=4)
        frequency = columns_of.transpose(2, 3).reshape(n, count, 2 * columns)
        height = rows_of.transpose(2, 3).reshape(n, len(self.height), 2 * rows)
        return (torch.cat([frequency, none[:, :count, None]], dim=2),
                torch.cat([height, none[:, count:, None]], dim=2))

    def layers(self):
        """The layers with their names, in the order of the file of weights."""
        for name, module in self.named_children():
            if isinstance(module, Separable):
                yield f"{name}.depth", module.depth
                yield f"{name}.point", module.point
            elif module is not None:
                yield name, module


def double(x):
    """Every pixel twice in both directions."""
    return functional.interpolate(x, scale_factor=2, mode="nearest")


def described(name, layer):
    """The entry of a layer in the header of the file of weights."""
    if isinstance(layer, Linear):
        return {"name": name, "kind": "linear", "in": layer.in_features, "out": layer.out_features,
                "stride": 1, "residual": False, "relu": False}
    return {"name": name, "kind": layer.kind, "in": layer.conv.in_channels, "out": layer.conv.out_channels,
            "stride": layer.stride, "residual": layer.residual, "relu": layer.relu}


def export_weights(model, path):
    """Writes the magic, the length of the header, the header in JSON and all tensors as 32-bit floats."""
    layers = list(model.layers())
    header = {"rows": model.rows, "columns": model.columns, "planes": model.planes, "maps": model.maps_count,
              "frequency": model.frequency, "height": model.height, "scalars": model.scalar_names,
              "layers": [described(name, layer) for name, layer in layers]}
    text = json.dumps(header, separators=(",", ":")).encode()
    with open(path, "wb") as file:
        file.write(MAGIC + struct.pack("<I", len(text)) + text)
        for _, layer in layers:
            for tensor in layer.folded():
                file.write(little_endian(tensor))


def little_endian(tensor):
    """The values of a tensor as 32-bit floats in the order of the file."""
    values = array("f", tensor.float().flatten().tolist())
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()
