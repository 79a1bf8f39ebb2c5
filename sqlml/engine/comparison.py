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
from sqlml.prep.ask import doubles
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column
from sqlml.train.metric import LOSSES, value

if TYPE_CHECKING:
    import pyarrow as pa

    from sqlml.model.form import Floats

# So often rows are drawn: what an interval of 95 % asks for, to a figure or two.
_DRAWS = 500
# Fewer rows that the old version did not learn from tell too little alone.
_ENOUGH = 20
_TAIL = 0.025


@dataclass(frozen=True)
class Comparison:
    """How two versions predict a target, by the same metric on so many of the same rows.

    From `lower` to `upper` is the interval of by how much the new one is better. `fresh` rows are such as neither has
    learnt from.
    """

    metric: str
    old: float
    new: float
    lower: float
    upper: float
    rows: int
    fresh: bool

    @property
    def is_worse(self) -> bool:
        """Whether the new version is worse beyond chance."""
        return self.upper < 0

    def __str__(self) -> str:
        learnt = "" if self.fresh else ", some of which the old version may have learnt from, to its favour"
        return (
            f"{self.metric} is {self.new:.4g}, and {self.old:.4g} of the old version, on the same {self.rows:,} rows"
            f"{learnt}: {self._difference}, 19 times of 20"
        )

    @property
    def _difference(self) -> str:
        if self.lower == self.upper == 0:
            return "no difference"
        if self.is_worse:
            return f"worse by {-self.upper:.3g} to {-self.lower:.3g}"
        return f"better by {self.lower:.3g} to {self.upper:.3g}"


def compare(
    host: Host, old: Model, casts: Casts, learnt: Sequence[Learnt], asked: str | None, group: Column | None
) -> list[Comparison]:
    """Each target's comparison of the stored version with what was learnt, on the rows that were held out.

    `casts` make the old version's inputs of the rows, `asked` is the metric asked for, and `group` the column whose
    equal values belong together. Rows that neither version has learnt from decide alone, where they are enough.
    """
    catalog.load(host, old.database, [one.artifact for one in catalog.formulas(host, old) if not one.linear])
    scores = apart(written(host, old, flagged=False).scores(casts), len(old.parts))
    pairs = zip(old.parts, scores, learnt, strict=True)
    tail = _TAIL / len(old.parts)
    return [_compared(host, old, part, own, casts, one, asked, group, tail) for part, own, one in pairs]


def _compared(
    host: Host,
    old: Model,
    part: Part,
    scores: str,
    casts: Casts,
    learnt: Learnt,
    asked: str | None,
    group: Column | None,
    tail: float,
) -> Comparison:
    target, split = learnt.made.target, learnt.split
    fresh = remembered.fresh(host, old, part, ROW, casts)
    lot = "row_number() OVER ()" if group is None else f"dense_rank() OVER (ORDER BY {ROW}.{identifier(group.name)})"
    rows = host.arrow(
        f"SELECT {target.label(ROW)} AS label, {ROW}.{split.scores} AS new, {_as_in(target, part, scores)} AS old,"
        f" CAST(coalesce({fresh or 'NULL'}, false) AS DOUBLE) AS fresh, CAST({lot} - 1 AS DOUBLE) AS lot"
        f" FROM {split.measured} AS {ROW}"
    )
    label, lots, is_fresh = doubles(rows, "label"), doubles(rows, "lot").astype(int), doubles(rows, "fresh") > 0
    matters = is_fresh.sum() >= _ENOUGH and label[is_fresh].min() < label[is_fresh].max()
    chosen = is_fresh if matters else is_fresh | True
    metric = asked or HEADLINE[target.task]
    versions = [_matrix(rows, name, len(label))[chosen] for name in ("old", "new")]
    first, second, better = _drawn(metric, label[chosen], versions, lots[chosen], tail)
    sole = old.prefix(part) + metric
    return Comparison(sole, first, second, *better, rows=int(chosen.sum()), fresh=bool(matters))


def _as_in(target: Target, part: Part, scores: str) -> str:
    """SQL: the old version's scores, those of classes in the order of the new one's."""
    if not target.task.classifies or target.classes == part.classes:
        return scores
    places = [part.classes.index(name) + 1 if name in part.classes else 0 for name in target.classes]
    picked = ", ".join(f"own[{place}]" if place else "0::DOUBLE" for place in places)
    return f"list_transform([{scores}], lambda own: [{picked}])[1]"


def _matrix(rows: "pa.Table", name: str, count: int) -> "Floats":
    """A column of scores as an array, a row each."""
    import pyarrow as pa

    flat = pa.table({name: pa.chunked_array([one.flatten() for one in rows.column(name).chunks], pa.float64())})
    return doubles(flat, name).reshape(count, -1)


def _drawn(
    metric: str, label: "Floats", versions: Sequence["Floats"], lots: "Floats", tail: float
) -> tuple[float, float, tuple[float, float]]:
    """The metric of both versions, and the interval of by how much the second is better."""
    import numpy as np

    loss = LOSSES[metric]
    ones = np.ones(len(label))
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
