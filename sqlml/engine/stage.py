"""The rows of a training, read once and kept aside in temporary tables."""

import secrets
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlml.engine.composed import Composed
from sqlml.engine.database import Host, Parameters
from sqlml.prep.partition import parts
from sqlml.prep.target import Target
from sqlml.quote import identifier

if TYPE_CHECKING:
    import pyarrow as pa

# Parts that `prep.partition` gives: rows to fit on, rows to choose and stop by, rows to measure on.
FIT, VALIDATION, HELD_OUT = range(3)


class Stage:
    """Temporary tables that live as long as the `with` around them.

    `query` has the query's rows; `split` turns them into `known` (with a column `part`, FIT or VALIDATION) and
    `held_out`, labelled rows only, each in the query's order.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._name = f"sqlml_{secrets.token_hex(6)}"
        self.query, self.known, self.held_out, self._parts = (
            f"temp.{identifier(f'{self._name}_{kind}')}" for kind in ("query", "known", "held_out", "parts")
        )
        # Named apart from any column of the query's; one called rowid would hide DuckDB's own.
        self.part, self.order = identifier(f"{self._name}_part"), identifier(f"{self._name}_order")

    def fill(self, composed: Composed, parameters: Parameters, rows: int | None) -> None:
        """Reads the query, or its first `rows`, once: every later look sees the same rows."""
        limit = "" if rows is None else f" LIMIT {rows}"
        numbered = f"SELECT *, row_number() OVER () - 1 AS {self.order}"
        query = composed.within(f"CREATE TEMP TABLE {self.query} AS {numbered} FROM (", f"\n){limit}")
        with query.blamed():
            self._host.run(query.text, parameters)

    def split(self, target: Target, seed: int) -> None:
        """Divides the rows; what is held out lies apart from here on."""
        run = self._host.run
        run(f"CREATE TEMP TABLE {self._parts} AS {parts(self.query, target, seed, self.order)}")
        # A positional join keeps the query's order, whatever the number of threads.
        aligned = (
            f"SELECT q.*, p.part AS {self.part} FROM {self.query} q POSITIONAL JOIN (SELECT r.{self.order}, part FROM"
            f" {self.query} r LEFT JOIN {self._parts} s ON r.{self.order} = s.row ORDER BY r.{self.order}) p"
        )
        run(f"CREATE TEMP TABLE {self.known} AS FROM ({aligned}) WHERE {self.part} < {HELD_OUT}")
        held_out = f"SELECT * EXCLUDE ({self.part}, {self.order}) FROM ({aligned}) WHERE {self.part} = {HELD_OUT}"
        run(f"CREATE TEMP TABLE {self.held_out} AS {held_out}")
        run(f"DROP TABLE {self.query}")

    def ask(self, sql: str) -> "pa.Table":
        """Rows of a query over the stage, for prep."""
        return self._host.arrow(sql)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        # In an aborted transaction nothing can be dropped, and its end takes the tables with it.
        if kind is None or self._host.is_usable():
            for table in (self.query, self.known, self.held_out, self._parts):
                self._host.run(f"DROP TABLE IF EXISTS {table}")
