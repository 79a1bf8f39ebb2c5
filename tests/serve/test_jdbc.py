"""The server as BI tools see it: by the JDBC driver itself, in a program of Java's."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.serve.conftest import PASSWORD, TOKEN, Server

PROGRAM = Path(__file__).with_name("BiTool.java")
# Where Maven keeps what it fetched; `.ci/run` has it fetch this.
DRIVERS = Path.home() / ".m2/repository/org/apache/arrow/flight-sql-jdbc-driver"


# What comes of each step of the program.
CAME = {
    "select": "[[42, it's 🙂, null]]",
    "create": "-1",
    "insert": "2",
    "batch": "1",
    "inserted": "[[5, 15, 4]]",
    "update": "3",
    "half read": "[[free]]",
    "train": "true",
    "train told": "[tool, 2, binary, churned]",
    "score": "[[400]]",
    "score all": "400",
    "evaluate": "[roc_auc, log_loss, accuracy, precision, recall, f1, pr_auc, brier]",
    "list": "[churn, tool]",
    "prepared": "[7, o'clock; DROP TABLE customers --, 123.450, 2026-02-28, 2026-02-28 12:30:01.25, null, 1.5, true]",
    "predict prepared": "true",
    "list of numbers": "[1, 2, null]",
    "decimal": "[[1.50]]",
    "instant": "2026-02-28 12:00:00.0",
    "catalogs": "true",
    "schemas": "true",
    "tables": "[a_b%c, axbyc, bi, customers, moods, young]",
    "models": "[churn, tool]",
    "columns": "[i, s]",
    "keys": "[i]",
    "type names": "true",
    "every question": "[]",
    "cancel": "cancelled",
    "after that": "[[1]]",
    "reader selects": "[[400]]",
}
# Words of what is told of a mistake.
MISTAKES = {
    "mistake": 'Referenced column "nothing" not found',
    "misspelt": "did you mean `MODEL`?",
    "reader trains": "`reader` is not allowed to run `CREATE MODEL`",
}


def driver() -> Path:
    if shutil.which("javac") is None:
        pytest.skip("needs a Java development kit")
    found = sorted(DRIVERS.glob("*/flight-sql-jdbc-driver-*.jar"))
    if not found:
        pytest.skip("needs the driver: mvn dependency:get -Dartifact=org.apache.arrow:flight-sql-jdbc-driver:18.3.0")
    return found[-1]


def test_a_bi_tool_gets_what_it_asks_for(serve: Callable[..., Server]) -> None:
    jar, server = driver(), serve()
    where = f"jdbc:arrow-flight-sql://127.0.0.1:{server.at.port}/?useEncryption=false"
    urls = [f"{where}&user=admin&password={quote(PASSWORD)}", f"{where}&token={TOKEN}"]
    # What the driver asks of Java 17 and newer; a zone that is not UTC.
    options = ["--add-opens=java.base/java.nio=ALL-UNNAMED", "-Duser.timezone=Asia/Kathmandu", "-Dfile.encoding=UTF-8"]
    options.append("-Dstdout.encoding=UTF-8")
    command = ["java", *options, "-cp", str(jar), str(PROGRAM), *urls]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    told = dict(line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line)
    for step, word in MISTAKES.items():
        assert word in told.pop(step)
    assert told == CAME
