"""Three views of one diagnostic, and the places that it names."""

import json

import pytest

from sqlml.diagnostics import Place, Span
from sqlml.diagnostics.render import as_json, as_status, as_text
from sqlml.plan.input_problems import InputType
from sqlml.plan.problems import ModelUnknown
from sqlml.schema import Column

SQL = "SELECT 1;\r\n\tPREDICT 日本 FROM t"
UNKNOWN = ModelUnknown("日本", ["日本語"], Span(SQL.index("日"), SQL.index("日") + 2))


def test_people_see_the_line_with_carets_under_the_place() -> None:
    assert as_text(UNKNOWN.diagnostic(SQL)) == (
        "ERROR: there is no model `日本`\n"
        "LINE 2:  PREDICT 日本 FROM t\n"
        "                 ^^^^\n"
        "HINT: did you mean `日本語`?\n"
        "MORE: sqlml help model_unknown (42704)"
    )


def test_colour_is_in_the_label_alone() -> None:
    shown = as_text(UNKNOWN.diagnostic(SQL), colour=True)
    assert shown.startswith("\x1b[1;31mERROR\x1b[0m: ")
    assert shown.count("\x1b") == 2


def test_jobs_see_every_field() -> None:
    record = json.loads(as_json(UNKNOWN.diagnostic(SQL)))
    assert (record["severity"], record["sqlstate"], record["condition"]) == ("ERROR", "42704", "model_unknown")
    assert (record["line"], record["column"]) == (2, 10)
    assert record["reference"] == UNKNOWN.reference
    assert record["retryable"] is False


def test_clients_of_a_server_see_a_status_and_the_whole_as_json() -> None:
    status = as_status(UNKNOWN.diagnostic(SQL))
    assert status.code == "NOT_FOUND"
    assert json.loads(status.extra)["condition"] == "model_unknown"
    wrong = InputType(Column("age", "VARCHAR"), "INTEGER", Span(0, 1), imported=False).diagnostic("x")
    assert as_status(wrong).code == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("text", "at", "line", "column"),
    [("abc", 0, 1, 1), ("a\nbc", 3, 2, 2), ("a\r\nbc", 3, 2, 1), ("a\rbc", 2, 2, 1), ("a\n\n", 3, 3, 1), ("", 0, 1, 1)],
)
def test_a_place_counts_lines_as_editors_do(text: str, at: int, line: int, column: int) -> None:
    place = Place.of(Span(at, at + 1), text)
    assert (place.line, place.column) == (line, column)


def test_a_long_line_is_cut_around_the_place() -> None:
    place = Place.of(Span(500, 503), "x" * 500 + "abc" + "y" * 500)
    shown, carets = place.excerpt.split("\n")
    assert len(shown) < 130
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "abc"
