"""The beginning of a training in the background: what can be wrong with it is told at once."""

from sqlml.dialect import Kind, is_ours, lex
from sqlml.engine import catalog
from sqlml.engine.composed import Composed
from sqlml.engine.database import tokenize
from sqlml.engine.job import COLUMNS
from sqlml.engine.job_problems import BackgroundInTransaction, JobEndsWithConnection, ModelInTheMaking, SeenHereAlone
from sqlml.engine.operators.answer import Answer, typed
from sqlml.engine.operators.train import check_device
from sqlml.engine.problems import QueryWrong
from sqlml.engine.retraining import retraining
from sqlml.engine.run import run
from sqlml.engine.scope import Scope
from sqlml.plan import InBackground, Train
from sqlml.statements import STATEMENTS

# What belongs to one connection: tables and views, and what may be called.
_TEMPORARY = """
SELECT table_name FROM duckdb_tables() WHERE temporary
UNION ALL SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal
"""
_TEMPORARY_CODE = """
SELECT function_name FROM duckdb_functions() WHERE database_name = 'temp' AND NOT internal
UNION ALL SELECT type_name FROM duckdb_types() WHERE database_name = 'temp' AND NOT internal
"""


def begin(operator: InBackground, scope: Scope) -> Answer:
    """Begins a training, with everything checked that can be before its rows are read; its row in SHOW JOBS.

    Raises:
        BackgroundInTransaction, SeenHereAlone, ModelInTheMaking, JobsWaiting: it cannot begin.
    """
    around, training = scope.around, operator.training
    if around.job is not None:
        return run(training, scope)
    if scope.host.in_transaction():
        raise BackgroundInTransaction().at(operator.place)
    place = _place(operator, scope)
    _check_free(operator, scope, place)
    _check_seen_elsewhere(_query(operator, scope), operator, scope)
    db = around.beside()
    try:
        _check_bound(operator, db.scope(db.host(), scope.source, scope.given))
        statement = scope.text[scope.span.start : scope.span.end]
        job = around.instance.jobs.begin(statement, place, db, around.root, scope.parameters(scope.span))
    except BaseException:
        db.close()
        raise
    if around.client is None:
        scope.notices.append(JobEndsWithConnection(job.facts.job))
    return Answer.of(typed([job.row()], COLUMNS), scope.span)


def _place(operator: InBackground, scope: Scope) -> tuple[str, str, str]:
    training = operator.training
    if isinstance(training, Train):
        check_device(training)
        return catalog.place(scope.host, training.name)
    catalog.check_writable(scope.host, training.model.database)
    return training.model.database, training.model.schema, training.model.name


def _check_free(operator: InBackground, scope: Scope, place: tuple[str, str, str]) -> None:
    """Raises ModelInTheMaking where a job makes the model that this statement may not find."""
    if not isinstance(operator.training, Train) or operator.may_exist:
        return
    for job in scope.around.instance.jobs.live():
        if [part.lower() for part in job.place] == [part.lower() for part in place]:
            raise ModelInTheMaking(str(operator.training.name), job.facts.job, operator.training.name.span)


def _query(operator: InBackground, scope: Scope) -> Composed:
    """The query that will be read. Raises what REFRESH MODEL does of one that no longer holds."""
    if isinstance(operator.training, Train):
        return scope.within_ctes(operator.training.query.span)
    with retraining(operator.training, scope) as again:
        return again.scope.within_ctes(again.operator.query.span)


def _check_seen_elsewhere(query: Composed, operator: InBackground, scope: Scope) -> None:
    """Raises SeenHereAlone where the query names what is temporary: on another connection it means something else."""
    words = {token.name.lower() for token in lex(query.text, tokenize(query.text)) if token.kind is not Kind.STRING}
    tables = scope.host.tables_of(query.text)
    named = words if tables is None else {name.lower() for name in tables}
    for found, said in ((_TEMPORARY, named), (_TEMPORARY_CODE, words)):
        for (name,) in scope.host.rows(found):
            if name.lower() in said:
                raise SeenHereAlone(name).at(operator.place)


def _check_bound(operator: InBackground, there: Scope) -> None:
    """Raises SeenHereAlone where the query, which is right here, is wrong on the connection of the job."""
    try:
        node = is_ours(there.source[1])
        if node is not None:
            STATEMENTS[node.rule](node, there.text, there)
        _query(operator, there)
    except QueryWrong as problem:
        raise SeenHereAlone(None, problem.message).at(operator.place) from problem
