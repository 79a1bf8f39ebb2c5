"""A linear model as JSON, so that it can be stored beside its graph and written as SQL."""

import json
from dataclasses import fields
from typing import get_args

import numpy as np

from sqlml.model.form import Form, Linear, Link

# Beyond these, text takes longer to plan than a graph to run.
_MOST_WEIGHTS, _MOST_LEVELS = 200, 2_000


def to_json(form: Form) -> str | None:
    """The text of a linear model that is small; None of any other."""
    if not isinstance(form, Linear):
        return None
    if form.weights.size > _MOST_WEIGHTS or len(form.tables) > _MOST_LEVELS:
        return None
    values = {field.name: getattr(form, field.name) for field in fields(Linear)}
    return json.dumps(values, default=np.ndarray.tolist)


def from_json(text: str) -> Linear:
    """The model that `to_json` wrote."""
    given = json.loads(text)
    sums, link = len(given["bias"]), given["link"]
    if link not in get_args(Link):
        raise ValueError(link)
    whole = {name: np.array(given[name], np.int64) for name in ("quantities", "categories", "levels")}
    wide = {name: np.array(given[name], np.float64).reshape(-1, sums) for name in ("weights", "absent", "tables")}
    rest = {name: np.array(given[name], np.float64) for name in ("centre", "scale", "low", "bias")}
    return Linear(**whole, **wide, **rest, limit=float(given["limit"]), link=link)  # type: ignore[arg-type]
