"""From the query of a training to what is known of its rows before a learner sees them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlml.diagnostics import Notice, Problem
from sqlml.engine import weights
from sqlml.engine.measures import chosen_by
from sqlml.engine.reading import Reading
from sqlml.engine.said import Said
from sqlml.engine.scope import Scope
from sqlml.engine.stage import Split, Stage
from sqlml.plan import Aim, Train
from sqlml.plan.bind import check_predictions
from sqlml.prep.arrangement import Arrangement, arrange
from sqlml.prep.fit import fit
from sqlml.prep.problems import PositiveUnknown, TooFewGroups
from sqlml.prep.recipe import Recipe
from sqlml.prep.target import Target, examine

# Problems of what an option says, and the option; any other problem is the target's.
_OPTIONS: dict[type[Problem], str] = {PositiveUnknown: "positive", TooFewGroups: "group"}


@dataclass(frozen=True)
class Goal:
    """A target as its rows show it: what it is, the metric to choose its models by, and how its rows are parted."""

    aim: Aim
    target: Target
    metric: str
    arrangement: Arrangement


@dataclass(frozen=True)
class Prepared:
    """A goal's rows, divided, and the recipe that was fitted to them."""

    goal: Goal
    split: Split
    recipe: Recipe


def goals(operator: Train, scope: Scope, stage: Stage, said: Said, some: Reading | int) -> list[Goal]:
    """Stages the rows of the query, those of a reading or the first so many, and looks at every target.

    Mistakes of any target are found here, before one of them is learnt.
    """
    of = f" LIMIT {some}" if isinstance(some, int) else stage.evenly(some.share, operator.settings.seed)
    stage.fill(scope.composed(operator.query.span), scope.parameters(operator.query.span), of)
    if operator.settings.weight:
        weights.leave_out(scope.host, stage.query, operator.settings.weight)
    found = []
    for aim in operator.aims:
        with _blamed(operator, aim):
            goal, notices = _goal(operator, stage, aim)
        said.add(aim.target.name, notices)
        found.append(goal)
    check_predictions([(goal.aim, goal.target.task) for goal in found])
    return found


def prepare(operator: Train, stage: Stage, goal: Goal, said: Said, *, last: bool) -> Prepared:
    """Divides the staged rows for a goal, the `last` one or not, and fits the recipe to those to learn from."""
    with _blamed(operator, goal.aim):
        columns, folds = list(operator.columns), goal.arrangement.folds
        split = stage.split(goal.target, goal.arrangement, operator.settings.seed, columns=len(columns), last=last)
        recipe, notices = fit(stage.ask, split.known, columns, goal.target, split.order, part=split.part, folds=folds)
    said.add(goal.target.column.name, notices)
    return Prepared(goal, split, recipe)


def _goal(operator: Train, stage: Stage, aim: Aim) -> tuple[Goal, Sequence[Notice]]:
    settings, places = operator.settings, operator.places
    target, notices = examine(stage.ask, stage.query, aim.target, settings.positive)
    metric = chosen_by(settings.metric, target, places.get("metric"))
    if settings.weight:
        weights.check(stage.ask, stage.query, target, settings.weight, places.get("weight"))
    arrangement = arrange(stage.ask, stage.query, list(operator.columns), target, stage.order, settings.group)
    return Goal(aim, target, metric, arrangement), [*notices, *arrangement.notices]


@contextmanager
def _blamed(operator: Train, aim: Aim) -> Iterator[None]:
    """A problem inside gets its place: that of the option that it is about, or the target's."""
    try:
        yield
    except Problem as problem:
        place = operator.places.get(_OPTIONS.get(type(problem), ""), aim.place)
        raise problem.at(place) from problem.__cause__
