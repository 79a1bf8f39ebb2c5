"""Stock DuckDB shells on the server: what they can do, in DuckDB's own protocol, and what nobody can."""

import json
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import adbc_driver_flightsql.dbapi as flightsql
import pytest

from sqlml.engine.quack import called
from sqlml.serve.server import Arrangement, serving
from tests.serve.conftest import PASSWORD, STOCK, TOKEN, Log
from tests.serve.stock import Shop, Stock, environment, shell, shop
from tests.serve.test_attacks import MACHINERY

CREATE = "CREATE OR REPLACE MODEL {} PREDICT churned WITH (max_trials = 1) AS SELECT age, plan, churned FROM customers"


@pytest.fixture
def trainer(shells: dict[str, Stock]) -> Stock:
    return shells["trainer"]


def attached(served: Shop, *statements: str, user: str = "trainer") -> subprocess.CompletedProcess[str]:
    """What the shell says once it has attached the server as `shop`."""
    attach = f"ATTACH '{served.location}' AS shop (TOKEN '{user}:{PASSWORD}');"
    return shell(served.home, attach, *statements)


def test_a_shell_trains_predicts_evaluates_and_lists(served: Shop) -> None:
    done = attached(
        served,
        f"FROM shop.query($${CREATE.format('by_shell')}$$);",
        "SELECT count(*) AS n, count(predicted_churned) AS p FROM shop.query('PREDICT by_shell FROM customers');",
        "SELECT metric FROM shop.query('EVALUATE by_shell') WHERE metric = 'roc_auc';",
        "SELECT name FROM shop.query('SHOW MODELS') WHERE name = 'by_shell';",
        "FROM shop.query('DROP MODEL by_shell');",
    )
    assert done.stderr == ""
    trained, predicted, evaluated, listed, *_ = [json.loads(line) for line in done.stdout.splitlines()]
    assert trained[0]["model"] == "by_shell"
    assert predicted == [{"n": 400, "p": 400}]
    assert evaluated == [{"metric": "roc_auc"}]
    assert listed == [{"name": "by_shell"}]


def test_a_shell_reads_tables_and_views_as_its_own(served: Shop) -> None:
    done = attached(
        served,
        "SELECT count(*) AS n FROM shop.customers WHERE age < 30;",
        "SELECT count(*) AS n FROM shop.young;",
    )
    assert done.stderr == ""
    known, seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert known == seen
    assert known[0]["n"] > 100


def test_a_mistake_is_answered_in_the_words_of_sql_with_a_way_out(served: Shop) -> None:
    done = attached(served, "FROM shop.query('CREATE MODEL m PREDICT churnd AS FROM customers');")
    for said in ("ERROR: `churnd` is not a column of this query", "^^^^^^", "HINT: did you mean `churned`?"):
        assert said in done.stderr


def test_rows_have_the_names_and_types_that_the_database_gives_them(trainer: Stock) -> None:
    answer = trainer.ask("SELECT *, 1 AS a, 2 AS a, NULL AS nothing FROM moods")
    enum = "ENUM('glad', 'sad')"
    types = [type_ for _, type_ in answer["columns"]]
    assert types[:4] == [enum, f"{enum}[]", f"STRUCT(m {enum})", "HUGEINT"]
    assert answer["rows"][0][:6] == ["glad", ["glad"], {"m": "glad"}, 5, 1, 2]


@pytest.mark.parametrize(
    "value",
    [
        "'24:00:00-15:59:59'::TIMETZ",
        "'0010001001011100010101011010111'::BIT",
        "340282366920938463463374607431768211455::UHUGEINT",
        "(-170141183460469231731687303715884105728)::HUGEINT",
        "9999999999999999999999999999.9999999999::DECIMAL(38, 10)",
        "'12345678901234567890123456789012345678901234567890'::BIGNUM",
        "INTERVAL '1 month 2 days 3.000004 seconds'",
        "'2020-01-01 00:00:00.123456789'::TIMESTAMP_NS",
        "'290309-12-22 (BC)'::DATE",
        "'infinity'::TIMESTAMP",
        "'2020-06-01 12:00:00+02'::TIMESTAMPTZ",
        "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID",
        "'\\xAA\\x00'::BLOB",
        "[1, NULL, 3]::TINYINT[3]",
        "MAP {'a': [1], 'b': NULL}",
        "{'x': 1::UTINYINT, 'y': {'z': 'é😀'}}",
        "'{\"a\": 1}'::JSON",
        "'nan'::FLOAT",
        "''",
        "'it''s' || chr(0) || '\"; -- '",
    ],
)
def test_a_value_arrives_as_it_is(trainer: Stock, value: str) -> None:
    asked = f"SELECT v, v::VARCHAR AS shown, typeof(v) AS type FROM (SELECT {value} AS v)"
    quoted = asked.replace("'", "''")
    answer = trainer.ask(f"SELECT typeof(v) = type, v::VARCHAR = shown FROM shop.query('{quoted}')", "plain")
    assert answer.get("rows") == [[True, True]], answer


def test_a_large_result_arrives_whole_and_in_order(trainer: Stock) -> None:
    asked = "SELECT count(*), bool_and(i = was + 1) FROM (SELECT i, lag(i, 1, i - 1) OVER () AS was FROM {})"
    answer = trainer.ask(asked.format("shop.query('SELECT range AS i FROM range(1000000)')"), "plain")
    assert answer["rows"] == [[1_000_000, True]]


def test_what_breaks_in_the_middle_of_rows_is_told_and_never_a_shorter_result(trainer: Stock) -> None:
    broken = "SELECT CASE WHEN range < 300000 THEN 1 ELSE error('broke at ' || range) END FROM range(1000000)"
    answer = trainer.ask(f"SELECT count(*) FROM shop.query($${broken}$$)", "plain")
    assert "broke at 300000" in answer["error"]
    assert MACHINERY.findall(answer["error"].replace("sqlml help", "")) == []


def test_one_text_is_one_statement(trainer: Stock) -> None:
    assert "the text holds 2 statements" in trainer.ask("SELECT 1; SELECT 2")["error"]


def test_an_attached_database_has_a_session(shells: dict[str, Stock]) -> None:
    admin = shells["admin"]
    for text in ("SET TimeZone = 'Asia/Tokyo'", "BEGIN", "CREATE TABLE passing AS SELECT 1 AS x"):
        assert "error" not in admin.ask(text, "attached")
    assert admin.ask("SELECT x, current_setting('TimeZone') FROM passing", "attached")["rows"] == [[1, "Asia/Tokyo"]]
    assert "passing" in shells["reader"].ask("FROM passing", "attached")["error"]
    assert "error" not in admin.ask("ROLLBACK", "attached")
    assert "passing" in admin.ask("FROM passing", "attached")["error"]
    assert admin.ask("SELECT current_setting('TimeZone')")["rows"] != [["Asia/Tokyo"]]


def test_an_admin_changes_tables(shells: dict[str, Stock]) -> None:
    admin = shells["admin"]
    assert "error" not in admin.ask("CREATE TABLE kept AS FROM range(3)")
    assert "error" not in admin.ask("INSERT INTO kept FROM range(4)")
    assert admin.ask("DELETE FROM kept WHERE range > 0 RETURNING range")["rows"] == [[1], [2], [1], [2], [3]]
    assert admin.ask("SELECT count(*) FROM kept")["rows"] == [[2]]
    assert "error" not in admin.ask("DROP TABLE kept")


def test_a_training_stands_in_nobody_s_way(served: Shop, trainer: Stock, shells: dict[str, Stock]) -> None:
    answers: list[Any] = []
    long = CREATE.format("slow").replace("max_trials = 1", "max_runtime = '6 s'")
    training = Thread(target=lambda: answers.append(trainer.ask(long)))
    training.start()
    between = 0
    while training.is_alive():
        assert shells["reader"].ask("SELECT 1")["rows"] == [[1]]
        between += not answers
    training.join()
    assert answers[0]["rows"][0][0] == "slow"
    assert between > 1
    trainer.ask("DROP MODEL slow")


def test_the_function_form_is_the_statement_that_it_has(trainer: Stock) -> None:
    plain = trainer.ask("SHOW MODELS")
    for text in (
        "FROM sqlml('SHOW MODELS')",
        "select * from sqlml ( $$SHOW MODELS$$ );",
        "FROM sqlml($a$SHOW MODELS$a$)",
    ):
        assert trainer.ask(text) == plain


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("FROM sqlml('PREDICT m FROM t WHERE a = ''x''')", "PREDICT m FROM t WHERE a = 'x'"),
        ("FROM sqlml($$a'b$$)", "a'b"),
        ("FROM sqlml('')", ""),
        ("FROM sqlml('a'); DROP TABLE t", None),
        ("FROM sqlml('a') UNION SELECT 1", None),
        ("FROM sqlml('a', 'b')", None),
        ("FROM sqlml('a' || 'b')", None),
        ("FROM sqlml($$a$$ || $$b$$)", None),
        ("FROM sqlml('a''); DROP TABLE t; --')", "a'); DROP TABLE t; --"),
        ("SELECT 1", None),
    ],
)
def test_a_call_is_told_from_what_only_looks_like_one(text: str, statement: str | None) -> None:
    assert called(text) == statement


UNREWRITTEN = """
from sqlml.cli.main import main
from sqlml.engine.quack import Listener

Listener._is_rewritten = lambda _: False
main()
"""


def test_where_duckdb_lets_nobody_rewrite_a_text_there_is_the_function_form(tmp_path: Path) -> None:
    with shop(tmp_path, STOCK, start=("-c", UNREWRITTEN)) as found, found.stock(found.told["token"]) as client:
        assert client.ask("FROM sqlml('SELECT 5::HUGEINT AS x, ''it''''s'' AS y')") == {
            "columns": [["x", "HUGEINT"], ["y", "VARCHAR"]],
            "rows": [[5, "it's"]],
        }
        assert client.ask(f"FROM sqlml($${CREATE.format('by_call')}$$)")["rows"][0][0] == "by_call"
        assert "there is no model `nope`" in client.ask("FROM sqlml($$EVALUATE nope$$)")["error"]
        for text in ("SELECT 1", "FROM sqlml('SELECT 1') UNION ALL SELECT 2", "FROM quack_active_connections()"):
            assert "Authorization failed" in client.ask(text)["error"]


def test_who_is_on_the_machine_shows_the_token_of_the_server_where_there_are_no_users(tmp_path: Path) -> None:
    with shop(tmp_path, STOCK) as found:
        with found.stock(found.told["token"]) as client:
            assert client.ask("SELECT 1")["rows"] == [[1]]
            assert "error" not in client.ask("DROP VIEW young")
        for token in ("whatever", "local:", "0000"):
            with found.stock(token) as client:
                assert "Authentication failed" in client.ask("SELECT 1")["error"]


def test_only_who_is_known_is_let_in(served: Shop) -> None:
    for token in ("admin", "admin:", f"admin:{PASSWORD}x", f"nobody:{PASSWORD}", f":{PASSWORD}", f"{TOKEN}x", "'; --"):
        with served.stock(token) as client:
            assert "Authentication failed" in client.ask("SELECT 1")["error"]
    with served.stock(TOKEN) as client:
        assert client.ask("SELECT 1")["rows"] == [[1]]
        assert "`reader` is not allowed" in client.ask("DROP TABLE customers")["error"]
    assert {event["outcome"] for event in served.events("login")} == {"done", "login_failed"}


def test_each_statement_is_a_line_of_the_log_without_its_text(served: Shop, trainer: Stock) -> None:
    trainer.ask("SELECT 'of the client' AS told")
    told = served.events("statement")[-1]
    assert {told["user"], told["role"]} == {"trainer"}
    assert (told["kind"], told["outcome"]) == ("select", "done")
    assert "of the client" not in served.log.read_text(encoding="utf-8")


def test_connections_that_are_closed_take_no_room(served: Shop, trainer: Stock) -> None:
    for _ in range(250):
        assert trainer.ask("SELECT 1")["rows"] == [[1]]


def test_many_read_at_once_and_each_gets_its_own(trainer: Stock) -> None:
    answers = trainer.ask("SELECT 1 AS one UNION ALL SELECT 2", "at once")["answers"]
    assert answers == [[[1], [2]]] * 200
    # The first to read rows of a kind are those for whom a place is made.
    for kind in range(6):
        answer = trainer.ask(f"SELECT random() AS x, range{', 1' * kind} FROM range(5000)", "at once")
        assert {len(rows) for rows in answer["answers"]} == {5000}
        assert len({rows[0][0] for rows in answer["answers"]}) == 200


def test_a_client_that_is_killed_harms_nobody(served: Shop, trainer: Stock) -> None:
    with served.stock(f"trainer:{PASSWORD}") as doomed:
        assert doomed.process.stdin
        asked = json.dumps(["query", "SELECT sum(hash(range)) FROM range(300000000)"])
        print(asked, file=doomed.process.stdin, flush=True)
        doomed.process.kill()
    assert trainer.ask("SELECT 1")["rows"] == [[1]]


def test_a_server_that_is_stopped_lets_nobody_wait(tmp_path: Path) -> None:
    with (
        shop(tmp_path, STOCK) as found,
        found.stock(found.told["token"]) as idle,
        found.stock(found.told["token"]) as busy,
    ):
        assert idle.ask("SELECT 1", "attached")["rows"] == [[1]]
        answers: list[Any] = []
        asking = Thread(target=lambda: answers.append(busy.ask("SELECT sum(hash(range)) FROM range(100000000000)")))
        asking.start()
        while not found.events("login")[1:]:
            assert asking.is_alive()
        found.process.terminate()
        assert found.process.wait(60) == 0
        asking.join()
        assert "error" in answers[0]


CLOSED_AT_WORK = """
from threading import Event, Thread

from sqlml.engine.quack import Listener

at_work, closed, order = Event(), Event(), []

def answers(connection, text):
    at_work.set()
    closed.wait(0.5)
    order.append("answered")
    return "SELECT 1"

listener = Listener(0, lambda connection, token: True, answers)
listener.open()
asking = Thread(target=listener._asked, args=["SELECT 1"])
asking.start()
at_work.wait()
listener.close()
order.append("closed")
closed.set()
asking.join()
print(*order)
"""


def test_a_listener_that_is_closed_waits_for_who_is_being_answered(tmp_path: Path) -> None:
    asked = [sys.executable, "-c", CLOSED_AT_WORK]
    done = subprocess.run(asked, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "answered closed\n"), done.stderr


def test_the_rest_is_served_where_duckdb_has_no_such_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlml.engine.quack._PROTOCOL", "absent")
    log = Log()
    with serving(Arrangement(":memory:", port=0, duckdb=0), log) as found:
        assert found.duckdb is None
        with flightsql.connect(found.location, autocommit=True) as db, db.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
    (told,) = log.of("notice")
    assert told["condition"] == "shells_unserved"
    assert told["message"].startswith("DuckDB shells cannot connect: this DuckDB, v")
