"""Free text: which columns are, what is read of them, in any script and of any length."""

import hashlib

import numpy as np
import pytest

from sqlml.prep.problems import ColumnsLeftOut
from sqlml.prep.steps.problems import LongTexts, TextReadAsWords
from sqlml.prep.steps.text import Text, buckets, words
from sqlml.quote import literal
from tests.prep.bench import Bench

PICKED = "list_extract({words}, 1 + (hash(i, k, {salt}) % {many})::INTEGER)"
PLAIN = ["the", "a", "house", "blue", "walks", "river", "of", "under", "stone", "bread", "was", "seen"]


def sentences(spare: str = "") -> str:
    """SQL of a text of ten plain words, and of `spare` in the middle."""
    plain = f"array_to_string([{PICKED.format(words=PLAIN, salt=1, many=len(PLAIN))} for k in range({{}}, {{}})], ' ')"
    return (
        f"{plain.format(0, 5)} || ' {spare} ' || {plain.format(5, 10)} || i" if spare else f"{plain.format(0, 10)} || i"
    )


def text(select: str, bench: Bench) -> Text:
    recipe, notices = bench.cross(select)
    assert [type(notice) for notice in notices].count(TextReadAsWords) == 1
    return next(step for step in recipe.steps if isinstance(step, Text))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Hello, WORLD!", ["hello", "world", "!"]),
        ("call 09061701461 or 80 for £5", ["call", "000", "or", "80", "for", "£", "5"]),
        ("don''t", ["don", "t"]),
        ("naïve Straße ÇA", ["naïve", "straße", "ça"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("abc中文", ["abc", "中", "文"]),
        ("한국어 텍스트", ["한국어", "텍스트"]),
        ("so 😀😀", ["so", "😀", "😀"]),
        ("", []),
        (" .,- ", []),
    ],
)
def test_words_are_runs_of_letters_and_signs_that_say_something(value: str, found: list[str], bench: Bench) -> None:
    assert bench.rows("SELECT " + words(f"'{value}'")) == [(found,)]


def test_the_bucket_of_a_word_is_the_same_in_every_release(bench: Bench) -> None:
    free, call = (int(hashlib.md5(word, usedforsecurity=False).hexdigest()[:8], 16) for word in (b"free", b"call"))
    expected = {free % 4096 + 1, call % 4096 + 1, (free * 31 + call) % 4096 + 1}
    ((found,),) = bench.rows("SELECT " + buckets("['free', 'call']", 4096))
    assert set(found) == expected


def test_each_bucket_counts_once(bench: Bench) -> None:
    ((one,),) = bench.rows("SELECT " + buckets("['a', 'b']", 64))
    ((many,),) = bench.rows("SELECT " + buckets("['a', 'b', 'a', 'b']", 64))
    assert len(one) == len(set(one)) == 3
    assert set(one) < set(many)
    assert len(many) == len(set(many))


def test_words_that_tell_are_features_and_words_that_do_not_are_none(bench: Bench) -> None:
    told = f"CASE WHEN i % 3 = 0 THEN {sentences('prize')} ELSE {sentences()} END"
    assert text(f"SELECT {told} AS a, i % 3 = 0 AS y FROM range(2000) r(i)", bench).words == ("prize",)
    assert text(f"SELECT {told} AS a, 5e0 * (i % 3 = 0)::INTEGER + sin(i) AS y FROM range(2000) r(i)", bench).words == (
        "prize",
    )
    assert text(f"SELECT {told} AS a, hash(i, 5) % 3 = 0 AS y FROM range(2000) r(i)", bench).words == ()


@pytest.mark.parametrize(
    ("y", "outcomes"),
    [("i % 3 = 0", 1), ("'class ' || i % 3", 3), ("5e0 * (i % 3)::INTEGER + sin(i)", 1), ("(i % 12) // 1", 8)],
)
def test_text_leans_to_what_its_words_were_seen_with(y: str, outcomes: int, bench: Bench) -> None:
    told = (
        f"CASE i % 3 WHEN 0 THEN {sentences('prize')} WHEN 1 THEN {sentences('letter')} ELSE {sentences('lunch')} END"
    )
    recipe, _ = bench.cross(f"SELECT {told} AS a, {y} AS y FROM range(3000) r(i)")
    step = next(step for step in recipe.steps if isinstance(step, Text))
    assert len(step.outcomes) == outcomes
    at = [place for place, feature in enumerate(recipe.features) if feature.name.startswith("leaning(a")]
    leanings = np.array(bench.matrix(recipe))[:, at]
    thirds = np.stack([leanings[part::3].mean(axis=0) for part in range(3)])
    assert (thirds.max(axis=0) - thirds.min(axis=0) > 0.1).all()


def test_letters_of_scripts_without_spaces_are_words(bench: Bench) -> None:
    signs = "list_extract(['我','喜','欢','这','个','产','品','很','好','坏'], 1 + (hash(i, k) % 10)::INTEGER)"
    select = f"array_to_string([{signs} for k in range(15)], '') || CASE WHEN i % 2 = 0 THEN '退款' ELSE '谢谢' END"
    step = text(f"SELECT {select} AS a, i % 2 = 0 AS y FROM range(2000) r(i)", bench)
    assert set(step.words) == set("退款谢")


def test_long_texts_are_read_from_their_beginning_and_that_is_said(bench: Bench) -> None:
    told = f"CASE WHEN i = 7 THEN repeat('word ', 200000) || chr(0) WHEN i = 8 THEN '' ELSE {sentences()} END"
    recipe, notices = bench.cross(f"SELECT {told} AS a, hash(i) % 2 = 0 AS y FROM range(300) r(i)")
    assert [notice.message for notice in notices if isinstance(notice, LongTexts)] == [
        "of `a` the first 10,000 characters are read, and some texts are longer"
    ]
    assert np.isfinite(np.array(bench.matrix(recipe))).all()


def test_ids_and_numbers_are_no_text(bench: Bench) -> None:
    _, notices = bench.cross("SELECT 'CUST-' || hash(i) AS a, sin(i) AS b, i % 2 = 0 AS y FROM range(1000) r(i)")
    assert [type(notice) for notice in notices] == [ColumnsLeftOut]


@pytest.mark.parametrize(
    "setting",
    ["SET default_collation = 'NOCASE'", "SET integer_division = true", "SET default_order = 'DESC'"],
)
def test_what_is_read_does_not_hang_on_the_sessions_settings(setting: str, bench: Bench) -> None:
    select = f"SELECT {sentences('Prize')} AS a, hash(i) % 2 = 0 AS y FROM range(500) r(i)"
    recipe, _ = bench.cross(select)
    expected = bench.matrix(recipe)
    bench.run(setting)
    assert bench.matrix(recipe) == expected
    assert bench.cross(select)[0].to_json() == recipe.to_json()
    assert literal("Prize") not in recipe.to_json()


def test_rows_without_a_text_say_nothing_of_words(bench: Bench) -> None:
    told = f"CASE WHEN i % 3 = 0 AND i % 4 > 0 THEN NULL ELSE {sentences()} END"
    step = text(f"SELECT {told} AS a, i % 3 = 0 AS y FROM range(6000) r(i)", bench)
    ((common,),) = bench.rows(f"SELECT {buckets(str(PLAIN), step.size)}")
    assert np.abs(np.array(step.weights)[np.array(common) - 1]).mean() < 200
