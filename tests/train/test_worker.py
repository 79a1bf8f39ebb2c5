"""Training in its own process: whatever happens there, the session lives on and nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sqlml.diagnostics import Problem, RawCause
from sqlml.faults.problems import HardwareUnsupported, InsufficientMemory, IoError, QueryCanceled, WorkerLost
from sqlml.model.runtime import Graph
from sqlml.schema import Task
from sqlml.train import process
from sqlml.train.export import probes
from sqlml.train.job import Job, Progress, Trial
from sqlml.train.problems import EndedEarly, LearnerFailed, TimeUsedUp, TrainingFailed
from sqlml.train.process import Worker
from sqlml.train.table import Table
from sqlml.train.wire import receive, send

Jobs = Callable[..., Job]


def quiet(_: Progress | Trial) -> None:
    """An analyst who does not look."""


def pid(worker: Worker) -> int:
    assert worker._running
    return worker._running._process.pid


def is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_trains_several_jobs_and_is_gone(job: Jobs, capfd: pytest.CaptureFixture[str]) -> None:
    events: list[Progress | Trial] = []
    with Worker() as worker:
        number = pid(worker)
        asked = job(Task.MULTICLASS, max_trials=2)
        first = worker.train(asked, events.append)
        second = worker.train(asked, quiet)
    assert first.graph == second.graph
    assert first.trials == tuple(event for event in events if isinstance(event, Trial))
    assert Graph(first.graph).run(probes(Table.open(asked))).shape[1] == 4
    assert not is_alive(number)
    assert capfd.readouterr() == ("", "")


def test_what_goes_wrong_in_a_worker_is_a_problem_with_its_cause(job: Jobs) -> None:
    asked = job()
    (asked.folder / "label.f64").unlink()
    with Worker() as worker, pytest.raises(TrainingFailed) as caught:
        worker.train(asked, quiet)
    assert isinstance(caught.value.__cause__, RawCause)
    assert "label.f64" in str(caught.value.__cause__)


@pytest.mark.parametrize(
    ("number", "kind", "retryable"),
    [
        (signal.SIGKILL, InsufficientMemory, True),
        (signal.SIGABRT, WorkerLost, True),
        (signal.SIGSEGV, WorkerLost, True),
        (signal.SIGBUS, WorkerLost, True),
        (signal.SIGILL, HardwareUnsupported, False),
    ],
)
def test_a_worker_that_dies_is_a_problem_that_says_whether_to_try_again(
    number: signal.Signals, kind: type[Problem], retryable: bool, job: Jobs
) -> None:
    with Worker() as worker:
        with pytest.raises(kind) as caught:
            worker.train(job(), lambda _: os.kill(pid(worker), number))
        assert caught.value.retryable == retryable
        assert str(-number) in str(caught.value.__cause__)


def test_a_worker_that_died_before_its_job_is_a_problem(job: Jobs) -> None:
    with Worker() as worker:
        os.kill(pid(worker), signal.SIGKILL)
        with pytest.raises(InsufficientMemory):
            worker.train(job(), quiet)


def test_training_is_canceled_from_another_thread(job: Jobs) -> None:
    def cancel(_: Progress | Trial) -> None:
        threading.Thread(target=worker.cancel).start()

    with Worker() as worker:
        number = pid(worker)
        with pytest.raises(QueryCanceled):
            worker.train(job(rows=4000), cancel)
    assert not is_alive(number)


def test_training_canceled_before_it_began_does_not_begin(job: Jobs) -> None:
    with Worker() as worker:
        worker.cancel()
        with pytest.raises(QueryCanceled):
            worker.train(job(), quiet)


def test_a_training_that_is_to_finish_has_the_best_model_so_far(job: Jobs) -> None:
    def enough(event: Progress | Trial) -> None:
        if isinstance(event, Trial) and event.number == 3:
            threading.Thread(target=worker.finish).start()

    with Worker() as worker:
        worker.finish()  # Nothing is under way.
        outcome = worker.train(job(rows=4000, seconds=600.0, allowed=600.0), enough)
        assert 3 <= len(outcome.trials) <= 5
        assert any(isinstance(notice, EndedEarly) for notice in outcome.notices)
        # The wish was for that training alone.
        again = worker.train(job(max_trials=3), quiet)
        assert [trial.state for trial in again.trials] == ["done"] * 4


def test_what_a_training_tells_of_is_known_to_whoever_reads_it() -> None:
    read = "from sqlml.train import wire; from sqlml.diagnostics.index import conditions as known; print(*known())"
    known = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=True).stdout.split()
    assert {kind.condition() for kind in (TimeUsedUp, LearnerFailed, InsufficientMemory)} <= set(known)


def test_a_machine_that_starts_no_process_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.sys, "executable", "/nowhere/python")
    with pytest.raises(IoError), Worker():
        pass


def test_a_worker_goes_with_its_parent_and_takes_the_files_along(job: Jobs) -> None:
    asked = job(rows=4000)
    program = """
        import json, os, sys
        from sqlml.train.job import Job
        from sqlml.train.process import Worker
        def told(event):
            print(worker._running._process.pid, worker.folder, flush=True)
            os.kill(os.getpid(), 9)
        with Worker() as worker:
            worker.train(Job.from_json(json.loads(sys.argv[1])), told)
    """
    arguments = [sys.executable, "-c", textwrap.dedent(program), json.dumps(asked.to_json())]
    parent = subprocess.run(arguments, stdout=subprocess.PIPE, check=False)
    assert parent.returncode == -signal.SIGKILL
    pid, folder = parent.stdout.decode().split(maxsplit=1)
    worker = Path(f"/proc/{pid}")
    while worker.exists() and "zombie" not in (worker / "status").read_text():
        pass
    assert not Path(folder.strip()).exists()


def test_a_worker_loads_no_library_that_it_does_not_need() -> None:
    program = (
        "import sys; from sqlml.train.learner import LEARNERS;"
        "[learner.load() for learner in LEARNERS if not learner.loading];"
        "print({'pandas', 'sklearn', 'matplotlib'} & set(sys.modules), 'lightgbm' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["set()", "True"]


def test_a_problem_travels_with_its_words_and_its_cause(tmp_path: Path) -> None:
    warning = LearnerFailed("a linear model")
    warning.__cause__ = ValueError("too bad")
    with (tmp_path / "pipe").open("w+b") as pipe:
        send(pipe, warning)
        pipe.seek(0)
        arrived = receive(pipe)
        assert receive(pipe) is None
    assert isinstance(arrived, LearnerFailed)
    assert arrived.message == warning.message
    assert "too bad" in str(arrived.__cause__)
