"""The channel on which a training tells how it goes, while its statement runs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter

from sqlml.train.job import Progress as Step
from sqlml.train.job import Trial


@dataclass(frozen=True)
class Progress:
    """How a training goes: what it is doing, in words, and what it has found so far.

    `best` is the best value of `metric` among the `trials` that have ended, on rows that they did not learn from;
    None as long as there is none. `seconds` have passed of the `limit` that training may take. The last one of a
    training has `over` set, however it ended. `done` is how far the phase is, from 0 to 1, where that is known; it may
    end before 1. Where several targets are learnt, one after the other, the phase names the one that is, and the
    trials are its own. `baseline` is the value of `metric` of always predicting the same, `rows` are those to learn
    from, and `threads` and `device`, CPU or GPU, what they are learnt with: all from the first trial on.
    """

    model: str
    phase: str
    limit: float
    seconds: float = 0.0
    trials: int = 0
    metric: str | None = None
    best: float | None = None
    done: float = 0.0
    over: bool = False
    rows: int = 0
    threads: int = 0
    device: str = ""
    baseline: float | None = None


Listener = Callable[[Progress], None]


@dataclass
class Telling:
    """One training's side of the channel. What it tells changes nothing of the training, whoever listens.

    A listener is the user's own; `hear` is ours.
    """

    listener: Listener | None
    now: Progress
    hear: Listener | None = None
    started: float = field(default_factory=perf_counter)

    def phase(self, words: str) -> None:
        """Tells what begins now."""
        self._tell(replace(self.now, phase=words, done=0.0))

    def turn(self, words: str) -> None:
        """Tells what begins now, for a target of which nothing has been tried yet."""
        self._tell(replace(self.now, phase=words, done=0.0, trials=0, metric=None, best=None, baseline=None))

    def learns(self, rows: int, threads: int, device: str) -> None:
        """Tells what is learnt from, and with what."""
        self._tell(replace(self.now, rows=rows, threads=threads, device=device))

    def event(self, event: Step | Trial, about: str = "") -> None:
        """Tells on what the learning process has told, and what it was `about`."""
        if isinstance(event, Trial):
            # Every training begins with the baseline, which all that follow have to beat.
            baseline = event.value if event.number == 1 else self.now.baseline
            self._tell(replace(self.now, trials=event.number, metric=event.metric, baseline=baseline))
        else:
            trials, best = max(self.now.trials, event.trials), self.now.best if event.best is None else event.best
            self._tell(replace(self.now, phase=event.step + about, done=event.done, trials=trials, best=best))

    def end(self) -> None:
        """Tells that nothing more will be told."""
        self._tell(replace(self.now, over=True))

    def _tell(self, progress: Progress) -> None:
        self.now = replace(progress, seconds=perf_counter() - self.started)
        if self.hear is not None:
            self.hear(self.now)
        if self.listener is None:
            return
        try:
            self.listener(self.now)
        except Exception as mistake:
            # The listener's own, shown as Python shows what nobody catches; the training goes on without it.
            self.listener = None
            sys.excepthook(type(mistake), mistake, mistake.__traceback__)


@contextmanager
def telling(listener: Listener | None, model: str, limit: float, hear: Listener | None = None) -> Iterator[Telling]:
    """Inside, a training of `model` that may take `limit` seconds tells `listener`, and `hear`, how it goes."""
    told = Telling(listener, Progress(model, "reading the rows", limit), hear)
    told.phase(told.now.phase)
    try:
        yield told
    finally:
        told.end()
