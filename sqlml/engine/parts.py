"""What the versions of models are made of: read once and kept, since no artifact ever changes."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from sqlml.engine.database import Host
from sqlml.plan import Part
from sqlml.prep.recipe import Recipe
from sqlml.quote import literal
from sqlml.schema import Column, Task
from sqlml.score.formula import Formula

T = TypeVar("T")

# Of each kind so many are kept; those not used for longest make room.
_MOST = 100


class _Kept(Generic[T]):
    """Something of each artifact; `read` gives it, from its row in `targets`."""

    def __init__(self, columns: str, read: Callable[..., T]) -> None:
        self._columns, self._read = columns, read
        self._found: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def of(self, host: Host, home: str, artifacts: Sequence[str]) -> list[T]:
        with self._lock:
            known = {artifact: self._found[artifact] for artifact in artifacts if artifact in self._found}
        if len(known) < len(artifacts):
            known = self._asked(host, home, artifacts)
        with self._lock:
            for artifact in artifacts:
                self._found[artifact] = known[artifact]
                self._found.move_to_end(artifact)
            while len(self._found) > _MOST:
                self._found.popitem(last=False)
        return [known[artifact] for artifact in artifacts]

    def _asked(self, host: Host, home: str, artifacts: Iterable[str]) -> dict[str, T]:
        among = ", ".join(map(literal, artifacts))
        sql = f"SELECT artifact, {self._columns} FROM {home}.targets WHERE artifact IN ({among})"
        return {artifact: self._read(artifact, *row) for artifact, *row in host.rows(sql)}


def _part(
    artifact: str,
    task: str,
    target: str,
    type_: str,
    inputs: list[dict[str, str]],
    classes: list[str],
    prior: list[float],
) -> Part:
    columns = tuple(Column(**column) for column in inputs)
    return Part(Task(task), Column(target, type_), columns, tuple(classes), tuple(prior), artifact)


def _formula(artifact: str, recipe: str, linear: str | None) -> Formula:
    from sqlml.model.linear_json import from_json

    return Formula(artifact, Recipe.from_json(recipe), from_json(linear) if linear else None)


_PARTS = _Kept("task, target, target_type, inputs, classes, prior", _part)
_FORMULAS = _Kept("recipe, linear", _formula)


def parts(host: Host, home: str, artifacts: Sequence[str]) -> list[Part]:
    """What predicts a target by each artifact of a schema that holds models."""
    return _PARTS.of(host, home, artifacts)


def formulas(host: Host, home: str, artifacts: Sequence[str]) -> list[Formula]:
    """How SQL computes the scores of each artifact."""
    return _FORMULAS.of(host, home, artifacts)
