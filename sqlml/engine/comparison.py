"""Which of two versions of a model is better, on the same rows, and whether that may be chance.

Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13: rows are drawn again and
again, both versions are measured on each draw, and the middle 95 % of the differences are the interval of the
difference. Drawing the rows of both together is what makes it paired: what is hard for one is hard for the other. Where
rows belong to groups, groups are drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlml.engine import catalog, remembered
from sqlml.engine.database import Host
from sqlml.engine.publish import HEADLINE, Learnt
from sqlml.engine.scope import written
from sqlml.engine.scoring import ROW, Casts, apart
from sqlml.plan import Model, Part
from sqlml.plan.options import Settings
from sqlml.prep.ask import doubles
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.train.metric import LOSSES, value

if TYPE_CHECKING:
    import pyarrow as pa

    from sqlml.model.form import Floats

# So often rows are drawn: an interval of 95 % asks for no more.
_DRAWS, _TAIL = 500, 0.025
# Fewer rows would tell nothing, and their interval would be too narrow.
_LEAST = 20


@dataclass(frozen=True)
class Comparison:
    """How two versions predict a target, by the same metric on so many of the same rows.

    From `lower` to `upper` is the interval of by how much the new one is better. `unseen` rows are such as neither has
    learnt from.
    """

    metric: str
    old: float
    new: float
    lower: float
    upper: float
    rows: int
    unseen: bool

    @property
    def is_worse(self) -> bool:
        """Whether the new version is worse beyond chance."""
        return self.upper < 0

    def __str__(self) -> str:
        which = (
            "that neither has learnt from" if self.unseen else "which the old one may have learnt from, to its favour"
        )
        return (
            f"{self.metric} is {self.new:.4g}, and {self.old:.4g} of the old version, on {self.rows:,} rows {which}:"
            f" {self._difference}, 19 times of 20"
        )

    @property
    def _difference(self) -> str:
        if self.lower == self.upper == 0:
            return "no difference"
        if self.is_worse:
            return f"worse by {-self.upper:.3g} to {-self.lower:.3g}"
        return f"better by {self.lower:.3g} to {self.upper:.3g}"


def compare(
    host: Host, old: Model, casts: Casts, learnt: Sequence[Learnt], settings: Settings
) -> list[Comparison] | str:
    """Each target's comparison of the stored version with what was learnt, or the reason why there is none.

    The rows are those held out that the stored version has not learnt from either: they are new since, or were held out
    from it too. Where rows are so much alike that this cannot be told, they are all that are held out. `casts` make
    the old version's inputs of the rows.
    """
    catalog.load(host, old.database, [one.artifact for one in catalog.formulas(host, old) if not one.linear])
    scores = apart(written(host, old, flagged=False).scores(casts), len(old.parts))
    compared = []
    for part, own, one in zip(old.parts, scores, learnt, strict=True):
        try:
            unseen = remembered.unseen(host, old, part, ROW, casts, own)
        except LookupError:
            return "which rows the version before learnt from was not kept, or is not known to this release"
        rows = _rows(host, part, one, unseen or remembered.Unseen("", own), settings)
        label = doubles(rows, "label")
        if len(label) < _LEAST or label.min() == label.max():
            return f"of the rows held out, only {len(label)} are such as the version before has not learnt from"
        metric = settings.metric or HEADLINE[one.made.target.task]
        versions = [_matrix(rows, name, len(label)) for name in ("old", "new")]
        first, second, better = difference(metric, label, versions, doubles(rows, "lot"), _TAIL / len(old.parts))
        sole = old.prefix(part) + metric
        compared.append(Comparison(sole, first, second, *better, rows=len(label), unseen=unseen is not None))
    return compared


def _rows(host: Host, part: Part, learnt: Learnt, unseen: remembered.Unseen, settings: Settings) -> "pa.Table":
    """The `label` of each row to compare on, what the `old` and the `new` version say of it, and its `lot`."""
    target, split, group = learnt.made.target, learnt.split, settings.group
    lot = f"dense_rank() OVER (ORDER BY {ROW}.{identifier(group.name)})" if group else "row_number() OVER ()"
    return host.arrow(
        f"SELECT label, new, {_as_in(target, part, 'old')} AS old, lot FROM (SELECT {target.label(ROW)} AS label,"
        f" {ROW}.{split.scores} AS new, {unseen.scores} AS old, CAST({lot} AS DOUBLE) AS lot"
        f" FROM {split.measured} AS {ROW} {unseen.join}) WHERE old IS NOT NULL"
    )


def _as_in(target: Target, part: Part, scores: str) -> str:
    """SQL: the old version's scores, those of classes in the order of the new one's."""
    if not target.task.classifies or target.classes == part.classes:
        return scores
    places = [part.classes.index(name) + 1 if name in part.classes else 0 for name in target.classes]
    return f"[{', '.join(f'{scores}[{place}]' if place else '0::DOUBLE' for place in places)}]"


def _matrix(rows: "pa.Table", name: str, count: int) -> "Floats":
    """A column of scores as an array, a row each."""
    import pyarrow as pa

    flat = pa.table({name: pa.chunked_array([one.flatten() for one in rows.column(name).chunks], pa.float64())})
    return doubles(flat, name).reshape(count, -1)


def difference(
    metric: str, label: "Floats", versions: Sequence["Floats"], lots: "Floats", tail: float
) -> tuple[float, float, tuple[float, float]]:
    """The metric of both versions, and the interval of by how much the second is better."""
    import numpy as np

    loss, ones = LOSSES[metric], np.ones(len(label))
    old, new = (loss(label, scores, ones) for scores in versions)
    places = np.unique(lots, return_inverse=True)[1]
    count, chance = int(places.max()) + 1, np.random.default_rng(0)
    better = np.zeros(_DRAWS)
    for draw in range(_DRAWS):
        weight = np.bincount(chance.integers(0, count, count), minlength=count)[places].astype(np.float64)
        first, second = (loss(label, scores, weight) for scores in versions)
        better[draw] = first - second
    lower, upper = np.quantile(better, [tail, 1 - tail])
    return value(metric, old), value(metric, new), (float(lower), float(upper))
