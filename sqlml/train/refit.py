"""The members of a blend fitted once more: on all rows for the model, and before that, where it pays, to measure it."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from sqlml.diagnostics import Warning
from sqlml.train.bag import Bag
from sqlml.train.clock import Clock
from sqlml.train.fitted import Fitted
from sqlml.train.job import Job
from sqlml.train.problems import LearnerFailed
from sqlml.train.table import Table

# Fits of one member with different seeds, beyond which an average gains little.
_MOST_COPIES = 4
# The work of a fit grows with this power of its rows: there are more of them, and more to learn from them.
WORK = 1.5
# A fit on less than this share of a trial's rows is one on a part of them; and what may be planned of the time left.
_FULL, _SURE = 0.95, 0.9
# A last fit may turn out to take so many times as long as there is: beside fewer others it often takes less time than
# those of a trial, and where it does not, it learns somewhat faster towards its end.
_HOPE = 1.25
# Seconds to check a model, to measure it and to write it down, for each microsecond that it takes to score a row; and
# the share of the time that is kept for that at most.
_WRITING, _MOST_WRITING = 0.02, 0.2
# A last fit on hardly more rows than a trial's is not worth its time.
_LEAST_GROWTH = 1.05

Guarded = Callable[[Warning, Callable[[], Any]], Any]
Tell = Callable[[str], Callable[[float], None]]
Fits = tuple[Fitted, ...]


@dataclass(frozen=True, eq=False)
class Member:
    """A bag with its weight in the blend, what predicts in its place in the model, and what it is measured by.

    The latter, as far as it is not the bag's own fits, are `measured`.
    """

    bag: Bag
    weight: float
    lasts: Fits
    measured: Fits = ()

    @property
    def seen(self) -> Fits:
        """Fits that have not seen the rows held out."""
        return self.measured or self.bag.fits

    @property
    def cost(self) -> float:
        """Microseconds of one core to score a row."""
        return sum(fitted.cost for fitted in self.lasts)


class Refit:
    """The last fits of one job; `guarded` turns what fails into a warning, `tell` says what is being done."""

    def __init__(self, job: Job, table: Table, clock: Clock, guarded: Guarded, tell: Tell) -> None:
        self._job, self._table, self._clock = job, table, clock
        self._guarded, self._tell = guarded, tell

    def refitted(self, members: Sequence[Member]) -> list[Member]:
        """The members fitted once more, on all rows or as many as the time allows.

        The fits of their trials saw fewer rows and make the model look worse than it will be: it is measured by fits on
        all rows but those held out, where time is left for them. Where the trials had only a few fits, or these saw a
        part of their rows, that comes first, if there is time for both.
        """
        is_thin = self._are_thin(members) and self._affords(members, self._whole(members) + self._known(members))
        copies = self._copies(members, self._known(members) if is_thin else 0.0)
        jobs = [(member, seed) for member, count in zip(members, copies, strict=True) for seed in range(count)]
        measured = self._measured(jobs) if is_thin else {}
        lasts = self._fits(jobs, len(self._table.label), self._growth(members), "fitting the best models on all rows")
        if not (is_thin or self._is_counted) and self._affords([member for member, _ in jobs], self._known(members)):
            measured = self._measured(jobs)
        return [
            replace(one, lasts=lasts.get(one, one.lasts), measured=measured.get(one, one.measured)) for one in members
        ]

    def _measured(self, jobs: Sequence[tuple[Member, int]]) -> dict[Member, Fits]:
        return self._fits(jobs, self._job.rows, math.inf, "fitting the best models to measure")

    def _fits(self, jobs: Sequence[tuple[Member, int]], rows: int, growth: float, step: str) -> dict[Member, Fits]:
        """The fits of each member, with a seed each, on the first `rows` or `growth` times as many as a trial had."""
        clock = self._clock if self._is_counted else self._clock.part(self._left([member for member, _ in jobs]))
        clock = clock.telling(self._tell(step))
        side_by_side = max(1, min(self._job.threads, len(jobs)))
        last = partial(self._last, rows=rows, growth=growth, threads=self._job.threads // side_by_side)
        with ThreadPoolExecutor(side_by_side) as pool:
            fits = list(pool.map(lambda one, share: last(one[0], one[1], share), jobs, clock.shares(len(jobs))))
        made: dict[Member, Fits] = {}
        for (member, _), fitted in zip(jobs, fits, strict=True):
            if fitted:
                made[member] = (*made.get(member, ()), fitted)
        return made

    def _are_thin(self, members: Sequence[Member]) -> bool:
        full = self._job.rows * (1 - 1 / self._job.folds)
        return any(len(one.bag.fits) < self._job.folds or one.lasts[0].rows < _FULL * full for one in members)

    def _affords(self, members: Sequence[Member], times: float) -> bool:
        """Whether there is time to fit each member for so many times the work that a fit of its trial was."""
        return self._is_counted or self._longest(members) * times <= _SURE * self._left(members)

    def _whole(self, members: Sequence[Member]) -> float:
        """The work of a fit on all rows as a multiple of that of a trial's fit."""
        return self._multiple(members, len(self._table.label))

    def _known(self, members: Sequence[Member]) -> float:
        """The same of a fit on all rows but those held out."""
        return self._multiple(members, self._job.rows)

    def _multiple(self, members: Sequence[Member], rows: int) -> float:
        return float((rows / max(1, min(member.lasts[0].rows for member in members))) ** WORK)

    def _growth(self, members: Sequence[Member]) -> float:
        """For how many times the rows of a trial's fit there is time."""
        if self._is_counted:
            return math.inf
        return float((_HOPE * self._left(members) / self._longest(members)) ** (1 / WORK))

    def _longest(self, members: Sequence[Member]) -> float:
        """Seconds to fit each member for as much work as a fit of its trial was: small fits use one thread each."""
        work = [member.bag.seconds for member in members]
        return max(sum(work) / max(1, min(self._job.threads, len(members))), *work, 1e-6)

    def _copies(self, members: Sequence[Member], more: float) -> list[int]:
        """How many fits to make of each member, with a seed each: the average errs less, and scores slower.

        One more at a time, of the member whose fits weigh most, as long as there is time and scoring may cost so much.
        Each costs `more` times the work of a trial's fit besides that of a fit on all rows.
        """
        work = [member.bag.seconds * (self._whole(members) + more) for member in members]
        seconds = math.inf if self._is_counted else self._left(members) * self._job.threads - sum(work)
        cost, counts = self._job.scoring - sum(member.cost for member in members), [1] * len(members)
        varying = [place for place, member in enumerate(members) if member.bag.fits[0].varies]
        while some := [
            place
            for place in varying
            if counts[place] < _MOST_COPIES and members[place].cost <= cost and work[place] <= seconds
        ]:
            chosen = max(some, key=lambda place: members[place].weight / counts[place])
            counts[chosen] += 1
            cost, seconds = cost - members[chosen].cost, seconds - work[chosen]
        return counts

    @property
    def _is_counted(self) -> bool:
        """Whether trials are counted, so that nothing may depend on how long they took."""
        return self._job.max_trials is not None

    def _left(self, members: Sequence[Member]) -> float:
        """Seconds left for fitting these, as far as what comes after can be foreseen."""
        foreseen = min(_WRITING * sum(member.cost for member in members), _MOST_WRITING * self._job.seconds)
        return max(0.0, self._clock.left - max(self._job.writing, foreseen))

    def _last(
        self, member: Member, seed: int, clock: Clock, *, rows: int, growth: float, threads: int
    ) -> Fitted | None:
        had = member.lasts[0].rows
        some = int(min(rows, had * growth))
        if some < _LEAST_GROWTH * had:
            return None
        fit = self._table.sample(np.arange(rows), some)
        table = replace(self._table, fit=fit, threads=max(1, threads), seed=self._job.seed + seed)
        learner = member.bag.learner
        settings = learner.merged([fitted.again for fitted in member.bag.fits], some / had)
        fitted: Fitted | None = self._guarded(LearnerFailed(learner.title), lambda: learner.fit(table, settings, clock))
        clock.tick(1.0)
        return fitted if fitted and fitted.finished else None
