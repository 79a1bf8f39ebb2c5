"""The training that a stored model asks for again, as if its statement had been written today."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlml.diagnostics import Problem
from sqlml.dialect import Statement, is_ours, lex, statements
from sqlml.engine.database import tokenize
from sqlml.engine.operators.show_create_model import statement
from sqlml.engine.refresh_problems import KeptStatementWrong, ParametersNotKept
from sqlml.engine.scope import Scope
from sqlml.engine.scoring import Casts
from sqlml.engine.script import split
from sqlml.plan import Model, Refresh, Train
from sqlml.plan.bind import adapt
from sqlml.plan.input_problems import InputMissing, InputType
from sqlml.statements import STATEMENTS


@dataclass(frozen=True)
class Fit:
    """How today's rows become the inputs of a stored version; the `reason` why they cannot, if so."""

    casts: Casts = ()
    reason: str | None = None


@dataclass(frozen=True)
class Retraining:
    """A training, and the scope of the statement kept with the model, whose places are places in its own text."""

    operator: Train
    scope: Scope

    def fit(self, model: Model) -> Fit:
        """How the rows that the training reads fit a stored version."""
        train = self.operator
        columns = [*train.columns, *(aim.target for aim in train.aims), *train.settings.set_apart]
        try:
            return Fit(adapt(model, columns, train.query.span).casts)
        except (InputMissing, InputType) as problem:
            return Fit(reason=problem.message)


@contextmanager
def retraining(operator: Refresh, scope: Scope) -> Iterator[Retraining]:
    """The training, bound to what its query returns today.

    What is told inside is told of the statement in `scope`, and problems have its model's place.

    Raises:
        KeptStatementWrong: the statement no longer holds, as a table or column is gone.
        ParametersNotKept: its query has parameters, and values are not given.
    """
    text = statement(operator.model, scope)
    (kept,) = statements(lex(text, tokenize(text)))
    inner = Scope(scope.host, (text, kept), scope.given, scope.around, scope.activity)
    _check_parameters(operator, text, scope)
    try:
        yield Retraining(_bound(operator, kept, inner), inner)
    except Problem as problem:
        problem.span = operator.place
        raise
    finally:
        for told in (*inner.notices, *inner.asides):
            told.span = None
        scope.notices += inner.notices
        scope.asides += inner.asides


def _bound(operator: Refresh, kept: Statement, inner: Scope) -> Train:
    node = is_ours(kept)
    try:
        bound = STATEMENTS[node.rule](node, inner.text, inner) if node else None
    except Problem as problem:
        # What has no place is no mistake in the statement: the machine's, or the connection's.
        if problem.span is None:
            raise
        raise KeptStatementWrong(operator.model.name, problem, inner.text) from problem.__cause__
    if not isinstance(bound, Train):
        raise TypeError(inner.text)
    return bound


def _check_parameters(operator: Refresh, text: str, scope: Scope) -> None:
    """Raises ParametersNotKept where the statement's query has parameters whose values are not given."""
    (part,) = split(text)
    given = set(scope.given) if isinstance(scope.given, Mapping) else set()
    missing = sorted(part.parameters - given)
    if missing and (scope.given is None or isinstance(scope.given, Mapping)):
        raise ParametersNotKept(operator.model.name, missing)
