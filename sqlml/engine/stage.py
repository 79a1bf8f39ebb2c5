"""The rows of a training, read once and kept aside in temporary tables."""

import secrets
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlml.engine.composed import Composed
from sqlml.engine.database import Host, Parameters
from sqlml.prep.arrangement import Arrangement
from sqlml.prep.partition import HELD_OUT
from sqlml.prep.target import Target
from sqlml.quote import identifier

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Split:
    """The labelled rows of one target, in tables of a `Stage`, each in the query's order.

    `known` has those to learn from, with columns `part` and `order`, and `held_out` the others. `measure` makes
    `measured`: the latter with a column `scores`.
    """

    host: Host
    known: str
    held_out: str
    measured: str
    part: str
    order: str
    scores: str

    def measure(self, scores: "pa.Table") -> None:
        """Puts scores, a row of them for each row held out, beside those rows."""
        with self.host.registered(scores) as given:
            self.host.run(
                f"CREATE TEMP TABLE {self.measured} AS SELECT h.*, s.scores AS {self.scores}"
                f" FROM {self.held_out} h POSITIONAL JOIN {given} s"
            )

    def count_known(self) -> int:
        """How many rows there are to learn from."""
        return int(self.host.rows(f"SELECT count(*) FROM {self.known}")[0][0])

    def forget_known(self) -> None:
        """Drops the rows to learn from: while they are learnt from, memory has better uses."""
        self.host.run(f"DROP TABLE {self.known}")


class Stage:
    """Temporary tables that live as long as the `with` around them.

    `query` has the query's rows, numbered by the column `order`; `split` makes of them the rows of one target.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._name = f"sqlml_{secrets.token_hex(6)}"
        self._tables: list[str] = []
        self.query = self._table("query")
        # Named apart from any column of the query's; one called rowid would hide DuckDB's own.
        self.order = self._own("order")

    def fill(self, composed: Composed, parameters: Parameters, rows: int | None) -> None:
        """Reads the query, or its first `rows`, once: every later look sees the same rows."""
        limit = "" if rows is None else f" LIMIT {rows}"
        numbered = f"SELECT *, row_number() OVER () - 1 AS {self.order}"
        query = composed.within(f"CREATE TEMP TABLE {self.query} AS {numbered} FROM (", f"\n){limit}")
        with query.blamed():
            self._host.run(query.text, parameters)

    def split(self, target: Target, arrangement: Arrangement, seed: int, *, last: bool) -> Split:
        """Divides the rows for one target; what is held out lies apart from here on.

        Where the target is the `last` to be learnt, the query's own rows are dropped.
        """
        run, parts = self._host.run, self._table("parts")
        split = Split(
            host=self._host,
            known=self._table("known"),
            held_out=self._table("held_out"),
            measured=self._table("measured"),
            part=self._own("part"),
            order=self.order,
            scores=self._own("scores"),
        )
        run(f"CREATE TEMP TABLE {parts} AS {arrangement.parts(self.query, target, seed, self.order)}")
        # A positional join keeps the query's order, whatever the number of threads.
        aligned = (
            f"SELECT q.*, p.part AS {split.part} FROM {self.query} q POSITIONAL JOIN (SELECT r.{self.order}, part FROM"
            f" {self.query} r LEFT JOIN {parts} s ON r.{self.order} = s.row ORDER BY r.{self.order}) p"
        )
        run(f"CREATE TEMP TABLE {split.known} AS FROM ({aligned}) WHERE {split.part} < {HELD_OUT}")
        held_out = f"SELECT * EXCLUDE ({split.part}, {self.order}) FROM ({aligned}) WHERE {split.part} = {HELD_OUT}"
        run(f"CREATE TEMP TABLE {split.held_out} AS {held_out}")
        if last:
            run(f"DROP TABLE {self.query}")
        return split

    def ask(self, sql: str) -> "pa.Table":
        """Rows of a query over the stage, for prep."""
        return self._host.arrow(sql)

    def _table(self, kind: str) -> str:
        """The name of a temporary table that goes with the stage."""
        name = f"temp.{self._own(f'{kind}_{len(self._tables)}')}"
        self._tables.append(name)
        return name

    def _own(self, kind: str) -> str:
        return identifier(f"{self._name}_{kind}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        # In an aborted transaction nothing can be dropped, and its end takes the tables with it.
        if kind is None or self._host.is_usable():
            for table in self._tables:
                self._host.run(f"DROP TABLE IF EXISTS {table}")
