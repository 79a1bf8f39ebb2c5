"""CREATE MODEL: from rows to a published model version."""

import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from sqlml.diagnostics import Problem
from sqlml.engine import catalog, matrix, publish
from sqlml.engine.operators.answer import Answer
from sqlml.engine.publish import Learnt
from sqlml.engine.scope import Scope
from sqlml.engine.stage import Stage
from sqlml.plan import Train
from sqlml.prep.fit import fit
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target, examine
from sqlml.train.job import Job
from sqlml.train.process import Worker

# However long the rows took, the learners get this long: a model is always there at the end.
_LEAST_SECONDS = 1.0


@dataclass(frozen=True)
class Prepared:
    """What is known of the rows before a learner sees them."""

    target: Target
    recipe: Recipe


def train(operator: Train, scope: Scope) -> Answer:
    """Trains, measures on the held-out rows, and stores the model; one row tells of it."""
    started = perf_counter()
    host = scope.host
    where = catalog.place(host, operator.name)
    scope.notices += operator.notices
    # The worker starts first: it loads the learners while DuckDB reads the rows.
    with Worker() as worker, scope.cancellation.by(worker.cancel), Stage(host) as stage:
        prepared = prepare(operator, scope, stage)
        job = _written(operator, scope, stage, prepared, worker.folder)
        left = operator.settings.max_runtime - (perf_counter() - started)
        outcome = worker.train(replace(job, seconds=max(left, _LEAST_SECONDS)), lambda _event: None)
        scope.notices += outcome.notices
        learnt = Learnt(uuid.uuid4().hex, where, operator, prepared.target, prepared.recipe, outcome)
        with host.transaction():
            model = publish.publish(host, learnt, scope.notices)
            publish.measure(host, model, prepared.recipe, stage.held_out)
            publish.note_seconds(host, model, perf_counter() - started)
    return Answer.of(publish.summary(model), scope.span)


def prepare(operator: Train, scope: Scope, stage: Stage, rows: int | None = None) -> Prepared:
    """Stages the rows of the query, or the first `rows` of them, and fits the recipe to them."""
    stage.fill(scope.composed(operator.query.span), scope.parameters(operator.query.span), rows)
    try:
        target, notices = examine(stage.ask, stage.query, operator.target, operator.settings.positive)
        stage.split(target, operator.settings.seed)
        columns = [column for column in operator.columns if column.name != operator.target.name]
        recipe, more = fit(stage.ask, stage.known, columns, target, stage.order)
    except Problem as problem:
        raise problem.at(operator.place) from problem.__cause__
    scope.notices += [*notices, *more]
    return Prepared(target, recipe)


def _written(operator: Train, scope: Scope, stage: Stage, prepared: Prepared, folder: Path) -> Job:
    """The job of training on the staged rows, which now lie in files of `folder`."""
    fit_rows, validation_rows = matrix.write(scope.host, stage, prepared.recipe, prepared.target, folder)
    settings = operator.settings
    return Job(
        folder=folder,
        fit_rows=fit_rows,
        validation_rows=validation_rows,
        features=tuple(prepared.recipe.features),
        task=prepared.target.task,
        classes=len(prepared.target.classes),
        seed=settings.seed,
        seconds=settings.max_runtime,
        max_trials=settings.max_trials,
        threads=scope.host.threads(),
    )
