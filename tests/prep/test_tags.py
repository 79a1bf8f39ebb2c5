"""Lists of tags: which columns are, and what is made of them."""

import pytest

from sqlml.prep.steps.problems import TextReadAsTags
from sqlml.prep.steps.tags import Tags
from tests.prep.bench import Bench

GENRES = "['drama', 'comedy', 'war', 'crime']"
PICKED = f"list_filter({GENRES}, lambda g, k: hash(i, k) % 3 < 2)"


def tags(expression: str, bench: Bench, rows: int = 1000) -> Tags | None:
    """The tags that a column `a` is read as."""
    recipe, notices = bench.fit(f"SELECT {expression} AS a, sin(i) AS b, hash(i) % 3 = 0 AS y FROM range({rows}) r(i)")
    found = [step for step in recipe.steps if isinstance(step, Tags)]
    assert [type(notice) for notice in notices].count(TextReadAsTags) == len(found)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("expression", "separator"),
    [
        (PICKED, ""),
        (f"{PICKED}::ENUM('drama', 'comedy', 'war', 'crime')[]", ""),
        (f"array_to_string({PICKED}, '|')", "|"),
        (f"array_to_string({PICKED}, '; ')", ";"),
        (f"array_to_string({PICKED}, ', ')", ","),
    ],
)
def test_lists_and_text_with_a_sign_between_parts_are_tags(expression: str, separator: str, bench: Bench) -> None:
    step = tags(expression, bench)
    assert step is not None
    assert step.separator == separator
    assert set(step.tags) == {"drama", "comedy", "war", "crime"}


@pytest.mark.parametrize(
    "expression",
    [
        "'Hello, dear ' || i || ', how are you'",
        "'Smith, John ' || hash(i)",
        "i || ',' || hash(i)",
        "['low', 'high'][1 + i % 2]",
        "CASE WHEN i % 3 = 0 THEN 'a|b' ELSE 'c' END",
    ],
)
def test_sentences_names_and_plain_levels_are_no_tags(expression: str, bench: Bench) -> None:
    assert tags(expression, bench) is None


def test_lists_that_are_all_different_are_no_ids(bench: Bench) -> None:
    chosen = "list_filter(range(40), lambda k: hash(i, k) % 4 = 0)"
    step = tags(f"array_to_string([('t' || k) for k in {chosen}], '|')", bench)
    assert step is not None
    assert len(step.tags) == 40


def test_tags_are_counted_and_looked_for(bench: Bench) -> None:
    recipe, _ = bench.fit(f"SELECT array_to_string({PICKED}, '|') AS a, i % 3 = 0 AS y FROM range(1000) r(i)")
    step = next(step for step in recipe.steps if isinstance(step, Tags))
    names = [feature.name for feature in step.features()]
    assert names == ["tags(a)", *(f"has(a, {tag})" for tag in step.tags)]
    found = dict(zip(names, bench.features(step, "' war|drama|war||'"), strict=True))
    expected = {"tags(a)": 2, "has(a, drama)": 1, "has(a, war)": 1, "has(a, comedy)": 0, "has(a, crime)": 0}
    assert found == expected


def test_rare_tags_are_no_features_and_no_more_than_fifty_are(bench: Bench) -> None:
    step = tags("['t' || k for k in range(80)] || ['only ' || i]", bench)
    assert step is not None
    assert len(step.tags) == 50
    assert all(tag.startswith("t") for tag in step.tags)


def test_the_notice_says_what_parts_the_tags(bench: Bench) -> None:
    _, notices = bench.fit(f"SELECT array_to_string({PICKED}, '|') AS a, i % 3 = 0 AS y FROM range(1000) r(i)")
    assert [(notice.message, notice.detail) for notice in notices] == [
        ("`a` was read as lists of tags", "`a`: parted by '|'")
    ]
