"""What the documents show is run, in order, as it stands."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sqlml
from sqlml.dialect.grammar import grammar
from sqlml.plan.options import OPTIONS
from sqlml.serve.roles import Role
from sqlml.serve.users import user_line
from tests.serve.stock import shell, shop

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```(\w+)([^\n]*)\n(.*?)```", re.DOTALL)


def blocks(document: str) -> list[tuple[str, str, str]]:
    return [(kind, words.strip(), text) for kind, words, text in BLOCK.findall((ROOT / document).read_text())]


@pytest.mark.parametrize("document", ["README.md", "grammar/README.md"])
def test_every_block_of_sql_runs(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    db, failure = sqlml.connect(), ""
    for kind, words, text in blocks(document):
        if kind == "sql" and words == "error":
            with pytest.raises(sqlml.Diagnosed) as caught:
                db.execute(text)
            failure = str(caught.value)
        elif kind == "sql" and not words:
            db.execute(text)
        elif kind == "text":
            assert text.strip() == failure


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = [text for kind, words, text in blocks("README.md") if (kind, words) == ("python", "")]
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert len(names["rows"]) == 10  # type: ignore[arg-type]


def test_the_server_of_the_readme_answers_its_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with sqlml.connect("shop.duckdb") as db:
        db.execute(next(text for kind, _, text in blocks("README.md") if kind == "sql").partition("CREATE MODEL")[0])
    (shell,) = [text for kind, words, text in blocks("README.md") if (kind, words) == ("sh", "serve")]
    (code,) = [text for kind, words, text in blocks("README.md") if (kind, words) == ("python", "serve")]
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    makes_user, serves = shell.strip().splitlines()
    subprocess.run(makes_user, shell=True, input=b"secret\n", check=True)
    command = [*shlex.split(serves.replace("9494", "0")), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            assert server.stdout
            location = json.loads(server.stdout.readline())["location"]
            names: dict[str, Any] = {}
            quick = code.replace("AS FROM customers", "WITH (max_trials = 1) AS FROM customers")
            exec(compile(quick.replace("grpc://127.0.0.1:31337", location), "README.md", "exec"), names)
        finally:
            server.terminate()
    assert names["predictions"].num_rows > 600
    assert server.returncode == 0


@pytest.mark.parametrize("document", ["README.md", "examples/shell/README.md"])
def test_a_stock_shell_does_what_the_document_shows(document: str, tmp_path: Path) -> None:
    script = next(text for kind, _, text in blocks("README.md") if kind == "sql").partition("EVALUATE")[0]
    (asked,) = [text for kind, words, text in blocks(document) if (kind, words) == ("sql", "shell")]
    (tmp_path / "users").write_text(user_line("ann", Role.TRAINER, "secret"), encoding="utf-8")
    quick = script.replace("AS SELECT *", "WITH (max_trials = 1) AS SELECT *")
    with shop(tmp_path, quick, "--users", str(tmp_path / "users")) as served:
        asked = asked.replace("AS FROM customers", "WITH (max_trials = 1) AS FROM customers")
        done = shell(served.home, asked.replace("quack:localhost:9494", served.location))
    assert done.stderr == ""
    assert done.stdout.count("[{") >= asked.count(";") - 1


@pytest.mark.parametrize("document", ["README.md", "grammar/README.md"])
def test_every_option_is_named_with_its_meaning(document: str) -> None:
    text = (ROOT / document).read_text()
    assert [option.name for option in OPTIONS if f"| `{option.name}` | {option.meaning}" not in text] == []


def test_every_statement_of_the_grammar_is_in_the_reference() -> None:
    statements = {path.stem for path in (ROOT / "grammar").glob("*.gram")} - {"common"}
    text = (ROOT / "grammar/README.md").read_text()
    assert [name for name in statements if name.replace("_", " ").upper() not in text] == []
    assert statements <= set(grammar().names)
