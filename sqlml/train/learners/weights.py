"""A network's weights while it learns: laid flat in one vector, begun by the data, and made into a form in the end.

The recipe is RealMLP-TD (Holzmüller, Grinsztajn and Steinwart, "Better by default", arXiv 2407.04491): quantities as
they are and as mixtures of waves, a factor for each input, layers whose sums are divided by the root of their inputs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from sqlml.model.digits import short
from sqlml.model.form import Codes, Curve, Floats, Link, Matrix, Network, bent

# Mixtures of its waves that a quantity gives besides itself, and how fast the slowest waves turn.
MIXED = 3
_TURN = 0.1 * 2.0 * np.pi
# A layer's units begin each with its bend near the middle of this many rows.
_ROWS_OF_A_BEND = 5


@dataclass(frozen=True)
class Part:
    """Some of the weights: their shape, how fast they learn, and whether they shrink while they do."""

    shape: tuple[int, ...]
    rate: float
    shrinks: bool = False

    @property
    def size(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True)
class Layout:
    """What a network is made of, but for the numbers; fields named as in `Network` are its fields."""

    quantities: tuple[int, ...]
    flagged: tuple[int, ...]
    shown: tuple[int, ...]
    codes: tuple[int, ...]
    categories: tuple[int, ...]
    levels: tuple[int, ...]
    waves: int
    width: int
    units: tuple[int, ...]
    curve: Curve
    link: Link

    @cached_property
    def entering(self) -> int:
        """Inputs that have a factor: quantities, their mixtures, and the rest."""
        mixed = MIXED if self.waves else 0
        return len(self.quantities) * (1 + mixed) + self.others

    @property
    def others(self) -> int:
        """Inputs that are no quantities."""
        return len(self.flagged) + len(self.shown) + len(self.categories) * self.width

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The weights by name, in their order in the flat vector."""
        waves = (len(self.quantities), self.waves)
        found = {
            "frequency": Part(waves, 0.1),
            "phase": Part(waves, 0.1),
            "mixing": Part((*waves, MIXED), 0.1, shrinks=True),
            "factor": Part((self.entering,), 6.0),
            "tables": Part((sum(self.levels) + 2 * len(self.levels), self.width), 1.0),
        }
        for layer, (inner, outer) in enumerate(zip((self.entering, *self.units), self.units, strict=False)):
            found[f"weights {layer}"] = Part((inner, outer), 1.0, shrinks=True)
            found[f"bias {layer}"] = Part((outer,), 0.1)
        return found

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts.values())

    def split(self, flat: Floats) -> dict[str, Floats]:
        """The weights by name, as views of the flat vector."""
        ends = np.cumsum([part.size for part in self.parts.values()])[:-1]
        pieces = zip(self.parts.items(), np.split(flat, ends), strict=True)
        return {name: piece.reshape(part.shape) for (name, part), piece in pieces}


def spread(layout: Layout, numbers: Mapping[str, float]) -> Matrix:
    """A number for each part, by its name, at each of its places in the flat vector."""
    pairs = [(numbers[name], part.size) for name, part in layout.parts.items()]
    return np.concatenate([np.full(size, number, np.float32) for number, size in pairs])


def begun(layout: Layout, centre: Floats, scale: Floats, matrix: Matrix, random: np.random.Generator) -> Floats:
    """Weights to begin with, of which each unit spreads by 1 over the rows of `matrix`."""
    flat = np.zeros(layout.size)
    weights = layout.split(flat)
    weights["frequency"][:] = random.normal(0.0, _TURN, weights["frequency"].shape)
    weights["phase"][:] = random.uniform(-np.pi, np.pi, weights["phase"].shape)
    bound = 1.0 / np.sqrt(max(1, layout.waves))
    weights["mixing"][:] = random.uniform(-bound, bound, weights["mixing"].shape)
    weights["factor"][:] = 1.0
    weights["tables"][:] = random.normal(size=weights["tables"].shape)
    for layer in range(len(layout.units)):
        weights[f"weights {layer}"][:] = random.normal(size=weights[f"weights {layer}"].shape)
    values = formed(layout, flat, centre, scale).inputs(matrix)
    for layer in range(len(layout.units)):
        values = bent(_settled(layout, weights, layer, values, random), layout.curve)
    return flat


def _settled(
    layout: Layout, weights: dict[str, Floats], layer: int, values: Floats, random: np.random.Generator
) -> Floats:
    """Rescales a layer's weights and chooses its bias by the values that enter it; what leaves it before the bend."""
    name = f"weights {layer}"
    deviation = (values @ _effective(layout, weights, layer)).std(axis=0)
    weights[name] /= np.where(deviation > 1e-3, deviation, 1.0)
    sums = values @ _effective(layout, weights, layer)
    shares = random.dirichlet(np.ones(_ROWS_OF_A_BEND), sums.shape[1])
    rows = random.integers(0, len(sums), shares.shape)
    bias = -(shares * sums[rows, np.arange(sums.shape[1])[:, None]]).sum(axis=1)
    weights[f"bias {layer}"][:] = bias
    moved: Floats = sums + bias
    return moved


def _effective(layout: Layout, weights: Mapping[str, Floats], layer: int) -> Floats:
    """A layer's weights as a form has them: (inputs, units), with whatever comes between."""
    own: Floats = weights[f"weights {layer}"]
    own = own / np.sqrt(max(1, len(own)))
    if layer:
        return own
    own = weights["factor"][:, None] * own
    if not layout.waves:
        return own
    plain = len(layout.quantities)
    near, mixed, others = np.split(own, [plain, plain * (1 + MIXED)])
    waves = weights["mixing"] @ mixed.reshape(plain, MIXED, -1)
    return np.vstack([near, waves.reshape(plain * layout.waves, -1), others])


def formed(
    layout: Layout,
    flat: Floats,
    centre: Floats,
    scale: Floats,
    label: tuple[float, float] = (0.0, 1.0),
    span: tuple[float, float] | None = None,
) -> Network:
    """The form of these weights; `label` is the centre and the scale to put back."""
    weights = layout.split(flat)
    count = len(layout.units)
    layers = [_effective(layout, weights, layer) for layer in range(count)]
    biases = [weights[f"bias {layer}"].copy() for layer in range(count)]
    layers[-1], biases[-1] = layers[-1] * label[1], biases[-1] * label[1] + label[0]
    return Network(
        quantities=_places(layout.quantities),
        centre=centre,
        scale=scale,
        frequency=weights["frequency"].copy(),
        phase=weights["phase"].copy(),
        flagged=_places(layout.flagged),
        shown=_places(layout.shown),
        codes=np.array(layout.codes, np.float64),
        categories=_places(layout.categories),
        levels=_places(layout.levels),
        tables=short(weights["tables"]),
        weights=tuple(map(short, layers)),
        biases=tuple(biases),
        curve=layout.curve,
        span=span,
        link=layout.link,
    )


def _places(numbers: tuple[int, ...]) -> Codes:
    return np.array(numbers, np.int64)
