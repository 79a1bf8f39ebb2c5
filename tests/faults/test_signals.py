"""A training that is ended from outside at a random moment ends as a condition; the session goes on."""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from sqlml.train import silence
from tests.faults.patient import Patient, children

MOMENTS = random.Random(7)

SIGNALS = {
    signal.SIGSEGV: "worker_lost",
    signal.SIGABRT: "worker_lost",
    signal.SIGILL: "hardware_unsupported",
    signal.SIGBUS: "worker_lost",
    signal.SIGFPE: "worker_lost",
    signal.SIGKILL: "insufficient_memory",
    signal.SIGTERM: "worker_lost",
    signal.SIGHUP: "worker_lost",
    signal.SIGSTOP: "timed_out",
}

LONG = "WITH (max_runtime = '1 minute') AS SELECT age, plan, churned FROM customers"
TRAININGS = {
    "a new model": f"CREATE MODEL other PREDICT churned {LONG}",
    "a new version": f"CREATE OR REPLACE MODEL churn PREDICT churned {LONG}",
    "two targets": f"CREATE MODEL other PREDICT churned, plan {LONG}",
}


@contextmanager
def sent(number: signal.Signals, seconds: float) -> Iterator[None]:
    """Sends a signal to the training that begins inside, so many seconds after its process is there."""
    over = Event()

    def send() -> None:
        while not children() and not over.wait(0.01):
            pass
        over.wait(seconds)
        for child in children():
            os.kill(child, number)

    sender = Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        over.set()
        sender.join()


@pytest.mark.parametrize("training", TRAININGS)
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_training_that_a_signal_ends(
    number: signal.Signals, training: str, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "SILENCE", 3.0)
    with sent(number, MOMENTS.uniform(0.0, 3.0)):
        error = patient.suffers(TRAININGS[training])
    assert error.diagnostic.condition == SIGNALS[number]
    assert error.diagnostic.retryable == (number is not signal.SIGILL)
    patient.assert_unharmed()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGSTOP], ids=lambda number: number.name)
def test_the_transaction_around_it_goes_on(
    number: signal.Signals, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "SILENCE", 3.0)
    db = patient.db
    db.execute("BEGIN; INSERT INTO customers SELECT 1000, 40, 'basic', true")
    with sent(number, MOMENTS.uniform(0.0, 3.0)):
        patient.suffers(TRAININGS["a new model"])
    assert db.execute("SELECT count(*) FROM PREDICT(MODEL churn, TABLE customers)").fetchall() == [(401,)]
    db.execute("COMMIT; DELETE FROM customers WHERE id = 1000")
    patient.assert_unharmed()
