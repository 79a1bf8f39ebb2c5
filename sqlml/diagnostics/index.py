"""Every condition there is, found by its name or its SQLSTATE."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from sqlml.diagnostics.problem import Log, Notice, Problem, Warning


def load(package: ModuleType) -> None:
    """Makes all conditions known that a package words, in whichever of its rooms for problems they are."""
    for room in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if room.name.endswith("problems"):
            importlib.import_module(room.name)


def conditions() -> dict[str, type[Problem]]:
    """All condition classes that are loaded, by condition name, in alphabetical order."""
    leaves = {kind.condition(): kind for kind in _below(Problem) if kind not in (Log, Notice, Warning)}
    return dict(sorted((name, kind) for name, kind in leaves.items() if not kind.__subclasses__()))


def find(code: str) -> list[type[Problem]]:
    """The conditions that `code` names: a condition's own name, or a SQLSTATE that several may share."""
    wanted = code.strip().lower()
    return [kind for name, kind in conditions().items() if wanted in (name, kind.sqlstate.lower())]


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
