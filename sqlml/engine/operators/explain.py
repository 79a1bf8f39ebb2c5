"""EXPLAIN of ours: the plan as rows of (step, name, detail), before anything is paid for."""

from collections import Counter
from dataclasses import dataclass, replace

from sqlml.engine import age, catalog, drift
from sqlml.engine.drift import Drift
from sqlml.engine.operators.answer import Answer, Cell, table
from sqlml.engine.operators.train import check_device, size
from sqlml.engine.preparation import Prepared, goals, prepare
from sqlml.engine.reading import choice
from sqlml.engine.retraining import retraining
from sqlml.engine.said import gathered
from sqlml.engine.scope import Scope
from sqlml.engine.scoring import macro
from sqlml.engine.stage import Stage
from sqlml.plan import Evaluate, Explain, Model, Part, Refresh, Score, Train
from sqlml.plan.catalog import FLAGGED
from sqlml.plan.retrain_options import this_time
from sqlml.prep import partition
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target, usable
from sqlml.train import device
from sqlml.train.device import Found
from sqlml.train.job import Effort, scoring
from sqlml.train.learner import learners
from sqlml.train.plan import Plan, plan

Rows = list[tuple[Cell, ...]]

# The plan of a training looks at no more rows than this.
_SAMPLE = 10_000


def explain(operator: Explain, scope: Scope) -> Answer:
    """The plan of the operator inside."""
    inner = operator.operator
    return Answer.of(table(("step", "name", "detail"), _rows(inner, scope)), scope.span)


def _rows(operator: Train | Refresh | Score | Evaluate, scope: Scope) -> Rows:
    if isinstance(operator, Train):
        return _training(operator, scope)
    return _refreshing(operator, scope) if isinstance(operator, Refresh) else _reading(operator, scope)


def _refreshing(operator: Refresh, scope: Scope) -> Rows:
    """What there is to refresh, what the conditions come to today, and the training's own plan."""
    model = operator.model
    made = age.made(model, scope)
    rows: Rows = [("refresh", f"{model.name} VERSION {model.version}", f"{age.old(made)} old")]
    if operator.age:
        asked = scope.text[operator.age.start : operator.age.end]
        answer = "yes" if age.is_older(made, operator.age, scope) else "no: nothing would be done"
        rows.append(("if", f"older than {asked}", answer))
    with retraining(operator, scope) as again:
        if operator.drifted:
            rows += _drift(drift.measured(model, again))
        settings = this_time(again.operator.settings, operator.options)
        return rows + _training(replace(again.operator, settings=settings), again.scope)


def _drift(found: Drift) -> Rows:
    """Whether rows have drifted, and how far each column has."""
    if found.reason:
        return [("if", "drifted", f"taken as drifted: {found.reason}")]
    has = any(shift.has_drifted for shift in found.largest)
    figures: Rows = [("drift", one.column, f"{one.index:.3g}, drifted from {one.bound:.3g}") for one in found.largest]
    return [("if", "drifted", "yes" if has else "no: nothing would be done"), *figures]


@dataclass(frozen=True)
class _Course:
    """What is meant to be done for one target: rows of the plan, what is planned, where, and how fast it will score."""

    rows: Rows
    planned: Plan
    found: Found
    scoring: str


def _training(operator: Train, scope: Scope) -> Rows:
    check_device(operator)
    scope.notices += operator.notices
    counted, *known = _counted(operator, scope)
    read = choice(operator, scope, counted)
    scope.notices += read.notices
    labelled = [int(rows * read.share) for rows in known]
    with Stage(scope.host) as stage, gathered(scope.notices) as said:
        found = goals(operator, scope, stage, said, _SAMPLE)
        prepared = [prepare(operator, stage, goal, said, last=goal is found[-1]) for goal in found]
    courses = [_course(operator, scope, *one) for one in zip(prepared, labelled, strict=True)]
    seconds = sum(course.planned.seconds for course in courses)
    memory = max(course.planned.memory for course in courses)
    return [
        ("read", "query", operator.query.text),
        ("read", "rows", f"{counted} rows" + _glance(counted)),
        *[("notice", None, notice.message) for notice in scope.notices],
        *[row for course in courses for row in course.rows],
        (
            "limit",
            "time",
            f"at most {operator.settings.max_runtime:g} seconds of training; about {seconds:.0f} are to be expected",
        ),
        ("limit", "threads", str(scope.host.threads())),
        ("limit", "memory", f"about {max(1, memory // 10**6)} MB beside the process itself"),
        *dict.fromkeys(("limit", "scoring", course.scoring) for course in courses),
        *dict.fromkeys(("device", course.found.device, course.found.reason) for course in courses),
        ("store", ".".join(catalog.place(scope.host, operator.name)), f"version {operator.version}"),
    ]


def _glance(rows: int) -> str:
    return f"; the plan looks at the first {_SAMPLE}" if rows > _SAMPLE else ""


def _scoring(effort: Effort, classes: int) -> str:
    """How fast the model scores at least."""
    most = scoring(effort, classes)
    rate = f"at least {2e6 / most:,.0f} rows a second on two cores"
    times = most / scoring("balanced", classes)
    return rate + (f", {times:.1f} times slower than with effort = 'balanced'" if times > 1 else "")


def _course(operator: Train, scope: Scope, prepared: Prepared, labelled: int) -> _Course:
    held_out = partition.held_out(labelled)
    known = labelled - held_out
    found = device.expected(operator.settings.device, known)
    planned = plan(size(operator, scope, prepared, known), learners(gpu=found.device == "GPU"))
    rows = [
        *_target(prepared.goal.target, labelled),
        *_features(prepared.recipe),
        *_parted(operator, prepared, planned, (known, held_out)),
        ("choose", "by", prepared.goal.metric),
        *_tried(planned),
    ]
    return _Course(rows, planned, found, _scoring(operator.settings.effort, len(prepared.goal.target.classes)))


def _counted(operator: Train, scope: Scope) -> list[int]:
    """How many rows the query has, and in how many of them each target is known."""
    known = [f"count(*) FILTER ({usable(aim.target, 'r')})" for aim in operator.aims]
    counted = scope.composed(operator.query.span).within(f"SELECT [count(*), {', '.join(known)}] FROM (", "\n) AS r")
    with counted.blamed():
        ((counts,),) = scope.host.rows(counted.text, scope.parameters(operator.query.span))
    return list(counts)


def _target(target: Target, labelled: int) -> Rows:
    about: Rows = [("target", target.column.name, f"{target.task}, {target.column.type}, known in {labelled} rows")]
    shares = zip(target.classes, target.prior, strict=False)
    return about + [("target", f"class {name}", f"{share:.1%}") for name, share in shares]


def _parted(operator: Train, prepared: Prepared, planned: Plan, sizes: tuple[int, int]) -> Rows:
    """Which rows are for what, and which columns say so; `sizes` are the known rows and those held out."""
    settings, arrangement = operator.settings, prepared.goal.arrangement
    known, held_out = sizes
    predicted = _predicted(planned.splits, arrangement.folds)
    order, others = (" in the order of time", "came before") if arrangement.ordered else ("", "the others taught")
    rows: Rows = [
        (
            "split",
            "to choose by",
            f"{known} in {arrangement.folds} parts{order}, {predicted} predicted by what {others}",
        ),
        ("split", "to measure on", f"{held_out} that training never sees" + ", the latest" * arrangement.ordered),
    ]
    if settings.group:
        rows.append(("split", settings.group.name, "rows with the same value stay together"))
    if settings.weight:
        rows.append(("weigh", settings.weight.name, "a row counts as much as it says"))
    return rows


def _predicted(splits: int, folds: int) -> str:
    """Which of the parts trials predict, and how often."""
    if splits < folds:
        return f"{splits} of them"
    return "each" if splits == folds else f"each {splits // folds} times"


def _tried(planned: Plan) -> Rows:
    """The learners in the order of their first turn."""
    counts = Counter(learner.title for learner, _ in [planned.baseline, *planned.trials])
    return [("try", title, f"{count} setting{'s' * (count != 1)}") for title, count in counts.items()]


def _reading(operator: Score | Evaluate, scope: Scope) -> Rows:
    model = operator.model
    scope.notices += operator.adaptation.notices
    at = catalog.home(model.database)
    ((learner,),) = scope.host.rows(f"SELECT learner FROM {at}.versions WHERE {catalog.this(model)}")
    if operator.query is None:
        return [("read", "metrics", f"as they were measured when {model.name} VERSION {model.version} was trained")]
    rows: Rows = [("read", "query", operator.query.text)]
    rows += [("cast", name, kind) for name, kind in operator.adaptation.casts]
    for part, recipe in zip(model.parts, catalog.recipes(scope.host, model), strict=True):
        rows += _features(recipe, model.prefix(part))
    rows.append(("score", f"{model.name} VERSION {model.version}", f"{learner}, on the CPU, by {macro(model)}"))
    rows += [("score", f"{model.prefix(part)}speed", pace) for part, pace in _paces(model, scope)]
    if isinstance(operator, Score):
        flagged = [FLAGGED] if operator.asked.flags else []
        if operator.asked.threshold is not None:
            (part,) = model.parts
            rows.append(("choose", f"class {part.classes[1]}", f"from a probability of {operator.asked.threshold} on"))
        return rows + [("return", name, None) for name in (*model.outputs, *flagged)]
    return rows + [("measure", str(part.task), f"against {part.target.name}") for part in model.parts]


def _paces(model: Model, scope: Scope) -> list[tuple[Part, str]]:
    """How fast each part scores, as it was measured when it was made; nothing of a model from before that was done."""
    found = scope.host.rows(
        f"SELECT artifact, scoring FROM {catalog.home(model.database)}.targets"
        f" WHERE {catalog.this(model)} AND scoring IS NOT NULL"
    )
    paces = dict(found)
    return [(part, paces[part.artifact]) for part in model.parts if part.artifact in paces]


def _features(recipe: Recipe, prefix: str = "") -> Rows:
    pairs = zip(recipe.features, recipe.expressions("input"), strict=True)
    return [("feature", prefix + feature.name, expression) for feature, expression in pairs]
