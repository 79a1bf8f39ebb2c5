"""The rows of a training, read once and kept aside in temporary tables."""

import secrets
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlml.engine.composed import Composed
from sqlml.engine.database import Host, Parameters
from sqlml.prep.arrangement import Arrangement
from sqlml.prep.ask import WIDTH
from sqlml.prep.partition import HELD_OUT
from sqlml.prep.target import Target
from sqlml.quote import identifier

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Split:
    """The labelled rows of one target, in tables of a `Stage`, each in the query's order.

    `known`, a view or a table, has those to learn from, with columns `part` and `order`, and `held_out` the others.
    `measure` makes `measured`: the latter with a column `scores`. `no_longer_needed` are statements for when the known
    rows are in files.
    """

    host: Host
    known: str
    held_out: str
    measured: str
    part: str
    order: str
    scores: str
    no_longer_needed: tuple[str, ...]

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
        for statement in self.no_longer_needed:
            self.host.run(statement)


class Stage:
    """Temporary tables and views that live as long as the `with` around them.

    `query` has the query's rows, numbered by the column `order`; `split` makes of them the rows of one target.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._name = f"sqlml_{secrets.token_hex(6)}"
        self._made: list[tuple[str, str]] = []
        self.query = self._table("query")
        # Named apart from any column of the query's; one called rowid would hide DuckDB's own.
        self.order = self._own("order")

    def fill(self, composed: Composed, parameters: Parameters, some: str = "") -> None:
        """Reads the query once: every later look sees the same rows.

        `some` is SQL that says which rows: a WHERE or a LIMIT, over the query's rows with their `order`.
        """
        numbered = f"FROM (SELECT *, row_number() OVER () - 1 AS {self.order} FROM ("
        query = composed.within(f"CREATE TEMP TABLE {self.query} AS {numbered}", f"\n)){some}")
        with query.blamed():
            self._host.run(query.text, parameters)

    def evenly(self, share: float, seed: int) -> str:
        """SQL for `fill`: the same share of the rows each time."""
        # Hashed twice: what is hashed together with the number is but mixed into the lower half of its hash.
        return "" if share == 1.0 else f" WHERE hash(hash({self.order}, {seed})) < {int(share * 2**64)}::UBIGINT"

    def split(self, target: Target, arrangement: Arrangement, seed: int, *, columns: int, last: bool) -> Split:
        """Divides the rows, of so many columns, for one target; what is held out lies apart from here on.

        Where the target is the `last` to be learnt, the query's own rows are dropped.
        """
        run, parts, is_wide = self._host.run, self._table("parts"), columns > WIDTH
        sort = "TABLE" if is_wide else "VIEW"
        known = self._named(sort, "known")
        sources = [f"DROP TABLE {name}" for name in ([parts, self.query] if last else [parts])]
        split = Split(
            host=self._host,
            known=known,
            held_out=self._table("held_out"),
            measured=self._table("measured"),
            part=self._own("part"),
            order=self.order,
            scores=self._own("scores"),
            no_longer_needed=(f"DROP {sort} {known}", *([] if is_wide else sources)),
        )
        dealt = arrangement.parts(self.query, target, seed, self.order)
        run(
            f"CREATE TEMP TABLE {parts} AS SELECT p.part AS {split.part} FROM {self.query} r"
            f" LEFT JOIN ({dealt}) p ON r.{self.order} = p.row ORDER BY r.{self.order}"
        )
        # A positional join keeps the order of the rows, whatever the number of threads.
        parted = f"FROM {self.query} POSITIONAL JOIN {parts} WHERE {split.part}"
        held_out = f"SELECT * EXCLUDE ({split.part}, {self.order}) {parted} = {HELD_OUT}"
        run(f"CREATE TEMP TABLE {split.held_out} AS {held_out}")
        # The rows are copied only where they are so wide that they are looked at some columns at a time: to have all
        # columns of a view told each time would take longer.
        run(f"CREATE TEMP {sort} {known} AS {parted} < {HELD_OUT}")
        if is_wide:
            for statement in sources:
                run(statement)
        return split

    def ask(self, sql: str) -> "pa.Table":
        """Rows of a query over the stage, for prep."""
        return self._host.arrow(sql)

    def _table(self, of: str) -> str:
        """The name of a temporary table that goes with the stage."""
        return self._named("TABLE", of)

    def _named(self, sort: str, of: str) -> str:
        name = f"temp.main.{self._own(f'{of}_{len(self._made)}')}"
        self._made.append((sort, name))
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
            for sort, name in reversed(self._made):
                self._host.run(f"DROP {sort} IF EXISTS {name}")
