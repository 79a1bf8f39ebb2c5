"""FORMAT python: a script that trains the model again and predicts by it, as an expert would write for this model.

Beside it lies the model as it is, in the files of FORMAT native, with a script that scores by them.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlml.export import native, script
from sqlml.export.problems import ColumnsNotPortable, NotRepeatable
from sqlml.export.stored import Exported, File, Stored
from sqlml.model import onnx
from sqlml.prep.steps.level_mean import LevelMean
from sqlml.prep.steps.text import Text
from sqlml.quote import identifier


@dataclass(frozen=True)
class _Learner:
    """What a script needs for a learner: the package, how it is imported, its part of the script, and what differs."""

    package: str
    imports: str
    part: str
    differs: str = ""


_LEARNERS = {
    "baseline": _Learner("", "", script.BASELINE),
    "trees": _Learner("lightgbm", "import lightgbm", script.TREES),
    "linear": _Learner("scipy", "from scipy.optimize import minimize", script.LINEAR),
    "network": _Learner("keras", "import keras", script.NETWORK, "The network is a plainer one than the model's.\n"),
}

_IMPORTS = ("import duckdb", "import numpy as np")


def files(model: Exported) -> Sequence[File]:
    """A script for each target, and the files that score without training again.

    Raises:
        ColumnsNotPortable: a script cannot repeat how the words of a column were learnt.
        NotRepeatable: what was fitted is not known, or was fitted by a learner of another package.
    """
    scripts = [
        File(f"train{part.mark}.py", _written(model, part, f"train{part.mark}.py").encode(), _holds(part))
        for part in model.parts
    ]
    return [*scripts, *native.files(model)]


def _holds(part: Stored) -> str:
    return f"trains again what predicts {part.target.column.name}, and predicts by it"


def _written(model: Exported, part: Stored, file: str) -> str:
    _check(part)
    made = json.loads(onnx.origin(part.graph) or "{}")
    fits = made.get("fits", [])
    names = sorted({fit["learner"] for fit in fits})
    if not names or not set(names) <= set(_LEARNERS):
        raise NotRepeatable(model.name)
    used = [_LEARNERS[name] for name in names]
    features, means = _features(part)
    target = part.target
    head = script.HEAD.format(
        told=_told(model.name),
        file=file,
        needs=", ".join(["duckdb", "numpy", *(one.package for one in used if one.package)]),
        differs="".join(one.differs for one in used),
        imports="\n".join(sorted([*_IMPORTS, *filter(None, (one.imports for one in used))], key=_order)),
        query=repr(model.query),
        target=repr(target.column.name),
        classes=repr(list(target.classes)),
        label=repr(target.label("input")),
        known=repr(target.labelled("input")),
        weight=repr("1::DOUBLE" if model.weight is None else f"CAST(input.{identifier(model.weight)} AS DOUBLE)"),
        features=_listed(features),
        levels=repr({at: feature.levels for at, feature in enumerate(part.recipe.features) if feature.levels}),
        means=repr(means),
        fits=_listed(fits),
        power=made["power"],
    )
    learners = "{" + ", ".join(f'"{name}": {name}' for name in names) + "}"
    return head + "".join(one.part for one in used) + script.TAIL.format(learners=learners)


def _check(part: Stored) -> None:
    texts = {step.column.name for step in part.recipe.steps if isinstance(step, Text)}
    if texts:
        raise ColumnsNotPortable(dict.fromkeys(texts, "how its words were learnt is longer than a script"))


def _features(part: Stored) -> tuple[list[tuple[str, str]], dict[int, tuple[str, int]]]:
    """Each feature's name and SQL; and by their places what level the means are of, and of which class."""
    features: list[tuple[str, str]] = []
    means: dict[int, tuple[str, int]] = {}
    for step in part.recipe.steps:
        expressions = step.expressions("input")
        if isinstance(step, LevelMean):
            expressions = ["'NaN'::FLOAT"] * len(expressions)
            text = f"CAST({step.reference('input')} AS VARCHAR)"
            means |= {len(features) + at: (text, _class(part, name)) for at, name in enumerate(step.outcomes)}
        features += zip((feature.name for feature in step.features()), expressions, strict=True)
    return features, means


def _class(part: Stored, outcome: str) -> int:
    """The number of the class that an outcome is the share of; that of the positive one where it has no name."""
    return part.target.classes.index(outcome) if outcome else 1


def _listed(items: Iterable[Any]) -> str:
    return "[\n" + "".join(f"    {item!r},\n" for item in items) + "]"


def _told(name: str) -> str:
    """A model's name within a docstring."""
    return repr(name)[1:-1].replace('"', "'")


def _order(line: str) -> tuple[bool, str]:
    """Plain imports first, as linters want them."""
    return line.startswith("from"), line
