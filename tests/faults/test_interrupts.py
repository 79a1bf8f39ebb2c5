"""A statement that is asked to stop does, wherever it is, and leaves nothing; whoever asks twice need not ask again."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.faults.patient import SOON, Patient

MOMENTS = random.Random(11)

MANY = "SELECT i % 70 AS age, 'pro' AS plan, i % 2 = 0 AS churned FROM range(200000000) t(i)"
LONG = {
    "create": "CREATE MODEL other PREDICT churned WITH (max_runtime = '5 minutes') AS FROM customers",
    "predict": f"SELECT count(predicted_churned) FROM PREDICT(MODEL churn, ({MANY}))",
    "evaluate": f"EVALUATE churn FROM ({MANY})",
}


@pytest.mark.parametrize("statement", LONG)
def test_interrupt_from_another_thread(statement: str, patient: Patient) -> None:
    ended = Event()

    def stop() -> None:
        ended.wait(MOMENTS.uniform(0.5, 3.0))
        # Before the statement has begun there is nothing to stop.
        while not ended.wait(0.2):
            patient.db.interrupt()

    stopper = Thread(target=stop)
    stopper.start()
    told = patient.suffers(LONG[statement]).diagnostic
    ended.set()
    stopper.join()
    assert told.condition == "query_canceled"
    patient.assert_unharmed()


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
@pytest.mark.parametrize("statement", LONG)
def test_a_job_that_is_told_to_end(
    statement: str, number: signal.Signals, times: int, shop: Path, temporary: Path
) -> None:
    job = subprocess.Popen(
        [sys.executable, "-m", "sqlml", "run", "--db", str(shop), "-c", LONG[statement]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
        # Where these tests run in the background, Ctrl-C would be ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with pytest.raises(subprocess.TimeoutExpired):
        job.wait(MOMENTS.uniform(2.0, 5.0))
    for _ in range(times):
        job.send_signal(number)
    out, err = job.communicate(timeout=SOON)
    assert job.returncode == 130, err
    assert "Traceback" not in out + err
    Patient(shop).assert_unharmed()
