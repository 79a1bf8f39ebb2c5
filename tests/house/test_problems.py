"""Each condition can be looked up, is told in the user's words, and tells what to do."""

import re
from collections.abc import Iterator
from inspect import cleandoc

import pytest

import sqlml
from sqlml.diagnostics import Log, Notice, Problem, Warning
from sqlml.diagnostics.index import conditions, find, load
from tests.words import WORDS

SECTIONS = ("Why:", "Example:", "What to do:")

# PostgreSQL's classes that can apply, and ML for what only a model can have.
CLASSES = {"00", "01", "02", "08", "0A", "22", "23", "25", "26", "28", "2D", "3D", "3F", "40", "42", "44", "53", "54"}
CLASSES |= {"55", "57", "58", "XX", "ML"}


def kinds(below: type[Problem] = Problem) -> Iterator[type[Problem]]:
    for kind in below.__subclasses__():
        if kind not in (Log, Notice, Warning) and kind.__module__.startswith("sqlml."):
            yield kind
        yield from kinds(kind)


load(sqlml)
KINDS = sorted(set(kinds()), key=lambda kind: kind.__qualname__)
LEAVES = [kind for kind in KINDS if not kind.__subclasses__()]
every_condition = pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.condition())


def page(kind: type[Problem]) -> str:
    return cleandoc(kind.__doc__ or "")


def section(kind: type[Problem], title: str) -> str:
    """The text under one title of a condition's page."""
    following = "|".join(re.escape(other) for other in SECTIONS)
    found = re.search(rf"^{re.escape(title)}(.*?)(?=^(?:{following})|\Z)", page(kind), re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@every_condition
def test_a_condition_opens_with_what_happened(kind: type[Problem]) -> None:
    first, *rest = page(kind).split("\n")
    assert first.endswith(".")
    assert first[0].isupper()
    assert rest[:1] == [""]


@every_condition
def test_a_condition_says_why_and_shows_and_helps(kind: type[Problem]) -> None:
    titles = re.findall(rf"^({'|'.join(map(re.escape, SECTIONS))})", page(kind), re.MULTILINE)
    assert tuple(titles) == SECTIONS
    assert [title for title in SECTIONS if not section(kind, title).strip()] == []


@every_condition
def test_a_condition_shows_sql(kind: type[Problem]) -> None:
    example = section(kind, "Example:")
    assert re.search(r"^    +\S", example, re.MULTILINE), "the example is an indented block"
    assert re.search(r"\b[A-Z]{4,}\b", example), "the example is SQL"


@every_condition
def test_a_condition_is_told_in_the_users_words(kind: type[Problem]) -> None:
    assert WORDS.findall(page(kind)) == []


@every_condition
def test_a_condition_has_a_state_of_a_known_class(kind: type[Problem]) -> None:
    assert re.fullmatch(r"[0-9A-Z]{5}", kind.sqlstate)
    assert kind.sqlstate[:2] in CLASSES
    ends_its_statement = not issubclass(kind, Log | Notice | Warning)
    assert not (ends_its_statement and kind.sqlstate[:2] in ("00", "01", "02"))


@every_condition
def test_a_condition_is_found_by_its_name_and_its_state(kind: type[Problem]) -> None:
    assert find(kind.condition()) == [kind]
    assert kind in find(kind.sqlstate)


def test_no_two_conditions_share_a_name() -> None:
    names = [kind.condition() for kind in LEAVES]
    assert sorted(names) == sorted(set(names))
    assert set(conditions().values()) >= set(LEAVES)


def test_there_are_errors_warnings_and_notices() -> None:
    assert {kind.severity for kind in LEAVES} >= {Problem.severity, Notice.severity}


def test_conditions_are_worded_in_their_packages_problems() -> None:
    assert [kind for kind in LEAVES if not kind.__module__.endswith("problems")] == []
