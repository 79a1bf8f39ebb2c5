"""What a program sees of the connection."""

import threading

import duckdb
import pyarrow as pa
import pytest

import sqlml
from sqlml.engine import memory
from tests.engine.conftest import CUSTOMERS, MODEL

ALL = "SELECT id, predicted_churned_probability FROM PREDICT(MODEL churn, TABLE customers) ORDER BY id"


def test_an_error_is_one_of_duckdb_s_and_has_its_parts(db: sqlml.Connection) -> None:
    with pytest.raises(duckdb.ProgrammingError) as caught:
        db.execute("PREDICT chrun FROM customers")
    assert isinstance(caught.value, sqlml.ProgrammingError)
    diagnostic = caught.value.diagnostic
    assert (diagnostic.sqlstate, diagnostic.condition) == ("42704", "model_unknown")
    assert diagnostic.place is not None
    assert (diagnostic.place.line, diagnostic.place.column) == (1, 9)


def test_a_mistake_of_our_own_is_said_with_a_reference_and_keeps_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    monkeypatch.setattr(memory, "allowed", lambda _: 1 // 0)
    with pytest.raises(sqlml.InternalError) as caught:
        db.execute("CREATE MODEL churn PREDICT churned AS FROM customers")
    diagnostic = caught.value.diagnostic
    assert (diagnostic.sqlstate, diagnostic.condition) == ("XX000", "internal_error")
    assert diagnostic.hint == f"please report it with the reference {diagnostic.reference}"
    assert "ZeroDivision" not in str(caught.value)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert db.execute("SELECT count(*) FROM customers").fetchone() == (400,)


def test_the_place_counts_lines_of_the_whole_script(db: sqlml.Connection) -> None:
    with pytest.raises(sqlml.ProgrammingError) as caught:
        db.execute("SELECT 1;\r\n\r\n-- hello\r\n\tPREDICT\r\n  chrun FROM customers")
    place = caught.value.diagnostic.place
    assert (place.line, place.column) == (5, 3)


def test_rows_come_out_by_every_way_of_fetching(db: sqlml.Connection) -> None:
    statement = "PREDICT churn FROM customers"
    assert len(db.execute(statement).fetchall()) == 400
    assert len(db.execute(statement).fetchone()) == 7
    assert len(db.execute(statement).fetchmany(3)) == 3
    assert db.sql(statement).to_arrow_table().num_rows == 400
    assert db.sql(statement).filter("id < 10").fetchall() == db.execute(f"{statement} WHERE id < 10").fetchall()
    assert db.execute(statement).description[-1][0] == "predicted_churned_probabilities"


def test_a_script_runs_in_order_and_ends_with_its_last_rows() -> None:
    db = sqlml.connect()
    rows = db.execute(f"{CUSTOMERS}; {MODEL}; SELECT count(*) FROM PREDICT(MODEL churn, TABLE customers)").fetchall()
    assert rows == [(400,)]


def test_parameters_are_bound_in_every_part_of_a_query(db: sqlml.Connection) -> None:
    by_place = (
        "SELECT ?, count(*), ? FROM PREDICT(MODEL churn, (FROM customers WHERE age < ? AND plan <> ?)) WHERE id > ?"
    )
    rows = db.execute(by_place, ["a", "b", 40, "pro", 100]).fetchall()
    by_name = by_place.replace("?", "$x", 1).replace("?", "$y", 1).replace("?", "$age", 1).replace("?", "$p", 1)
    named = {"x": "a", "y": "b", "age": 40, "p": "pro", "least": 100}
    assert db.execute(by_name.replace("?", "$least"), named).fetchall() == rows
    assert db.execute("PREDICT churn FROM customers WHERE id = ?", [7]).fetchone()[0] == 7
    assert db.execute("EVALUATE churn FROM customers WHERE age < $age", {"age": 50}).fetchone()[0] == "roc_auc"


def test_parameters_reach_the_query_that_trains() -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    row = db.execute(f"{MODEL} WHERE id < ? AND plan <> $$pro$$", [300]).fetchone()
    assert row[4] == 200


def test_variables_of_the_caller_are_tables(db: sqlml.Connection) -> None:
    people = pa.table({"age": [20, 60], "plan": ["pro", None]})
    assert people.num_rows == len(db.execute("PREDICT churn FROM people").fetchall())
    assert len(db.sql("SELECT * FROM PREDICT(MODEL churn, TABLE people)").fetchall()) == 2


def test_cursors_score_side_by_side(db: sqlml.Connection) -> None:
    expected, found = db.execute(ALL).fetchall(), []

    def score() -> None:
        cursor = db.cursor()
        found.extend(cursor.execute(ALL).fetchall() for _ in range(5))

    threads = [threading.Thread(target=score) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 30
    assert all(rows == expected for rows in found)


def test_two_cursors_train_side_by_side() -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    failures = []

    def train(name: str) -> None:
        try:
            db.cursor().execute(MODEL.replace("MODEL churn", f"MODEL {name}"))
        except sqlml.Error as error:
            failures.append(error)

    threads = [threading.Thread(target=train, args=(f"churn_{i}",)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [row[0] for row in db.execute("SHOW MODELS").fetchall()]
    assert len(names) + len(failures) == 2
    assert all(isinstance(failure, sqlml.OperationalError) for failure in failures)
    assert len(names) >= 1


def test_a_training_is_interrupted_and_the_connection_goes_on() -> None:
    db = sqlml.connect()
    db.execute(CUSTOMERS)
    rows = "SELECT c.* FROM customers c, range(3000)"
    statement = f"CREATE MODEL churn PREDICT churned WITH (max_runtime = '5 minutes') AS {rows}"
    outcome: list[BaseException] = []

    def train() -> None:
        try:
            db.execute(statement)
        except sqlml.Error as error:
            outcome.append(error)

    thread = threading.Thread(target=train)
    thread.start()
    while thread.is_alive():
        db.interrupt()
        thread.join(0.05)
    assert [type(error).__name__ for error in outcome] == ["OperationalError"]
    assert outcome[0].diagnostic.sqlstate == "57014"
    assert db.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchone() == (0,)


def test_a_statement_of_ten_megabytes_is_read(db: sqlml.Connection) -> None:
    names = ", ".join(f"'{i:06d}'" for i in range(50_000))
    rows = f"FROM customers WHERE plan <> '{'x' * 10_000_000}' AND plan NOT IN ({names})"
    assert db.execute(f"SELECT count(*) FROM PREDICT(MODEL churn, ({rows}))").fetchone() == (400,)
    assert len(db.execute(f"PREDICT churn {rows}").fetchall()) == 400


def test_a_large_comment_costs_nothing_but_its_reading(db: sqlml.Connection) -> None:
    comment = "/* " + "predict model evaluate " * 450_000 + "*/"
    assert len(comment) > 10_000_000
    assert db.execute(f"{comment} PREDICT churn {comment} FROM customers LIMIT 1").fetchone()[0] == 0


def test_a_statement_cut_off_anywhere_is_an_error_of_syntax_or_of_the_query(db: sqlml.Connection) -> None:
    head = "CREATE OR REPLACE MODEL churn PREDICT churned WITH (seed = 3, max_runtime = '1 s') AS"
    statement = f"{head} SELECT age FROM customers WHERE"
    for end in range(len("CREATE OR REPLACE MODEL"), len(statement)):
        with pytest.raises(duckdb.Error) as caught:
            db.execute(statement[:end])
        assert "rror" in str(caught.value) or isinstance(caught.value, sqlml.Diagnosed)


def test_closing_makes_the_file_free_for_others(trained: object) -> None:
    with sqlml.connect(trained, read_only=True) as one:
        one.execute(ALL)
    with sqlml.connect(trained) as other:
        assert len(other.execute(ALL).fetchall()) == 400
