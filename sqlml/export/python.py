"""FORMAT python: a script that trains the model again and predicts by it, as an expert would write for this model.

Beside it lies the model as it is, in the files of FORMAT native, with a script that scores by them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlml.export import native, script
from sqlml.export.problems import NotRepeatable
from sqlml.export.stored import Exported, File, Stored
from sqlml.model import onnx
from sqlml.prep.step import MISSING, Step
from sqlml.prep.steps.level_mean import LevelMean
from sqlml.prep.steps.shared import Crossed
from sqlml.prep.steps.text import Text, buckets, words
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
    made = json.loads(onnx.origin(part.graph) or "{}")
    # Older releases knew no factor.
    fits = [{"factor": 1.0} | fit for fit in made.get("fits", [])]
    names = sorted({fit["learner"] for fit in fits})
    if not names or not set(names) <= set(_LEARNERS):
        raise NotRepeatable(model.name)
    used = [_LEARNERS[name] for name in names]
    target, texts = part.target, _texts(part)
    head = script.HEAD.format(
        told=_told(model.name),
        file=file,
        needs=", ".join(["duckdb", "numpy", *(one.package for one in used if one.package)]),
        differs="".join([script.DIFFERS_BY_TEXTS if texts else "", *(one.differs for one in used)]),
        imports="\n".join(sorted([*_IMPORTS, *filter(None, (one.imports for one in used))], key=_order)),
        query=repr(model.query),
        target=repr(target.column.name),
        classes=repr(list(target.classes)),
        label=repr(target.label("input")),
        known=repr(target.labelled("input")),
        weight=repr("1::DOUBLE" if model.weight is None else f"CAST(input.{identifier(model.weight)} AS DOUBLE)"),
        features=_listed(_features(part.recipe.steps)),
        levels=repr({at: feature.levels for at, feature in enumerate(part.recipe.features) if feature.levels}),
        means=repr(_means(part)),
        texts=script.TEXTS.format(texts=_described(texts)) if texts else "",
        fits=_listed(fits),
        power=made["power"],
    )
    learners = "{" + ", ".join(f'"{name}": {name}' for name in names) + "}"
    parts = [*([script.WITH_TEXTS] if texts else []), *(one.part for one in used)]
    tail = script.TAIL.format(learners=learners, **(script.OF_TEXTS if texts else script.OF_NO_TEXTS))
    return head + "".join(parts) + tail


def _features(steps: Sequence[Step]) -> list[tuple[str, str]]:
    """Each feature's name and its SQL, which is that of a missing value where the script learns the feature again."""
    return [
        (feature.name, MISSING if isinstance(step, Crossed) else expression)
        for step in steps
        for feature, expression in zip(step.features(), step.expressions("input"), strict=True)
    ]


def _means(part: Stored) -> dict[int, tuple[str, int]]:
    """By the places of their features what level means are of, and of which class."""
    return {
        place + at: (f"CAST({step.reference('input')} AS VARCHAR)", _class(part, name))
        for place, step in _placed(part.recipe.steps)
        if isinstance(step, LevelMean)
        for at, name in enumerate(step.outcomes)
    }


def _texts(part: Stored) -> dict[int, dict[str, Any]]:
    """By the place of its first feature what a script learns a text's words again by."""
    return {
        place: {
            "words": words(step.reference("input")),
            "buckets": buckets("words", step.size),
            "size": step.size,
            "classes": [_class(part, name) for name in step.outcomes],
            "known": list(step.words),
        }
        for place, step in _placed(part.recipe.steps)
        if isinstance(step, Text)
    }


def _placed(steps: Sequence[Step]) -> Iterable[tuple[int, Step]]:
    """Each step with the place of its first feature."""
    return zip(accumulate((len(step.features()) for step in steps), initial=0), steps, strict=False)


def _class(part: Stored, outcome: str) -> int:
    """The number of the class that an outcome is the share of; that of the positive one where it has no name."""
    return part.target.classes.index(outcome) if outcome else 1


def _listed(items: Iterable[Any]) -> str:
    return "[\n" + "".join(f"    {item!r},\n" for item in items) + "]"


def _described(items: Mapping[int, Mapping[str, Any]]) -> str:
    """What there is at each place, a line for each thing that is said of it."""
    lines = [
        line
        for place, item in items.items()
        for line in (f"    {place}: {{", *(f"        {name!r}: {value!r}," for name, value in item.items()), "    },")
    ]
    return "\n".join(["{", *lines, "}"])


def _told(name: str) -> str:
    """A model's name within a docstring."""
    return repr(name)[1:-1].replace('"', "'")


def _order(line: str) -> tuple[bool, str]:
    """Plain imports first, as linters want them."""
    return line.startswith("from"), line
