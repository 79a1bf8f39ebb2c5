"""EXPLAIN of ours: the plan as rows of (step, name, detail), before anything is paid for."""

from sqlml.engine import catalog
from sqlml.engine.operators.answer import Answer, Cell, table
from sqlml.engine.operators.train import prepare
from sqlml.engine.scope import Scope
from sqlml.engine.scoring import macro
from sqlml.engine.stage import Stage
from sqlml.plan import Evaluate, Explain, Score, Train
from sqlml.prep.recipe import Recipe
from sqlml.quote import literal
from sqlml.train.learner import LEARNERS

Rows = list[tuple[Cell, ...]]

# The plan of a training looks at no more rows than this.
_SAMPLE = 10_000


def explain(operator: Explain, scope: Scope) -> Answer:
    """The plan of the operator inside."""
    inner = operator.operator
    rows = _training(inner, scope) if isinstance(inner, Train) else _reading(inner, scope)
    return Answer.of(table(("step", "name", "detail"), rows), scope.span)


def _training(operator: Train, scope: Scope) -> Rows:
    counted = scope.composed(operator.query.span).within("SELECT count(*) FROM (", "\n)")
    with counted.blamed():
        ((total,),) = scope.host.rows(counted.text, scope.given)
    with Stage(scope.host) as stage:
        prepared = prepare(operator, scope, stage, _SAMPLE)
    recipe, target = prepared.recipe, prepared.target
    looked_at = f"{total} rows" + (f"; the plan looks at the first {_SAMPLE}" if total > _SAMPLE else "")
    learners = [one for one in LEARNERS if target.task in one.tasks]
    width = len(recipe.features)
    megabytes = total * width * 4 / 1e6
    rows: Rows = [
        ("read", "query", operator.query.text),
        ("read", "rows", looked_at),
        ("target", target.column.name, f"{target.task}, {target.column.type}"),
    ]
    rows += [
        ("target", f"class {name}", f"{share:.1%}") for name, share in zip(target.classes, target.prior, strict=False)
    ]
    rows += _features(recipe)
    rows += [("leave out", None, notice.message) for notice in scope.notices]
    rows += [
        ("split", "rows", "60 % to learn from, 20 % to choose by, 20 % held out to measure on"),
        *(
            ("try", one.title, f"{len(one.settings(total, len(recipe.features), target.task))} settings")
            for one in learners
        ),
        ("limit", "time", f"at most {operator.settings.max_runtime:g} seconds of training"),
        ("limit", "threads", str(scope.host.threads())),
        ("limit", "memory", f"about {2.5 * megabytes:.0f} MB beside the process itself"),
        ("device", "CPU", "the learners of this version use no other"),
        ("store", ".".join(catalog.place(scope.host, operator.name)), f"version {operator.version}"),
    ]
    return rows


def _reading(operator: Score | Evaluate, scope: Scope) -> Rows:
    model = operator.model
    scope.notices += operator.adaptation.notices
    ((learner,),) = scope.host.rows(
        f"SELECT learner FROM {catalog.home(model.database)}.versions WHERE artifact = {literal(model.artifact)}"
    )
    if operator.query is None:
        return [("read", "metrics", f"as they were measured when {model.name} VERSION {model.version} was trained")]
    rows: Rows = [("read", "query", operator.query.text)]
    rows += [("cast", name, kind) for name, kind in operator.adaptation.casts]
    rows += _features(catalog.recipe(scope.host, model))
    rows.append(("score", f"{model.name} VERSION {model.version}", f"{learner}, on the CPU, by {macro(model)}"))
    if isinstance(operator, Score):
        return rows + [("return", name, None) for name in model.outputs]
    return [*rows, ("measure", str(model.task), f"against {model.target.name}")]


def _features(recipe: Recipe) -> Rows:
    pairs = zip(recipe.features, recipe.expressions("input"), strict=True)
    return [("feature", feature.name, expression) for feature, expression in pairs]
