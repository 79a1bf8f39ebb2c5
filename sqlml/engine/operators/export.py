"""EXPORT MODEL: the files are made in memory, and then put into the folder all at once."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from sqlml.diagnostics import Span
from sqlml.dialect.transpile import from_duckdb
from sqlml.engine import catalog
from sqlml.engine.operators.answer import Answer
from sqlml.engine.problems import FolderTaken, PermissionDenied, QueryWrong
from sqlml.engine.scope import Scope
from sqlml.export import made
from sqlml.export.stored import Exported, File, Stored
from sqlml.faults import of_system
from sqlml.faults.problems import InternalError, IoError
from sqlml.plan import Export, Model, Query, Score
from sqlml.prep.target import Target
from sqlml.quote import literal

# An earlier export is known by this file, which lists what belongs to it.
_LIST = "export.txt"
# So many rows of the training show whether an export predicts the same.
_COMPARED = 10_000


def export(operator: Export, scope: Scope) -> Answer:
    """Writes the files; a row for each: `file`, `bytes` and what it `holds`."""
    _check_allowed(operator, scope)
    folder = Path(operator.folder)
    with _blamed(operator):
        _check_free(folder, operator)
    files = _writer(operator.format)(_exported(operator, scope))
    with _blamed(operator):
        _put(folder, files)
    rows = ", ".join(f"({literal(one.name)}, {len(one.content)}::BIGINT, {literal(one.holds)})" for one in files)
    return Answer.of(f"SELECT * FROM (VALUES {rows}) AS files(file, bytes, holds)", scope.span)


def _writer(format_: str) -> Callable[[Exported], Sequence[File]]:
    writer: Callable[[Exported], Sequence[File]] = import_module(f"sqlml.export.{format_}").files
    return writer


def _exported(operator: Export, scope: Scope) -> Exported:
    model, host = operator.model, scope.host
    marks = [""] if len(model.parts) == 1 else [f"_{at}" for at in range(1, len(model.parts) + 1)]
    parts = [
        Stored(
            Target(part.target, part.task, part.classes, part.prior, 0),
            recipe,
            catalog.read(host, model.database, part.artifact),
            mark,
        )
        for part, recipe, mark in zip(model.parts, catalog.recipes(host, model), marks, strict=True)
    ]
    query, options = catalog.training(host, model)
    weight = options.get("weight")
    return Exported(
        name=model.name,
        version=model.version,
        parts=parts,
        rows=host.rows,
        ask=host.arrow,
        query=query or "",
        weight=weight and weight["name"],
        predicted=partial(_predicted, model, query or made.rows(parts[0].recipe), scope),
        tell=scope.notices.append,
        translated=partial(from_duckdb, dialect=operator.dialect or "duckdb"),
        dialect=operator.dialect,
    )


def _predicted(model: Model, query: str, scope: Scope) -> str | None:
    """SQL of some rows of a query with their predictions; None where the query no longer runs."""
    head, tail = scope.sql_around(Score(model, Query(query, Span(0, 0))))
    # A line of its own, as the text may end in a comment.
    predicted = f"{head}FROM ({query}\n) USING SAMPLE reservoir({_COMPARED} ROWS) REPEATABLE (1){tail}"
    with suppress(QueryWrong, IoError):
        scope.host.rows(f"DESCRIBE FROM {predicted}")
        return predicted
    return None


def _check_allowed(operator: Export, scope: Scope) -> None:
    """A connection that may not touch files may not write any this way either."""
    if not scope.host.rows("SELECT current_setting('enable_external_access')")[0][0]:
        raise PermissionDenied("the connection may not write files").at(operator.place)


def _check_free(folder: Path, operator: Export) -> None:
    if folder.is_dir() and (not any(folder.iterdir()) or (folder / _LIST).is_file()):
        return
    if folder.exists() or folder.is_symlink():
        raise FolderTaken(operator.folder, operator.place)


def _put(folder: Path, files: Sequence[File]) -> None:
    """Writes beside the folder and takes its place: nobody sees half of it, and a failure leaves what was there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    mark = secrets.token_hex(6)
    made, former = (folder.with_name(f".{folder.name}.{mark}.{part}") for part in ("new", "old"))
    try:
        made.mkdir()
        for one in files:
            _write(made / one.name, one.content)
        _write(made / _LIST, "".join(f"{one.name}\t{one.holds}\n" for one in files).encode())
        if folder.exists():
            folder.rename(former)
        made.rename(folder)
        shutil.rmtree(former, ignore_errors=True)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        if former.exists():
            former.rename(folder)
        raise


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _blamed(operator: Export) -> Iterator[None]:
    """Inside, what the machine refuses becomes a problem at the folder's place."""
    try:
        yield
    except (OSError, ValueError) as cause:
        raise (of_system(cause) or InternalError.caused(cause)).at(operator.place) from cause
