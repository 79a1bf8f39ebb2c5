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
from sqlml.train.fitted import WORK, Fitted
from sqlml.train.job import Job
from sqlml.train.problems import LearnerFailed
from sqlml.train.smearing import multiplied
from sqlml.train.table import Table

# Fits of one member with different seeds, beyond which an average gains little; and what of the time left all fits may
# be foreseen to take: to be averaged is worth less than all rows, and what is foreseen is often too little.
_MOST_COPIES, _COPIED = 4, 0.6
# A copy is worth its cost of scoring only so many times over: others of the blend are more unlike each other.
_COPY = 2.0
# What may be planned of the time left.
_SURE = 0.9
# A last fit may turn out to take so many times as long as there is: beside fewer others it often takes less time than
# those of a trial, and where it does not, it learns somewhat faster towards its end.
_HOPE = 1.1
# Seconds to check a model, to measure it and to write it down, for each microsecond that it takes to score a row; and
# the share of the time that is kept for that at most.
_WRITING, _MOST_WRITING = 0.07, 0.12
# A last fit on hardly more rows than a trial's is not worth its time.
_LEAST_GROWTH = 1.05

_ON_KNOWN, _ON_ALL = "fitting the best models to measure", "fitting the best models on all rows"

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


# A fit to make: of a member, with a seed; and those made.
_Fit = tuple[Member, int]
_Made = dict[Member, Fits]


class Refit:
    """The last fits of a blend; `guarded` turns what fails into a warning, `tell` says what is being done."""

    def __init__(
        self, job: Job, table: Table, clock: Clock, guarded: Guarded, tell: Tell, members: Sequence[Member]
    ) -> None:
        self._job, self._table, self._clock = job, table, clock
        self._guarded, self._tell = guarded, tell
        self._members = members

    def refitted(self) -> list[Member]:
        """The members fitted once more, on all rows or as many as the time allows.

        The fits of their trials saw fewer rows and make the model look worse than it will be: it is measured by fits on
        all rows but those held out, where time is left for them.
        """
        some = self._affordable()
        lasts, measured = (self._thin if self._are_thin(some) else self._full)(some)
        return [
            replace(one, lasts=lasts.get(one, one.lasts), measured=measured.get(one, one.measured))
            for one in self._members
        ]

    def has_time(self) -> bool:
        """Whether the members can be fitted once more on all rows that the model is to learn from."""
        return self._has_time(self._members)

    def _has_time(self, members: Sequence[Member]) -> bool:
        return self._has_time_for(members, self._job.rows if self._are_thin(members) else self._every)

    def _affordable(self) -> Sequence[Member]:
        """The members of most weight that there is time for; all of them, on fewer rows, where there is for none."""
        chosen: list[Member] = []
        for one in sorted(self._members, key=lambda member: -member.weight):
            chosen += [one] if self._has_time([*chosen, one]) else []
        return [one for one in self._members if one in chosen] or self._members

    def _full(self, members: Sequence[Member]) -> tuple[_Made, _Made]:
        """The model, and what it is measured by if there is time: its trials measure it nearly as well."""
        jobs = self._jobs(members, self._every)
        lasts = self._on_all(jobs)
        if self._is_counted or not self._affords([member for member, _ in jobs], self._job.rows):
            return lasts, {}
        return lasts, self._on_known(jobs)

    def _thin(self, members: Sequence[Member]) -> tuple[_Made, _Made]:
        """The same where trials had only a few fits, or these saw a part of their rows: what measures it comes first.

        It is the model as well where the time does not allow another fit on all rows: what is said of a model has to
        hold.
        """
        known, both = (self._job.rows,), (self._job.rows, self._every)
        jobs = self._jobs(members, *(both if self._affords(members, *both) else known))
        before = self._clock.passed
        measured = self._on_known(jobs)
        if not measured:
            return self._on_all(jobs), {}
        # What these took tells more than what those of the trials did.
        times = max(fitted.times(self._every) for fits in measured.values() for fitted in fits)
        found = [replace(member, lasts=fits) for member, fits in measured.items()]
        if not self._is_counted and (self._clock.passed - before) * times > _SURE * self._left(found):
            return measured, measured
        again = [(member, seed) for member, seed in jobs if member in measured]
        return measured | self._fits(again, self._every, self._every, _ON_ALL), measured

    def _on_known(self, jobs: Sequence[_Fit]) -> _Made:
        return self._fits(jobs, self._job.rows, self._in_time(jobs, self._job.rows), _ON_KNOWN)

    def _on_all(self, jobs: Sequence[_Fit]) -> _Made:
        return self._fits(jobs, self._every, self._in_time(jobs, self._every), _ON_ALL)

    def _fits(self, jobs: Sequence[_Fit], rows: int, some: int, step: str) -> _Made:
        """The fits of each member, with a seed each, on `some` of the first `rows`."""
        members = [member for member, _ in jobs]
        clock = self._clock if self._is_counted else self._clock.part(self._left(members))
        clock = clock.telling(self._tell(step))
        side_by_side = max(1, min(self._job.threads, len(jobs)))
        last = partial(self._last, rows=rows, some=some, threads=self._job.threads // side_by_side)
        with ThreadPoolExecutor(side_by_side) as pool:
            fits = list(pool.map(lambda one, share: last(one[0], one[1], share), jobs, clock.shares(len(jobs))))
        made: _Made = {}
        for (member, _), fitted in zip(jobs, fits, strict=True):
            if fitted:
                made[member] = (*made.get(member, ()), fitted)
        return made

    def _are_thin(self, members: Sequence[Member]) -> bool:
        full = self._job.rows - self._job.rows // self._job.folds
        return any(len(one.bag.fits) < self._job.folds or one.bag.fits[0].is_part(full) for one in members)

    def _has_time_for(self, members: Sequence[Member], rows: int) -> bool:
        return self._is_counted or self._seconds(members, rows) <= _HOPE * self._left(members)

    def _affords(self, members: Sequence[Member], *rows: int) -> bool:
        """Whether there is surely time to fit each member to so many rows, and to so many again."""
        return self._is_counted or self._seconds(members, *rows) <= _SURE * self._left(members)

    def _in_time(self, jobs: Sequence[_Fit], rows: int) -> int:
        """How many of so many rows there is time to make these fits to."""
        members = [member for member, _ in jobs]
        if self._has_time_for(members, rows):
            return rows
        share = _HOPE * self._left(members) / self._seconds(members, rows)
        return int(rows * share ** (1 / WORK))

    def _seconds(self, members: Sequence[Member], *rows: int) -> float:
        """Seconds to fit each member to so many rows, and to so many again: small fits use one thread each."""
        work = _work(members, rows)
        return max(sum(work) / max(1, min(self._job.threads, len(members))), *work, 1e-6)

    def _jobs(self, members: Sequence[Member], *rows: int) -> list[_Fit]:
        """The fits to make of each member, with a seed each: the average errs less, and scores slower.

        One more at a time, of the member whose fits weigh most, as long as there is time and scoring may cost so much.
        Each is to be fitted to so many rows, and to so many again.
        """
        work = _work(members, rows)
        seconds = math.inf if self._is_counted else _COPIED * self._left(members) * self._job.threads - sum(work)
        cost, counts = self._job.scoring - sum(member.cost for member in members), [1] * len(members)
        varying = [place for place, member in enumerate(members) if member.bag.fits[0].varies]
        while some := [
            place
            for place in varying
            if counts[place] < _MOST_COPIES and _COPY * members[place].cost <= cost and work[place] <= seconds
        ]:
            chosen = max(some, key=lambda place: members[place].weight / counts[place])
            counts[chosen] += 1
            cost, seconds = cost - _COPY * members[chosen].cost, seconds - work[chosen]
        return [(member, seed) for member, count in zip(members, counts, strict=True) for seed in range(count)]

    @property
    def _every(self) -> int:
        """How many rows there are, with those held out."""
        return len(self._table.label)

    @property
    def _is_counted(self) -> bool:
        """Whether trials are counted, so that nothing may depend on how long they took."""
        return self._job.max_trials is not None

    def _left(self, members: Sequence[Member]) -> float:
        """Seconds left for fitting these, as far as what comes after can be foreseen: the others are written, too."""
        bags = [one.bag for one in members]
        cost = sum(one.cost for one in [*members, *(one for one in self._members if one.bag not in bags)])
        foreseen = min(_WRITING * cost, _MOST_WRITING * self._job.seconds)
        return max(0.0, self._clock.left - max(self._job.writing, foreseen))

    def _last(self, member: Member, seed: int, clock: Clock, *, rows: int, some: int, threads: int) -> Fitted | None:
        had = member.lasts[0].rows
        if some < _LEAST_GROWTH * had:
            return None
        part = replace(self._table, fit=np.arange(rows, dtype=np.int32)).thinned(some)
        table = replace(part, threads=max(1, threads), seed=self._job.seed + seed)
        learner = member.bag.learner
        settings = learner.merged([fitted.again for fitted in member.bag.fits], some / had)
        fitted: Fitted | None = self._guarded(LearnerFailed(learner.title), lambda: learner.fit(table, settings, clock))
        clock.tick(1.0)
        return multiplied(fitted, member.bag.factor) if fitted and fitted.finished else None


def _work(members: Sequence[Member], rows: Sequence[int]) -> list[float]:
    """Seconds of one core to fit each member to so many rows, and to so many again."""
    return [sum(member.bag.again(some) for some in rows) for member in members]
