"""Storing a model: its rows in the catalog, its macros, and its metrics."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from threading import Lock
from typing import Any

from sqlml.diagnostics import Problem, Span
from sqlml.engine import catalog, macros, remembered
from sqlml.engine.database import Host
from sqlml.engine.evaluation import AHEAD, curves_sql, evaluation_sql, kept
from sqlml.engine.measures import MEASURES
from sqlml.engine.problems import NoBetterThanBaseline
from sqlml.engine.refresh_problems import VersionMadeMeanwhile
from sqlml.engine.remembered import Memory
from sqlml.engine.stage import Split
from sqlml.model.linear_json import from_json
from sqlml.plan import Evaluate, Model, Query, Train
from sqlml.prep.limits import Limits, to_json
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target
from sqlml.quote import identifier, literal
from sqlml.schema import Task
from sqlml.score.formula import Formula
from sqlml.train.job import Outcome
from sqlml.train.metric import SHARES

# The metric that stands for a model in CREATE MODEL and SHOW MODELS, where none is asked for.
HEADLINE = {Task.BINARY: "roc_auc", Task.MULTICLASS: "log_loss", Task.REGRESSION: "rmse"}


_STORING = Lock()


@dataclass(frozen=True)
class Made:
    """What predicts one target and is not stored yet, with what there is to say of it."""

    artifact: str
    target: Target
    recipe: Recipe
    limits: Sequence[Limits]
    graph: bytes
    learner: str
    detail: str
    scoring: str
    linear: str | None = None

    @property
    def formula(self) -> Formula:
        return Formula(self.artifact, self.recipe, from_json(self.linear) if self.linear else None)


@dataclass(frozen=True)
class Learnt:
    """What was learnt of one target and is not stored yet.

    `split` has the rows held out, with their scores; `memory` is what is kept of those learnt from.
    """

    made: Made
    outcome: Outcome
    split: Split
    memory: Memory


@contextmanager
def alone(host: Host) -> Iterator[None]:
    """Inside, a transaction of the statement's own, beside which no other model is stored by this process.

    Transactions that write the catalog side by side are the end of all but one. In a transaction of the user's, nobody
    knows how long that goes on: others do not wait for it.
    """
    with nullcontext() if host.in_transaction() else _STORING, host.transaction():
        yield


def publish(
    host: Host,
    where: tuple[str, str, str],
    operator: Train,
    learnt: Sequence[Learnt],
    *,
    leads: bool = True,
) -> Model:
    """Writes the version of that database, schema and name, measures it on the rows held out.

    Where it `leads`, the model's name means it from now on; else the model has a default version already. To be called
    in a transaction, so that it is there whole or not at all.
    """
    about = _version(operator, learnt)
    model = keep(host, where, operator.version, about, [one.made for one in learnt], leads=leads)
    remembered.keep(host, model, [one.memory for one in learnt])
    _keep_trials(host, model, learnt)
    _keep_importance(host, model, learnt)
    _measure(host, model, learnt, operator.settings.metric)
    return model


def keep(
    host: Host,
    where: tuple[str, str, str],
    number: int,
    about: dict[str, Any],
    parts: Sequence[Made],
    *,
    leads: bool = True,
) -> Model:
    """Writes the version of that database, schema and name, with what is said about it.

    Where it `leads`, the model's name means it from now on; else the model has a default version already. To be called
    in a transaction, so that it is there whole or not at all.

    Raises:
        VersionMadeMeanwhile: there is one of that number.
    """
    database, schema, name = where
    at = catalog.home(database)
    key = {"schema_name": schema, "model_name": name, "version": number}
    catalog.prepare(host, database)
    condition = f"schema_name = {literal(schema)} AND model_name = {literal(name)}"
    if host.rows(f"SELECT 1 FROM {at}.versions WHERE {condition} AND version = ?", [number]):
        raise VersionMadeMeanwhile(name, number)
    _insert(host, f"{at}.versions", key | _in_all(parts) | about)
    for position, one in enumerate(parts, 1):
        catalog.store(host, database, one.artifact, one.graph)
        _insert(host, f"{at}.targets", key | {"position": position} | _target(one))
    meaning = f"UPDATE {at}.models SET default_version = ? WHERE {condition} RETURNING 1"
    if leads and not host.rows(meaning, [number]):
        host.run(f"INSERT INTO {at}.models VALUES (?, ?, ?, ?)", [schema, name, number, _now()])
    model = catalog.stored(host, where, number)
    for called in ("", model.called) if leads else (model.called,):
        macros.write(host, replace(model, called=called))
    return model


def doubts(host: Host, model: Model) -> list[Problem]:
    """What speaks against a model that was published: targets of which it knows no more than what is always likely."""
    told = host.rows(
        f"SELECT target, metric, value, baseline FROM {catalog.home(model.database)}.targets"
        f" WHERE {catalog.this(model)} ORDER BY position"
    )
    return [
        NoBetterThanBaseline(target, metric, value, baseline)
        for target, metric, value, baseline in told
        if None not in (value, baseline)
        and not (value > baseline if metric.rpartition(".")[2] in SHARES else value < baseline)
    ]


def note_end(host: Host, model: Model, seconds: float, notices: Sequence[Problem]) -> None:
    """Stores how long all of it took, and what was told."""
    at = catalog.home(model.database)
    told = [notice.message for notice in notices]
    host.run(f"UPDATE {at}.versions SET seconds = ?, notices = ? WHERE {catalog.this(model)}", [seconds, told])


def summary(model: Model) -> str:
    """The row that CREATE MODEL returns."""
    return (
        "SELECT model_name AS model, version, task, target, rows, features, learner, metric, value, baseline, seconds,"
        f" device, notices FROM {catalog.home(model.database)}.versions WHERE {catalog.this(model)}"
    )


def _now() -> datetime:
    """UTC without saying so: a zone would make every client need a library of time zones."""
    return datetime.now(UTC).replace(tzinfo=None)


def _insert(host: Host, table: str, row: dict[str, Any]) -> None:
    values = ", ".join(f"? AS {identifier(column)}" for column in row)
    host.run(f"INSERT INTO {table} BY NAME SELECT {values}", list(row.values()))


def _version(operator: Train, learnt: Sequence[Learnt]) -> dict[str, Any]:
    """What is said of a training."""
    outcomes = [one.outcome for one in learnt]
    return {
        "query": operator.query.text,
        "options": json.dumps(asdict(operator.settings), sort_keys=True),
        "device": _listed(dict.fromkeys(outcome.device for outcome in outcomes)),
        "device_reason": _listed(dict.fromkeys(outcome.device_reason for outcome in outcomes)),
    }


def _in_all(parts: Sequence[Made]) -> dict[str, Any]:
    """What is said of all of the model: a text has that of every target, a number is the first target's."""
    return {
        "task": _listed(one.target.task for one in parts),
        "target": _listed(one.target.column.name for one in parts),
        "learner": _listed(one.learner for one in parts),
        "rows": parts[0].target.rows or None,
        "features": len(parts[0].recipe.features),
        "sqlml_version": version("sqlml"),
        "created_at": _now(),
    }


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def _target(made: Made) -> dict[str, Any]:
    target, recipe = made.target, made.recipe
    return {
        "artifact": made.artifact,
        "task": str(target.task),
        "target": target.column.name,
        "target_type": target.column.type,
        "learner": made.learner,
        "detail": made.detail,
        "scoring": made.scoring,
        "linear": made.linear,
        "rows": target.rows or None,
        "features": len(recipe.features),
        "inputs": [asdict(column) for column in recipe.inputs],
        "classes": list(target.classes),
        "prior": list(target.prior),
        "recipe": recipe.to_json(),
        "limits": to_json(made.limits),
    }


def _keep_trials(host: Host, model: Model, learnt: Sequence[Learnt]) -> None:
    """Trials are numbered through the targets."""
    before = 0
    for part, one in zip(model.parts, learnt, strict=True):
        for trial in one.outcome.trials:
            row = asdict(trial) | {
                "artifact": part.artifact,
                "number": before + trial.number,
                "settings": json.dumps(trial.settings, sort_keys=True),
                "metric": model.prefix(part) + trial.metric,
            }
            _insert(host, f"{catalog.home(model.database)}.trials", row)
        before += len(one.outcome.trials)


def _keep_importance(host: Host, model: Model, learnt: Sequence[Learnt]) -> None:
    at = catalog.home(model.database)
    for part, one in zip(model.parts, learnt, strict=True):
        moved = dict(one.outcome.importance)
        row = [model.schema, model.name, model.version, part.target.name, list(moved), list(moved.values())]
        host.run(f"INSERT INTO {at}.importance SELECT ?, ?, ?, ?, unnest(?), unnest(?)", row)


def _measure(host: Host, model: Model, learnt: Sequence[Learnt], asked: str | None) -> None:
    """Measures each part on its target's rows held out, by the SQL that EVALUATE uses, and stores what came out.

    The metric that was `asked` for, or else the task's own, stands for the target; the first target's for the model.
    """
    at, before = catalog.home(model.database), 0
    for part, one in zip(model.parts, learnt, strict=True):
        artifact, prefix = literal(part.artifact), model.prefix(part)
        relation = Query(one.split.measured, Span(0, 0))
        head, tail = evaluation_sql(Evaluate(replace(model, parts=(part,)), relation), kept(one.split.scores), AHEAD)
        host.run(
            f"INSERT INTO {at}.metrics SELECT {artifact}, {before} + row_number() OVER (), {literal(prefix)} || metric,"
            f" * EXCLUDE (metric) FROM {head}FROM {relation.text}{tail}"
        )
        head, tail = curves_sql(Evaluate(replace(model, parts=(part,)), relation), kept(one.split.scores))
        host.run(f"INSERT INTO {at}.curves SELECT {artifact}, * FROM {head}FROM {relation.text}{tail}")
        before += len(MEASURES[part.task])
        headline = literal(prefix + (asked or HEADLINE[part.task]))
        host.run(
            f"UPDATE {at}.targets t SET metric = m.metric, value = m.value, baseline = m.baseline"
            f" FROM {at}.metrics m WHERE m.artifact = {artifact} AND t.artifact = {artifact} AND m.metric = {headline}"
        )
    host.run(
        f"UPDATE {at}.versions v SET metric = t.metric, value = t.value, baseline = t.baseline"
        f" FROM (FROM {at}.targets WHERE position = 1 AND {catalog.this(model)}) t"
        " WHERE v.schema_name = t.schema_name AND v.model_name = t.model_name AND v.version = t.version"
    )
