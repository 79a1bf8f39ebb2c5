"""REFRESH MODEL: the training of a stored model again, and whether what comes of it takes the model's name."""

from collections.abc import Sequence
from dataclasses import replace

from sqlml.engine import age, catalog, drift, publish
from sqlml.engine.comparison import Look, compare
from sqlml.engine.operators.answer import Answer
from sqlml.engine.operators.train import Judge, trained
from sqlml.engine.publish import Learnt
from sqlml.engine.refresh_problems import NewVersionLeads, NewVersionWorse, StillYoung, VersionsNotCompared
from sqlml.engine.retraining import Retraining, retraining
from sqlml.engine.scope import Scope
from sqlml.engine.stage import Split
from sqlml.plan import Model, Refresh
from sqlml.plan.retrain_options import this_time
from sqlml.prep.ask import Ask


def refresh(operator: Refresh, scope: Scope) -> Answer:
    """Trains where it is time to; a row tells of the new version, and there is none where there is no such version.

    Raises:
        AgeNotInterval: the age is none.
        KeptStatementWrong, ParametersNotKept: the statement kept with the model cannot be run.
    """
    model, host = operator.model, scope.host
    catalog.check_writable(host, model.database)
    with host.transaction():
        catalog.prepare(host, model.database)
    if operator.age:
        made = age.made(model, scope)
        if not age.is_older(made, operator.age, scope):
            scope.notices.append(StillYoung(model.name, model.version, age.old(made)))
            return _unchanged(model, scope)
    with retraining(operator, scope) as again:
        if operator.drifted and not drift.has_drifted(model, again):
            return _unchanged(model, scope)
        training = again.operator
        settings = this_time(training.settings, operator.options)
        judge = _Judge(model, again)
        version = trained(replace(training, settings=settings), again.scope, judge, training.settings)
    return Answer.of(publish.summary(version), scope.span)


def _unchanged(model: Model, scope: Scope) -> Answer:
    """The columns of CREATE MODEL, and no row, as there is no new version."""
    return Answer.of(f"{publish.summary(model)} AND false", scope.span)


class _Judge(Judge):
    """Says whether what was learnt takes the place of the `old` version, and tells why."""

    def __init__(self, old: Model, again: Retraining) -> None:
        self._old, self._again = old, again
        self._fit = again.fit(old)
        self._look = Look(old, self._fit.casts)

    def look(self, split: Split, ask: Ask) -> None:
        if not self._fit.reason:
            self._look.at(split, ask)

    def leads(self, learnt: Sequence[Learnt]) -> bool:
        old, scope, training = self._old, self._again.scope, self._again.operator
        reason = self._fit.reason or _other_target(old, learnt)
        compared = reason or compare(scope.host, self._look, learnt, training.settings)
        if isinstance(compared, str):
            scope.notices.append(VersionsNotCompared(old.name, old.version, training.version, compared))
            return True
        figures = list(map(str, compared))
        if any(one.is_worse for one in compared):
            scope.notices.append(NewVersionWorse(old.name, old.version, training.version, figures))
            return False
        scope.notices.append(NewVersionLeads(old.name, training.version, figures))
        return True


def _other_target(old: Model, learnt: Sequence[Learnt]) -> str | None:
    """In what a target is another one than it was, as a reason; None where it is the same."""
    for part, one in zip(old.parts, learnt, strict=True):
        target = one.made.target
        if target.column.type != part.target.type:
            return f"`{part.target.name}` was {part.target.type} and is {target.column.type}"
        if target.task.classifies != part.task.classifies:
            return f"`{part.target.name}` made a {part.task} target and makes a {target.task} one"
    return None
