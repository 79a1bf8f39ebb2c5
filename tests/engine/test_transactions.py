"""A model changes with its transaction: others see the old one until COMMIT, and a failure is DuckDB's own."""

from collections.abc import Iterator

import pytest

import sqlml
from tests.engine.conftest import CUSTOMERS, MODEL

ALL = "SELECT id, predicted_churned_probabilities FROM PREDICT(MODEL churn, TABLE customers) ORDER BY id"
REPLACE = "CREATE OR REPLACE MODEL churn PREDICT churned WITH (max_trials = 1) AS SELECT age, churned FROM customers"


@pytest.fixture
def shop() -> Iterator[sqlml.Connection]:
    """A database in memory with a table `customers` and a model `churn`, for one test to change."""
    with sqlml.connect() as db:
        db.execute(f"{CUSTOMERS}; {MODEL}")
        yield db


def test_others_see_the_old_model_until_commit(shop: sqlml.Connection) -> None:
    other = shop.cursor()
    old = other.execute(ALL).fetchall()
    shop.execute(f"BEGIN; {REPLACE}")
    new = shop.execute(ALL).fetchall()
    assert new != old
    assert other.execute(ALL).fetchall() == old
    assert other.execute("SELECT default_version FROM sqlml.models").fetchall() == [(1,)]
    shop.execute("COMMIT")
    assert other.execute(ALL).fetchall() == new
    assert other.execute("SELECT default_version FROM sqlml.models").fetchall() == [(2,)]


def test_an_open_transaction_keeps_the_model_that_it_began_with(shop: sqlml.Connection) -> None:
    reader = shop.cursor()
    reader.execute("BEGIN")
    old = reader.execute(ALL).fetchall()
    shop.execute(REPLACE)
    assert reader.execute(ALL).fetchall() == old
    reader.execute("COMMIT")
    assert reader.execute(ALL).fetchall() == shop.execute(ALL).fetchall() != old


def test_others_never_see_a_model_that_is_rolled_back(shop: sqlml.Connection) -> None:
    other = shop.cursor()
    old = other.execute(ALL).fetchall()
    shop.execute(f"BEGIN; {REPLACE}")
    shop.execute("ROLLBACK")
    assert other.execute(ALL).fetchall() == shop.execute(ALL).fetchall() == old
    assert shop.execute("SELECT count(*) FROM sqlml.artifacts").fetchall() == [(1,)]


def test_of_two_transactions_that_replace_a_model_the_second_fails(shop: sqlml.Connection) -> None:
    other = shop.cursor()
    shop.execute(f"BEGIN; {REPLACE}")
    with pytest.raises(sqlml.Error):
        other.execute(REPLACE)
    shop.execute("COMMIT")
    assert shop.execute("SELECT version FROM sqlml.versions ORDER BY version").fetchall() == [(1,), (2,)]
    assert other.execute(REPLACE).fetchone()[1] == 3


def test_the_users_own_changes_stay_with_a_model_trained_in_their_transaction(shop: sqlml.Connection) -> None:
    shop.execute("BEGIN; CREATE TABLE visits (n INTEGER); INSERT INTO visits VALUES (1), (2)")
    shop.execute("INSERT INTO customers SELECT 400 + i, i, 'basic', i < 30 FROM range(50) t(i)")
    row = shop.execute(REPLACE).fetchone()
    assert row[4] == 450
    shop.execute("INSERT INTO visits VALUES (3); COMMIT")
    other = shop.cursor()
    assert other.execute("SELECT list(n ORDER BY n) FROM visits").fetchall() == [([1, 2, 3],)]
    assert len(other.execute(ALL).fetchall()) == 450


@pytest.mark.parametrize(
    ("statement", "condition"),
    [
        ("CREATE MODEL other PREDICT nothing AS FROM customers", "target_missing"),
        ("CREATE MODEL churn PREDICT churned AS FROM customers", "model_exists"),
        ("CREATE MODEL other PREDICT one AS SELECT age, 1 AS one FROM customers", "target_constant"),
    ],
)
def test_a_mistake_of_ours_leaves_the_transaction_open(shop: sqlml.Connection, statement: str, condition: str) -> None:
    shop.execute("BEGIN; CREATE TABLE visits (n INTEGER)")
    with pytest.raises(sqlml.Diagnosed) as caught:
        shop.execute(statement)
    assert caught.value.diagnostic.condition == condition
    shop.execute("INSERT INTO visits VALUES (1); COMMIT")
    assert shop.execute("SELECT count(*) FROM visits").fetchall() == [(1,)]
    assert shop.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall() == [(0,)]


def test_a_query_that_fails_while_it_runs_aborts_the_transaction_as_in_duckdb(shop: sqlml.Connection) -> None:
    failing = "SELECT age, churned, error('no such customer') AS e FROM customers"
    for statement in (failing, f"CREATE MODEL other PREDICT churned AS {failing}"):
        shop.execute("BEGIN; CREATE TABLE visits (n INTEGER)")
        with pytest.raises(sqlml.Error, match="no such customer"):
            shop.execute(statement).fetchall()
        with pytest.raises(sqlml.Error, match="aborted"):
            shop.execute("SELECT 1")
        shop.execute("ROLLBACK")
        tables = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'visits' OR temporary"
        assert shop.execute(tables).fetchall() == [(0,)]
    assert len(shop.execute(ALL).fetchall()) == 400


def test_a_failure_outside_a_transaction_leaves_none_open(shop: sqlml.Connection) -> None:
    with pytest.raises(sqlml.Error, match="no such customer"):
        shop.execute("CREATE MODEL other PREDICT churned AS SELECT *, error('no such customer') AS e FROM customers")
    assert shop.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall() == [(0,)]
    shop.execute("BEGIN; DELETE FROM customers; ROLLBACK")
    assert shop.execute("SELECT count(*) FROM customers").fetchall() == [(400,)]
