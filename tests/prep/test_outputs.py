"""A prediction comes in the target's own type, and no score makes it fail."""

from decimal import Decimal

import duckdb
import numpy as np
import pytest

from sqlml.model.draft import DOUBLE, Draft
from sqlml.model.runtime import Portable
from sqlml.prep.outputs import drawn_number
from sqlml.prep.target import Target
from sqlml.schema import Column, Task
from tests.prep.bench import Bench

INTEGERS = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"]
NUMBERS = [*INTEGERS, "UHUGEINT", "BIGNUM", "FLOAT", "DOUBLE", "DECIMAL(4,4)", "DECIMAL(18,3)", "DECIMAL(38,0)"]
CLASSES = {
    "BOOLEAN": ("false", "true"),
    "VARCHAR": ("it's", "\0", ""),
    "ENUM('a', 'b''c', 'é😀')": ("b'c", "é😀"),
    "UUID": ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    "HUGEINT": (str(2**127 - 1), str(-(2**127))),
    "UHUGEINT": ("0", str(2**128 - 1)),
    "DECIMAL(38,10)": ("1.5000000000", "2.0000000000"),
    "DOUBLE": ("0.0", "1.0"),
    "DATE": ("2020-01-01", "5877642-06-25 (BC)"),
    "TIMESTAMP_NS": ("2020-01-01 00:00:00.123456789", "2020-01-02 00:00:00"),
    "TIME": ("00:00:00", "12:00:00.5"),
    "INTERVAL": ("1 day", "2 months 3 days 04:05:06"),
    "BIT": ("101", "0"),
    "BLOB": ("\\xAA\\x5Cx", "a"),
}


# Names that a field of a struct may have, and some that it may not have, alone or beside each other.
TEXTS = [
    ("it's", "\0", '" :='),
    ("a", "b", "🙂"),
    ("a", "A"),
    ("é", "É"),
    ("ſ", "s"),
    ("k", "\u212a"),
    ("ß", "ss"),
    ("", " "),
]


@pytest.mark.parametrize("classes", TEXTS)
def test_texts_of_any_spelling_are_keys(classes: tuple[str, ...], bench: Bench) -> None:
    target = Target(Column("y", "VARCHAR"), Task.MULTICLASS, classes, (0.5,) * len(classes), 10)
    scores = [float(place) for place, _ in enumerate(classes)]
    probabilities = f"({target.outputs('s')}).predicted_y_probabilities"
    asked = f"SELECT {probabilities} FROM (VALUES ({scores}::DOUBLE[]), (NULL)) s(s)"
    assert bench.rows(asked) == [(dict(zip(classes, scores, strict=True)),), (None,)]


@pytest.mark.parametrize("type_", CLASSES)
def test_classes_come_back_in_their_own_type(type_: str, bench: Bench) -> None:
    classes = CLASSES[type_]
    target = Target(Column('a "b".c', type_), Task.MULTICLASS, classes, (0.5,) * len(classes), 10)
    scores = [0.1] * (len(classes) - 1) + [0.9]
    bench.run(f"CREATE TABLE s AS SELECT {scores}::DOUBLE[] AS scores")
    bench.run(f"CREATE TABLE p AS SELECT unnest({target.outputs('s.scores')}) FROM s")
    name = 'predicted_a "b".c'
    assert bench.rows("SELECT column_name, column_type FROM (DESCRIBE p)") == [
        (name, type_),
        (f"{name}_probability", "DOUBLE"),
        (f"{name}_probabilities", f"MAP({type_}, DOUBLE)"),
    ]
    assert bench.rows("SELECT CAST(a AS VARCHAR), b, map_values(c), map_keys(c)::VARCHAR[] FROM p AS p(a, b, c)") == [
        (classes[-1], 0.9, scores, list(classes))
    ]


def test_of_equally_likely_classes_the_first_is_predicted(bench: Bench) -> None:
    target = Target(Column("y", "VARCHAR"), Task.MULTICLASS, ("b", "a", "c"), (0.4, 0.3, 0.3), 10)
    assert bench.rows(f"SELECT ({target.outputs('[0.2, 0.4, 0.4]::DOUBLE[]')}).predicted_y") == [("a",)]


@pytest.mark.parametrize("type_", NUMBERS)
@pytest.mark.parametrize("score", ["0", "1.7e308", "-1.7e308", "1e38", "-1e38", "9.3e18", "127.6", "'inf'", "'nan'"])
def test_no_score_is_too_great_for_the_targets_type(type_: str, score: str, bench: Bench) -> None:
    target = Target(Column("y", type_), Task.REGRESSION, (), (0.0,), 10)
    struct = target.outputs(f"[{score}::DOUBLE]")
    assert bench.rows(f"SELECT typeof(({struct}).predicted_y) FROM range(1)") == [(type_,)]


@pytest.mark.parametrize(
    ("type_", "score", "predicted"),
    [
        ("INTEGER", 2.5, 3),
        ("INTEGER", -2.5, -3),
        ("TINYINT", 200.0, 127),
        ("UTINYINT", -0.6, 0),
        ("DECIMAL(4,2)", 99.994, Decimal("99.99")),
        ("DECIMAL(4,2)", 1e9, Decimal("99.99")),
        ("DOUBLE", 0.1, 0.1),
    ],
)
def test_a_number_is_rounded_to_the_targets_type(type_: str, score: float, predicted: object, bench: Bench) -> None:
    target = Target(Column("y", type_), Task.REGRESSION, (), (0.0,), 10)
    assert bench.rows(f"SELECT ({target.outputs(f'[{score}::DOUBLE]')}).predicted_y") == [(predicted,)]


HALVES = [0.5, 1.5, 2.5, 0.49999999999999994, 126.5, 127.5, 0.0625, 1234.0005, 1234.5675, 2**52 + 0.5, 9.2e18]
SCORES = [sign * score for score in [0.0, *HALVES, 1e-300, 1e38, 3.5e38, 1.7e308, float("inf")] for sign in (1, -1)]


@pytest.mark.parametrize("type_", NUMBERS)
def test_a_graph_rounds_and_holds_a_number_as_sql_does(type_: str, bench: Bench) -> None:
    column = Column("y", type_)
    draft = Draft("__")
    scores = draft.input("scores", DOUBLE, "", ("rows", 1))
    draft.output("y", drawn_number(column, scores), "")
    (found,) = Portable(draft.content("", {})).run({"scores": np.array(SCORES)[:, None]}, ["y"])
    bench.run(f"CREATE TABLE s AS SELECT unnest({list(map(str, SCORES))}::DOUBLE[]) AS score")
    struct = Target(column, Task.REGRESSION, (), (0.0,), 10).outputs("[score]")
    expected = bench.rows(f"SELECT CAST(({struct}).predicted_y AS DOUBLE), ({struct}).predicted_y FROM s")
    if found.dtype == np.int64:
        assert found.tolist() == [number for _, number in expected]
    else:
        assert found.astype(float).tolist() == pytest.approx([number for number, _ in expected], rel=1e-15, abs=0)


def test_the_class_alone_builds_no_map(bench: Bench) -> None:
    target = Target(Column("y", "VARCHAR"), Task.MULTICLASS, ("a", "a"), (0.5, 0.5), 10)
    bench.run("CREATE TABLE s AS SELECT [0.4, 0.6]::DOUBLE[] AS scores")
    columns = f"(SELECT unnest({target.outputs('s.scores')}) FROM s)"
    assert bench.rows(f"SELECT predicted_y, predicted_y_probability FROM {columns}") == [("a", 0.6)]
    # A map of one key twice cannot be built.
    with pytest.raises(duckdb.Error, match="keys must be unique"):
        bench.rows(f"SELECT predicted_y_probabilities FROM {columns}")
