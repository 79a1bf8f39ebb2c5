"""The trial loop: tries learners in order of promise, keeps the best, and has a model whenever the time is up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import chain, zip_longest
from math import isfinite
from typing import TypeVar

from sqlml.diagnostics import Problem, Warning
from sqlml.model.form import Constant
from sqlml.train.clock import Clock
from sqlml.train.export import exported
from sqlml.train.fitted import Fitted, Settings
from sqlml.train.job import Job, OnEvent, Outcome, Progress, State, Trial
from sqlml.train.learner import LEARNERS, Learner
from sqlml.train.problems import LearnerDiffers, LearnerFailed, NothingLearnt, PartOfRows, TimeUsedUp, TrainingFailed
from sqlml.train.table import Table

# A trial that lacks both this share of the whole time and what it costs finds nothing new.
_LEAST_SHARE = 0.04
# What a trial of any but the strongest learner may take of the time left.
_WEAKER_SHARE = 0.15

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A model that can be chosen, with what its trial cost."""

    learner: Learner
    fitted: Fitted
    seconds: float


def search(job: Job, on_event: OnEvent, clock: Clock | None = None, learners: Iterable[Learner] = LEARNERS) -> Outcome:
    """The best model of the job's rows that its seconds and trials allow.

    Raises:
        TrainingFailed: not even a baseline could be fitted.
    """
    return _Search(job, on_event, clock or Clock(job.seconds), tuple(learners)).run()


class _Search:
    """One job on its way; trials, candidates and notices gather here."""

    def __init__(self, job: Job, on_event: OnEvent, clock: Clock, learners: tuple[Learner, ...]) -> None:
        self._job = job
        self._on_event = on_event
        self._clock = clock
        self._table = Table.open(job)
        self._learners = tuple(learner for learner in learners if job.task in learner.tasks)
        self._trials: list[Trial] = []
        self._candidates: list[_Candidate] = []
        self._notices: list[Problem] = []

    def run(self) -> Outcome:
        plan = self._plan()
        for position, (learner, settings) in enumerate(plan):
            seconds = self._limit(learner)
            if position and seconds < self._least(learner):
                self._notices.append(TimeUsedUp(position, len(plan)))
                break
            self._try(learner, settings, self._clock.part(seconds))
        return self._chosen()

    def _plan(self) -> list[tuple[Learner, Settings]]:
        """The first choice of every learner, the second of every learner, and so on; the baseline comes first."""
        job = self._job
        choices = [
            [(learner, settings) for settings in learner.settings(job.fit_rows, len(job.features), job.task)]
            for learner in self._learners
        ]
        plan = [choice for choice in chain.from_iterable(zip_longest(*choices)) if choice is not None]
        if not job.features:
            return plan[:1]
        return plan if job.max_trials is None else plan[: 1 + job.max_trials]

    @property
    def _left(self) -> float:
        """Seconds left for fitting: some are kept to write the model down."""
        return self._clock.left - min(5.0, max(0.3, 0.05 * self._job.seconds))

    def _limit(self, learner: Learner) -> float:
        """Seconds that the next trial may take so that the winner, be it this one, can still be fitted once more."""
        best = min(self._candidates, key=_rounded, default=None)
        # More rows, and somewhat more rounds over each.
        refit = float((self._table.rows / self._table.fit_rows) ** 1.5)
        reserve = best.seconds * refit if best else 0.0
        most = min(self._left - reserve, self._left / (1 + refit))
        return most if learner is self._learners[-1] else min(most, _WEAKER_SHARE * self._left)

    def _least(self, learner: Learner) -> float:
        """Seconds below which a trial is not worth its start."""
        job = self._job
        return min(_LEAST_SHARE * job.seconds, learner.cost(job.fit_rows, len(job.features), job.classes))

    def _try(self, learner: Learner, settings: Settings, clock: Clock) -> None:
        self._tell(f"trying {learner.title}")
        failure = LearnerFailed(learner.title)
        fitted = self._guarded(failure, lambda: _sound(learner.fit(self._table, settings, clock)))
        state: State = "failed" if fitted is None else "done" if fitted.finished else "stopped"
        trial = Trial(
            number=len(self._trials) + 1,
            learner=learner.name,
            settings=dict(fitted.again if fitted else settings),
            metric=self._job.metric,
            value=fitted.loss if fitted else None,
            seconds=round(clock.passed, 3),
            state=state,
            message=fitted.detail if fitted else failure.message,
        )
        self._trials.append(trial)
        self._on_event(trial)
        if fitted:
            self._candidates.append(_Candidate(learner, fitted, clock.passed))

    def _chosen(self) -> Outcome:
        """The best candidate whose stored form predicts what was learnt."""
        broken: set[str] = set()
        for candidate in sorted(self._candidates, key=_rounded):
            learner = candidate.learner
            if learner.name in broken:
                continue
            fitted = self._refitted(candidate)
            self._tell("checking the model")
            if graph := self._guarded(LearnerDiffers(learner.title), partial(exported, fitted, self._table)):
                return self._outcome(graph, learner, fitted)
            broken.add(learner.name)
        raise TrainingFailed from (self._notices[-1] if self._notices else None)

    def _refitted(self, candidate: _Candidate) -> Fitted:
        """The candidate fitted once more, on all rows, if the time allows."""
        if self._left < candidate.seconds:
            return candidate.fitted
        self._tell("fitting the best model on all rows")
        clock, learner, again = self._clock.part(self._left), candidate.learner, candidate.fitted.again
        fitted = self._guarded(LearnerFailed(learner.title), lambda: learner.fit(self._table.whole(), again, clock))
        return fitted if fitted and fitted.finished else candidate.fitted

    def _outcome(self, graph: bytes, learner: Learner, fitted: Fitted) -> Outcome:
        if isinstance(fitted.form, Constant):
            self._notices += [NothingLearnt()] if len(self._trials) > 1 else []
        elif fitted.rows < self._table.rows:
            self._notices.append(PartOfRows(fitted.rows, self._table.rows))
        return Outcome(graph, learner.title, fitted.detail, tuple(self._trials), tuple(self._notices))

    def _guarded(self, warning: Warning, work: Callable[[], Result]) -> Result | None:
        """What `work` returns, or None with a warning: one learner's failure must not end the others' trials."""
        try:
            return work()
        except Exception as cause:
            warning.__cause__ = cause
            if warning.message not in {notice.message for notice in self._notices}:
                self._notices.append(warning)
            return None

    def _tell(self, step: str) -> None:
        self._on_event(Progress(step, min(1.0, self._clock.passed / max(self._job.seconds, 1e-9))))


def _rounded(candidate: _Candidate) -> float:
    """The loss without the digits that say nothing: among equals, what was tried first is the simpler."""
    return float(f"{candidate.fitted.loss:.6g}")


def _sound(fitted: Fitted) -> Fitted:
    if not isfinite(fitted.loss):
        raise ValueError(f"the loss on the validation rows is {fitted.loss}")
    return fitted
