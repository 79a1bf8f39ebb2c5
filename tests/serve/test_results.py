"""Rows on their way: in which messages they go, and how it is told what goes wrong while they do."""

import json

import pyarrow.flight as flight
import pytest

from tests.serve.raw import Raw


@pytest.mark.parametrize(
    ("sql", "messages"),
    [
        ("SELECT range AS a, range AS b, range AS c, range AS d FROM range(300000)", range(10, 13)),
        ("SELECT range AS a, repeat('x', 1000) AS b FROM range(5000)", range(6, 13)),
        ("SELECT " + ", ".join(f"range AS c{n}" for n in range(200)) + " FROM range(2048)", range(4, 5)),
    ],
    ids=["narrow", "long text", "wide"],
)
def test_rows_are_sent_in_messages_of_a_size_that_clients_read_fast(raw: Raw, sql: str, messages: range) -> None:
    info = raw.info("CommandStatementQuery", query=sql)
    sizes = [chunk.data.nbytes for chunk in raw.client.do_get(info.endpoints[0].ticket, raw.options)]
    assert len(sizes) in messages
    assert max(sizes) < 1 << 20


LATE = {
    "no number": (
        "SELECT s::INTEGER FROM (SELECT range || repeat('x', (range > 90000)::INTEGER) AS s FROM range(100000))",
        "Could not convert string '90001x'",
        9,
    ),
    "too large": ("SELECT (range * 1000)::INTEGER FROM range(3000000)", "out of range", 22),
    "on purpose": ("SELECT CASE WHEN range > 90000 THEN error('late') ELSE '' END FROM range(100000)", "late", None),
}


@pytest.mark.parametrize(("sql", "said", "column"), LATE.values(), ids=LATE)
def test_what_goes_wrong_while_rows_are_sent_is_told_as_what_it_is(
    raw: Raw, sql: str, said: str, column: int | None
) -> None:
    info = raw.info("CommandStatementQuery", query=sql)
    with pytest.raises(flight.FlightServerError) as caught:
        raw.fetched(info)
    told = json.loads(caught.value.extra_info)
    assert (told["condition"], told["column"]) == ("query_failed", column)
    assert said in told["message"]
