"""Does the same thing through DuckDB and through sqlml, and compares what came of it.

An outcome is data: rows, names, types and counts as text (so that 1, 1.0 and True differ and NaN equals
itself), or the exception's class and its exact text.
"""

import inspect
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

import sqlml

Act = Callable[[Any], Any]
Outcome = tuple[str, str]

# With one thread the order of rows is part of the answer, also where SQL leaves it open.
CONFIG = {"threads": 1}
DOORS = (duckdb.connect, sqlml.connect)


def outcome(act: Act, connection: Any) -> Outcome:
    """What `act` answers and warns of, or what it raises."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answer = act(connection)
        return "answer", repr((answer, [(warning.category, str(warning.message)) for warning in caught]))
    except (AttributeError, TypeError) as error:
        return type(error).__name__, "Python's own words, which name the connection's class"
    except Exception as error:
        return f"{type(error).__module__}.{type(error).__qualname__}", str(error)


@contextmanager
def empty_folder(path: Path) -> Iterator[None]:
    """Inside, relative paths mean a new folder that always has the same name."""
    home = os.getcwd()
    path.mkdir()
    os.chdir(path)
    try:
        yield
    finally:
        os.chdir(home)
        shutil.rmtree(path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a `behaviour` runs with each function of its module that takes a connection alone, `con`."""
    if "behaviour" not in metafunc.fixturenames:
        return
    functions = [found for _, found in inspect.getmembers(metafunc.module, inspect.isfunction)]
    behaviours = [function for function in functions if list(inspect.signature(function).parameters) == ["con"]]
    metafunc.parametrize("behaviour", behaviours, ids=lambda act: act.__name__)


@pytest.fixture
def through_both(tmp_path: Path) -> Callable[[list[Act]], list[tuple[Outcome, Outcome]]]:
    """Runs a list of acts in order on a new connection of each door; gives both outcomes of each act."""

    def play(connect: Callable[..., Any], acts: list[Act]) -> list[Outcome]:
        with empty_folder(tmp_path / "here"), closing(connect(config=CONFIG)) as connection:
            return [outcome(act, connection) for act in acts]

    def play_twice(acts: list[Act]) -> list[tuple[Outcome, Outcome]]:
        stock, ours = (play(connect, acts) for connect in DOORS)
        return list(zip(stock, ours, strict=True))

    return play_twice


@pytest.fixture
def same(through_both: Callable[[list[Act]], list[tuple[Outcome, Outcome]]]) -> Callable[[Act], None]:
    """Asserts that one act has the same outcome through both doors."""

    def check(act: Act) -> None:
        [(stock, ours)] = through_both([act])
        assert ours == stock

    return check
