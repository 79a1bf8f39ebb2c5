"""Every condition has something that brings it about, and words that a person has judged.

Those that SQL alone brings about stand in tests/sql, each with its name; here are the others. What they say lies in
golden/, a file for each condition; `pytest --complete` writes it down.
"""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import sqlml
from sqlml.diagnostics import Diagnostic, Severity
from sqlml.diagnostics.render import as_text
from sqlml.engine import memory
from sqlml.export import graph_sql
from sqlml.export import sql as export_sql
from sqlml.model import onnx, runtime
from sqlml.model.foreign import process
from sqlml.score import function
from sqlml.train import device, silence
from tests.faults.jobs import JOBS
from tests.faults.patient import STATEMENTS, Patient
from tests.faults.test_signals import TRAININGS, sent
from tests.house.test_problems import LEAVES
from tests.serve.conditions import SERVED

GOLDEN = Path(__file__).parent / "golden"
SQL = Path(__file__).parents[1] / "sql"
SESSIONS = Path(__file__).parents[1] / "cli/shell/sessions"

CREATE, PREDICT = STATEMENTS["create"], STATEMENTS["predict"]
EXPLAINED = "EXPLAIN CREATE MODEL other PREDICT y WITH (max_runtime = '{}') AS SELECT *, a > 500 AS y FROM ({})"
EXPORT = "EXPORT MODEL churn TO 'never' (FORMAT sql)"
IMPORT = "IMPORT MODEL other FROM '{}'"
MANY = "SELECT hash(i) % 1000 AS a, hash(i, 1) % 1000 AS b FROM range({}) t(i)"

# What is said in the worker, and the condition that it is.
SAID = {
    "disk_full": "[Errno 28] No space left on device",
    "gpu_busy": "cudaErrorDevicesUnavailable: CUDA-capable device(s) is/are busy or unavailable",
    "gpu_driver_mismatch": "Failed to initialize NVML: Driver/library version mismatch",
    "gpu_failed": "Uncorrectable ECC error encountered on GPU 0",
    "gpu_unavailable": "cudaErrorNoDevice: no CUDA-capable device is detected",
    "hardware_unsupported": "CUBLAS_STATUS_ARCH_MISMATCH",
    "insufficient_gpu_memory": "CUDA failure 2: out of memory ; GPU=0",
    "numbers_diverged": "Loss became nan at epoch 3",
    "part_missing": "libgomp.so.1: cannot open shared object file: No such file or directory",
    "size_unsuitable": "Length of labels differs from the length of #data",
    "training_failed": "something utterly new",
    "type_unsuitable": "could not convert string to float: 'abc'",
    "value_unsuitable": "Float value 1.5 was truncated converting to int64",
}


@dataclass
class Bench:
    """A patient, and all that it can be harmed with."""

    patient: Patient
    inject: Callable[..., None]
    patch: pytest.MonkeyPatch

    def error(self, statement: str) -> Diagnostic:
        return self.patient.suffers(statement).diagnostic

    def importing(self, file: str) -> Diagnostic:
        self.patient.db.execute(f"SET file_search_path = '{SQL / 'import_model/files'}'")
        return self.error(IMPORT.format(file))

    def notice(self, statement: str, condition: str) -> Diagnostic:
        self.patient.db.execute(statement).fetchall()
        found = [notice for notice in self.patient.db.notices if notice.condition == condition]
        assert found, [notice.condition for notice in self.patient.db.notices]
        return found[0]


TRIGGERS: dict[str, Callable[[Bench], Diagnostic]] = {}


def brings_about(condition: str) -> Callable[[Callable[[Bench], Diagnostic]], Callable[[Bench], Diagnostic]]:
    def keep(trigger: Callable[[Bench], Diagnostic]) -> Callable[[Bench], Diagnostic]:
        TRIGGERS[condition] = trigger
        return trigger

    return keep


@brings_about("connection_closed")
def _(bench: Bench) -> Diagnostic:
    db = sqlml.connect()
    db.close()
    with pytest.raises(sqlml.OperationalError) as caught:
        db.execute("SHOW MODELS")
    return caught.value.diagnostic


@brings_about("device_swapped")
def _(bench: Bench) -> Diagnostic:
    function._graphs.clear()
    bench.patch.setattr(runtime, "_PROVIDER", "AzureExecutionProvider")
    return bench.error(PREDICT)


@brings_about("ended_early")
def _(bench: Bench) -> Diagnostic:
    db = bench.patient.db

    def finish(progress: sqlml.Progress) -> None:
        if progress.trials >= 2:
            db.finish()

    db.on_progress = finish
    told = bench.notice(TRAININGS["a new model"], "ended_early")
    return changed(told, r"after \d+ of \d+", "after 2 of 20")


@brings_about("gpu_left")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(device, "_NODE", Path("/dev/null"))
    bench.inject(runs="pretended:gpu", says="Uncorrectable ECC error encountered on GPU 0")
    return bench.notice(CREATE.replace("= 1", "= 5, device = 'gpu'"), "gpu_left")


@brings_about("insufficient_memory")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(memory, "ceiling", lambda: 50_000_000)
    told = bench.error(CREATE)
    return changed(told, r"it had taken [\d.]+ GB", "it had taken 0.1 GB")


@brings_about("internal_error")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(memory, "allowed", lambda _: 1 // 0)
    told = bench.error(CREATE)
    return changed(told, told.reference, "0a1b2c3d")


@brings_about("learner_differs")
def _(bench: Bench) -> Diagnostic:
    bench.inject(at="sqlml.train.final:exported", raises="ValueError", says="0.2 is not 0.3", times=2)
    return bench.notice(CREATE.replace("= 1", "= 2"), "learner_differs")


@brings_about("learner_failed")
def _(bench: Bench) -> Diagnostic:
    bench.inject(at="sqlml.train.learners.trees:Trees.fit", raises="RuntimeError", says="std::bad_alloc")
    return bench.notice(CREATE.replace("= 1", "= 2"), "learner_failed")


@brings_about("model_breaks")
def _(bench: Bench) -> Diagnostic:
    bench.inject(at="sqlml.model.foreign.boosted:read", raises="SystemError", says="something utterly new")
    return bench.importing("trees.txt")


@brings_about("model_damaged")
def _(bench: Bench) -> Diagnostic:
    bench.patient.db.execute("BEGIN; UPDATE sqlml.artifacts SET bytes = 'nonsense'::BLOB")
    function._graphs.clear()
    try:
        return bench.error(PREDICT)
    finally:
        bench.patient.db.execute("ROLLBACK")


@brings_about("model_gone")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(function, "loader", lambda _: None)
    function._graphs.clear()
    return bench.error("FROM outlook")


@brings_about("model_too_large")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(process, "MEMORY", 2**30)
    return bench.importing("giant.onnx")


@brings_about("model_too_slow")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(process, "SECONDS", 0.01)
    return bench.importing("trees.txt")


@brings_about("no_gpu")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(device, "_NODE", Path("/dev/null"))
    return bench.notice(CREATE.replace("= 1", "= 1, device = 'gpu'"), "no_gpu")


@brings_about("no_sql_form")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(graph_sql, "_EACH", {})
    return bench.error(EXPORT)


@brings_about("not_repeatable")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(onnx, "origin", lambda _: "")
    return bench.error("EXPORT MODEL churn TO 'nowhere' (FORMAT python)")


@brings_about("part_of_rows")
def _(bench: Bench) -> Diagnostic:
    bench.inject(at="sqlml.train.refit:Refit._last", returns=None)
    told = bench.notice(CREATE.replace("= 1", "= 2"), "part_of_rows")
    return changed(told, r"learnt from \d+ of the \d+", "learnt from 280 of the 400")


@brings_about("query_canceled")
def _(bench: Bench) -> Diagnostic:
    db = bench.patient.db
    db.on_progress = lambda progress: Thread(target=db.interrupt).start() if progress.trials else None
    return bench.error(TRAININGS["a new model"])


@brings_about("rows_beyond_memory")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(memory, "allowed", lambda _: 10**7)
    told = bench.notice(EXPLAINED.format("1 minute", MANY.format(300_000)), "rows_beyond_memory")
    return changed(told, r"holds [\d,]+", "holds 100,000")


@brings_about("rows_beyond_time")
def _(bench: Bench) -> Diagnostic:
    told = bench.notice(EXPLAINED.format("1 second", MANY.format(3_000_000)), "rows_beyond_time")
    return changed(told, r"time for [\d,]+", "time for 100,000")


@brings_about("scores_slowly")
def _(bench: Bench) -> Diagnostic:
    bench.inject(runs="pretended:haste")
    told = bench.notice(CREATE.replace("= 1", "= 2, effort = 'best'"), "scores_slowly")
    return changed(changed(told, r"about [\d,]+", "about 50,000"), r"[\d.]+ times", "3.0 times")


@brings_about("scoring_failed")
def _(bench: Bench) -> Diagnostic:
    class Refuses:
        def run(self, *_: Any) -> Any:
            raise RuntimeError("something utterly new")

    for graph in function._graphs.values():
        bench.patch.setattr(graph, "_session", Refuses())
    return bench.error(PREDICT)


@brings_about("sql_too_long")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(export_sql, "_MOST", 1_000)
    told = bench.error(EXPORT)
    return changed(changed(told, r"would be [\d.]+", "would be 2.5"), r"0\.001 million", "2 million")


@brings_about("time_used_up")
def _(bench: Bench) -> Diagnostic:
    told = bench.notice(TRAININGS["a new model"].replace("1 minute", "1 second"), "time_used_up")
    return changed(told, r"after \d+ of \d+", "after 2 of 20")


@brings_about("timed_out")
def _(bench: Bench) -> Diagnostic:
    bench.patch.setattr(silence, "SILENCE", 2.0)
    with sent(signal.SIGSTOP, 0.5):
        return bench.error(TRAININGS["a new model"])


@brings_about("training_log")
def _(bench: Bench) -> Diagnostic:
    bench.inject(at="sqlml.train.learners.trees:Trees.fit", prints="[Warning] something")
    bench.patient.db.execute(CREATE.replace("= 1", "= 2"))
    columns = "severity, sqlstate, condition, message, detail, hint"
    row = bench.patient.db.execute(
        f"SELECT {columns} FROM sqlml.diagnostics WHERE condition = 'training_log' AND model = 'other'"
    ).fetchone()
    severity, *rest = row
    return Diagnostic(Severity(severity), *rest)


@brings_about("transaction_aborted")
def _(bench: Bench) -> Diagnostic:
    db = bench.patient.db
    db.execute("BEGIN")
    with pytest.raises(sqlml.Error):
        db.execute("SELECT 1 FROM customers WHERE age / 0 = error('no')")
    try:
        return bench.error(CREATE)
    finally:
        db.execute("ROLLBACK")


@brings_about("version_made_meanwhile")
def _(bench: Bench) -> Diagnostic:
    db, other = bench.patient.db, bench.patient.db.cursor()

    def overtake(_: sqlml.Progress) -> None:
        db.on_progress = None
        other.execute(CREATE)

    db.on_progress = overtake
    try:
        return bench.error(CREATE)
    finally:
        other.execute("DROP MODEL other")


@brings_about("worker_lost")
def _(bench: Bench) -> Diagnostic:
    with sent(signal.SIGSEGV, 0.5):
        return bench.error(TRAININGS["a new model"])


def _said(condition: str) -> None:
    def trigger(bench: Bench) -> Diagnostic:
        bench.inject(at="sqlml.train.search:search", raises="RuntimeError", says=SAID[condition])
        return bench.error(CREATE)

    TRIGGERS[condition] = trigger


for _condition in SAID:
    _said(_condition)
TRIGGERS |= {name: lambda _, trigger=trigger: trigger() for name, trigger in JOBS.items()}  # type: ignore[misc]

TRIGGERS |= {condition: lambda _, trigger=trigger: trigger() for condition, trigger in SERVED.items()}


def changed(told: Diagnostic, pattern: str, to: str) -> Diagnostic:
    """The diagnostic with figures that differ from run to run replaced."""
    said = {name: getattr(told, name) for name in ("message", "detail", "hint")}
    return replace(told, **{name: text and re.sub(pattern, to, text) for name, text in said.items()})


@contextmanager
def quiet(bench: Bench) -> Iterator[None]:
    """Models in memory are those that are stored, whatever was done to them."""
    try:
        yield
    finally:
        bench.patch.undo()
        function._graphs.clear()


@pytest.mark.parametrize("condition", sorted(TRIGGERS))
def test_a_condition_is_brought_about_and_says_what_was_judged(
    condition: str,
    patient: Patient,
    inject: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    bench = Bench(patient, inject, monkeypatch)
    with quiet(bench):
        told = TRIGGERS[condition](bench)
    assert told.condition == condition
    text, golden = as_text(told) + "\n", GOLDEN / f"{condition}.txt"
    if request.config.getoption("--complete"):
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


def test_every_condition_has_something_that_brings_it_about() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in SQL.rglob("*.test"))
    in_sql = set(re.findall(r"^(?:statement error|NOTICE|WARNING) (\w+)", texts, re.MULTILINE))
    sessions = "".join(path.read_text(encoding="utf-8") for path in SESSIONS.glob("*.session"))
    in_sessions = set(re.findall(r"^see (\w+)$", sessions, re.MULTILINE))
    brought = in_sql | in_sessions | set(TRIGGERS)
    assert [kind.condition() for kind in LEAVES if kind.condition() not in brought] == []


def test_no_words_are_kept_of_what_is_no_condition() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(TRIGGERS)
