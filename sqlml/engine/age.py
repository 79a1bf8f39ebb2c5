"""How old a version of a model is."""

from datetime import UTC, datetime

from sqlml.diagnostics import Span
from sqlml.engine import catalog
from sqlml.engine.problems import QueryFailed, QueryWrong
from sqlml.engine.refresh_problems import AgeNotInterval
from sqlml.engine.scope import Scope
from sqlml.plan import Model

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def made(model: Model, scope: Scope) -> datetime:
    """When the version was made, in UTC and without saying so."""
    found = scope.host.rows(
        f"SELECT created_at FROM {catalog.home(model.database)}.versions WHERE {catalog.this(model)}"
    )
    moment: datetime = found[0][0]
    return moment


def old(moment: datetime) -> str:
    """How long ago a moment in UTC was, in words: `3 days`."""
    seconds = max(0, int((_now() - moment).total_seconds()))
    name, size = next((unit for unit in _UNITS if seconds >= unit[1]), _UNITS[-1])
    number = seconds // size
    return f"{number} {name}{'s' * (number != 1)}"


def is_older(moment: datetime, limit: Span, scope: Scope) -> bool:
    """Whether a moment in UTC is longer ago than the interval that is written at `limit`.

    Raises:
        AgeNotInterval: none is written there.
    """
    interval = scope.composed(limit).within("SELECT CAST(CAST((", ") AS INTERVAL) AS VARCHAR)").text
    wrong = AgeNotInterval(scope.text[limit.start : limit.end], limit)
    try:
        ((length,),) = scope.host.rows(interval, scope.parameters(limit))
    except (QueryWrong, QueryFailed) as cause:
        raise wrong from cause.__cause__
    if length is None:
        raise wrong
    return bool(scope.host.rows("SELECT ?::TIMESTAMP < ?::TIMESTAMP - ?::INTERVAL", [moment, _now(), length])[0][0])


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
