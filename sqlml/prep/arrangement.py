"""How the rows of a training are parted, decided by what they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlml.diagnostics import Notice
from sqlml.prep import partition
from sqlml.prep.ask import Ask
from sqlml.prep.problems import RowsInTimeOrder
from sqlml.prep.target import Target
from sqlml.prep.time_order import in_time_order
from sqlml.quote import identifier
from sqlml.schema import Column


@dataclass(frozen=True)
class Arrangement:
    """`folds` to learn from, in the order of time where `ordered`; rows with equal `groups`, SQL, stay together."""

    folds: int
    groups: str | None = None
    ordered: bool = False
    notices: tuple[Notice, ...] = ()

    def parts(self, relation: str, target: Target, seed: int, order: str) -> str:
        """SQL: each labelled row's `row` and `part`, as `partition.parts` gives them."""
        return partition.parts(
            relation, target, seed, order, folds=self.folds, groups=self.groups, ordered=self.ordered
        )


def arrange(
    ask: Ask, relation: str, columns: Sequence[Column], target: Target, order: str, group: Column | None
) -> Arrangement:
    """By the column `group` where one is given; else in time where the rows are a log; else so that copies of a row
    stay together.

    Raises:
        TooFewGroups: the groups are too few to part.
    """
    if group:
        groups = f"r.{identifier(group.name)}"
        count = partition.count_groups(ask, relation, target, groups, group.name)
        return Arrangement(partition.folds(target.rows, count), groups)
    folds = partition.folds(target.rows)
    time = in_time_order(ask, relation, columns, target, order)
    if time and folds > 1:
        return Arrangement(folds, ordered=True, notices=(RowsInTimeOrder([column.name for column in time]),))
    return Arrangement(folds, partition.copied(ask, relation, [*columns, target.column], target))
