"""The process that trains: `python -P -m sqlml.train.worker FOLDER`; jobs come in on stdin, events go out on stdout.

It ends with its parent, however that ends, and takes the folder of the jobs' files along: a thread waits for the end
of stdin.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import BinaryIO

from sqlml.diagnostics import Problem
from sqlml.faults import of_work
from sqlml.faults.problems import InsufficientMemory
from sqlml.train.ceiling import Ceiling
from sqlml.train.clock import Clock
from sqlml.train.job import Job, OnEvent, Outcome
from sqlml.train.problems import TrainingFailed
from sqlml.train.wire import BEAT, Alive, Message, read_job, send


class _Events:
    """The pipe to the parent, for several threads; what native code prints on stdout goes where stderr goes."""

    def __init__(self) -> None:
        self._pipe = os.fdopen(os.dup(1), "wb")
        self._sending = Lock()
        self.working = Event()
        os.dup2(2, 1)

    def send(self, message: Message) -> None:
        with self._sending:
            send(self._pipe, message)

    def beat(self) -> None:
        """Says every second of a training that it goes on, until nobody listens."""
        with suppress(BrokenPipeError):
            while self.working.wait():
                self.send(Alive())
                time.sleep(BEAT)

    def too_large(self, taken: int, most: int) -> None:
        """Ends the process, and says why."""
        with self._sending:
            send(self._pipe, InsufficientMemory(taken, most))
            os._exit(0)


class _Jobs:
    """Jobs as they come in; the process ends when no more can come.

    A wish to end the training is for the job that is under way.
    """

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._enough = Event()
        self._waiting: SimpleQueue[tuple[Job, float, Event]] = SimpleQueue()
        self._folder = Path(sys.argv[1])

    def listen(self) -> None:
        try:
            for line in self._pipe:
                job = read_job(line)
                if job is None:
                    self._enough.set()
                else:
                    self._enough = Event()
                    self._waiting.put((*job, self._enough))
        finally:
            # Whoever would have deleted the job's files is gone, or says what nobody understands.
            shutil.rmtree(self._folder, ignore_errors=True)
            os._exit(0)

    def next(self) -> tuple[Job, Clock]:
        job, handed_over, enough = self._waiting.get()
        return job, Clock(job.seconds, handed_over, enough=enough)


def main() -> None:
    """Trains one job after the other until stdin ends."""
    jobs, events = _Jobs(sys.stdin.buffer), _Events()
    ceiling = Ceiling(events.too_large)
    Thread(target=events.beat, daemon=True).start()
    listener = Thread(target=jobs.listen, daemon=True)
    listener.start()
    _die_first()
    # Loaded while the rows are still on their way.
    from sqlml.train.learner import learners
    from sqlml.train.search import search

    for learner in (one for one in learners() if not one.loading):
        # What cannot be loaded here fails again in its trial, and is told of there.
        with suppress(ImportError, OSError):
            learner.load()

    with suppress(BrokenPipeError):
        while True:
            job, clock = jobs.next()
            ceiling.most = job.memory
            events.working.set()
            events.send(_answer(search, job, clock, events))
            events.working.clear()
    # Nobody reads any more; the listener tidies up and ends the process.
    listener.join()


def _answer(search: Callable[[Job, OnEvent, Clock], Outcome], job: Job, clock: Clock, events: _Events) -> Message:
    try:
        return search(job, events.send, clock)
    except Problem as problem:
        return problem
    except Exception as cause:
        failure = of_work(cause) or TrainingFailed()
        failure.__cause__ = cause
        return failure


def _die_first() -> None:
    """When the machine runs out of memory, this process is to go, and not the session."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


if __name__ == "__main__":
    main()
