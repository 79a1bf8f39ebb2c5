"""What a library or the machine says at a gate leaves as a condition, in every statement, and harms nothing."""

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from sqlml.engine.database import Host
from sqlml.faults import classified, of_work, worded
from sqlml.faults.kind import MACHINE, ROWS
from sqlml.model.problems import ScoringFailed
from sqlml.score import function
from sqlml.train.problems import TrainingFailed
from tests.faults.patient import STATEMENTS, Patient
from tests.faults.test_classify import PAIRS

# The first two failures of each meaning: as many ways to fail as there are conditions for them, and more.
RAW = [raw for means in dict.fromkeys(means for _, means in PAIRS) for raw in [r for r, m in PAIRS if m == means][:2]]

# What DuckDB may raise in the middle of anything, and the condition that it is.
DUCKDB = [
    (
        duckdb.OutOfMemoryException,
        "failed to allocate data of size 1.0 GiB (1.9/2.0 GiB used)",
        "insufficient_memory",
    ),
    (duckdb.IOException, "Could not write file: No space left on device", "disk_full"),
    (duckdb.IOException, "Could not read from file: Input/output error", "io_error"),
    (duckdb.InterruptException, "Interrupted!", "query_canceled"),
    (duckdb.InternalException, "Attempted to dereference unique_ptr that is NULL!", "internal_error"),
    (duckdb.FatalException, "database has been invalidated because of a previous fatal error", "internal_error"),
    (duckdb.SerializationException, "Failed to deserialize: field id mismatch", "internal_error"),
    (duckdb.TransactionException, "Conflict on update!", "transaction_aborted"),
    (duckdb.PermissionException, "file system operations are disabled by configuration", "permission_denied"),
]


def condition(raw: str, statement: str) -> str:
    """The condition of a raw failure: what the machine or, in training, the rows did not allow, else what failed."""
    blamed = MACHINE | ROWS if statement == "create" else MACHINE
    if classified(raw).kind in blamed:
        return worded(classified(raw)).condition()
    return (TrainingFailed if statement == "create" else ScoringFailed).condition()


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_failure_of_what_learns_or_predicts(
    raw: str, statement: str, patient: Patient, inject: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    inject(at="sqlml.train.search:search", raises="RuntimeError", says=raw)
    refused = refusing(RuntimeError(raw), monkeypatch)
    error = patient.suffers(STATEMENTS[statement])
    assert error.diagnostic.condition == condition(raw, statement)
    refused()
    patient.assert_unharmed()
    ((internal,),) = patient.db.execute(
        "SELECT internal FROM sqlml.diagnostics WHERE reference = ?", [error.diagnostic.reference]
    ).fetchall()
    assert raw.split("\n")[0] in internal


@pytest.mark.parametrize(("kind", "says", "condition"), DUCKDB, ids=lambda value: getattr(value, "__name__", None))
@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_failure_of_duckdb(
    kind: type[duckdb.Error],
    says: str,
    condition: str,
    statement: str,
    patient: Patient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = Host._executed

    def broken(host: Host, sql: str, parameters: Any) -> Any:
        if "customers" in sql:
            raise kind(says)
        return whole(host, sql, parameters)

    with monkeypatch.context() as broken_host:
        broken_host.setattr(Host, "_executed", broken)
        error = patient.suffers(STATEMENTS[statement])
    assert error.diagnostic.condition == condition
    patient.assert_unharmed()


@pytest.mark.parametrize("raw", ["CUDA error: out of memory", "Loss became nan at epoch 3", "something utterly new"])
def test_a_learner_that_fails_is_told_of_and_the_others_go_on(
    raw: str, patient: Patient, inject: Callable[..., None]
) -> None:
    inject(at="sqlml.train.learners.trees:Trees.fit", raises="RuntimeError", says=raw)
    patient.db.execute(STATEMENTS["create"].replace("= 1", "= 2")).fetchall()
    (failed,) = [notice for notice in patient.db.notices if notice.condition == "learner_failed"]
    assert failed.severity == "WARNING"
    assert failed.detail == getattr(of_work(RuntimeError(raw)), "message", None)
    ((told,),) = patient.db.execute("SELECT notices FROM sqlml.versions WHERE model_name = 'other'").fetchall()
    assert failed.message in told


def test_what_libraries_print_is_kept_and_shown_to_nobody(
    patient: Patient, inject: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    inject(at="sqlml.train.learners.trees:Trees.fit", prints="[Warning] Met negative value in categorical features")
    patient.db.execute(STATEMENTS["create"].replace("= 1", "= 2")).fetchall()
    assert capfd.readouterr() == ("", "")
    assert "training_log" not in [notice.condition for notice in patient.db.notices]
    ((severity, internal),) = patient.db.execute(
        "SELECT severity, internal FROM sqlml.diagnostics WHERE condition = 'training_log' AND model = 'other'"
    ).fetchall()
    assert severity == "LOG"
    assert "Met negative value" in internal


def refusing(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Has every model in memory fail, until what is returned is called."""

    class Refuses:
        def run(self, *_: Any) -> Any:
            raise failure

    sessions = [(graph, graph._session) for graph in function._graphs.values()]
    for graph, _ in sessions:
        monkeypatch.setattr(graph, "_session", Refuses())

    def again() -> None:
        for graph, session in sessions:
            monkeypatch.setattr(graph, "_session", session)

    return again
