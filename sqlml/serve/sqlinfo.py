"""What the server is and can, by the numbers under which drivers ask for it."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import pyarrow as pa

from sqlml.serve.limits import Limits

# The kinds of answers, by their place in the union that holds them.
_KINDS: tuple[tuple[str, pa.DataType], ...] = (
    ("string_value", pa.string()),
    ("bool_value", pa.bool_()),
    ("bigint_value", pa.int64()),
    ("int32_bitmask", pa.int32()),
    ("string_list", pa.list_(pa.field("string_data", pa.string()))),
    ("int32_to_int32_list_map", pa.map_(pa.int32(), pa.list_(pa.field("$data$", pa.int32())))),
)
_TEXT, _TRUTH, _COUNT, _BITS, _TEXTS, _MAP = range(len(_KINDS))

# Kinds of data that any other can be made of, and back: numbers, text, dates and times.
_CONVERTIBLE = (0, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 19)

_KEYWORDS = """
    ANTI ASOF ATTACH DESCRIBE EVALUATE EXCLUDE LAMBDA MACRO MODEL PIVOT PREDICT QUALIFY SAMPLE SEMI SUMMARIZE UNPIVOT
"""
_NUMERIC = """
    ABS ACOS ASIN ATAN ATAN2 CEIL COS DEGREES EXP FLOOR LN LOG LOG10 MOD PI POWER RADIANS ROUND SIGN SIN SQRT TAN
"""
_STRING = """
    ASCII CHR CONCAT LCASE LEFT LENGTH LOWER LPAD LTRIM REPEAT REPLACE RIGHT RPAD RTRIM SUBSTRING TRIM UCASE UPPER
"""
_SYSTEM = "COALESCE CURRENT_DATABASE CURRENT_SCHEMA IFNULL NULLIF"
_DATETIME = """
    AGE CURRENT_DATE CURRENT_TIMESTAMP DATE_DIFF DATE_PART DATE_TRUNC DAY EXTRACT HOUR MINUTE MONTH NOW SECOND YEAR
"""


def _bits(*places: int) -> int:
    return sum(1 << place for place in places)


def _facts(limits: Limits) -> dict[int, tuple[int, Any]]:
    """Each answer with its kind. Numbers of our own would break drivers that know only those of the protocol."""
    truths = {
        **dict.fromkeys((4, 9, 10, 11), True),
        **dict.fromkeys((3, 5), False),
        **dict.fromkeys((501, 502, 506, 515, 516, 518, 520, 521, 523, 524, 532, 539, 563, 572), True),
        **dict.fromkeys((500, 519, 527, 536, 537, 556, 565, 566, 573, 574, 575, 576), False),
    }
    texts = {0: "sqlml", 1: version("sqlml"), 2: version("pyarrow"), 6: "", 7: "", 504: '"', 513: "\\", 514: ""}
    texts |= {529: "schema", 530: "macro", 531: "catalog"}
    # Zero: no limit, or none that is known.
    counts = {**dict.fromkeys(range(541, 563), 0), 557: limits.text, 558: limits.prepared, 549: limits.sessions}
    del counts[556]
    numbers = {
        8: 1,  # transactions, and no savepoints
        100: int(limits.prepared_idle * 1000),
        101: int(limits.session_idle * 1000),
        503: 1,  # names are compared without regard to case
        505: 1,
        507: 3,  # NULLs come last
        522: _bits(0, 1),
        525: _bits(0, 1, 2),
        526: _bits(0, 1),
        528: _bits(1, 2),
        533: 0,
        534: 0,
        535: 0,
        538: _bits(0, 1, 2, 3),
        540: _bits(0, 1),
        564: _bits(3),
        567: _bits(1),
        568: 0,
        569: _bits(1),
        570: 0,
        571: 0,
    }
    counts[562] = 3  # a transaction reads what was there when it began
    lists = {508: _KEYWORDS, 509: _NUMERIC, 510: _STRING, 511: _SYSTEM, 512: _DATETIME}
    return {
        **{at: (_TEXT, text) for at, text in texts.items()},
        **{at: (_TRUTH, truth) for at, truth in truths.items()},
        **{at: (_COUNT, count) for at, count in counts.items()},
        **{at: (_BITS, number) for at, number in numbers.items()},
        **{at: (_TEXTS, words.split()) for at, words in lists.items()},
        517: (_MAP, [(kind, list(_CONVERTIBLE)) for kind in _CONVERTIBLE]),
    }


def sqlinfo(asked: Sequence[int], limits: Limits) -> pa.Table:
    """The answers to the numbers that are asked for, or all; a number that means nothing is left out."""
    facts = _facts(limits)
    names = [number for number in asked or sorted(facts) if number in facts]
    held: list[list[Any]] = [[] for _ in _KINDS]
    offsets = []
    for kind, value in (facts[name] for name in names):
        offsets.append(len(held[kind]))
        held[kind].append(value)
    union = pa.UnionArray.from_dense(
        pa.array([facts[name][0] for name in names], pa.int8()),
        pa.array(offsets, pa.int32()),
        [pa.array(values, type_) for values, (_, type_) in zip(held, _KINDS, strict=True)],
        [name for name, _ in _KINDS],
    )
    schema = pa.schema([pa.field("info_name", pa.uint32(), nullable=False), pa.field("value", union.type)])
    return pa.Table.from_arrays([pa.array(names, pa.uint32()), union], schema=schema)
