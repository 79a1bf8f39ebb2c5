"""What may stand next: by the grammar, by the catalog, by DuckDB's words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.document import Document

import sqlml
from sqlml.cli.shell.dots import DOTS, words
from sqlml.cli.shell.highlighting import Highlighting, coloured
from sqlml.cli.shell.names import Names
from sqlml.cli.shell.suggestions import open_string, suggestions
from sqlml.plan.options import OPTIONS
from tests.engine.conftest import CUSTOMERS, MODEL


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlml.Connection]:
    with sqlml.connect(tmp_path_factory.mktemp("shop") / "shop.duckdb") as connection:
        connection.execute(f"{CUSTOMERS}; {MODEL}")
        connection.execute("ALTER MODEL churn SET ALIAS champion TO VERSION 1")
        connection.execute('CREATE TABLE "Wei rd" ("select" INTEGER, "ein Wort" INTEGER, 日本 INTEGER)')
        connection.execute("CREATE SCHEMA other; CREATE VIEW other.aged AS SELECT age FROM customers")
        yield connection


def offered(db: sqlml.Connection, text: str) -> list[str]:
    return [one.text for one in suggestions(text, Names(db))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PREDICT ch", ["churn"]),
        ("DROP MODEL IF EXISTS ch", ["churn"]),
        ("PREDICT churn@", ["champion"]),
        ("ALTER MODEL churn UNSET ALIAS ", ["champion"]),
        ("PREDICT churn VERSION ", ["1"]),
        ("SELECT * FROM PREDICT(", ["MODEL"]),
        ("SELECT * FROM PREDICT(MODEL ", ["churn"]),
        ("CREATE MODEL m PREDICT chu", ["churned"]),
        ("CREATE MODEL m PREDICT y WITH (", [f"{option.name} = " for option in OPTIONS]),
        ("CREATE MODEL m PREDICT y WITH (effort = ", ["'fast'", "'balanced'", "'best'"]),
        ("CREATE MODEL m PREDICT y WITH (effort = 'be", ["'best'"]),
        ("PREDICT churn WITH (", ["threshold = ", "flags = "]),
        ("REFRESH MODEL churn WITH (", ["max_runtime = ", "max_trials = ", "effort = ", "device = ", "background = "]),
        ("REFRESH MODEL churn IF OLDER THAN ", ["INTERVAL 7 DAY"]),
        ("ASSERT MODEL churn HAS roc", ["roc_auc"]),
        ("EXPORT MODEL churn TO 'x' (FORMAT ", ["sql", "onnx", "native", "python"]),
        ("EXPORT MODEL churn TO 'x' (FORMAT sql, DIALECT sn", ["snowflake"]),
        ("SELECT ag FROM customers; SELECT chur", ["churned"]),
        ('SELECT "ein FROM', []),
        ('SELECT * FROM "Wei', ['"Wei rd"']),
        ('SELECT x."', []),
        ("SELECT c.chu", []),
        ("SELECT * FROM customers c WHERE c.chu", ["churned"]),
        ("SELECT * FROM other.", ["aged"]),
        ("SELECT 1;", []),
    ],
)
def test_what_may_stand_next(db: sqlml.Connection, text: str, expected: list[str]) -> None:
    found = offered(db, text)
    if text.endswith(";"):
        assert "SELECT" in found
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("", ["CREATE", "PREDICT", "SELECT"]),
        ("SELECT * FROM cust", ["customers"]),
        ("SELECT * FROM ", ["customers", '"Wei rd"', "other.aged", "PREDICT(MODEL"]),
        ("SELECT regexp_", ["regexp_matches("]),
        ("SELECT a FROM customers WH", ["WHERE"]),
        ("SELECT * FROM customers WHERE ", ["age", "plan", "churned"]),
        ('SELECT * FROM "Wei rd" WHERE ', ['"select"', '"ein Wort"']),
        ("SET memory_l", ["memory_limit"]),
        ("SHOW ", ["MODELS", "TRIALS", "DIAGNOSTICS"]),
        ("CREATE MODEL m PREDICT churned AS SELECT ag FROM customers WHERE pl", ["plan"]),
        ("CREATE MO", ["MODEL"]),
        ("CREATE TA", ["TABLE"]),
        ("PREDICT churn ", ["FROM", "SELECT", "WITH", "VERSION"]),
    ],
)
def test_what_is_among_that(db: sqlml.Connection, text: str, among: list[str]) -> None:
    found = offered(db, text)
    assert [one for one in among if one not in found] == []


def test_an_option_comes_with_what_it_means(db: sqlml.Connection) -> None:
    (found,) = suggestions("CREATE MODEL m PREDICT y WITH (max_r", Names(db))
    assert found.meaning.startswith("the time that training may take: a time")
    assert found.length == len("max_r")


def test_nothing_is_offered_where_nothing_can_be_asked() -> None:
    with sqlml.connect() as db:
        db.execute("BEGIN")
        with pytest.raises(sqlml.Error):
            db.execute("SELECT error('no')").fetchall()
        assert offered(db, "PREDICT ") == []


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("FROM '", ""),
        ("FROM read_csv('data/fi", "data/fi"),
        ("SELECT 'it''s", "it''s"),
        ("SELECT 'a'", None),
        ("SELECT 'a' ", None),
        ("SELECT 1", None),
        ("", None),
    ],
)
def test_a_quote_that_is_open_is_told_from_one_that_is_not(text: str, begun: str | None) -> None:
    assert open_string(text) == begun


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b  c", ["a", "b", "c"]),
        ("'a b' \"c d\"", ["a b", "c d"]),
        ("''", [""]),
        ("'it''s' \"a\"\"b\"", ["it's", 'a"b']),
        ("", []),
        ("/tmp/日本.csv", ["/tmp/日本.csv"]),
    ],
)
def test_the_words_of_a_command(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["'open", '"open', "a 'b"])
def test_a_quote_of_a_command_is_closed(text: str) -> None:
    with pytest.raises(ValueError, match="not closed"):
        words(text)


def test_commands_are_listed_in_their_order() -> None:
    names = [one.name for one in DOTS]
    assert names == sorted(names)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1;",
        "CREATE MODEL m\nPREDICT 日本 AS\n  FROM t -- why\n;",
        "SELECT 'open\nquote",
        "  \n\n",
        "",
        ".read some file",
        "SELECT /* a\nb */ 'é🙂' || $$x\ny$$",
    ],
)
def test_colours_change_no_letter(text: str) -> None:
    lines = coloured(text)
    assert "\n".join("".join(piece for _, piece in line) for line in lines) == text
    assert Highlighting().lex_document(Document(text))(0) == lines[0]


def test_words_of_ours_are_coloured_where_a_statement_is_ours() -> None:
    styles = dict(reversed(piece) for line in coloured("PREDICT m FROM model") for piece in line)  # type: ignore[arg-type]
    assert styles["PREDICT "] == "class:keyword"
    plain = dict(reversed(piece) for line in coloured("SELECT model FROM m") for piece in line)  # type: ignore[arg-type]
    assert plain["model "] == ""


def test_the_folder_of_sessions_has_no_other_files() -> None:
    folder = Path(__file__).parent / "sessions"
    assert {path.suffix for path in folder.iterdir()} == {".session"}
