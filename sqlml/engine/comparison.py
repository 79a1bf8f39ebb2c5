"""Which of two versions of a model is better, on the same rows, and whether that may be chance.

Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13: rows are drawn again and
again, both versions are measured on each draw, and the middle 99 % of the differences are the interval of the
difference. Drawing the rows of both together is what makes it paired: what is hard for one is hard for the other. Where
rows belong to groups, groups are drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlml.engine import catalog, remembered
from sqlml.engine.database import Host
from sqlml.engine.publish import HEADLINE, Learnt
from sqlml.engine.scope import written
from sqlml.engine.scoring import ROW, Casts, apart
from sqlml.engine.stage import Split
from sqlml.plan import Model, Part
from sqlml.plan.options import Settings
from sqlml.prep.ask import Ask, doubles
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.train.metric import LOSSES, value

if TYPE_CHECKING:
    import pyarrow as pa

    from sqlml.model.form import Floats

# So often rows are drawn, and so much of the differences lies beyond either end of the interval. One of 95 % would keep
# too many new versions back: those that measure them have learnt from fewer rows than the old version has.
_DRAWS, _TAIL = 1000, 0.005
# Fewer rows would tell nothing, and their interval would be too narrow.
_LEAST = 20


@dataclass(frozen=True)
class Comparison:
    """How two versions predict a target, by the same metric on so many of the same rows.

    From `lower` to `upper` is the interval of by how much the new one is better.
    """

    metric: str
    old: float
    new: float
    lower: float
    upper: float
    rows: int

    @property
    def is_worse(self) -> bool:
        """Whether the new version is worse beyond chance."""
        return self.upper < 0

    def __str__(self) -> str:
        return (
            f"{self.metric} is {self.new:.4g}, and {self.old:.4g} of the old version, on {self.rows:,} rows that"
            f" neither has learnt from: {self._difference}, 99 times of 100"
        )

    @property
    def _difference(self) -> str:
        if self.lower == self.upper == 0:
            return "no difference"
        if self.is_worse:
            return f"worse by {-self.upper:.3g} to {-self.lower:.3g}"
        return f"better by {self.lower:.3g} to {self.upper:.3g}"


@dataclass(frozen=True)
class Look:
    """What the rows of today that are learnt from were like to each part of the `old` version: see `today`.

    `casts` make that version's inputs of the rows.
    """

    old: Model
    casts: Casts
    found: "list[pa.Table]" = field(default_factory=list)

    def at(self, split: Split, stage: Ask) -> None:
        """Looks at the rows of the next target."""
        self.found.append(remembered.today(stage, self.old.parts[len(self.found)], self.casts, split))


def compare(host: Host, look: Look, learnt: Sequence[Learnt], settings: Settings) -> list[Comparison] | str:
    """Each target's comparison of the stored version with what was learnt, or the reason why there is none.

    The rows are those held out, each by the share of it that the stored version has not learnt from either.
    """
    old, compared = look.old, []
    catalog.load(host, old.database, [one.artifact for one in catalog.formulas(host, old) if not one.linear])
    scores = apart(written(host, old, flagged=False).scores(look.casts), len(old.parts))
    for part, own, one, others in zip(old.parts, scores, learnt, look.found, strict=True):
        with host.registered(others) as name:
            unseen = remembered.unseen(host, old, part, ROW, look.casts, own, name)
            if unseen is None:
                return "which rows the version before learnt from was not kept, or is not known to this release"
            rows = _rows(host, part, one, unseen, settings)
        label, share = doubles(rows, "label"), doubles(rows, "share")
        if share.sum() < _LEAST or label.min() == label.max():
            return f"of the rows held out, the version before has not learnt from {share.sum():.0f} alone"
        metric = settings.metric or HEADLINE[one.made.target.task]
        versions = [_matrix(rows, name, len(label)) for name in ("old", "new")]
        first, second, better = difference(metric, label, versions, share, doubles(rows, "lot"), _TAIL / len(learnt))
        compared.append(Comparison(old.prefix(part) + metric, first, second, *better, rows=round(share.sum())))
    return compared


def _rows(host: Host, part: Part, learnt: Learnt, unseen: remembered.Unseen, settings: Settings) -> "pa.Table":
    """The `label` of each row to compare on, what the `old` and the `new` version say of it, its `share` and `lot`."""
    target, split, group = learnt.made.target, learnt.split, settings.group
    lot = f"dense_rank() OVER (ORDER BY {ROW}.{identifier(group.name)})" if group else "row_number() OVER ()"
    return host.arrow(
        f"SELECT label, new, {_as_in(target, part, 'old')} AS old, share, lot FROM (SELECT {target.label(ROW)} AS"
        f" label, {ROW}.{split.scores} AS new, {unseen.scores} AS old, CAST({unseen.share} AS DOUBLE) AS share,"
        f" CAST({lot} AS DOUBLE) AS lot FROM {split.measured} AS {ROW} {unseen.joins}) WHERE share > 0"
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
    metric: str, label: "Floats", versions: Sequence["Floats"], share: "Floats", lots: "Floats", tail: float
) -> tuple[float, float, tuple[float, float]]:
    """The metric of both versions on rows that count their `share`, and by how much the second is better, from to."""
    import numpy as np

    loss = LOSSES[metric]
    old, new = (loss(label, scores, share) for scores in versions)
    places = np.unique(lots, return_inverse=True)[1]
    count, chance = int(places.max()) + 1, np.random.default_rng(0)
    better = np.zeros(_DRAWS)
    for draw in range(_DRAWS):
        weight = share * np.bincount(chance.integers(0, count, count), minlength=count)[places]
        first, second = (loss(label, scores, weight) for scores in versions)
        better[draw] = first - second
    lower, upper = np.quantile(better, [tail, 1 - tail])
    return value(metric, old), value(metric, new), (float(lower), float(upper))
