"""DuckDB's errors as our problems, placed in the text that they are of; part of the gate to DuckDB."""

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from sqlml.diagnostics import Problem, Span
from sqlml.diagnostics.span import reached
from sqlml.engine.problems import ConnectionClosed, PermissionDenied, QueryFailed, QueryWrong, TransactionAborted
from sqlml.faults import of_machine
from sqlml.faults.problems import InsufficientMemory, InternalError, IoError, QueryCanceled
from sqlml.plan.name_problems import CalledModelGone


class ScoringError(Exception):
    """What a function of ours raises within DuckDB, which makes a text of it: the problem is found by its reference."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.message} ({problem.reference})")


# Problems on their way out of DuckDB; those that nobody fetched make room.
_CARRIED: "OrderedDict[str, Problem]" = OrderedDict()
_MOST_CARRIED = 100
# Ctrl-C, heard just before a function of ours could carry it.
_STOPPED = "executing the UDF: KeyboardInterrupt"
_REFERENCE = re.compile(rf"{ScoringError.__name__}: .*\(([0-9a-f]{{8}})\)", re.DOTALL)


@contextmanager
def carried() -> Iterator[None]:
    """Inside a function that DuckDB calls: what goes wrong gets to the statement as the problem that it is."""
    try:
        yield
    except (Exception, KeyboardInterrupt) as cause:
        problem = _carriable(cause)
        _CARRIED[problem.reference] = problem
        while len(_CARRIED) > _MOST_CARRIED:
            _CARRIED.popitem(last=False)
        raise ScoringError(problem) from cause


def _carriable(cause: BaseException) -> Problem:
    if isinstance(cause, Problem):
        return cause
    return QueryCanceled() if isinstance(cause, KeyboardInterrupt) else InternalError.caused(cause)


def arrived(error: BaseException) -> Problem | None:
    """The problem of a function or macro of ours that an error of DuckDB's has come of."""
    if isinstance(error, duckdb.Error) and _STOPPED in str(error):
        return QueryCanceled()
    found = _REFERENCE.search(str(error)) if isinstance(error, duckdb.Error) else None
    return _CARRIED.pop(found[1], None) if found else _gone(error)


_NO_FUNCTION = re.compile(r"^Catalog Error: Scalar Function with name (.+?) does not exist!")


def _gone(error: BaseException) -> Problem | None:
    """The problem of text that was kept and calls a model that is gone: DuckDB places it nowhere in the statement."""
    missing = _NO_FUNCTION.search(str(error)) if isinstance(error, duckdb.CatalogException) else None
    if missing is None or "." not in missing[1] or _MARKED.search(str(error)):
        return None
    named = missing[1].removesuffix(" outputs").removesuffix(" flags")
    return CalledModelGone(named.removeprefix("main."))


def lacks_function(error: BaseException, names: Sequence[str]) -> bool:
    """Whether DuckDB refuses a statement as it knows no scalar function of one of these names."""
    cause = error.__cause__ if isinstance(error, Problem) else error
    missing = _NO_FUNCTION.search(str(cause)) if isinstance(cause, duckdb.CatalogException) else None
    return missing is not None and missing[1].lower() in names


# Most specific first. What takes a message keeps DuckDB's own, whose words are the user's.
_WORDED: tuple[tuple[type[duckdb.Error], type[Problem]], ...] = (
    (duckdb.ParserException, QueryWrong),
    (duckdb.SyntaxException, QueryWrong),
    (duckdb.BinderException, QueryWrong),
    (duckdb.CatalogException, QueryWrong),
    (duckdb.InvalidInputException, QueryFailed),
    (duckdb.ConnectionException, ConnectionClosed),
    (duckdb.PermissionException, PermissionDenied),
    (duckdb.TransactionException, TransactionAborted),
    (duckdb.NotImplementedException, QueryWrong),
    (duckdb.HTTPException, IoError),
    (duckdb.IOException, IoError),
    (duckdb.DataError, QueryFailed),
    (duckdb.IntegrityError, QueryFailed),
)


@contextmanager
def translated() -> Iterator[None]:
    """DuckDB's errors leave as our problems; one that DuckDB places in its text has a span in that text."""
    try:
        yield
    except duckdb.InterruptException:
        raise QueryCanceled from None
    except duckdb.OutOfMemoryException as error:
        raise of_machine(str(error)) or InsufficientMemory() from error
    except duckdb.Error as error:
        if problem := arrived(error):
            raise problem from problem.__cause__
        raise _worded(error) from error
    except RuntimeError as error:
        # DuckDB turns a SIGINT during a query into this.
        if "interrupted" in str(error).lower():
            raise QueryCanceled from None
        raise InternalError.caused(error) from error


def _worded(error: duckdb.Error) -> Problem:
    kind = next((ours for theirs, ours in _WORDED if isinstance(error, theirs)), None)
    if kind is None:
        return InternalError.caused(error)
    message, _, _ = str(error).partition("\n\nLINE ")
    return (of_machine(message) if kind is IoError else None) or kind(message)


def problem_of(error: duckdb.Error, sql: str) -> Problem:
    """An error that DuckDB raised for `sql` as our problem, at its place there."""
    before = error.__traceback__
    try:
        with translated():
            raise error
    except Problem as problem:
        return problem.at(placed(error, sql))
    finally:
        # An error holds the calls that it went through; these hold it, and nobody would let go of the connection.
        error.__traceback__ = before


_MARKED = re.compile(r"\n\nLINE (\d+): (.*)\n( *)(\^+)")


def placed(error: BaseException | None, sql: str) -> Span | None:
    """Where in `sql` a DuckDB error points, if it does.

    DuckDB shows the line (cut with `...` where it is long) with carets under the place.
    """
    marked = _MARKED.search(str(error)) if isinstance(error, duckdb.Error) else None
    if marked is None:
        return None
    line_number, shown, indent, carets = int(marked[1]), marked[2], len(marked[3]), len(marked[4])
    lines = sql.split("\n")
    if line_number > len(lines):
        return None
    column = reached(shown, indent - len(f"LINE {line_number}: "))
    cut = shown.startswith("...")
    begin = lines[line_number - 1].find(shown.removesuffix("...")[3 * cut :].strip("\r")) if cut else 0
    start = sum(len(line) + 1 for line in lines[: line_number - 1]) + max(begin, 0) + column - 3 * cut
    return Span(start, start + carets)


_KIND = re.compile(r"([A-Z][A-Za-z ]*?) Error: ")


def streamed(error: Exception) -> Exception:
    """An error that came while rows were read: DuckDB's own, where a stream of its rows has made it the machine's."""
    worded = _KIND.match(str(error)) if isinstance(error, OSError) and error.errno is None else None
    if worded is None:
        return error
    kind = getattr(duckdb, f"{worded[1].replace(' ', '')}Exception", duckdb.InvalidInputException)
    told: Exception = kind(str(error))
    return told
