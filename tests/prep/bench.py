"""What the tests of prep do to a table: examine its target, split it, fit a recipe, encode its rows."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from sqlml.diagnostics import Notice
from sqlml.prep.fit import fit
from sqlml.prep.partition import count_groups, folds, parts
from sqlml.prep.recipe import Recipe
from sqlml.prep.step import Step
from sqlml.prep.target import Target, examine
from sqlml.quote import identifier
from sqlml.schema import Column, Task


@dataclass
class Bench:
    connection: duckdb.DuckDBPyConnection

    def ask(self, sql: str) -> pa.Table:
        return self.connection.sql(sql).to_arrow_table()

    def run(self, sql: str) -> None:
        self.connection.execute(sql)

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def table(self, select: str) -> list[Column]:
        """Makes the table `t` of a SELECT; returns its columns."""
        self.run(f"CREATE OR REPLACE TABLE t AS {select}")
        return [Column(row[0], row[1]) for row in self.rows("DESCRIBE t")]

    def examine(self, select: str, positive: str | None = None) -> tuple[Target, list[Notice]]:
        """Examines column `y` of a SELECT."""
        column = next(column for column in self.table(select) if column.name == "y")
        return examine(self.ask, "t", column, positive)

    def fit(self, select: str, target: str = "y") -> tuple[Recipe, list[Notice]]:
        """Fits to all rows of a SELECT, as if none were held out."""
        columns = self.table(select)
        found, notices = examine(self.ask, "t", next(c for c in columns if c.name == target), None)
        recipe, more = fit(self.ask, "t", columns, found)
        return recipe, [*notices, *more]

    def cross(self, select: str, folds: int = 4) -> tuple[Recipe, list[Notice]]:
        """Fits to all rows of a SELECT, which `t` then has with a column `part`, so that steps may use the target."""
        columns = self.table(select)
        self.run(f"CREATE OR REPLACE TABLE t AS SELECT *, (hash(rowid, 7) % {folds})::UTINYINT AS part FROM t")
        target, _ = examine(self.ask, "t", next(c for c in columns if c.name == "y"), None)
        return fit(self.ask, "t", columns, target, part="part", folds=folds)

    def training(self, recipe: Recipe) -> list[list[float]]:
        """The features of every row of `t` as it is learnt from, in the order of the rows."""
        return [row[0] for row in self.rows(f"SELECT {recipe.training_array('t', 't.part')} FROM t")]

    def split(
        self, target: Target, seed: int = 1, groups: str | None = None, ordered: bool = False
    ) -> list[tuple[int, int]]:
        """(row, part) of `t`, in the order of its rows."""
        count = None
        if groups is not None:
            count = count_groups(self.ask, "t", target, groups, "g")
        sql = parts("t", target, seed, folds=folds(target.rows, count), groups=groups, ordered=ordered)
        return self.rows(f"SELECT * FROM ({sql}) ORDER BY 1")

    def matrix(self, recipe: Recipe, source: str = "t") -> list[list[float]]:
        """The features of every row, in the order of the rows."""
        return [row[0] for row in self.rows(f"SELECT {recipe.array('t')} FROM {source} AS t")]

    def features(self, step: Step, value: str) -> list[float]:
        """One value's features; `value` is SQL."""
        source = f"(SELECT {value} AS {identifier(step.column.name)}) AS r"
        return list(self.rows(f"SELECT {', '.join(step.expressions('r'))} FROM {source}")[0])


REGRESSION = Target(Column("y", "DOUBLE"), Task.REGRESSION, (), (0.0,), 10)
