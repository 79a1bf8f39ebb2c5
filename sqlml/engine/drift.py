"""Whether the rows of today are like those that a version of a model has learnt from."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlml.engine import catalog, remembered
from sqlml.engine.database import Host
from sqlml.engine.refresh_problems import DriftUnknown, NotDrifted, RowsDrifted
from sqlml.engine.retraining import Retraining
from sqlml.engine.scoring import targets
from sqlml.plan import Model
from sqlml.prep.histograms import Histogram, counted, counters
from sqlml.prep.recipe import Recipe
from sqlml.prep.shift import Shift, shifts
from sqlml.prep.target import Target
from sqlml.quote import identifier


@dataclass(frozen=True)
class Drift:
    """The shifts of each target's columns and of the target, largest first; or the `reason` why they are unknown."""

    shifts: tuple[tuple[str, list[Shift]], ...] = ()
    reason: str | None = None

    @property
    def largest(self) -> list[Shift]:
        """The shift of each column, once, the largest first."""
        every = sorted((shift for _, found in self.shifts for shift in found), key=lambda shift: -shift.index)
        return list({shift.column: shift for shift in reversed(every)}.values())[::-1]


def has_drifted(model: Model, again: Retraining) -> bool:
    """Whether they are unlike, or that cannot be told; tells why, and keeps the figures in `sqlml.drift`."""
    found, notices = measured(model, again), again.scope.notices
    if found.reason:
        notices.append(DriftUnknown(model.name, model.version, found.reason))
        return True
    _keep(again.scope.host, model, found)
    drifted = [shift for shift in found.largest if shift.has_drifted]
    if drifted:
        notices.append(RowsDrifted(model.name, model.version, drifted))
    else:
        notices.append(NotDrifted(model.name, model.version, found.largest[0]))
    return bool(drifted)


def measured(model: Model, again: Retraining) -> Drift:
    """How far each column has moved between the training of the version and what its query returns today.

    The query is run once for each target, in whose rows it is known.
    """
    host, fit = again.scope.host, again.fit(model)
    known = remembered.spread(host, model)
    if fit.reason or not all(known):
        return Drift(reason=fit.reason or "an older release trained it and kept nothing to compare with")
    casts = ", ".join(f"{cast} AS {identifier(name)}" for name, cast in fit.casts)
    columns = f"* REPLACE ({casts})" if casts else "*"
    found = []
    for recipe, target, then in zip(catalog.recipes(host, model), targets(model), known, strict=True):
        now = _counted(again, columns, recipe, target, then)
        found.append((target.column.name, shifts(then, now)))
    return Drift(tuple(found))


def _counted(again: Retraining, columns: str, recipe: Recipe, target: Target, then: list[Histogram]) -> list[Histogram]:
    head = f"SELECT [{', '.join(counters(recipe, target, then))}] FROM (SELECT {columns} FROM ("
    span = again.operator.query.span
    counting = again.scope.composed(span).within(head, f"\n)) AS r WHERE {target.labelled('r')}")
    with counting.blamed():
        ((answers,),) = again.scope.host.rows(counting.text, again.scope.parameters(span))
    return counted(then, answers)


def _keep(host: Host, model: Model, drift: Drift) -> None:
    """Writes the figures of every column into `sqlml.drift`."""
    now = datetime.now(UTC).replace(tzinfo=None)
    with host.transaction():
        for target, found in drift.shifts:
            for one in found:
                row = [model.schema, model.name, model.version, now, target, one.column, one.index, one.bound, one.rows]
                host.run(f"INSERT INTO {catalog.home(model.database)}.drift VALUES ({', '.join('?' * 9)})", row)
