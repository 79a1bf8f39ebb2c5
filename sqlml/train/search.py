"""The trial loop: tries what the plan says for as long as it pays, and has a model whenever the time is up."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import Lock
from typing import TypeVar

import numpy as np

from sqlml.diagnostics import Problem, Warning
from sqlml.faults import of_work
from sqlml.faults.problems import GpuUnavailable
from sqlml.train import device
from sqlml.train.bag import Bag, bag
from sqlml.train.blend import Judged, likely
from sqlml.train.budget import Budget
from sqlml.train.clock import Clock
from sqlml.train.final import Final
from sqlml.train.fitted import Settings
from sqlml.train.job import PART, Job, OnEvent, Outcome, Progress, State, Trial
from sqlml.train.learner import Learner, learners
from sqlml.train.loads import Loads
from sqlml.train.metric import SHARES, value
from sqlml.train.plan import Plan, Size, is_main, plan
from sqlml.train.problems import EndedEarly, LearnerFailed, NoGpu, TimeUsedUp, TrainingFailed
from sqlml.train.smearing import smeared
from sqlml.train.splits import Splits, splits
from sqlml.train.table import Table

# A learner whose trials lose so many times as much as the best is not tried again; the main one not after so many
# trials, as its first settings are far apart.
_OUTCLASSED, _MAIN_SHOWN = 1.3, 3
# Seconds between two words on how far a step is.
_OFTEN = 0.5

Result = TypeVar("Result")


def search(job: Job, on_event: OnEvent, clock: Clock | None = None, by: Iterable[Learner] | None = None) -> Outcome:
    """The best model of the job's rows that its seconds and trials allow.

    Raises:
        TrainingFailed: not even a baseline could be fitted.
    """
    chosen = tuple(by or learners(gpu=device.expected(job.device, job.rows).device == "GPU"))
    return _Search(job, on_event, clock or Clock(job.seconds), chosen).run()


class _Search:
    """One job on its way; trials, bags and notices gather here."""

    def __init__(self, job: Job, on_event: OnEvent, clock: Clock, by: tuple[Learner, ...]) -> None:
        self._job, self._on_event = job, on_event
        self._clock = replace(clock, counted=job.max_trials is not None)
        self._table = Table.open(job)
        self._plan = plan(_size(job), by)
        self._splits = _divided(job, self._table, self._plan)
        self._tables = self._splits.tables(self._table)
        self._judged = _judged(job, self._table, self._splits)
        self._trials: list[Trial] = []
        self._bags: list[Bag] = []
        self._left_off: list[tuple[float, Learner, Settings]] = []
        self._notices: list[Problem] = []
        self._loads = Loads(learner for learner, _ in self._plan.trials)
        self._budget = Budget(
            job,
            self._clock,
            self._loads,
            self._bags,
            self._likely,
            splits=len(self._tables),
            fitted=len(self._tables[0].fit),
            rows=len(self._table.label),
        )

    def run(self) -> Outcome:
        self._try(*self._plan.baseline, self._clock.part(self._budget.left))
        waiting, is_late = list(self._plan.trials), False
        while waiting:
            learner, settings = waiting.pop(self._next(waiting))
            if self._is_outclassed(learner):
                continue
            seconds = self._budget.limit(learner)
            if seconds >= self._budget.least(learner):
                self._try(learner, settings, self._budget.part(learner, seconds), self._rival(learner))
                continue
            is_late = True
            if is_main(learner):
                break
        if is_late:
            ended = EndedEarly if self._clock.enough.is_set() else TimeUsedUp
            self._notices.append(ended(len(self._trials), 1 + len(self._plan.trials)))
        self._resume()
        return self._finished()

    def _likely(self, bags: Sequence[Bag]) -> list[Bag]:
        scores, costs = [one.scores for one in bags], [one.cost for one in bags]
        return [bags[place] for place in likely(self._judged, scores, costs, self._job.scoring)] if bags else []

    def _next(self, waiting: list[tuple[Learner, Settings]]) -> int:
        """The place of the next trial: the first whose learner is loaded, unless trials are counted."""
        ready = (place for place, (learner, _) in enumerate(waiting) if self._loads.left(learner) == 0.0)
        return 0 if self._budget.is_counted else next(ready, 0)

    def _resume(self) -> None:
        """Tries once more, to the end, what was left off and was not far from the best, the nearest first."""
        for times, learner, settings in sorted(self._left_off, key=lambda one: one[0]):
            seconds = self._budget.limit(learner)
            if times <= _OUTCLASSED and seconds >= self._budget.least(learner):
                self._try(learner, settings, self._budget.part(learner, seconds))

    def _rival(self, learner: Learner) -> Bag | None:
        """The best of the trials so far, where a trial is too dear to go on when its first fits are poor beside it."""
        return min(self._bags, key=lambda one: one.loss, default=None) if self._budget.is_dear(learner) else None

    def _is_outclassed(self, learner: Learner) -> bool:
        """Whether what this learner has shown is so far from the best that other settings will not mend it."""
        shown = [one.loss for one in self._bags if one.learner is learner]
        best = min((one.loss for one in self._bags), default=0.0)
        return len(shown) >= (_MAIN_SHOWN if is_main(learner) else 1) and min(shown) > _OUTCLASSED * best

    def _try(self, learner: Learner, settings: Settings, clock: Clock, rival: Bag | None = None) -> None:
        clock = clock.telling(self._tell(f"trying {learner.title}"))
        failure = LearnerFailed(learner.title)
        self._guarded(failure, lambda: self._loads.wait(learner))
        self._check_device()
        made = self._guarded(failure, lambda: bag(learner, settings, self._tables, clock, rival))
        if isinstance(made, float):
            self._left_off.append((made, learner, settings))
        state, detail = _told(made, failure)
        done = made if isinstance(made, Bag) else None
        if done and not self._job.ordered:  # What comes later adds up to something else whatever was learnt.
            done = smeared(done, self._judged)
        loss = self._judged.loss(done.scores) if done else None
        trial = Trial(
            number=len(self._trials) + 1,
            learner=learner.name,
            settings=dict(done.fits[0].again if done else settings),
            metric=self._job.metric,
            value=None if loss is None else value(self._job.metric, loss),
            seconds=round(clock.passed, 3),
            state=state,
            message=detail,
        )
        self._trials.append(trial)
        self._on_event(trial)
        if done:
            self._bags.append(done)

    def _check_device(self) -> None:
        """Raises GpuUnavailable where one is demanded and turns out not to work."""
        if self._job.device == "gpu" and (reason := device.unusable()):
            raise GpuUnavailable(reason)

    def _finished(self) -> Outcome:
        if not self._bags:
            last = self._notices[-1] if self._notices else None
            raise (of_work(last.__cause__) if last and last.__cause__ else None) or TrainingFailed() from last
        final = Final(self._job, self._table, self._judged, self._clock, self._guarded, self._tell)
        made = final.made(self._bags)
        found = device.found()
        if device.expected(self._job.device, self._job.rows).device == "GPU":
            self._notices += device.left()
        if self._job.device == "gpu" and found.device != "GPU" and not device.left():
            self._notices.append(NoGpu(found.reason))
        return Outcome(
            graph=made.graph,
            scoring=made.scoring,
            linear=made.linear,
            learner=made.learner,
            detail=made.detail,
            trials=tuple(self._trials),
            notices=(*self._notices, *made.notices),
            device=found.device,
            device_reason=found.reason,
            importance=made.importance,
        )

    def _guarded(self, warning: Warning, work: Callable[[], Result]) -> Result | None:
        """What `work` returns, or None with a warning: one learner's failure must not end the others' trials."""
        try:
            return work()
        except Exception as cause:
            warning.__cause__ = cause
            reason = of_work(cause)
            warning.detail = reason.message if reason else None
            if warning.message not in {notice.message for notice in self._notices}:
                self._notices.append(warning)
            return None

    def _tell(self, step: str) -> Callable[[float], None]:
        """Tells that a step begins; what is returned tells how far it is, now and then, whichever thread calls it."""
        values = [trial.value for trial in self._trials if trial.value is not None]
        best = (max if self._job.metric in SHARES else min)(values, default=None)
        told, telling = -math.inf, Lock()

        def tell(done: float) -> None:
            nonlocal told
            with telling:
                passed = self._clock.passed
                if passed - told < _OFTEN:
                    return
                told = passed
                share = min(1.0, passed / max(self._job.seconds, 1e-9))
                self._on_event(Progress(step, share, len(self._trials), best, done))

        tell(0.0)
        return tell


def _size(job: Job) -> Size:
    # Where trials are counted, what the rows took may not decide what is tried.
    seconds = job.allowed if job.max_trials is not None else min(job.allowed, job.seconds)
    return Size(
        rows=job.rows,
        features=len(job.features),
        task=job.task,
        classes=job.classes,
        folds=job.folds,
        threads=job.threads,
        seconds=seconds,
        max_trials=job.max_trials,
        effort=job.effort,
        ordered=job.ordered,
        memory=job.memory,
    )


def _divided(job: Job, table: Table, planned: Plan) -> Splits:
    part = np.fromfile(job.folder / PART, np.uint8, job.rows)
    return splits(table, part, job.folds, planned.splits, ordered=job.ordered)


def _judged(job: Job, table: Table, divided: Splits) -> Judged:
    rows = divided.judged
    weight = table.weights(rows)
    return Judged(rows, table.label[rows], np.ones(len(rows)) if weight is None else weight, job.metric)


def _told(made: Bag | float | None, failure: Warning) -> tuple[State, str]:
    if made is None:
        return "failed", failure.message
    if isinstance(made, float):
        return "stopped", f"left off after the first fits, which lost {made:.2f} times as much as the best"
    return ("done" if made.finished else "stopped"), made.fits[0].detail
