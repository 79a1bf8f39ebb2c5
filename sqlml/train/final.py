"""From the trials to the one model: weights, a last fit on all rows, a graph, and scores of the rows held out."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from sqlml.diagnostics import Problem, Warning
from sqlml.model.form import Blend, Floats, Form, Matrix, sharpened
from sqlml.train.bag import Bag
from sqlml.train.blend import Judged, mean, power, weights
from sqlml.train.clock import Clock
from sqlml.train.export import Exported, exported
from sqlml.train.fitted import Fitted
from sqlml.train.job import SCORES, Job
from sqlml.train.problems import LearnerDiffers, LearnerFailed, NothingLearnt, PartOfRows, ScoresSlowly, TrainingFailed
from sqlml.train.table import Table

# So many times the usual cost of scoring is worth a word.
_SLOW = 1.5
# Fits of one member with different seeds, beyond which an average gains little.
_MOST_COPIES = 4
# The work of a fit grows with this power of its rows: there are more of them, and more to learn from them.
_WORK = 1.5
# A last fit on hardly more rows than a trial's is not worth its time.
_LEAST_GROWTH = 1.05

Guarded = Callable[[Warning, Callable[[], Any]], Any]
Tell = Callable[[str], Callable[[float], None]]


@dataclass(frozen=True)
class Made:
    """The model's graph, the words for what it is, and what to tell."""

    graph: bytes
    learner: str
    detail: str
    notices: tuple[Problem, ...]


@dataclass(frozen=True, eq=False)
class Member:
    """A bag with its weight in the blend, and what predicts in its place in the model."""

    bag: Bag
    weight: float
    lasts: tuple[Fitted, ...]

    @property
    def cost(self) -> float:
        """Microseconds of one core to score a row."""
        return sum(fitted.cost for fitted in self.lasts)


class Final:
    """The end of one job; `guarded` turns what fails into a warning, `tell` says what is being done."""

    def __init__(self, job: Job, table: Table, judged: Judged, clock: Clock, guarded: Guarded, tell: Tell) -> None:
        self._job, self._table, self._judged, self._clock = job, table, judged, clock
        self._guarded, self._tell = guarded, tell

    def made(self, bags: Sequence[Bag]) -> Made:
        """The best blend of the bags whose stored form predicts what was learnt.

        Raises:
            TrainingFailed: there is none.
        """
        left = list(bags)
        while left:
            members, sharpness = self._blended(left)
            members = self._refitted(members)
            made = self._exported(members, sharpness)
            if made is None:
                broken = self._broken(members)
                left = [one for one in left if one.learner.name not in broken]
            elif len(left) > 1 and not made.tells_apart:
                left = left[:1]
            else:
                return self._written(members, sharpness, made)
        raise TrainingFailed

    def _blended(self, bags: Sequence[Bag]) -> tuple[list[Member], float]:
        self._tell("weighing the models")
        job, scores = self._job, [one.scores for one in bags]
        found = weights(self._judged, scores, [one.cost for one in bags], self._job.scoring)
        sharpness = 1.0
        if job.task.classifies and job.metric == "log_loss" and len(found):
            sharpness = power(self._judged, mean(scores, found))
        return [Member(bags[place], weight, bags[place].fits[:1]) for place, weight in found.items()], sharpness

    def _refitted(self, members: Sequence[Member]) -> list[Member]:
        """The members fitted once more, on all rows or as many as the time allows."""
        clock = self._clock.telling(self._tell("fitting the best models on all rows"))
        copies = self._copies(members)
        jobs = [(member, seed) for member, count in zip(members, copies, strict=True) for seed in range(count)]
        side_by_side = max(1, min(self._job.threads, len(jobs)))
        last = partial(self._last, growth=self._growth(members), threads=self._job.threads // side_by_side)
        with ThreadPoolExecutor(side_by_side) as pool:
            fits = list(pool.map(lambda one, share: last(one[0], one[1], share), jobs, clock.shares(len(jobs))))
        made = [tuple(f for (one, _), f in zip(jobs, fits, strict=True) if f and one is member) for member in members]
        return [replace(member, lasts=lasts or member.lasts) for member, lasts in zip(members, made, strict=True)]

    def _growth(self, members: Sequence[Member]) -> float:
        """For how many times the rows of a trial's fit there is time."""
        if self._is_counted:
            return math.inf
        work = [member.bag.seconds for member in members]
        longest = max(sum(work) / max(1, min(self._job.threads, len(members))), *work, 1e-6)
        return float((self._left / longest) ** (1 / _WORK))

    def _copies(self, members: Sequence[Member]) -> list[int]:
        """How many fits to make of each member, with a seed each: the average errs less, and scores slower.

        One more at a time, of the member whose fits weigh most, as long as there is time and scoring may cost so much.
        """
        whole = len(self._table.label) / max(1, min(member.lasts[0].rows for member in members))
        work = [member.bag.seconds * whole**_WORK for member in members]
        seconds = math.inf if self._is_counted else self._left * self._job.threads - sum(work)
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

    @property
    def _left(self) -> float:
        """Seconds left for fitting."""
        return max(0.0, self._clock.left - self._job.writing)

    def _last(self, member: Member, seed: int, clock: Clock, *, growth: float, threads: int) -> Fitted | None:
        every, had = len(self._table.label), member.lasts[0].rows
        rows = int(min(every, had * growth))
        if rows < _LEAST_GROWTH * had:
            return None
        fit = self._table.sample(np.arange(every), rows)
        table = replace(self._table, fit=fit, threads=max(1, threads), seed=self._job.seed + seed)
        learner = member.bag.learner
        settings = learner.merged([fitted.again for fitted in member.bag.fits], rows / had)
        fitted: Fitted | None = self._guarded(LearnerFailed(learner.title), lambda: learner.fit(table, settings, clock))
        return fitted if fitted and fitted.finished else None

    def _exported(self, members: Sequence[Member], sharpness: float) -> Exported | None:
        """The graph of the blend, None where it does not predict what the members do."""
        self._tell("checking the model")
        last = [(weight, fitted) for member in members for weight, fitted in _shared(member)]
        with suppress(ValueError):
            return exported(_form(last, sharpness), partial(self._scored, last, sharpness), self._table)
        return None

    def _broken(self, members: Sequence[Member]) -> set[str]:
        """The learners whose graphs do not predict what they do; all of them, if the fault is none of theirs."""
        broken = {member.bag.learner.name for member in members if not self._is_true(member)}
        return broken or {member.bag.learner.name for member in members}

    def _is_true(self, member: Member) -> bool:
        differs = LearnerDiffers(member.bag.learner.title)
        first = member.lasts[0]
        return self._guarded(differs, lambda: exported(first.form, first.predict, self._table)) is not None

    def _written(self, members: Sequence[Member], sharpness: float, made: Exported) -> Made:
        self._tell("measuring the model")
        fits = [(member.weight / len(member.bag.fits), fitted) for member in members for fitted in member.bag.fits]
        # By the fits of the trials, none of which has seen the rows held out.
        self._scored(fits, sharpness, self._table.matrix[self._job.rows :]).tofile(self._job.folder / SCORES)
        return Made(made.graph, _title(members), _detail(members), tuple(self._said(members, made)))

    def _scored(self, fits: Sequence[tuple[float, Fitted]], sharpness: float, rows: Matrix) -> Floats:
        """What weighted fits predict together."""
        with ThreadPoolExecutor(max(1, self._job.threads)) as pool:
            parts = list(pool.map(lambda pair: pair[0] * pair[1].predict(rows), fits))
        scores: Floats = np.sum(parts, axis=0)
        return scores if sharpness == 1.0 else sharpened(scores, sharpness)

    def _said(self, members: Sequence[Member], made: Exported) -> list[Problem]:
        if not made.tells_apart:
            return [NothingLearnt()] if self._job.features else []
        rows = max(members, key=lambda member: member.weight).lasts[0].rows
        every = len(self._table.label)
        said: list[Problem] = [PartOfRows(rows, every)] if rows < every else []
        cost = sum(member.cost for member in members)
        usual = replace(self._job, effort="balanced").scoring
        return [*said, ScoresSlowly(cost, usual)] if cost > _SLOW * usual else said


def _shared(member: Member) -> list[tuple[float, Fitted]]:
    """The member's fits, each with its share of the weight."""
    return [(member.weight / len(member.lasts), fitted) for fitted in member.lasts]


def _form(fits: Sequence[tuple[float, Fitted]], sharpness: float) -> Form:
    if len(fits) == 1 and sharpness == 1.0:
        return fits[0][1].form
    return Blend(tuple(fitted.form for _, fitted in fits), tuple(weight for weight, _ in fits), sharpness)


def _title(members: Sequence[Member]) -> str:
    """The learners in words, the weightiest first."""
    shares: dict[str, float] = {}
    for member in members:
        title = member.bag.learner.title
        shares[title] = shares.get(title, 0.0) + member.weight
    titles = sorted(shares, key=lambda title: -shares[title])
    return titles[0] if len(titles) == 1 else f"a blend of {', '.join(titles[:-1])} and {titles[-1]}"


def _detail(members: Sequence[Member]) -> str:
    return "; ".join(f"{member.weight:.0%} {_times(member)}{member.lasts[0].detail}" for member in members)


def _times(member: Member) -> str:
    return f"{len(member.lasts)} times " if len(member.lasts) > 1 else ""
