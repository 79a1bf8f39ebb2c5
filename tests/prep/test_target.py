"""The task that a column asks for, its classes, and the mistakes a target can be."""

import math

import pytest

from sqlml.diagnostics import Problem
from sqlml.prep.problems import (
    ClassOfOneRow,
    ClassTooSmall,
    PositiveUnknown,
    RowsLeftOut,
    TargetAllNull,
    TargetConstant,
    TargetNested,
    TargetUnique,
    TooFewRows,
    UnsupportedTarget,
)
from sqlml.schema import Task
from tests.prep.bench import Bench


def of(expression: str, rows: int = 1000) -> str:
    return f"SELECT {expression} AS y FROM range({rows}) AS r(i)"


@pytest.mark.parametrize(
    ("select", "task"),
    [
        (of("i % 3 = 0"), Task.BINARY),
        (of("CASE WHEN i % 3 = 0 THEN 'no' ELSE 'yes' END"), Task.BINARY),
        (of("(i % 4)::VARCHAR"), Task.MULTICLASS),
        (of("(['a', 'b', 'c'][1 + i % 3])::ENUM('a', 'b', 'c', 'd')"), Task.MULTICLASS),
        (of("('00000000-0000-0000-0000-00000000000' || i % 3)::UUID"), Task.MULTICLASS),
        (of("(i % 2)::BIT"), Task.BINARY),
        (of("(i % 3)::VARCHAR::BLOB"), Task.MULTICLASS),
        (of("DATE '2020-01-01' + (i % 3)::INTEGER"), Task.MULTICLASS),
        (of("(i % 2)::INTEGER", 10), Task.BINARY),
        (of("5 + (i % 2)::HUGEINT"), Task.BINARY),
        (of("(i % 2)::DECIMAL(5,2)"), Task.BINARY),
        (of("(i % 3)::DECIMAL(5,2)"), Task.REGRESSION),
        (of("(i % 2)::DOUBLE"), Task.BINARY),
        (of("1 + (i % 2)::DOUBLE"), Task.REGRESSION),
        (of("(i % 20)::INTEGER"), Task.MULTICLASS),
        (of("(i % 21)::INTEGER"), Task.REGRESSION),
        (of("(i % 6)::INTEGER", 100), Task.REGRESSION),
        (of("(i % 5)::INTEGER", 100), Task.MULTICLASS),
        (of("i::UHUGEINT"), Task.REGRESSION),
        (of("i::BIGNUM"), Task.REGRESSION),
        (of("sqrt(i)"), Task.REGRESSION),
    ],
)
def test_the_type_and_the_values_say_the_task(select: str, task: Task, bench: Bench) -> None:
    target, notices = bench.examine(select)
    assert (target.task, notices) == (task, [])
    assert len(target.classes) == len(set(target.classes))
    labels = bench.rows(f"SELECT {target.label('t')} FROM t")
    assert all(label is not None for (label,) in labels)
    if task.classifies:
        assert {label for (label,) in labels} == set(map(float, range(len(target.classes))))
        assert sum(target.prior) == pytest.approx(1)


@pytest.mark.parametrize(
    ("expression", "positive", "classes"),
    [
        ("i % 3 > 0", None, ("false", "true")),
        ("i % 3 > 0", "FALSE", ("true", "false")),
        ("(i % 3 > 0)::INTEGER", None, ("0", "1")),
        ("(i % 3 > 0)::DOUBLE", None, ("0.0", "1.0")),
        ("(i % 3 > 0)::DOUBLE", "0", ("1.0", "0.0")),
        ("(i % 3 > 0)::DECIMAL(4,1)", None, ("0.0", "1.0")),
        ("1 + (i % 3 > 0)::INTEGER", None, ("2", "1")),
        ("CASE WHEN i % 3 > 0 THEN 'yes' ELSE 'no' END", None, ("yes", "no")),
        ("CASE WHEN i % 2 > 0 THEN 'yes' ELSE 'no' END", None, ("no", "yes")),
        ("CASE WHEN i % 2 > 0 THEN 'yes' ELSE 'no' END", "no", ("yes", "no")),
    ],
)
def test_the_positive_class_is_true_or_one_or_the_rarer_or_the_one_named(
    expression: str, positive: str | None, classes: tuple[str, str], bench: Bench
) -> None:
    target, _ = bench.examine(of(expression), positive)
    assert target.classes == classes


def test_classes_come_commonest_first_and_ties_by_text(bench: Bench) -> None:
    target, _ = bench.examine(of("['b', 'c', 'a', 'c'][1 + i % 4]"))
    assert target.classes == ("c", "a", "b")
    assert target.prior == (0.5, 0.25, 0.25)


def test_classes_are_told_apart_letter_by_letter(bench: Bench) -> None:
    bench.run("SET default_collation = 'NOCASE'")
    target, _ = bench.examine(of("['no', 'No', 'yes'][1 + i % 3]"))
    assert sorted(target.classes) == ["No", "no", "yes"]
    assert bench.rows(f"SELECT count(DISTINCT {target.label('t')}) FROM t") == [(3,)]


def test_minus_zero_is_zero(bench: Bench) -> None:
    target, _ = bench.examine(of("CASE i % 3 WHEN 0 THEN 0.0::DOUBLE WHEN 1 THEN '-0.0'::DOUBLE ELSE 1 END"))
    assert target.classes == ("0.0", "1.0")
    assert bench.rows(f"SELECT DISTINCT {target.label('t')} FROM t ORDER BY 1") == [(0,), (1,)]


def test_the_mean_is_the_same_on_any_number_of_threads(bench: Bench) -> None:
    means = set()
    for threads in (1, 2, 4):
        bench.run(f"SET threads = {threads}")
        means.add(bench.examine(of("sin(i * 12345.678) * 1e10 + i / 7e0", 300_000))[0].prior)
    assert len(means) == 1


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("NULL::INTEGER", TargetAllNull),
        ("'nan'::DOUBLE", TargetAllNull),
        ("7", TargetConstant),
        ("CASE WHEN i > 5 THEN 'a' END", TargetConstant),
        ("[i]", TargetNested),
        ("{'a': i}", TargetNested),
        ("MAP {i: i}", TargetNested),
        ("'{}'::JSON", TargetNested),
        ("[i, i]::INTEGER[2]", TargetNested),
        ("CASE WHEN i < 9 THEN i END", TooFewRows),
        ("'name ' || i", TargetUnique),
        ("i::VARCHAR", TargetUnique),
        ("(i // 2)::VARCHAR || 'x' || (i % 3)", TargetUnique),
        ("i::VARCHAR::BLOB", UnsupportedTarget),
        ("DATE '2020-01-01' + i::INTEGER", UnsupportedTarget),
        ("TIMESTAMP '2020-01-01' + to_seconds(i)", UnsupportedTarget),
        ("'2020-01-01 00:00:00+00'::TIMESTAMPTZ + to_days((i % 2)::INTEGER)", UnsupportedTarget),
        ("to_seconds(i)", UnsupportedTarget),
        ("to_days((i % 2)::INTEGER)", UnsupportedTarget),
        ("i = 500", ClassTooSmall),
        ("(1 + i // 999)::INTEGER", ClassTooSmall),
    ],
)
def test_a_target_that_cannot_be_learnt_is_refused(expression: str, problem: type[Problem], bench: Bench) -> None:
    with pytest.raises(problem) as raised:
        bench.examine(of(expression))
    assert "`y`" in raised.value.message


@pytest.mark.parametrize(
    "expression", ["DATE '2020-01-01' + i::INTEGER", "TIMESTAMP '2020-01-01' + to_seconds(i)", "to_seconds(i)"]
)
def test_the_hint_for_a_type_without_a_scale_is_a_query_that_works(expression: str, bench: Bench) -> None:
    with pytest.raises(UnsupportedTarget) as raised:
        bench.examine(of(expression))
    hint = raised.value.hint or ""
    target, _ = bench.examine(f"SELECT {hint.partition(': ')[2]} FROM ({of(expression)})")
    assert target.task is Task.REGRESSION


@pytest.mark.parametrize(
    ("expression", "positive"),
    [("i % 2 = 0", "maybe"), ("(i % 2)::INTEGER", "2"), ("(i % 3)::VARCHAR", "1"), ("sqrt(i)", "1")],
)
def test_positive_names_one_of_two_values(expression: str, positive: str, bench: Bench) -> None:
    with pytest.raises(PositiveUnknown):
        bench.examine(of(expression), positive)


def test_rows_without_a_target_are_counted_and_left_out(bench: Bench) -> None:
    select = of("CASE WHEN i < 30 THEN NULL WHEN i < 33 THEN 'nan'::DOUBLE WHEN i < 34 THEN '-inf' ELSE i END")
    target, notices = bench.examine(select)
    assert target.rows == 966
    assert [type(notice) for notice in notices] == [RowsLeftOut]
    assert notices[0].message == (
        "30 rows in which `y` is NULL and 4 rows in which `y` is NaN or infinite were left out of training"
    )
    assert math.isfinite(target.prior[0])
    assert len(bench.split(target)) == 966


def test_a_class_of_one_row_is_told(bench: Bench) -> None:
    _, notices = bench.examine(of("CASE WHEN i < 2 THEN 'rare ' || i WHEN i % 2 = 0 THEN 'a' ELSE 'b' END"))
    assert [type(notice) for notice in notices] == [ClassOfOneRow]
    assert "`rare 0` and `rare 1`" in notices[0].message
