"""Which rows are fitted on, which choose among fits, and which are held out: the same ones every time."""

from sqlml.prep.target import Target

FIT, VALIDATION, HELD_OUT = range(3)
# Out of every five rows of a class.
_TURNS = (VALIDATION, HELD_OUT, FIT, FIT, FIT)


def parts(relation: str, target: Target, seed: int, order: str = "rowid") -> str:
    """SQL: each labelled row's `row` and `part` (UTINYINT): three fifths to fit, one fifth to each other.

    `row` is the row's number, which the column `order` holds.

    Every class has its first row in FIT. The others take turns, class after class and the rarest first, so that each
    class is shared out evenly, a class of three rows has one in each part, and ten rows fill every part.
    """
    stratum = target.label("r") if target.task.classifies else "0"
    rarest_first = "ASC" if len(target.classes) == 2 and target.prior[1] > target.prior[0] else "DESC"
    return (
        f'WITH shuffled AS (SELECT r.{order} AS "row", hash(r.{order}, {seed}) AS shuffle, {stratum} AS stratum'
        f" FROM {relation} AS r WHERE {target.labelled('r')}),"
        ' placed AS (SELECT *, row_number() OVER (PARTITION BY stratum ORDER BY shuffle ASC, "row" ASC) = 1 AS is_first'
        " FROM shuffled)"
        f' SELECT "row", CAST(CASE WHEN is_first THEN {FIT} ELSE {list(_TURNS)}[1 + (row_number() OVER (PARTITION BY'
        f' is_first ORDER BY stratum {rarest_first}, shuffle ASC, "row" ASC) - 1) % {len(_TURNS)}] END AS UTINYINT)'
        " AS part FROM placed"
    )
