"""IMPORT MODEL: from the file of a model that was made elsewhere to a version like any other."""

import json
import uuid
from pathlib import Path
from time import perf_counter

from sqlml.diagnostics import Problem
from sqlml.engine import catalog, memory, publish
from sqlml.engine.database import Host
from sqlml.engine.operators.answer import Answer
from sqlml.engine.problems import FilesSeveral
from sqlml.engine.publish import Made
from sqlml.engine.scope import Scope
from sqlml.faults.problems import IoError
from sqlml.model.foreign.found import Found, Input
from sqlml.model.foreign.problems import ColumnsAlike, ColumnsMiscounted, FileUnknown, ModelTooLarge
from sqlml.model.foreign.process import LARGEST, Trial
from sqlml.plan import Import
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.steps.as_is import AsIs
from sqlml.prep.steps.category import Category
from sqlml.prep.taken import take
from sqlml.prep.target import Target
from sqlml.schema import Column


def bring(operator: Import, scope: Scope) -> Answer:
    """Reads and tries the file apart, and stores its model; one row tells of it, as of one that was trained."""
    started = perf_counter()
    where = catalog.place(scope.host, operator.name)
    try:
        found = _found(operator, scope)
    except (ColumnsAlike, ColumnsMiscounted) as problem:
        raise problem.at(operator.columns_place or operator.place) from problem.__cause__
    except Problem as problem:
        raise problem.at(operator.place) from problem.__cause__
    scope.notices += found.notices
    target = Target(Column(operator.target, found.type), found.task, found.classes, (), 0)
    recipe = Recipe(tuple(map(_step, found.inputs)))
    told = (found.learner, found.detail, found.scoring)
    made = Made(uuid.uuid4().hex, target, recipe, (), found.graph, *told)
    about = {
        "options": json.dumps({"file": operator.file, "columns": operator.columns}),
        "features": len(found.inputs),
        "device": "CPU",
    }
    with publish.alone(scope.host):
        model = publish.keep(scope.host, where, operator.version, about, [made])
        publish.note_end(scope.host, model, perf_counter() - started, scope.notices)
    return Answer.of(publish.summary(model), scope.span)


def _found(operator: Import, scope: Scope) -> Found:
    trial = Trial(_content(operator.file, scope.host), operator.columns, memory.ceiling())
    with scope.cancellation.by(trial.cancel, lambda: None):
        return trial.found()


def _content(file: str, host: Host) -> bytes:
    """The bytes of the file, read by DuckDB: so its settings say which files may be read, and from where."""
    # Looked at first: a file may be larger than memory, and what has no size, like a device, may have no end.
    files = host.rows("SELECT filename, size FROM read_blob(?)", [file])
    if not files:
        raise IoError(f"there is no file `{file}`")
    if len(files) > 1:
        raise FilesSeveral(file, [Path(name).name for name, _ in files])
    ((_, size),) = files
    if size > LARGEST:
        raise ModelTooLarge(size, LARGEST, "has")
    if not size:
        raise FileUnknown("it is empty")
    return bytes(host.rows("SELECT content FROM read_blob(?)", [file])[0][0])


def _step(one: Input) -> Step:
    column = Column(one.name, one.type)
    if one.carried != "level":
        return AsIs(column, one.carried)
    # One number has several texts, by its type: the levels are spelt in this one.
    spelt = column if one.type == "VARCHAR" else take(column, one.name, one.type, ("cast", one.type))
    return Category(spelt, one.levels)
