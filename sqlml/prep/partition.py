"""Which rows are held out, and into which folds the others fall: the same ones every time."""

from collections.abc import Sequence

from sqlml.prep.ask import Ask, texts
from sqlml.prep.problems import TooFewGroups
from sqlml.prep.target import Target
from sqlml.quote import identifier
from sqlml.schema import Column

HELD_OUT = 255

# One row of so many is held out. Where that makes more than so many, they tell enough and the others are better learnt
# from: down to one of so many, and never more than this.
_TURN, _ENOUGH_HELD_OUT, _LATER_TURN, _MOST_HELD_OUT = 5, 2_000, 10, 10_000
# Into how many folds rows fall; a few of them into more.
FOLDS, _MANY_FOLDS, _FEW_ROWS = 6, 8, 5_000
# Parts of a fold: from one repetition to the next, a fold is put together of other ones.
BLOCKS = 5
_LEAST_GROUPS = 3
# A row found more often than this share of the table is one of few different ones, not an accidental copy.
_COMMON, _HANDFUL = 0.01, 3
# So many different rows are needed besides the classes, so that every part gets some of them.
_LEAST_LOTS = 10


def folds(rows: int, groups: int | None = None) -> int:
    """How many folds so many labelled rows are shared out to, or so many groups of rows; none is left empty."""
    lots = rows if groups is None else min(rows, groups)
    return max(1, min(_MANY_FOLDS if rows < _FEW_ROWS else FOLDS, lots - _held(lots, _TURN)))


def held_out(rows: int) -> int:
    """How many of so many labelled rows are held out, where no groups of them must stay together."""
    return _held(rows, _step(rows))


def parts(
    relation: str,
    target: Target,
    seed: int,
    order: str = "rowid",
    *,
    folds: int,
    groups: str | None = None,
    ordered: bool = False,
) -> str:
    """SQL: each labelled row's `row` and `part` (UTINYINT): HELD_OUT for a fifth of them, else one of its fold's.

    `row` is the row's number, which the column `order` holds. Of more than 10,000 rows it is 2,000 or a tenth that is
    held out, and at most 10,000. A part's number is that
    of its fold, from 0, and `folds` times that of its block, of which there are BLOCKS; neighbours in the dealing are
    of one block and of different folds, so that folds of one part from each block are even however they are chosen.

    Every class has its first row in a fold. The others take turns, class after class and the rarest first, so that
    each class is shared out evenly: of three rows one at most is held out, and ten rows fill every fold. Where
    `ordered`, as many of the last rows are held out instead, and folds are consecutive, the earliest first, and of
    one block.

    Rows for which `groups`, SQL over the row `r`, has the same value are never parted; NULL is no group. A group
    stands for its rarest class, and the largest groups take turns first.
    """
    if ordered:
        return _consecutive(relation, target, order, folds)
    step, count = _step(target.rows), folds * BLOCKS
    rarest_first = "ASC" if len(target.classes) == 2 and target.prior[1] > target.prior[0] else "DESC"
    return (
        f"WITH {_lots(relation, target, seed, order, groups, rarest_first)},"
        f" strata AS (SELECT stratum, row_number() OVER (ORDER BY stratum {rarest_first}) AS rank,"
        " count(*) OVER () AS strata, sum(count(*)) OVER () AS lots FROM lots GROUP BY stratum),"
        # `kept` lots up to this one, the first of each stratum but the last, take no turn: they are in a fold.
        f" placed AS (SELECT *, least(rank, strata - 1) AS kept, row_number() OVER turns AS place,"
        " rank < strata AND lag(stratum) OVER turns IS DISTINCT FROM stratum AS is_kept FROM lots JOIN strata USING"
        f" (stratum) WINDOW turns AS (ORDER BY stratum {rarest_first}, size DESC, shuffle ASC)),"
        " turned AS (SELECT *, place - kept AS turn, least(2, lots - strata + 1) AS start FROM placed),"
        f" dealt AS (SELECT *, CAST(CASE WHEN NOT is_kept AND turn % {step} = start THEN {HELD_OUT}"
        f" ELSE (place - (turn + {step} - start) // {step} - 1) % {count} END AS UTINYINT) AS part FROM turned)"
        + (' SELECT "row", part FROM dealt' if groups is None else _members())
    )


def count_groups(ask: Ask, relation: str, target: Target, groups: str, column: str) -> int:
    """How many groups the labelled rows are of, each row without a value being one.

    Raises:
        TooFewGroups: they are too few to part; `column` is the name that it gives.
    """
    source = f'(SELECT {groups} AS "group" FROM {labelled(relation, target)})'
    facts = texts(ask, ['count(DISTINCT "group")', 'count(*) - count("group")'], source)
    found = sum(int(fact or 0) for fact in facts)
    if found < _LEAST_GROUPS:
        raise TooFewGroups(column, found, _LEAST_GROUPS)
    return found


def copied(ask: Ask, relation: str, columns: Sequence[Column], target: Target) -> str | None:
    """SQL to part rows by, as `groups`, so that copies of a row stay together; None where that makes no sense.

    It makes none where no row has a copy, or where most have one: then the table is one of few different rows.
    """
    whole = _whole(columns)
    facts = texts(ask, ["count(*)", f"count(DISTINCT {whole})"], labelled(relation, target))
    rows, different = (int(fact or 0) for fact in facts)
    if different == rows or 2 * different < rows or different < 2 * len(target.classes) + _LEAST_LOTS:
        return None
    most = max(_HANDFUL, int(_COMMON * rows))
    repeated = f"SELECT {whole} FROM {labelled(relation, target)} GROUP BY 1 HAVING count(*) BETWEEN 2 AND {most}"
    return f"CASE WHEN {whole} IN ({repeated}) THEN {whole} END"


def labelled(relation: str, target: Target) -> str:
    """What follows FROM, for the labelled rows `r` of a relation."""
    return f"{relation} AS r WHERE {target.labelled('r')}"


def _whole(columns: Sequence[Column]) -> str:
    """SQL: a hash of all of a row's values."""
    return f"hash({', '.join(f'r.{identifier(column.name)}' for column in columns)})"


def _lots(relation: str, target: Target, seed: int, order: str, groups: str | None, rarest_first: str) -> str:
    """SQL: `lots` of rows that are not parted, each under its first row's number."""
    # Small keys, as they are sorted by; no two rows have one hash, so nothing else need tell them apart.
    stratum = f"CAST({target.label('r') if target.task.classifies else '0'} AS USMALLINT)"
    source = labelled(relation, target)
    if groups is None:
        return (
            f'lots AS (SELECT r.{order} AS "row", 1::UTINYINT AS size, hash(hash(r.{order}, {seed})) AS shuffle,'
            f" {stratum} AS stratum FROM {source})"
        )
    rarest = "min" if rarest_first == "ASC" else "max"
    return (
        f'grouped AS (SELECT r.{order} AS member, {stratum} AS stratum, {groups} AS "group" FROM {source}),'
        ' members AS MATERIALIZED (SELECT member, stratum, CASE WHEN "group" IS NULL THEN hash(hash(member)) ELSE'
        ' hash("group") END AS lot FROM grouped),'
        f' lots AS (SELECT lot, min(member) AS "row", count(*) AS size, hash(hash(min(member), {seed})) AS shuffle,'
        f" {rarest}(stratum) AS stratum FROM members GROUP BY lot)"
    )


def _members() -> str:
    return ' SELECT member AS "row", part FROM members JOIN dealt USING (lot)'


def _consecutive(relation: str, target: Target, order: str, folds: int) -> str:
    held = _held(target.rows, _step(target.rows))
    known = target.rows - held
    return (
        f'SELECT "row", CAST(CASE WHEN place >= {known} THEN {HELD_OUT} ELSE place * {folds} // {known} END'
        f' AS UTINYINT) AS part FROM (SELECT r.{order} AS "row", row_number() OVER (ORDER BY r.{order} ASC) - 1'
        f" AS place FROM {labelled(relation, target)})"
    )


def _step(rows: int) -> int:
    """Every how many rows one is held out."""
    return max(_TURN, min(_LATER_TURN, rows // _ENOUGH_HELD_OUT), -(-rows // _MOST_HELD_OUT))


def _held(lots: int, step: int) -> int:
    """How many of so many lots are held out: the second, and every so many on."""
    return (lots + step - 2) // step
