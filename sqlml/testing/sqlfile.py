"""Tests written in SQL: a `.test` file of statements and what they must answer.

A file is blocks with an empty line between them; lines that begin with `#` before a block are its comment. A block
begins with one of

    statement ok            the SQL runs; behind `----`, the notices that it gives, each with its condition's name
    statement error NAME    the SQL fails with that condition; behind `----`, the error as people see it
    query                   behind `----`, the rows, cells parted by tabs; behind a second `----`, the notices
    score >= 0.8            the SQL gives one number, which keeps the bound (or `<=`)
    connect [read_only]     the database is closed and opened again

and goes on with its SQL, in which `{folder}` is an empty folder of the file's own and `{beside}` the one that the file
lies in. A number that no two runs agree on, such as a speed, may be written as `<number>`. `complete` writes down what
came out where it is not what was expected, instead of comparing.
"""

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import sqlml
from sqlml.diagnostics import Diagnostic
from sqlml.diagnostics.render import as_text

_NUMBER = r"[\d,.]+"
_FOLDER, _BESIDE = "{folder}", "{beside}"


class SqlTestFailure(AssertionError):
    """A block of a `.test` file answered something else than it must."""


@dataclass
class Block:
    """One block: its directive, its SQL, and the sections expected behind `----`."""

    line: int
    directive: str
    sql: str
    expected: list[list[str]]

    def text(self) -> str:
        sections = ["\n".join(["----", *section]) for section in self.expected]
        return "\n".join(filter(None, [self.directive, self.sql, *sections]))


def run_sql_file(path: Path, *, complete: bool = False) -> None:
    """Runs a `.test` file on a database of its own.

    Raises:
        SqlTestFailure: naming the file and line of the first block that answers something else.
    """
    parts = re.split(r"\n{2,}", path.read_text(encoding="utf-8").strip("\n"))
    written, line = [], 1
    with tempfile.TemporaryDirectory() as folder:
        database, own = Path(folder) / "test.duckdb", Path(folder) / "own"
        own.mkdir()
        db = sqlml.connect(database)
        try:
            for part in parts:
                comment, block = _read(part, line)
                if block is not None and block.directive.startswith("connect"):
                    db.close()
                    db = sqlml.connect(database, read_only="read_only" in block.directive)
                elif block is not None:
                    _check(db, block, path, own, complete)
                written.append(comment + (block.text() if block else ""))
                line += part.count("\n") + 2
        finally:
            db.close()
    if complete:
        path.write_text("\n\n".join(written) + "\n", encoding="utf-8")


def _read(part: str, line: int) -> tuple[str, Block | None]:
    lines = part.split("\n")
    body = next((index for index, text in enumerate(lines) if not text.startswith("#")), len(lines))
    comment = "".join(f"{text}\n" for text in lines[:body])
    if body == len(lines):
        return comment.rstrip("\n"), None
    sql, *expected = "\n".join(lines[body + 1 :]).split("----")
    sections = [section.strip("\n").split("\n") if section.strip("\n") else [] for section in expected]
    return comment, Block(line + body, lines[body], sql.strip("\n"), sections)


def _check(db: sqlml.Connection, block: Block, path: Path, folder: Path, complete: bool) -> None:
    sql = block.sql.replace(_FOLDER, str(folder)).replace(_BESIDE, str(path.parent))
    answer = _answer(db, replace(block, sql=sql))
    actual = [[line.replace(str(folder), _FOLDER) for line in section] for section in answer]
    expected = [section for section in block.expected if section]
    if _agree(expected, [section for section in actual if section]):
        return
    if complete:
        block.expected = actual
    else:
        shown = "\n----\n".join("\n".join(section) for section in actual)
        raise SqlTestFailure(f"{path}:{block.line}: {block.directive}\n{block.sql}\nanswered\n{shown}")


def _agree(expected: list[list[str]], actual: list[list[str]]) -> bool:
    wanted, found = ("\n----\n".join("\n".join(section) for section in sections) for sections in (expected, actual))
    return bool(re.fullmatch(re.escape(wanted).replace("<number>", _NUMBER), found))


def _answer(db: sqlml.Connection, block: Block) -> list[list[str]]:
    kind, *words = block.directive.split()
    try:
        rows = db.execute(block.sql).fetchall()
    except sqlml.Diagnosed as error:
        if [kind, *words[:1]] != ["statement", "error"]:
            raise SqlTestFailure(f"line {block.line}: {block.sql}\nfailed with\n{error}") from None
        if words[1] != error.diagnostic.condition:
            raise SqlTestFailure(f"line {block.line}: {block.sql}\nis {error.diagnostic.condition}:\n{error}") from None
        return [str(error).split("\n")]
    except sqlml.Error as error:
        if words[:2] != ["error", "duckdb"]:
            raise SqlTestFailure(f"line {block.line}: {block.sql}\nfailed with\n{error}") from None
        return [str(error).split("\n")]
    if words[:1] == ["error"]:
        raise SqlTestFailure(f"line {block.line}: {block.sql}\nwas to fail with {words[1]}, and did not")
    notices = [line for notice in db.notices for line in _told(notice).split("\n")]
    db.notices = []
    if kind == "score":
        _bound(float(rows[0][0]), words, block)
        return []
    cells = ["\t".join(map(_cell, row)) for row in rows] if kind == "query" else []
    return ([cells] if kind == "query" else []) + ([notices] if notices else [])


def _told(notice: Diagnostic) -> str:
    """The notice as people see it, with the name of its condition behind its severity."""
    return as_text(notice).replace(f"{notice.severity}:", f"{notice.severity} {notice.condition}:", 1)


def _bound(value: float, words: list[str], block: Block) -> None:
    sign, bound = words[0], float(words[1])
    if not (value >= bound if sign == ">=" else value <= bound):
        raise SqlTestFailure(f"line {block.line}: {block.sql}\ngave {value}, which is not {sign} {bound}")


def _cell(value: object) -> str:
    if value is None:
        return "NULL"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
